//! What one connection costs a server, in bytes, file descriptors and ports.
//!
//! The text that this site explains gives two figures: 1–10 KB for a connection, and 1–2 GB for 100,000 of them, which is
//! 10–20 KB each. Both are right, for different servers: [`ConnectionCost::bare`] comes to the first,
//! [`ConnectionCost::typical_tls_deflate`] to the second. With zlib's default windows kept for each connection
//! ([`ConnectionCost::full_deflate`]), neither is enough by far.
//!
//! Where a figure is called assumed, no document gives it; it is of the right order for the usual programs.

use serde::{Deserialize, Serialize};

/// Linux' smallest, default and largest receive buffer of a TCP socket, in bytes (`tcp_rmem`, tcp(7) and the kernel's
/// `ip-sysctl`; the largest depends on the machine's memory, 6 MiB at most). A limit, not what is taken: an idle socket
/// whose program has read everything holds nothing.
pub const TCP_RMEM: [u64; 3] = [4096, 131_072, 6 << 20];
/// The same for sending (`tcp_wmem`; 4 MiB at most). What is acknowledged is given back.
pub const TCP_WMEM: [u64; 3] = [4096, 16_384, 4 << 20];
/// The first and last port that Linux gives to connections going out, unless told otherwise (`ip_local_port_range`).
pub const EPHEMERAL_PORTS: (u16, u16) = (32_768, 60_999);

/// What one connection takes of a server's memory, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionCost {
    /// The kernel's own record of the socket: the TCP socket, and the file, inode and directory entry behind its
    /// descriptor. 3–4 KB on 64-bit Linux (sizes in `/proc/slabinfo`; they differ a little between versions).
    pub kernel_socket: u64,
    /// Bytes that came in and have not been read, with what the kernel keeps about each packet. 0 when idle, and up to
    /// [`TCP_RMEM`]'s default without tuning, more where the kernel finds the line fast.
    pub kernel_receive: u64,
    /// Bytes that were written and are not acknowledged. 0 when idle; about 1 KB for one small frame under way; a client
    /// that does not read fills it, up to [`TCP_WMEM`]'s default and beyond.
    pub kernel_send: u64,
    /// Keys, state and record buffers of TLS. About 4 KB where a library keeps no buffers for an idle connection (as
    /// reported for s2n-tls); with OpenSSL's buffers kept, some 34 KB more (`SSL_MODE_RELEASE_BUFFERS` in its manual
    /// saves that much).
    pub tls: u64,
    /// Read and write buffers of the WebSocket library and its record of the connection: 0.5 KB where buffers are shared
    /// by all connections, 4–8 KB with two small ones of its own, over 128 KB with some libraries' defaults (assumed).
    pub library: u64,
    /// What permessage-deflate keeps between messages (RFC 7692 §7.1): 0 without context takeover, or what
    /// [`deflate_bytes`] and [`inflate_bytes`] give.
    pub compression: u64,
    /// What the application knows of a client: name, rooms, a queue of messages. 0.5–10 KB (assumed).
    pub application: u64,
}

impl ConnectionCost {
    /// An idle connection of a frugal server: no TLS (a proxy before it ends that), buffers shared, no compression. About
    /// 5 KB, within the text's 1–10 KB.
    pub fn bare() -> ConnectionCost {
        ConnectionCost {
            kernel_socket: 3_500,
            library: 512,
            application: 1_000,
            ..ConnectionCost::default()
        }
    }

    /// A server that ends TLS itself, with a read buffer for each connection, a small frame under way in each direction,
    /// and the smallest window that zlib has for what it sends (9 bits, level 1). About 19 KB: 1.9 GB for 100,000, within
    /// the text's 1–2 GB.
    pub fn typical_tls_deflate() -> ConnectionCost {
        ConnectionCost {
            kernel_socket: 3_500,
            kernel_receive: 768,
            kernel_send: 1_280,
            tls: 4_096,
            library: 4_096,
            compression: deflate_bytes(9, 1),
            application: 2_000,
        }
    }

    /// The same with zlib's defaults in both directions and context takeover: over 300 KB, nearly all of it windows.
    pub fn full_deflate() -> ConnectionCost {
        ConnectionCost {
            compression: deflate_bytes(15, 8) + inflate_bytes(15),
            ..ConnectionCost::typical_tls_deflate()
        }
    }

    /// All of it, in bytes.
    pub fn sum(&self) -> u64 {
        self.parts()
            .iter()
            .fold(0u64, |sum, (_, bytes)| sum.saturating_add(*bytes))
    }

    /// So many connections, in bytes.
    pub fn times(&self, connections: u64) -> u64 {
        self.sum().saturating_mul(connections)
    }

