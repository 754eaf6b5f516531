//! The Rust that the chapters give to copy: it compiles, and does what the chapter says. The clock jumps to the next timer
//! whenever nobody has anything to do, so that minutes take no time.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{accept_async, connect_async};

/// What *Heartbeat* has for a server.
mod heartbeat {
    include!("copied/heartbeat.rs");

    /// What the reader has in its place.
    async fn handle(socket: &mut WebSocket, message: Message) {
        if let Message::Text(_) = message {
            socket.send(message).await.unwrap();
        }
    }

    /// Serves one connection.
    pub async fn serve_one(socket: WebSocket) {
        serve(socket).await;
    }
}

/// What *Reconnecting* has for a client.
mod reconnecting {
    include!("copied/reconnecting.rs");

    /// Keeps one connection open.
    pub async fn keep(url: &str, on_message: impl FnMut(Message)) -> u16 {
        keep_open(url, on_message).await
    }
}

#[test]
fn the_chapters_show_what_is_tested_here() {
    let shown = [
        (
            include_str!("../../../../content/heartbeat.md"),
            include_str!("copied/heartbeat.rs"),
        ),
        (
            include_str!("../../../../content/reconnecting.md"),
            include_str!("copied/reconnecting.rs"),
        ),
    ];
    for (chapter, code) in shown {
        let block = format!("```\n{code}```\n");
        assert!(chapter.contains(&block), "no chapter shows:\n{code}");
    }
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

#[tokio::test(start_paused = true)]
async fn the_servers_heartbeat_gives_up_a_client_that_falls_silent() {
    let (listener, address) = listener().await;
    let (gone, went) = oneshot::channel();
    let gone = std::sync::Mutex::new(Some(gone));
    let gone = std::sync::Arc::new(gone);
    let app = axum::Router::new().route(
        "/",
        axum::routing::get(move |upgrade: axum::extract::ws::WebSocketUpgrade| {
            let gone = gone.clone();
            async move {
                upgrade.on_upgrade(move |socket| async move {
                    let begun = Instant::now();
                    heartbeat::serve_one(socket).await;
                    let gone = gone.lock().unwrap().take().unwrap();
                    gone.send(begun.elapsed()).unwrap();
                })
            }
        }),
    );
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let (mut socket, _) = connect_async(format!("ws://{address}/")).await.unwrap();
    socket.send(Message::text("hello")).await.unwrap();
    let echoed = loop {
        match socket.next().await.unwrap().unwrap() {
            Message::Ping(_) => {}
            other => break other,
        }
    };
    assert_eq!(echoed, Message::text("hello"));
    // From here on the client answers nothing: what it does not read, it does not answer.
    let took = went.await.unwrap();
    assert!(
        (40..=60).contains(&took.as_secs()),
        "given up after {took:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_client_waits_as_it_is_asked_and_stops_where_another_attempt_makes_no_sense() {
    let (listener, address) = listener().await;
    tokio::spawn(async move {
        let close = |code: u16| CloseFrame {
            code: code.into(),
            reason: "".into(),
        };
        // A restart: come back after 5 to 30 s.
        let (stream, _) = listener.accept().await.unwrap();
        let mut socket = accept_async(stream).await.unwrap();
        socket.close(Some(close(1012))).await.unwrap();
        while let Some(Ok(_)) = socket.next().await {}
        // Still too many: come back after 7 s.
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = [0; 1024];
        let read = stream.read(&mut head).await.unwrap();
        assert!(head[..read].ends_with(b"\r\n\r\n"));
        let answer =
            b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(answer).await.unwrap();
        // A message, and a code of the application.
        let (stream, _) = listener.accept().await.unwrap();
        let mut socket = accept_async(stream).await.unwrap();
        socket.send(Message::text("news")).await.unwrap();
        socket.close(Some(close(4001))).await.unwrap();
        while let Some(Ok(_)) = socket.next().await {}
    });
    let begun = Instant::now();
    let mut heard = Vec::new();
    let code = reconnecting::keep(&format!("ws://{address}/"), |message| heard.push(message)).await;
    assert_eq!((code, heard), (4001, vec![Message::text("news")]));
    // 1012 has 5 to 30 s; then the 7 s, and at most the 2 s of a second attempt.
    let took = begun.elapsed();
    let least = Duration::from_secs(12);
    assert!(
        (least..=Duration::from_secs(40)).contains(&took),
        "{took:?}"
    );
}
