//! A blocking socket around a session, as both Autobahn examples need it.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use wire::handshake::{DEFAULT_MAX_HEAD, head_len};
use wire::session::{Event, Session};

/// How long the peer may say nothing. The suite itself waits for seconds in some cases.
const SILENCE: Duration = Duration::from_secs(30);

/// Reads up to the end of a head: the head, and what came after it.
pub fn read_head(stream: &mut TcpStream) -> io::Result<(Vec<u8>, Vec<u8>)> {
    stream.set_read_timeout(Some(SILENCE))?;
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some(end) = head_len(&bytes) {
            let rest = bytes.split_off(end);
            return Ok((bytes, rest));
        }
        if bytes.len() > DEFAULT_MAX_HEAD {
            return Ok((bytes, Vec::new()));
        }
        match stream.read(&mut buffer)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            n => bytes.extend_from_slice(&buffer[..n]),
        }
    }
}

/// Sends every message back until the connection ends. `rest` came with the head.
pub fn echo(stream: &mut TcpStream, session: &mut Session, rest: &[u8]) -> io::Result<()> {
    drive(stream, session, rest, |message| Some(message.to_vec()))
}

/// A message to send or one that came.
pub enum Message<'a> {
    Text(&'a str),
    Binary(&'a [u8]),
}

impl Message<'_> {
    fn to_vec(&self) -> (bool, Vec<u8>) {
        match self {
            Message::Text(text) => (true, text.as_bytes().to_vec()),
            Message::Binary(bytes) => (false, bytes.to_vec()),
        }
    }
}

/// Runs a connection to its end. `answer` gives what to send back: whether it is text, and the bytes.
pub fn drive(
    stream: &mut TcpStream,
    session: &mut Session,
    rest: &[u8],
    mut answer: impl FnMut(Message<'_>) -> Option<(bool, Vec<u8>)>,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(SILENCE))?;
    session.receive(rest);
    let mut buffer = vec![0; 64 << 10];
    loop {
        loop {
            let reply = match session.next_event() {
                None => break,
                Some(Event::Text(text)) => answer(Message::Text(text)),
                Some(Event::Binary(bytes)) => answer(Message::Binary(bytes)),
                Some(_) => None,
            };
            // Nothing can be sent once this end is closing, and then nobody waits for it either.
            let _ = match reply {
                Some((true, text)) => session.send_text(&String::from_utf8_lossy(&text)),
                Some((false, bytes)) => session.send_binary(&bytes),
                None => Ok(()),
            };
            send(stream, session)?;
        }
        send(stream, session)?;
        if session.should_close_tcp() {
            return hang_up(stream);
        }
        match stream.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(n) => session.receive(&buffer[..n]),
            // Whoever closes TCP after the closing handshake may do it the hard way.
            Err(_) if session.closing().is_complete() => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

fn send(stream: &mut TcpStream, session: &mut Session) -> io::Result<()> {
    stream.write_all(session.output())?;
    session.sent(session.output().len());
    Ok(())
}

/// Closes TCP in such a way that the close frame arrives: dropping a socket with unread bytes would reset the
/// connection (RFC 6455 §7.1.1).
pub fn hang_up(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    let mut buffer = [0; 4096];
    while stream.read(&mut buffer).is_ok_and(|n| n > 0) {}
    Ok(())
}

/// Masking keys that a peer cannot foresee: the standard library seeds its hashes from the system.
pub fn keys() -> impl FnMut() -> [u8; 4] + Send + 'static {
    let state = RandomState::new();
    let mut count = 0u64;
    move || {
        count += 1;
        let mut hasher = state.build_hasher();
        hasher.write_u64(count);
        (hasher.finish() as u32).to_be_bytes()
    }
}
