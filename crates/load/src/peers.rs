//! Echo servers of other libraries, bare: each as its own examples write it.

use std::{convert::Infallible, io, net::SocketAddr};

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use http_body_util::Empty;
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket};
use yawc::{Frame, OpCode, Options, WebSocket};

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    // Node's own; a smaller one would only measure that.
    socket.listen(511)
}

/// Serves until the process is ended.
///
/// # Errors
///
/// When the address can't be listened on, or the peer isn't known.
pub async fn serve(peer: &str, address: SocketAddr) -> io::Result<()> {
    let listener = listen(address)?;
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        stream.set_nodelay(true)?;
        match peer {
            "yawc" => {
                tokio::spawn(async move {
                    let connection = http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service_fn(yawc))
                        .with_upgrades();
                    let _ = connection.await;
                });
            }
            "tungstenite" => {
                tokio::spawn(async move {
                    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else {
                        return;
                    };
                    while let Some(Ok(message)) = socket.next().await {
                        let is_data = message.is_text() || message.is_binary();
                        if is_data && socket.send(message).await.is_err() {
                            return;
                        }
                    }
                });
            }
            _ => return Err(io::Error::other(format!("no peer is named {peer}"))),
        }
    }
}

async fn yawc(mut request: Request<Incoming>) -> Result<Response<Empty<Bytes>>, Infallible> {
    let options = Options::default()
        .with_limits(2 << 20, 4 << 20)
        .with_balanced_compression()
        .with_client_max_window_bits(15)
        .with_utf8();
    let Ok((response, upgrade)) = WebSocket::upgrade_with_options(&mut request, options) else {
        let mut response = Response::new(Empty::new());
        *response.status_mut() = hyper::StatusCode::BAD_REQUEST;
        return Ok(response);
    };
    tokio::spawn(async move {
        let Ok(mut socket) = upgrade.await else {
            return;
        };
        while let Ok(frame) = socket.next_frame().await {
            let echo = match frame.opcode() {
                OpCode::Text => Frame::text(frame.into_payload()),
                OpCode::Binary => Frame::binary(frame.into_payload()),
                _ => continue,
            };
            if socket.send(echo).await.is_err() {
                return;
            }
        }
    });
    Ok(response)
}