    /// Each part by its field's name, in the order of the fields.
    pub fn parts(&self) -> [(&'static str, u64); 7] {
        [
            ("kernel_socket", self.kernel_socket),
            ("kernel_receive", self.kernel_receive),
            ("kernel_send", self.kernel_send),
            ("tls", self.tls),
            ("library", self.library),
            ("compression", self.compression),
            ("application", self.application),
        ]
    }
}

/// What zlib takes to compress with a window of 2^`window_bits` bytes (9–15) at this memory level (1–9), in bytes: its
/// own formula, from `zconf.h`. A few kilobytes of state come on top. With the defaults, 15 and 8, it is 256 KiB.
pub fn deflate_bytes(window_bits: u32, memory_level: u32) -> u64 {
    (1 << (window_bits.clamp(9, 15) + 2)) + (1 << (memory_level.clamp(1, 9) + 9))
}

/// What zlib takes to decompress with a window of 2^`window_bits` bytes (8–15): the window, and about 7 KB of state
/// (`zconf.h`).
pub fn inflate_bytes(window_bits: u32) -> u64 {
    (1 << window_bits.clamp(8, 15)) + 7 * 1024
}

/// File descriptors that so many connections take: one each at the server that holds them, two each at a proxy, which
/// holds the client's and one to a backend.
pub fn descriptors(connections: u64, proxy: bool) -> u64 {
    connections.saturating_mul(if proxy { 2 } else { 1 })
}

/// Whether a machine that opens connections has ports enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ports {
    /// How many connections can exist at once.
    pub available: u64,
    /// How many of those wanted cannot be opened.
    pub missing: u64,
}

/// Ports for connections that a proxy opens to so many backend addresses, each an IP address with a port, from so many IP
/// addresses of its own.
///
/// A connection is known by four things: both addresses and both ports. The proxy's port is the only one that is free to
/// differ between two connections from one address to one backend, so there are 28,232 of those with
/// [`EPHEMERAL_PORTS`]. A server that listens does not run out this way: its clients differ in address or port, and its
/// own port is the same in all. It runs out of descriptors and memory.
pub fn ports_for(connections: u64, backend_addresses: u64, source_addresses: u64) -> Ports {
    let (first, last) = EPHEMERAL_PORTS;
    let available = (u64::from(last - first) + 1)
        .saturating_mul(backend_addresses)
        .saturating_mul(source_addresses);
    Ports {
        available,
        missing: connections.saturating_sub(available),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_figures_of_the_text_come_out() {
        let bare = ConnectionCost::bare().sum();
        assert!((1_000..=10_000).contains(&bare), "{bare}");
        let many = ConnectionCost::typical_tls_deflate().times(100_000);
        assert!((1_000_000_000..=2_000_000_000).contains(&many), "{many}");
        assert_eq!(
            ConnectionCost::typical_tls_deflate().sum(),
            3_500 + 768 + 1_280 + 4_096 + 4_096 + 3_072 + 2_000
        );
    }

    #[test]
    fn the_windows_of_zlib() {
        assert_eq!(deflate_bytes(15, 8), 256 << 10);
        assert_eq!(deflate_bytes(9, 1), 3 << 10);
        assert_eq!(inflate_bytes(15), 39 << 10);
        let full = ConnectionCost::full_deflate();
        assert!(full.compression * 10 > full.sum() * 9);
        assert_eq!(deflate_bytes(u32::MAX, 0), deflate_bytes(15, 1));
    }

    #[test]
    fn a_sum_has_every_field_in_it() {
        let cost = ConnectionCost {
            kernel_socket: 1,
            kernel_receive: 10,
            kernel_send: 100,
            tls: 1_000,
            library: 10_000,
            compression: 100_000,
            application: 1_000_000,
        };
        assert_eq!(cost.sum(), 1_111_111);
        assert_eq!(cost.times(3), 3_333_333);
        assert_eq!(
            ConnectionCost {
                tls: u64::MAX,
                ..cost
            }
            .times(9),
            u64::MAX
        );
    }

    #[test]
    fn a_proxy_runs_out_of_ports_and_more_addresses_help() {
        assert_eq!(ports_for(28_232, 1, 1).missing, 0);
        assert_eq!(ports_for(100_000, 1, 1).missing, 71_768);
        assert_eq!(ports_for(100_000, 4, 1).missing, 0);
        assert_eq!(ports_for(100_000, 2, 2).available, 112_928);
        assert_eq!(ports_for(5, 0, 1).missing, 5);
        assert_eq!(ports_for(u64::MAX, u64::MAX, u64::MAX).missing, 0);
        assert_eq!(
            (descriptors(7, false), descriptors(u64::MAX, true)),
            (7, u64::MAX)
        );
    }
}
