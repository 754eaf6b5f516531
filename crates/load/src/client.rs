//! A client that costs as little as it can: frames are made before, and of what comes back only the headers are read.

use std::{io, net::SocketAddr};

use flate2::{Compress, Compression, FlushCompress};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// A masked frame (RFC 6455 §5.2), as a client sends it.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let mut frame = vec![first];
    match payload.len() {
        len @ 0..126 => frame.push(0x80 | len as u8),
        len @ 126..65536 => {
            frame.push(0xfe);
            frame.extend((len as u16).to_be_bytes());
        }
        len => {
            frame.push(0xff);
            frame.extend((len as u64).to_be_bytes());
        }
    }
    frame.extend(KEY);
    let masked = payload.iter().zip(KEY.iter().cycle());
    frame.extend(masked.map(|(byte, key)| byte ^ key));
    frame
}

/// A compressed text message that refers to none before (RFC 7692 §7.2.1), so that it can be sent again and again.
pub fn compressed(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 1024);
    let mut state = Compress::new(Compression::default(), false);
    // There is room, so this can't fail.
    let _ = state.compress_vec(text, &mut out, FlushCompress::Sync);
    out.truncate(out.len().saturating_sub(4));
    frame(0xc1, &out)
}

/// Text as people write it, more or less: words of a small vocabulary, the same each time.
pub fn text(len: usize) -> Vec<u8> {
    let mut state = 1u32;
    let mut text = Vec::with_capacity(len + 16);
    while text.len() < len {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let word = state >> 20;
        text.extend(format!("{word:x} ").into_bytes());
    }
    text.truncate(len);
    text
}

/// One WebSocket.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl Client {
    /// Opens a WebSocket; with `deflate`, offers permessage-deflate as a browser does.
    ///
    /// # Errors
    ///
    /// When there is no connection, or the answer isn't 101.
    pub async fn open(address: SocketAddr, path: &str, deflate: bool) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let offer = match deflate {
            true => "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n",
            false => "",
        };
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{offer}\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut client = Self {
            stream,
            buffer: vec![0; 1024],
            start: 0,
            end: 0,
        };
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(client.byte().await?);
        }
        if !head.starts_with(b"HTTP/1.1 101") {
            let head = String::from_utf8_lossy(&head).into_owned();
            return Err(io::Error::other(format!("not opened: {head}")));
        }
        Ok(client)
    }

    /// Takes a buffer of its own for large messages.
    pub fn with_buffer(mut self, size: usize) -> Self {
        self.buffer.resize(size.max(self.buffer.len()), 0);
        self
    }

    async fn fill(&mut self) -> io::Result<()> {
        (self.start, self.end) = (0, self.stream.read(&mut self.buffer).await?);
        if self.end == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    async fn byte(&mut self) -> io::Result<u8> {
        if self.start == self.end {
            self.fill().await?;
        }
        self.start += 1;
        Ok(self.buffer[self.start - 1])
    }

    /// Sends bytes.
    ///
    /// # Errors
    ///
    /// When the connection fails.
    pub async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Reads one message and drops it. Gives the bytes of its payload on the wire.
    ///
    /// # Errors
    ///
    /// When the connection ends or is closed.
    pub async fn message(&mut self) -> io::Result<usize> {
        let mut bytes = 0;
        loop {
            let (first, second) = (self.byte().await?, self.byte().await?);
            let mut len = usize::from(second & 0x7f);
            let more = match len {
                126 => 2,
                127 => 8,
                _ => 0,
            };
            if more > 0 {
                len = 0;
                for _ in 0..more {
                    len = len << 8 | usize::from(self.byte().await?);
                }
            }
            let mut left = len;
            while left > 0 {
                if self.start == self.end {
                    self.fill().await?;
                }
                let now = left.min(self.end - self.start);
                self.start += now;
                left -= now;
            }
            match first & 0x0f {
                0x8 => return Err(io::Error::other("closed")),
                0x9 | 0xa => {}
                _ => bytes += len,
            }
            if first & 0x80 != 0 && first & 0x08 == 0 {
                return Ok(bytes);
            }
        }
    }
}
