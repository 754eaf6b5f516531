//! Why a WebSocket is closed, and how.

use std::{io, time::Duration};

use bytes::Bytes;
use tokio::time::timeout;
use yawc::{Frame, OpCode, WebSocketError};

use super::{
    frame_headers::HeaderFault,
    socket::{Read, Socket},
};
use crate::{config::Config, conn::Conn};

/// A Close frame's code and reason. A reason is at most 123 bytes (RFC 6455 §5.5); the texts here are far shorter.
#[derive(Debug)]
pub struct Closing {
    /// RFC 6455 §7.4.1.
    pub code: u16,
    /// For a person.
    pub reason: String,
}

/// The Close frame that a broken message or frame deserves (RFC 6455 §7.4.1); none when the stream itself failed.
pub fn judge(error: &WebSocketError, max_message: usize) -> Option<Closing> {
    let (code, reason) = match error {
        WebSocketError::IoError(error) if header_fault(error).is_some() => {
            match header_fault(error) {
                Some(HeaderFault::TooManyFrames) => (
                    1008,
                    "a message in far more frames than its bytes need".to_owned(),
                ),
                _ => (1002, "an unmasked frame".to_owned()),
            }
        }
        WebSocketError::ConnectionClosed => return None,
        WebSocketError::FrameTooLarge => (
            1009,
            format!("a message may have at most {max_message} bytes"),
        ),
        WebSocketError::InvalidUTF8 => (1007, "text that is not UTF-8".to_owned()),
        // The inflater's errors come in this shape; those of a socket have other kinds.
        WebSocketError::IoError(error) if error.kind() == io::ErrorKind::InvalidInput => {
            (1007, "compressed data that cannot be inflated".to_owned())
        }
        WebSocketError::IoError(_) => return None,
        WebSocketError::InvalidOpCode(opcode) => (1002, format!("reserved opcode {opcode:#x}")),
        WebSocketError::ReservedBitsNotZero => (1002, "a reserved bit is set".to_owned()),
        WebSocketError::CompressionNotSupported => (
            1002,
            "RSV1 is set, but compression was not negotiated".to_owned(),
        ),
        WebSocketError::InvalidFragment => (1002, "a fragment out of place".to_owned()),
        WebSocketError::ControlFrameFragmented => (1002, "a fragmented control frame".to_owned()),
        WebSocketError::PingFrameTooLarge => (
            1002,
            "a control frame's payload is at most 125 bytes".to_owned(),
        ),
        WebSocketError::InvalidCloseFrame => {
            (1002, "a close frame with one byte of payload".to_owned())
        }
        WebSocketError::InvalidCloseCode => (1002, "a close code that may not be sent".to_owned()),
        _ => (1002, "a protocol error".to_owned()),
    };
    Some(Closing { code, reason })
}

fn header_fault(error: &io::Error) -> Option<HeaderFault> {
    error.get_ref()?.downcast_ref().copied()
}

/// The Close frame for a client that has said nothing for too long, or whose message takes too long to come.
pub fn overdue(config: &Config, conn: &Conn, socket: &Socket) -> Option<Closing> {
    let (code, reason) = if conn.idle() >= config.idle_time {
        let time = humantime::format_duration(config.idle_time);
        (1001, format!("idle: nothing received for {time}"))
    } else if socket.inflow().unfinished_for() >= config.message_time {
        let time = humantime::format_duration(config.message_time);
        (1008, format!("a message took longer than {time}"))
    } else {
        return None;
    };
    Some(Closing { code, reason })
}

async fn send(socket: &mut Socket, conn: &Conn, closing: &Closing) -> Result<(), WebSocketError> {
    let mut payload = closing.code.to_be_bytes().to_vec();
    payload.extend_from_slice(closing.reason.as_bytes());
    conn.set_why(format!(
        "closed by server, {}: {}",
        closing.code, closing.reason
    ));
    tracing::debug!(peer = %conn.peer, code = closing.code, reason = closing.reason, "websocket closed");
    socket.write_close(payload.into()).await
}

/// Ends the server's side of TCP. The stream under this then waits for the client's.
async fn end(socket: &mut Socket, time: Duration) {
    let shut_down = Box::pin(socket.shut_down());
    let _ = timeout(time, shut_down).await;
}

/// Closes because of what the client did: a Close frame, and no wait for the client's.
///
/// # Errors
///
/// When the stream fails.
pub async fn refuse(
    socket: &mut Socket,
    conn: &Conn,
    time: Duration,
    closing: &Closing,
) -> Result<(), WebSocketError> {
    send(socket, conn, closing).await?;
    end(socket, time).await;
    Ok(())
}

/// Answers a client's Close frame with the same code (RFC 6455 §5.5.1) and closes TCP first (§7.1.1).
///
/// # Errors
///
/// When the stream fails.
pub async fn answer(
    socket: &mut Socket,
    conn: &Conn,
    time: Duration,
    frame: &Frame,
) -> Result<(), WebSocketError> {
    let payload: &Bytes = frame.payload();
    // §5.5; the library checks the length of pings only.
    if payload.len() > 125 {
        let reason = "a control frame's payload is at most 125 bytes".to_owned();
        return refuse(socket, conn, time, &Closing { code: 1002, reason }).await;
    }
    let why = match frame.close_code().map(u16::from) {
        Some(code) => format!("closed by client, {code}"),
        None => "closed by client, no code".to_owned(),
    };
    tracing::debug!(peer = %conn.peer, why, "websocket closed");
    conn.set_why(why);
    socket.write_close(payload.clone()).await?;
    end(socket, time).await;
    Ok(())
}

/// Closes from the server's side: a Close frame, then waits for the client's, but not for ever.
pub async fn close(socket: &mut Socket, conn: &Conn, time: Duration, closing: &Closing) {
    let _ = timeout(time, async {
        send(socket, conn, closing).await?;
        // What comes before the client's Close frame is read and dropped; so is a broken frame.
        loop {
            let frame = match socket.read().await {
                Read::Frame(frame) => Some(frame),
                Read::Work => socket.work().await,
            };
            match frame.transpose()?.map(|frame| frame.opcode()) {
                Some(OpCode::Close) => break,
                Some(OpCode::Ping) => socket.write_pong().await?,
                _ => {}
            }
        }
        Ok::<_, WebSocketError>(())
    })
    .await;
    end(socket, time).await;
}
