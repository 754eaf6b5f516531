//! The restart groups of the lab: who is in which, and which handshakes are accepted after a restart. No I/O; the time is
//! what the caller says.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use protocol::{Accepted, RefuseWith, Restart, RestartEnd, restart::MOST_MEMBERS};
use tokio::sync::oneshot;

use crate::client_address::{Cap, ClientAddress, Share, Shares};

/// All groups.
#[derive(Debug)]
pub struct Groups {
    /// Groups there may be, of all addresses together.
    most: usize,
    /// What each address has of them.
    shares: Shares,
    /// For how long a group without members remembers its restart.
    memory: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    groups: HashMap<String, Group>,
    next_member: u64,
}

#[derive(Debug)]
struct Group {
    members: HashMap<u64, oneshot::Sender<RestartEnd>>,
    /// Since when there has been no member.
    empty_since: Option<Instant>,
    restart: Option<After>,
    attempts: u64,
    refused: u64,
    _share: Share,
}

/// What goes for handshakes after a restart.
#[derive(Debug)]
struct After {
    restart: Restart,
    at: Instant,
    /// When the next handshake can be accepted.
    opens: Instant,
}

/// Why a handshake isn't accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAccepted {
    /// The group refuses as its restart asked for.
    ByRestart {
        /// How.
        with: RefuseWith,
        /// What a 503 says in `Retry-After`.
        retry_after_s: Option<u32>,
        /// Whether the server is down; otherwise it is up, and this is one handshake too many.
        down: bool,
    },
    /// The group has as many members as it may.
    GroupFull,
    /// There are as many groups as there may be.
    TooManyGroups,
    /// The address has as many groups as it may.
    TooManyOfAddress,
}

/// A place in a group, given back when it is dropped.
#[derive(Debug)]
pub struct Member {
    groups: Arc<Groups>,
    group: String,
    number: u64,
    /// Says how the connection ends when the group restarts.
    pub restarted: oneshot::Receiver<RestartEnd>,
}

