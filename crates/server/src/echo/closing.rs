//! Why a WebSocket is closed from the server's side.

use std::io;

use yawc::WebSocketError;

use super::frame_headers::HeaderFault;

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
            (1007, "compressed data that can't be inflated".to_owned())
        }
        WebSocketError::IoError(_) => return None,
        WebSocketError::InvalidOpCode(opcode) => (1002, format!("reserved opcode {opcode:#x}")),
        WebSocketError::ReservedBitsNotZero => (1002, "a reserved bit is set".to_owned()),
        WebSocketError::CompressionNotSupported => (
            1002,
            "RSV1 is set, but compression wasn't negotiated".to_owned(),
        ),
        WebSocketError::InvalidFragment => (1002, "a fragment out of place".to_owned()),
        WebSocketError::ControlFrameFragmented => (1002, "a fragmented control frame".to_owned()),
        WebSocketError::PingFrameTooLarge => (
            1002,
            "a control frame's payload is at most 125 bytes".to_owned(),
        ),
        WebSocketError::InvalidCloseFrame => {
            (1002, "a Close frame with one byte of payload".to_owned())
        }
        WebSocketError::InvalidCloseCode => (1002, "a close code that may not be sent".to_owned()),
        _ => (1002, "a protocol error".to_owned()),
    };
    Some(Closing { code, reason })
}

fn header_fault(error: &io::Error) -> Option<HeaderFault> {
    error.get_ref()?.downcast_ref().copied()
}
