//! An echo server for the Autobahn test suite: `autobahn_server 127.0.0.1:9311`.
//!
//! Blocking sockets around the session, one thread for each connection, nothing else.

#[path = "socket/mod.rs"]
#[allow(dead_code, reason = "the client uses the rest")]
mod socket;

use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::process::ExitCode;

use wire::handshake::{Policy, Request, judge_request};
use wire::session::{Config, Session};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(address), None) = (args.next(), args.next()) else {
        eprintln!("usage: autobahn_server HOST:PORT, such as 127.0.0.1:9311");
        return ExitCode::from(2);
    };
    let listener = match TcpListener::bind(&address) {
        Ok(listener) => listener,
        Err(error) => {
            eprintln!("autobahn_server: cannot listen on {address}: {error}");
            return ExitCode::from(1);
        }
    };
    println!("listening on ws://{address}");
    for stream in listener.incoming() {
        match stream {
            Ok(stream) => {
                std::thread::spawn(move || {
                    // A connection that breaks is the suite's business.
                    let _ = serve(stream);
                });
            }
            Err(error) => eprintln!("autobahn_server: {error}"),
        }
    }
    ExitCode::SUCCESS
}

fn serve(mut stream: TcpStream) -> io::Result<()> {
    let (head, rest) = socket::read_head(&mut stream)?;
    let policy = Policy {
        deflate: Some(Default::default()),
        ..Policy::default()
    };
    let verdict = judge_request(&Request::parse(&head), &policy);
    let answer = verdict.answer();
    stream.write_all(&answer.bytes)?;
    if answer.status != 101 {
        return socket::hang_up(&mut stream);
    }
    let config = Config {
        compression: verdict.deflate.map(|answer| answer.params.into()),
        ..Config::default()
    };
    socket::echo(&mut stream, &mut Session::server(config), &rest)
}
