//! File descriptors: every connection is one, and the system gives a process only so many.

/// Descriptors that are not for connections: refused ones, files of the site, the runtime, standard streams.
const OTHERS: usize = 128;

/// Raises the limit of this process as far as it may and as `connections` need, and returns for how many connections it is
/// enough. What was done is said in the log.
pub fn make_room(connections: usize) -> usize {
    let wanted = connections.saturating_add(OTHERS);
    let Some(limit) = raise_to(wanted as u64) else {
        return connections;
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if limit >= wanted {
        return connections;
    }
    let room = limit.saturating_sub(OTHERS).max(1);
    tracing::warn!(
        limit,
        "this process may have {limit} open files, too few for --max-connections {connections}: it takes {room} \
         connections; raise the limit (ulimit -n {wanted}, or LimitNOFILE= of systemd), or lower --max-connections"
    );
    room
}

/// The limit that holds now; `None` where there is none, or where it can't be known.
#[cfg(unix)]
fn raise_to(wanted: u64) -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let current = current?;
    if current >= wanted {
        return Some(current);
    }
    let raised = maximum.map_or(wanted, |maximum| maximum.min(wanted));
    let limit = Rlimit {
        current: Some(raised),
        maximum,
    };
    match setrlimit(Resource::Nofile, limit) {
        Ok(()) if raised > current => {
            tracing::info!("raised this process's limit of open files from {current} to {raised}");
            Some(raised)
        }
        _ => Some(current),
    }
}

#[cfg(not(unix))]
fn raise_to(_wanted: u64) -> Option<u64> {
    None
}
