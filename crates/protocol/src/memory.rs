//! What the server's connections take of memory.

use serde::{Deserialize, Serialize};

/// The answer to `GET /api/memory`: how it is now. What some connections take is a difference of two of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryUse {
    /// WebSockets open now, of all clients.
    pub connections: u64,
    /// Bytes of the server's process that are in memory; nothing where the system doesn't say. The kernel keeps count in
    /// batches, so that a difference of some hundred kilobytes may be none.
    pub resident_bytes: Option<u64>,
    /// Bytes of the buffers of all TCP sockets of the whole machine, in whole pages: not the server's alone, and without
    /// the kernel's fixed record of each socket. Nothing where the system doesn't say.
    pub kernel_socket_bytes: Option<u64>,
}