impl Groups {
    /// No groups yet; at most `most`, with `cap` for each address. One without members is forgotten after `memory`.
    pub fn new(most: usize, cap: Cap, memory: Duration) -> Arc<Self> {
        Arc::new(Self {
            most,
            shares: Shares::new(cap),
            memory,
            state: Mutex::default(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Each method leaves the groups whole before anything could panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Groups there may be of one address.
    pub fn most_of_address(&self) -> usize {
        self.shares.most()
    }

    /// Judges a handshake of a group, which comes to be with its first member.
    ///
    /// # Errors
    ///
    /// Why the handshake is not accepted.
    pub fn join(
        self: &Arc<Self>,
        group: &str,
        client: ClientAddress,
        now: Instant,
    ) -> Result<(Member, Accepted), NotAccepted> {
        let mut state = self.lock();
        state.forget(self.memory, now);
        let State {
            groups,
            next_member,
        } = &mut *state;
        if !groups.contains_key(group) {
            if groups.len() >= self.most {
                return Err(NotAccepted::TooManyGroups);
            }
            let share = self.shares.take(client);
            let share = share.ok_or(NotAccepted::TooManyOfAddress)?;
            groups.insert(group.to_owned(), Group::new(share));
        }
        let Some(found) = groups.get_mut(group) else {
            return Err(NotAccepted::TooManyGroups);
        };
        let accepted = found.judge(now)?;
        let (sender, restarted) = oneshot::channel();
        let number = *next_member;
        *next_member += 1;
        found.members.insert(number, sender);
        found.empty_since = None;
        let member = Member {
            groups: Arc::clone(self),
            group: group.to_owned(),
            number,
            restarted,
        };
        Ok((member, accepted))
    }

    /// Forgets the groups that have had no member for long enough.
    pub fn sweep(&self, now: Instant) {
        self.lock().forget(self.memory, now);
    }
}

impl State {
    fn forget(&mut self, memory: Duration, now: Instant) {
        self.groups.retain(|_, group| {
            let empty = group.empty_since;
            empty.is_none_or(|since| now.saturating_duration_since(since) < memory)
        });
    }
}

impl Group {
    fn new(share: Share) -> Self {
        Self {
            members: HashMap::new(),
            empty_since: None,
            restart: None,
            attempts: 0,
            refused: 0,
            _share: share,
        }
    }

    fn judge(&mut self, now: Instant) -> Result<Accepted, NotAccepted> {
        if self.members.len() >= MOST_MEMBERS {
            return Err(NotAccepted::GroupFull);
        }
        self.attempts += 1;
        if let Some(after) = &mut self.restart {
            if now < after.opens {
                self.refused += 1;
                let down = Duration::from_millis(after.restart.down_ms.into());
                return Err(NotAccepted::ByRestart {
                    with: after.restart.refuse,
                    retry_after_s: after.restart.retry_after_s,
                    down: now < after.at + down,
                });
            }
            // From now and not from when it could have been: nothing is saved up.
            after.opens = now + Duration::from_secs(1) / after.restart.capacity.max(1);
        }
        Ok(Accepted {
            us: self.restart.as_ref().map(|after| {
                let passed = now.saturating_duration_since(after.at);
                u64::try_from(passed.as_micros()).unwrap_or(u64::MAX)
            }),
            attempt: self.attempts,
            refused: self.refused,
        })
    }
}

impl Member {
    /// Restarts the member's group: every member, this one too, hears that its connection ends.
    pub fn restart(&self, restart: Restart, now: Instant) {
        let mut state = self.groups.lock();
        let Some(group) = state.groups.get_mut(&self.group) else {
            return;
        };
        // One that a restart has thrown out is none, although its connection may still be ending.
        if !group.members.contains_key(&self.number) {
            return;
        }
        for (_, member) in group.members.drain() {
            // One whose connection has just ended doesn't listen.
            let _ = member.send(restart.code);
        }
        group.empty_since = Some(now);
        group.attempts = 0;
        group.refused = 0;
        group.restart = Some(After {
            restart,
            at: now,
            opens: now + Duration::from_millis(restart.down_ms.into()),
        });
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let mut state = self.groups.lock();
        let Some(group) = state.groups.get_mut(&self.group) else {
            return;
        };
        // After a restart the number is in no group, and the group may be another's.
        if group.members.remove(&self.number).is_none() || !group.members.is_empty() {
            return;
        }
        if group.restart.is_some() {
            group.empty_since = Some(Instant::now());
        } else {
            // There is nothing to remember.
            state.groups.remove(&self.group);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESTART: Restart = Restart {
        down_ms: 1000,
        code: RestartEnd::ServiceRestart,
        capacity: 10,
        refuse: RefuseWith::Status503,
        retry_after_s: None,
    };

    fn groups(most: usize, per_address: usize) -> Arc<Groups> {
        let cap = Cap::new(Some(per_address), most);
        Groups::new(most, cap, Duration::from_secs(60))
    }

    fn client(last: u8) -> ClientAddress {
        ClientAddress::of([192, 0, 2, last].into())
    }

    fn refused(down: bool) -> NotAccepted {
        NotAccepted::ByRestart {
            with: RefuseWith::Status503,
            retry_after_s: None,
            down,
        }
    }

    #[test]
    fn down_and_then_one_at_a_time() {
        let groups = groups(9, 9);
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let join = |ms| groups.join("g", client(1), at(ms));
        let (mut one, accepted) = join(0).unwrap();
        assert_eq!((accepted.us, accepted.attempt), (None, 1));
        let (mut two, accepted) = join(0).unwrap();
        assert_eq!((accepted.us, accepted.attempt), (None, 2));
        one.restart(RESTART, start);
        for member in [&mut one, &mut two] {
            assert_eq!(member.restarted.try_recv(), Ok(RestartEnd::ServiceRestart));
        }
        assert_eq!(join(0).unwrap_err(), refused(true));
        assert_eq!(join(999).unwrap_err(), refused(true));
        let (_three, accepted) = join(1000).unwrap();
        let expected = Accepted {
            us: Some(1_000_000),
            attempt: 3,
            refused: 2,
        };
        assert_eq!(accepted, expected);
        assert_eq!(join(1099).unwrap_err(), refused(false));
        let (_four, _) = join(1100).unwrap();
        // The pause saves up no second place.
        let (_five, accepted) = join(5000).unwrap();
        assert_eq!((accepted.attempt, accepted.refused), (6, 3));
        assert_eq!(join(5000).unwrap_err(), refused(false));
        // Who was thrown out has no say any more.
        two.restart(RESTART, at(5100));
        assert!(join(5100).is_ok());
    }

    #[test]
    fn a_group_without_members_is_forgotten() {
        let groups = groups(9, 9);
        let start = Instant::now();
        let at = |s| start + Duration::from_secs(s);
        let (one, _) = groups.join("g", client(1), start).unwrap();
        one.restart(
            Restart {
                down_ms: 0,
                ..RESTART
            },
            start,
        );
        let (again, _) = groups.join("g", client(1), at(59)).unwrap();
        drop(one);
        // With a member it is kept for as long as that takes.
        groups.sweep(at(300));
        again.restart(RESTART, at(300));
        groups.sweep(at(359));
        assert_eq!(groups.lock().groups.len(), 1);
        groups.sweep(at(360));
        assert_eq!(groups.lock().groups.len(), 0);
        let (two, accepted) = groups.join("g", client(1), at(360)).unwrap();
        assert_eq!((accepted.us, accepted.attempt), (None, 1));
        drop(again);
        assert_eq!(groups.lock().groups.len(), 1, "that was another group");
        drop(two);
        // One that never restarted has nothing to remember.
        assert_eq!(groups.lock().groups.len(), 0);
    }

    #[test]
    fn groups_are_bounded() {
        let groups = groups(3, 2);
        let now = Instant::now();
        let join = |name: &str, last| groups.join(name, client(last), now);
        let a = join("a", 1).unwrap();
        let _b = join("b", 1).unwrap();
        assert_eq!(join("c", 1).unwrap_err(), NotAccepted::TooManyOfAddress);
        let _c = join("c", 2).unwrap();
        assert_eq!(join("d", 3).unwrap_err(), NotAccepted::TooManyGroups);
        // Into one that is there anybody may come.
        let _more: Vec<_> = (1..MOST_MEMBERS).map(|_| join("b", 3).unwrap()).collect();
        assert_eq!(join("b", 3).unwrap_err(), NotAccepted::GroupFull);
        drop(a);
        let _d = join("d", 1).unwrap();
    }
}
