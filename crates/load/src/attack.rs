//! What a client may do to others, each until it is stopped.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
};

use crate::client::{Client, compressed, frame, text};

/// One way to be a nuisance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attack {
    /// Nothing: what the others see by themselves.
    None,
    /// Two clients with a kilobyte that inflates to a megabyte, to be echoed in frames of one byte.
    Fragments,
    /// Eight clients with a megabyte of text, deflated.
    Deflated,
    /// Eight clients whose message never ends and has nothing in it.
    EmptyFrames,
    /// Fifty requests whose bodies come a byte at a time.
    SlowBodies,
    /// Silent connections, twice as many as the server takes.
    Silence,
    /// Four hundred handshakes at once, again and again.
    Bursts,
    /// Eight hundred downloads that nobody reads.
    Downloads,
    /// Clients that send echoes of a megabyte and read none of them.
    Unread,
}

impl Attack {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::None,
        Self::Fragments,
        Self::Deflated,
        Self::EmptyFrames,
        Self::SlowBodies,
        Self::Silence,
        Self::Bursts,
        Self::Downloads,
        Self::Unread,
    ];

    /// What the table calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "nothing",
            Self::Fragments => "2 × 1 KiB that inflates to 1 MiB, in frames of 1 byte",
            Self::Deflated => "8 × 1 MiB of text, deflated",
            Self::EmptyFrames => "8 × endless empty continuations",
            Self::SlowBodies => "50 slow bodies",
            Self::Silence => "2000 silent connections",
            Self::Bursts => "bursts of 400 handshakes",
            Self::Downloads => "800 downloads that nobody reads",
            Self::Unread => "50 × 1 MiB echoes that nobody reads",
        }
    }

    /// Whether it means the same to a bare echo server.
    pub fn is_for_all(self) -> bool {
        matches!(
            self,
            Self::None | Self::Deflated | Self::EmptyFrames | Self::Bursts
        )
    }

    /// Starts it. It ends when the set is dropped.
    pub fn start(self, address: SocketAddr, path: &'static str, set: &mut JoinSet<()>) {
        match self {
            Self::None => {}
            Self::Fragments => {
                let bomb: Arc<[u8]> = compressed(&vec![b'0'; 1 << 20]).into();
                for _ in 0..2 {
                    set.spawn(again(
                        address,
                        format!("{path}?fragment=1"),
                        true,
                        Arc::clone(&bomb),
                    ));
                }
            }
            Self::Deflated => {
                let message: Arc<[u8]> = compressed(&text(1 << 20)).into();
                for _ in 0..8 {
                    set.spawn(again(address, path.to_owned(), true, Arc::clone(&message)));
                }
            }
            Self::EmptyFrames => {
                let frames: Arc<[u8]> = frame(0x00, b"").repeat(2000).into();
                for _ in 0..8 {
                    let frames = Arc::clone(&frames);
                    set.spawn(forever(move || {
                        let frames = Arc::clone(&frames);
                        async move {
                            let mut client = Client::open(address, path, false).await?;
                            client.send(&frame(0x01, b"")).await?;
                            loop {
                                client.send(&frames).await?;
                            }
                        }
                    }));
                }
            }
            Self::SlowBodies => {
                for n in 0..50 {
                    set.spawn(forever(move || slow_body(address, n)));
                }
            }
            Self::Silence => {
                set.spawn(async move {
                    let mut held = Vec::new();
                    loop {
                        if held.len() == 2000 {
                            held.clear();
                        }
                        held.extend(TcpStream::connect(address).await);
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                });
            }
            Self::Bursts => {
                set.spawn(async move {
                    loop {
                        let mut burst = JoinSet::new();
                        for _ in 0..400 {
                            burst.spawn(
                                async move { Client::open(address, path, false).await.is_ok() },
                            );
                        }
                        burst.join_all().await;
                    }
                });
            }
            Self::Downloads => {
                for _ in 0..800 {
                    set.spawn(forever(move || {
                        unread(
                            address,
                            b"GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n",
                        )
                    }));
                }
            }
            Self::Unread => {
                let message: Arc<[u8]> = frame(0x82, &vec![7; 1 << 20]).into();
                for _ in 0..50 {
                    let message = Arc::clone(&message);
                    set.spawn(forever(move || {
                        let message = Arc::clone(&message);
                        async move {
                            let mut client = Client::open(address, path, false).await?;
                            loop {
                                client.send(&message).await?;
                            }
                        }
                    }));
                }
            }
        }
    }
}

/// Does it again when the server has had enough of it, after a moment.
async fn forever<F: Future<Output = io::Result<()>>>(attack: impl Fn() -> F) {
    loop {
        let _ = attack().await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn again(address: SocketAddr, path: String, deflate: bool, message: Arc<[u8]>) {
    forever(|| async {
        let mut client = Client::open(address, &path, deflate)
            .await?
            .with_buffer(64 * 1024);
        loop {
            client.send(&message).await?;
            client.message().await?;
        }
    })
    .await;
}

async fn slow_body(address: SocketAddr, n: u128) -> io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    let head = format!(
        "POST /api/cost/{n:032x} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    loop {
        stream.write_all(b".").await?;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Asks, reads the beginning, and then nothing for long.
async fn unread(address: SocketAddr, request: &[u8]) -> io::Result<()> {
    let socket = TcpSocket::new_v4()?;
    // So that what is held is held by the server.
    socket.set_recv_buffer_size(4096)?;
    let mut stream = socket.connect(address).await?;
    stream.write_all(request).await?;
    stream.read_exact(&mut [0; 12]).await?;
    tokio::time::sleep(Duration::from_secs(600)).await;
    Ok(())
}
