use axum::extract::ws::{Message, WebSocket};
use std::time::Duration;
use tokio::time::{interval, timeout};

const EVERY: Duration = Duration::from_secs(20);
const MISSES: u32 = 1;

async fn serve(mut socket: WebSocket) {
    let mut tick = interval(EVERY);
    let mut missed = 0;
    loop {
        tokio::select! {
            _ = tick.tick() => {
                if missed > MISSES {
                    return; // dropping the socket closes TCP
                }
                missed += 1;
                // A send on a dead path may never end.
                let ping = socket.send(Message::Ping(Vec::new().into()));
                if !matches!(timeout(EVERY, ping).await, Ok(Ok(()))) {
                    return;
                }
            }
            got = socket.recv() => match got {
                Some(Ok(message)) => {
                    missed = 0; // a pong, or anything else
                    handle(&mut socket, message).await;
                }
                _ => return,
            },
        }
    }
}
