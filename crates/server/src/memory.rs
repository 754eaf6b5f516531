//! What memory the connections take, as the kernel counts it. Only Linux says.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::MemoryUse;

use crate::{
    App,
    api_error::{ApiError, same_site},
};

/// `GET /api/memory`: a [`MemoryUse`].
pub async fn tell(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, ApiError> {
    let cross_origin = same_site(&app.config, &headers)?;
    let memory = MemoryUse {
        connections: u64::try_from(app.metrics.websocket_connections.get()).unwrap_or(0),
        resident_bytes: resident_bytes(),
        kernel_socket_bytes: kernel_socket_bytes(),
    };
    let body = serde_json::to_string(&memory).map_err(|error| {
        ApiError::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            error.to_string(),
            "try again",
        )
    })?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, cross_origin, body).into_response())
}

/// Bytes of this process that are in memory; `None` where the system doesn't say.
pub fn resident_bytes() -> Option<u64> {
    pages("/proc/self/statm", |text| {
        text.split_ascii_whitespace().nth(1)
    })
}

/// Bytes of the buffers of all TCP sockets of the machine; `None` where the system doesn't say.
pub fn kernel_socket_bytes() -> Option<u64> {
    pages("/proc/net/sockstat", tcp_pages)
}

/// The pages after `mem` in the line about TCP, which IPv6's sockets are part of.
fn tcp_pages(text: &str) -> Option<&str> {
    let line = text.lines().find_map(|line| line.strip_prefix("TCP:"))?;
    let mut words = line.split_ascii_whitespace();
    words.find(|word| *word == "mem")?;
    words.next()
}

/// A number of pages that a file of the kernel's has, in bytes. Such a file is made as it is read, and waits for no disk.
#[cfg(target_os = "linux")]
fn pages(path: &str, find: fn(&str) -> Option<&str>) -> Option<u64> {
    let text = std::fs::read_to_string(path).ok()?;
    let pages: u64 = find(&text)?.parse().ok()?;
    pages.checked_mul(rustix::param::page_size() as u64)
}

#[cfg(not(target_os = "linux"))]
fn pages(_path: &str, _find: fn(&str) -> Option<&str>) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_about_tcp() {
        let text =
            "sockets: used 290\nTCP: inuse 18 orphan 0 tw 4 alloc 21 mem 7\nUDP: inuse 3 mem 2\n";
        assert_eq!(tcp_pages(text), Some("7"));
        assert_eq!(tcp_pages("UDP: inuse 3 mem 2\n"), None);
        assert_eq!(tcp_pages("TCP: inuse 18\n"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_that_takes_memory_is_seen_to() {
        let before = resident_bytes().unwrap();
        let taken = std::hint::black_box(vec![1_u8; 64 << 20]);
        let after = resident_bytes().unwrap();
        // Other tests run in this process as well.
        assert!(after > before + (32 << 20), "{before} {after}");
        drop(taken);
    }
}
