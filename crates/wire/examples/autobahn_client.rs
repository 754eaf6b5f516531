//! A client for the Autobahn test suite: `autobahn_client ws://127.0.0.1:9001`.
//!
//! Asks how many cases there are, echoes in each, and has the report written.

#[path = "socket/mod.rs"]
mod socket;

use std::error::Error;
use std::io::{self, Write};
use std::net::TcpStream;
use std::process::ExitCode;

use wire::deflate::Offer;
use wire::handshake::{ClientRequest, DEFAULT_MAX_HEAD, KEY_BYTES, Response, judge_response};
use wire::session::{Config, Session};

const AGENT: &str = "duplex-wire";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(url), None) = (args.next(), args.next()) else {
        eprintln!("usage: autobahn_client ws://HOST:PORT, such as ws://127.0.0.1:9001");
        return ExitCode::from(2);
    };
    match run(&url) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("autobahn_client: {error}");
            ExitCode::from(1)
        }
    }
}

fn run(url: &str) -> Result<(), Box<dyn Error>> {
    let host = url
        .strip_prefix("ws://")
        .ok_or("the address begins with ws://")?
        .trim_end_matches('/');
    let mut count = String::new();
    let (mut stream, mut session, rest) = open(host, "/getCaseCount")?;
    socket::drive(&mut stream, &mut session, &rest, |message| {
        if let socket::Message::Text(text) = message {
            count = text.to_owned();
        }
        None
    })?;
    let count: u32 = count.trim().parse()?;
    for case in 1..=count {
        let (mut stream, mut session, rest) =
            open(host, &format!("/runCase?case={case}&agent={AGENT}"))?;
        // In some cases the suite hangs up first.
        let _ = socket::echo(&mut stream, &mut session, &rest);
        print!("\rcase {case} of {count}");
        io::stdout().flush()?;
    }
    println!();
    let (mut stream, mut session, rest) = open(host, &format!("/updateReports?agent={AGENT}"))?;
    socket::drive(&mut stream, &mut session, &rest, |_| None)?;
    Ok(())
}

/// Connects and shakes hands.
fn open(host: &str, target: &str) -> Result<(TcpStream, Session, Vec<u8>), Box<dyn Error>> {
    let mut keys = socket::keys();
    let mut key = [0; KEY_BYTES];
    for part in key.as_chunks_mut::<4>().0 {
        *part = keys();
    }
    let request = ClientRequest {
        host: host.to_owned(),
        target: target.to_owned(),
        key,
        deflate: vec![Offer {
            client_max_window_bits: Some(None),
            ..Offer::default()
        }],
        ..ClientRequest::default()
    };
    let mut stream = TcpStream::connect(host)?;
    stream.write_all(&request.bytes())?;
    let (head, rest) = socket::read_head(&mut stream)?;
    let verdict = judge_response(&Response::parse(&head), &request.asked(), DEFAULT_MAX_HEAD);
    if let Some(broken) = verdict.broken() {
        return Err(format!("the handshake failed: {}", broken.message).into());
    }
    let config = Config {
        compression: verdict.deflate.map(Into::into),
        ..Config::default()
    };
    Ok((stream, Session::client(config, keys), rest))
}
