//! The measurements.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use crate::{
    client::{Client, compressed, frame, text},
    subject::Running,
};

/// The value below which this part of all lies, `part` between 0 and 1.
pub fn quantile(values: &mut [f64], part: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    values.get((last as f64 * part).round() as usize).copied()
}

/// Opens connections, a hundred at a time.
///
/// # Errors
///
/// When one can't be opened.
pub async fn open(
    address: SocketAddr,
    path: &str,
    deflate: bool,
    count: usize,
) -> io::Result<Vec<Client>> {
    let mut clients = Vec::with_capacity(count);
    while clients.len() < count {
        let mut some = JoinSet::new();
        for _ in 0..(count - clients.len()).min(100) {
            let path = path.to_owned();
            some.spawn(async move { Client::open(address, &path, deflate).await });
        }
        while let Some(client) = some.join_next().await {
            clients.push(client.map_err(io::Error::other)??);
        }
    }
    Ok(clients)
}

/// Memory of idle connections, in KiB each.
///
/// # Errors
///
/// When one can't be opened.
pub async fn idle_memory(server: &Running, path: &str, count: usize) -> io::Result<Option<f64>> {
    let before = server.memory();
    let clients = open(server.address, path, true, count).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let each = grown(before, server.memory(), count);
    drop(clients);
    Ok(each)
}

fn grown(before: Option<f64>, after: Option<f64>, count: usize) -> Option<f64> {
    Some((after? - before?) / count as f64)
}

/// Memory of connections after one compressed message each way, in KiB each: at once, and after `rest`.
///
/// # Errors
///
/// When a connection fails.
pub async fn compressed_memory(
    server: &Running,
    path: &str,
    count: usize,
    rest: Duration,
) -> io::Result<[Option<f64>; 2]> {
    let before = server.memory();
    let mut clients = open(server.address, path, true, count).await?;
    let message = compressed(&text(2048));
    for client in &mut clients {
        client.send(&message).await?;
        client.message().await?;
    }
    let at_once = grown(before, server.memory(), count);
    tokio::time::sleep(rest).await;
    Ok([at_once, grown(before, server.memory(), count)])
}

/// The time in ms within which 99 of 100 handshakes of a burst are answered.
///
/// # Errors
///
/// When one isn't answered.
pub async fn burst(
    address: SocketAddr,
    path: &'static str,
    rounds: usize,
) -> io::Result<Option<f64>> {
    let mut times = Vec::new();
    for _ in 0..rounds {
        let begun = Instant::now();
        let mut burst = JoinSet::new();
        for _ in 0..400 {
            burst.spawn(async move {
                let opened = Client::open(address, path, false).await;
                opened.map(|client| (client, begun.elapsed()))
            });
        }
        let mut held = Vec::new();
        while let Some(opened) = burst.join_next().await {
            let (client, time) = opened.map_err(io::Error::other)??;
            times.push(time.as_secs_f64() * 1000.0);
            held.push(client);
        }
        drop(held);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(quantile(&mut times, 0.99))
}

/// Echoes by so many clients that each wait for theirs: how many in a second, and the 99th percentile of the time in ms.
///
/// # Errors
///
/// When a connection fails.
pub async fn echo(
    address: SocketAddr,
    path: &'static str,
    clients: usize,
    size: usize,
    time: Duration,
) -> io::Result<(f64, Option<f64>)> {
    let message: Arc<[u8]> = frame(0x82, &vec![7; size]).into();
    let opened = open(address, path, false, clients).await?;
    let begun = Instant::now();
    let mut set = JoinSet::new();
    for client in opened {
        let message = Arc::clone(&message);
        set.spawn(async move {
            let mut client = client.with_buffer(size.clamp(1024, 256 * 1024));
            let mut times = Vec::new();
            while begun.elapsed() < time {
                let sent = Instant::now();
                client.send(&message).await?;
                client.message().await?;
                times.push(sent.elapsed().as_secs_f64() * 1000.0);
            }
            Ok::<_, io::Error>(times)
        });
    }
    let mut times = Vec::new();
    while let Some(client) = set.join_next().await {
        times.extend(client.map_err(io::Error::other)??);
    }
    let rate = times.len() as f64 / begun.elapsed().as_secs_f64();
    Ok((rate, quantile(&mut times, 0.99)))
}

/// Somebody else, with a connection of its own.
pub struct Others(TcpStream);

impl Others {
    /// Opens that connection.
    ///
    /// # Errors
    ///
    /// When that fails.
    pub fn open(address: SocketAddr, path: &str) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        );
        stream.write_all(request.as_bytes())?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            head.extend(byte);
        }
        if !head.starts_with(b"HTTP/1.1 101") {
            return Err(io::Error::other(
                String::from_utf8_lossy(&head).into_owned(),
            ));
        }
        Ok(Self(stream))
    }

    /// Sends a small message every 2 ms, and waits for its echo. Gives the 99th percentile in ms. Blocks.
    ///
    /// # Errors
    ///
    /// When the connection fails.
    pub fn measure(mut self, time: Duration) -> io::Result<Option<f64>> {
        let message = frame(0x82, &[7; 16]);
        let mut echo = [0; 18];
        let mut times = Vec::new();
        let begun = Instant::now();
        while begun.elapsed() < time {
            let sent = Instant::now();
            self.0.write_all(&message)?;
            self.0.read_exact(&mut echo)?;
            times.push(sent.elapsed().as_secs_f64() * 1000.0);
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(quantile(&mut times, 0.99))
    }
}

/// The time in ms until `/healthz` is answered.
///
/// # Errors
///
/// When it isn't.
pub fn health(address: SocketAddr) -> io::Result<f64> {
    let begun = Instant::now();
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    if !answer.starts_with(b"HTTP/1.1 200") {
        return Err(io::Error::other("/healthz isn't well"));
    }
    Ok(begun.elapsed().as_secs_f64() * 1000.0)
}
