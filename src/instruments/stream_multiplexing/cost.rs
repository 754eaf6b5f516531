//! What a client’s streams cost over one connection, and over one each: handshakes, memory, descriptors, pings.

use sim::cluster::memory::{ConnectionCost, descriptors};
use wire::frame::{Header, Opcode};

use super::settings::Settings;

/// The request that opens a WebSocket, as a browser sends one.
pub const REQUEST: &str = "GET /transports/streams HTTP/1.1\r\nHost: prices.example.com\r\nConnection: Upgrade\r\nPragma: no-cache\r\nCache-Control: no-cache\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\nUpgrade: websocket\r\nOrigin: https://prices.example.com\r\nSec-WebSocket-Version: 13\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-GB,en;q=0.9\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";
/// The answer.
pub const ANSWER: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
/// Seconds between two pings on a connection.
pub const PING_S: u64 = 30;
/// Connections of their own that are opened for real, at most.
pub const MOST_OWN: usize = 6;

/// What so many connections cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Connections.
    pub connections: u64,
    /// Bytes of their handshakes, both ways.
    pub handshakes: u64,
    /// Bytes that the server holds, a lean one.
    pub lean: u64,
    /// The same with TLS and a small compression window.
    pub usual: u64,
    /// File descriptors.
    pub descriptors: u64,
    /// Pings and pongs in a minute.
    pub beats: u64,
}

impl Cost {
    /// Of all clients’ connections, for so many each.
    pub fn of(settings: &Settings, each: u32) -> Cost {
        let connections = u64::from(settings.crowd) * u64::from(each);
        Cost {
            connections,
            handshakes: connections * (REQUEST.len() + ANSWER.len()) as u64,
            lean: ConnectionCost::bare().times(connections),
            usual: ConnectionCost::typical_tls_deflate().times(connections),
            descriptors: descriptors(connections, false),
            beats: connections * 2 * (60 / PING_S),
        }
    }
}

/// Bytes of header before an update, from a server (RFC 6455 §5.2).
pub fn header(size: u32) -> u64 {
    Header::new(Opcode::Text, size.into(), None).len() as u64
}

/// Of a thousand bytes of such updates, those that are header.
pub fn header_permille(size: u32) -> u64 {
    let header = header(size);
    header * 1000 / (header + u64::from(size)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_each_costs_as_many_times_as_much() {
        let settings = Settings {
            each: 20,
            crowd: 1_000,
            ..Settings::default()
        };
        let (one, own) = (Cost::of(&settings, 1), Cost::of(&settings, settings.each));
        assert_eq!(one.connections, 1_000);
        for of in [
            |c: &Cost| c.handshakes,
            |c: &Cost| c.lean,
            |c: &Cost| c.usual,
            |c: &Cost| c.descriptors,
            |c: &Cost| c.beats,
        ] {
            assert_eq!(of(&own), 20 * of(&one));
            assert!(of(&one) > 0);
        }
        assert_eq!(one.beats, 4_000);
    }

    #[test]
    fn a_header_is_two_bytes_or_four() {
        assert_eq!([100, 125, 126, 500].map(header), [2, 2, 4, 4]);
        assert_eq!([100, 500].map(header_permille), [19, 7]);
    }

    #[test]
    fn the_handshake_is_one() {
        let request = wire::handshake::Request::parse(REQUEST.as_bytes()).unwrap();
        let key = request.head().value("Sec-WebSocket-Key");
        assert_eq!(key, Some("dGhlIHNhbXBsZSBub25jZQ=="));
        assert_eq!(
            wire::handshake::accept("dGhlIHNhbXBsZSBub25jZQ==").value,
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
        assert!(ANSWER.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    }
}
