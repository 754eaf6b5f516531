//! Listening: the socket, its options, and errors that name the flag to change.

use std::{io, net::SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

/// Handshakes that the kernel completes ahead of the server. The kernel takes its own limit where that is smaller
/// (`net.core.somaxconn`, 4096 on Linux).
const BACKLOG: u32 = 4096;

/// Listens on an address that a flag gave.
///
/// `buffer` is the size in bytes of the kernel's buffers of each connection, one for each direction; `None` leaves their
/// size to the kernel, which lets one grow to megabytes.
///
/// # Errors
///
/// A sentence for a person, which names the flag to change.
pub fn listen(
    address: SocketAddr,
    flag: &str,
    buffer: Option<usize>,
) -> Result<TcpListener, String> {
    socket(address, buffer).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "port {} on {} is in use: stop the program that uses it, or choose another with {flag} {}",
            address.port(),
            address.ip(),
            SocketAddr::new(address.ip(), address.port().checked_add(1).unwrap_or(0)),
        ),
        io::ErrorKind::PermissionDenied => format!(
            "this user may not listen on port {}: choose one from 1024 up with {flag} {}",
            address.port(),
            SocketAddr::new(address.ip(), 8080),
        ),
        io::ErrorKind::AddrNotAvailable => {
            format!("this machine has no address {}: choose one that it has with {flag}", address.ip())
        }
        _ => format!("can't listen on {address}: {error}; choose another address with {flag}"),
    })
}

fn socket(address: SocketAddr, buffer: Option<usize>) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // Otherwise a server that is started again would have to wait for its old connections. Elsewhere the option has
    // another meaning.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    // Accepted connections inherit these.
    if let Some(buffer) = buffer.and_then(|buffer| u32::try_from(buffer).ok()) {
        socket.set_send_buffer_size(buffer)?;
        socket.set_recv_buffer_size(buffer)?;
    }
    socket.bind(address)?;
    socket.listen(BACKLOG)
}
