use futures_util::StreamExt;
use std::time::{Duration, Instant};
use tokio_tungstenite::{connect_async, tungstenite::{Error, Message}};

const BASE: f64 = 1.0;
const CAP: f64 = 30.0;
const HELD: Duration = Duration::from_secs(10);

/// Keeps a WebSocket open. Returns the close code after which another attempt makes no sense.
async fn keep_open(url: &str, mut on_message: impl FnMut(Message)) -> u16 {
    let mut attempt = 0;
    loop {
        let begun = Instant::now();
        let (code, asked) = session(url, &mut on_message).await;
        // Only a connection that has held is a success.
        if begun.elapsed() > HELD {
            attempt = 0;
        }
        let jitter = rand::random::<f64>();
        let seconds = match code {
            1012 => 5.0 + 25.0 * jitter,
            1001 | 1006 | 1011 | 1014 | 3008 => jitter * (BASE * f64::powi(2.0, attempt)).min(CAP),
            _ => return code,
        };
        attempt += 1;
        // What the server asks for, and a little more: it has asked everybody.
        tokio::time::sleep(Duration::from_secs_f64(asked + seconds)).await;
    }
}

/// One connection: the code that ended it, and the seconds that a 503 asked for.
async fn session(url: &str, on_message: &mut impl FnMut(Message)) -> (u16, f64) {
    let mut socket = match connect_async(url).await {
        Ok((socket, _)) => socket,
        Err(Error::Http(answer)) if answer.status().is_server_error() => {
            let asked = answer.headers().get("retry-after");
            let asked: Option<u32> = asked.and_then(|value| value.to_str().ok()?.parse().ok());
            return (1006, asked.unwrap_or(0).into());
        }
        // Refused for good: not here, or not for you.
        Err(Error::Http(_)) => return (1008, 0.0),
        Err(_) => return (1006, 0.0),
    };
    while let Some(Ok(message)) = socket.next().await {
        match message {
            Message::Close(frame) => return (frame.map_or(1005, |frame| frame.code.into()), 0.0),
            message => on_message(message),
        }
    }
    (1006, 0.0)
}
