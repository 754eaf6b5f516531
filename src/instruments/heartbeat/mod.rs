//! Heartbeat: one silent connection on a timeline, many of them in numbers, and the live wire's own pings and pongs.

use wire::Role;
use wire::frame::{Header, Opcode, encode};

pub mod dead_connections;
pub mod live;
pub mod timeline;

/// The payload of a server's ping, as this site's server sends it.
const PING: &str = "ping 1";

/// Bytes of a frame on the wire: a client's are masked.
fn frame_len(opcode: Opcode, payload: &str, from: Role) -> u64 {
    // Which key makes no difference to the length.
    let key = (from == Role::Client).then_some([0; 4]);
    let mut out = Vec::new();
    encode(
        &Header::new(opcode, payload.len() as u64, key),
        payload.as_bytes(),
        &mut out,
    );
    out.len() as u64
}

/// Bytes of a server's ping and of the pong to it.
fn ping_and_pong() -> (u64, u64) {
    (
        frame_len(Opcode::Ping, PING, Role::Server),
        // A pong carries the ping's payload (RFC 6455 §5.5.3).
        frame_len(Opcode::Pong, PING, Role::Client),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_real_frames() {
        assert_eq!(ping_and_pong(), (2 + 6, 2 + 4 + 6));
    }
}
