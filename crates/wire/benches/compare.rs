//! This crate's session beside tungstenite, fastwebsockets and yawc, on the same bytes, in the same run.
//!
//! ```sh
//! cargo bench -p wire --bench compare --profile server
//! ```
//!
//! Every implementation reads from the same stream in memory, in pieces of up to 64 KiB as from a socket, and writes into
//! one. What is measured is therefore all that an endpoint does between the socket and the application: copying into its
//! buffer, parsing, unmasking, checking UTF-8, handing over the message; or framing, masking and copying out. Messages
//! are read to the end of the stream and only their length is looked at. tungstenite and this crate join fragments and
//! keep the closing handshake's state, as does yawc; fastwebsockets' `WebSocket` does neither.

use std::cell::RefCell;
use std::hint::black_box;
use std::io::{self, ErrorKind, Read, Write};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

#[cfg(not(target_arch = "wasm32"))]
use futures::SinkExt;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use wire::Role;
use wire::frame::{Header, Opcode, encode};
use wire::session::{Config, Event, Sender, Session};

const SIZES: [usize; 5] = [16, 125, 1 << 10, 64 << 10, 1 << 20];
/// Who takes part. yawc in WebAssembly is the browser's own WebSocket, so there it cannot.
const NAMES: &[&str] = &[
    "wire",
    "tungstenite",
    "fastwebsockets",
    #[cfg(not(target_arch = "wasm32"))]
    "yawc",
];
/// How many.
const PEERS: usize = NAMES.len();

/// What a row measures, for everybody who takes part.
macro_rules! each {
    ($measure:ident($($argument:expr),*)) => {
        [
            $measure::<Ours>($($argument),*),
            $measure::<Tungstenite>($($argument),*),
            $measure::<Fast>($($argument),*),
            #[cfg(not(target_arch = "wasm32"))]
            $measure::<Yawc>($($argument),*),
        ]
    };
}
/// Bytes of payload in a round.
const ROUND: usize = 4 << 20;
/// What a read from a socket gives at most.
const READ: usize = 64 << 10;
/// Unsent bytes at which our side writes to the socket. The others decide for themselves.
const WRITE: usize = 64 << 10;
/// Rounds of which the fastest counts: what disturbs a round only ever makes it slower.
const ROUNDS: usize = 9;

fn main() {
    println!(
        "MiB/s of payload, the fastest of {ROUNDS} rounds of {} MiB; in brackets, how many times as fast wire is.",
        ROUND >> 20
    );
    println!("Text is JSON with one character in fifty outside ASCII.\n");
    let rows: [(&str, Row); 5] = [
        ("decode client text", decode_client),
        ("decode server text", decode_server),
        ("decode client binary", decode_client_binary),
        ("encode, masked", encode_masked),
        ("echo, both ends", echo),
    ];
    println!(
        "{:<22}{:>8}  {}",
        "",
        "payload",
        NAMES.iter().map(|n| format!("{n:>18}")).collect::<String>()
    );
    let mut behind = Vec::new();
    for (name, run) in rows {
        for size in SIZES {
            let sample = Sample::new(size);
            let mut best = [Duration::MAX; PEERS];
            for _ in 0..ROUNDS {
                for (best, took) in best.iter_mut().zip(run(size, &sample)) {
                    *best = took.min(*best);
                }
            }
            let total = (sample.count * size) as f64 / f64::from(1 << 20);
            let cells = best.map(|took| {
                let ratio = took.as_secs_f64() / best[0].as_secs_f64();
                let rate = total / took.as_secs_f64();
                format!("{:>18}", format!("{rate:.0} ({ratio:.2})"))
            });
            println!("{name:<22}{:>8}  {}", label(size), cells.join(""));
            for (peer, took) in NAMES.iter().zip(best).skip(1) {
                if took < best[0] {
                    behind.push(format!("{name}, {}: {peer}", label(size)));
                }
            }
        }
    }
    println!();
    masking();
    println!();
    if behind.is_empty() {
        println!("wire is ahead of every peer in every row.");
    } else {
        println!("wire is behind in: {}.", behind.join("; "));
    }
}

fn label(size: usize) -> String {
    match size {
        0..1024 => format!("{size} B"),
        1024..0x10_0000 => format!("{} KiB", size >> 10),
        _ => format!("{} MiB", size >> 20),
    }
}

/// Measures one row at one size: how long each implementation took.
type Row = fn(usize, &Sample) -> [Duration; PEERS];

/// The messages of a round, and the bytes in which each end sends them.
struct Sample {
    count: usize,
    text: String,
    client_text: Vec<u8>,
    client_binary: Vec<u8>,
    server_text: Vec<u8>,
}

impl Sample {
    fn new(size: usize) -> Sample {
        let count = (ROUND / size).clamp(4, 1 << 16);
        let unit = "{\"id\":12345,\"user\":\"Zoë\",\"text\":\"all quiet here\"}";
        let mut text = unit.repeat(size / unit.len() + 1);
        let mut end = size;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push_str(&" ".repeat(size - end));
        let stream = |opcode, masked: bool| {
            let mut bytes = Vec::new();
            for i in 0..count as u32 {
                let key = masked.then_some(i.wrapping_mul(0x9e37_79b9).to_be_bytes());
                encode(
                    &Header::new(opcode, size as u64, key),
                    text.as_bytes(),
                    &mut bytes,
                );
            }
            bytes
        };
        Sample {
            count,
            client_text: stream(Opcode::Text, true),
            client_binary: stream(Opcode::Binary, true),
            server_text: stream(Opcode::Text, false),
            text,
        }
    }
}

/// One direction of a connection in memory.
#[derive(Default)]
struct Pipe {
    bytes: Vec<u8>,
    at: usize,
}

impl Pipe {
    fn refill(&mut self, bytes: &[u8]) {
        self.bytes.clear();
        self.bytes.extend_from_slice(bytes);
        self.at = 0;
    }

    fn read(&mut self, most: usize) -> &[u8] {
        let from = self.at;
        self.at = self.bytes.len().min(from + most.min(READ));
        &self.bytes[from..self.at]
    }
}

type Shared = Rc<RefCell<Pipe>>;

/// One end of a connection in memory.
#[derive(Clone, Default)]
struct Stream {
    input: Shared,
    output: Shared,
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut pipe = self.input.borrow_mut();
        match pipe.read(buffer.len()) {
            [] => Err(ErrorKind::WouldBlock.into()),
            bytes => {
                buffer[..bytes.len()].copy_from_slice(bytes);
                Ok(bytes.len())
            }
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.borrow_mut().bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut pipe = self.input.borrow_mut();
        match pipe.read(buffer.remaining()) {
            [] => Poll::Pending,
            bytes => {
                buffer.put_slice(bytes);
                Poll::Ready(Ok(()))
            }
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.output.borrow_mut().bytes.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Polls once: a stream in memory is ready, or has run dry.
fn ready<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// An endpoint of any implementation.
trait Endpoint {
    fn new(role: Role, stream: Stream) -> Self;
    /// Reads all messages that the stream holds, and gives how many bytes they had. `echo` sends them back.
    fn read_all(&mut self, echo: bool) -> usize;
    fn send_binary(&mut self, payload: &bytes::Bytes);
    fn send_text(&mut self, payload: &str);
    fn flush(&mut self);
}

struct Ours {
    session: Session,
    stream: Stream,
}

impl Ours {
    fn write_out(&mut self) {
        write_out(&mut self.stream, self.session.sender());
    }
}

fn write_out(stream: &mut Stream, mut sender: Sender<'_>) {
    let output = sender.output();
    stream.write_all(output).unwrap();
    let n = output.len();
    sender.sent(n);
}

impl Endpoint for Ours {
    fn new(role: Role, stream: Stream) -> Ours {
        let session = match role {
            Role::Server => Session::server(Config::default()),
            Role::Client => {
                // The generator that the others use.
                Session::client(Config::default(), rand::random)
            }
        };
        Ours { session, stream }
    }

    fn read_all(&mut self, echo: bool) -> usize {
        let mut total = 0;
        loop {
            while let Some((event, mut sender)) = self.session.next_to_answer() {
                match event {
                    Event::Text(text) => {
                        total += black_box(text).len();
                        if echo {
                            sender.send_text(text).unwrap();
                            if sender.output().len() >= WRITE {
                                write_out(&mut self.stream, sender);
                            }
                        }
                    }
                    Event::Binary(bytes) => total += black_box(bytes).len(),
                    event => panic!("{event:?}"),
                }
            }
            let mut pipe = self.stream.input.borrow_mut();
            let bytes = pipe.read(READ);
            if bytes.is_empty() {
                break;
            }
            self.session.receive(bytes);
        }
        self.write_out();
        total
    }

    fn send_binary(&mut self, payload: &bytes::Bytes) {
        self.session.send_binary(payload).unwrap();
        if self.session.output().len() >= WRITE {
            self.write_out();
        }
    }

    fn send_text(&mut self, payload: &str) {
        self.session.send_text(payload).unwrap();
        if self.session.output().len() >= WRITE {
            self.write_out();
        }
    }

    fn flush(&mut self) {
        self.write_out();
    }
}

type Tungstenite = tungstenite::WebSocket<Stream>;

impl Endpoint for Tungstenite {
    fn new(role: Role, stream: Stream) -> Tungstenite {
        let role = match role {
            Role::Server => tungstenite::protocol::Role::Server,
            Role::Client => tungstenite::protocol::Role::Client,
        };
        tungstenite::WebSocket::from_raw_socket(stream, role, None)
    }

    fn read_all(&mut self, echo: bool) -> usize {
        let mut total = 0;
        while let Ok(message) = self.read() {
            total += black_box(&message).len();
            if echo {
                self.write(message).unwrap();
            }
        }
        tungstenite::WebSocket::flush(self).unwrap();
        total
    }

    fn send_binary(&mut self, payload: &bytes::Bytes) {
        self.write(tungstenite::Message::Binary(payload.clone()))
            .unwrap();
    }

    fn send_text(&mut self, payload: &str) {
        self.write(tungstenite::Message::text(payload)).unwrap();
    }

    fn flush(&mut self) {
        tungstenite::WebSocket::flush(self).unwrap();
    }
}

type Fast = fastwebsockets::WebSocket<Stream>;

impl Endpoint for Fast {
    fn new(role: Role, stream: Stream) -> Fast {
        let role = match role {
            Role::Server => fastwebsockets::Role::Server,
            Role::Client => fastwebsockets::Role::Client,
        };
        fastwebsockets::WebSocket::after_handshake(stream, role)
    }

    fn read_all(&mut self, echo: bool) -> usize {
        let mut total = 0;
        while let Some(frame) = ready(self.read_frame()) {
            let frame = frame.unwrap();
            total += black_box(&frame.payload).len();
            if echo {
                // As its own echo server does: the payload as it came, with whatever mask the frame had taken off.
                let frame = fastwebsockets::Frame::new(true, frame.opcode, None, frame.payload);
                ready(self.write_frame(frame)).unwrap().unwrap();
            }
        }
        total
    }

    fn send_binary(&mut self, payload: &bytes::Bytes) {
        let payload = fastwebsockets::Payload::Owned(payload.to_vec());
        ready(self.write_frame(fastwebsockets::Frame::binary(payload)))
            .unwrap()
            .unwrap();
    }

    fn send_text(&mut self, payload: &str) {
        let payload = fastwebsockets::Payload::Owned(payload.as_bytes().to_vec());
        ready(self.write_frame(fastwebsockets::Frame::text(payload)))
            .unwrap()
            .unwrap();
    }

    fn flush(&mut self) {
        ready(fastwebsockets::WebSocket::flush(self))
            .unwrap()
            .unwrap();
    }
}

#[cfg(not(target_arch = "wasm32"))]
type Yawc = yawc::WebSocket<Stream>;

#[cfg(not(target_arch = "wasm32"))]
impl Endpoint for Yawc {
    fn new(role: Role, stream: Stream) -> Yawc {
        let role = match role {
            Role::Server => yawc::Role::Server,
            Role::Client => yawc::Role::Client,
        };
        // UTF-8 is checked only when asked for, and frames over 1 MiB are refused unless allowed.
        let options = yawc::Options::default()
            .with_utf8()
            .with_limits(64 << 20, 128 << 20)
            .without_compression();
        yawc::WebSocket::from_stream(stream, role, options).unwrap()
    }

    fn read_all(&mut self, echo: bool) -> usize {
        let mut total = 0;
        while let Some(frame) = ready(self.next_frame()) {
            let frame = frame.unwrap();
            total += black_box(frame.payload()).len();
            if echo {
                let (opcode, _, payload) = frame.into_parts();
                let frame = match opcode {
                    yawc::OpCode::Text => yawc::Frame::text(payload),
                    _ => yawc::Frame::binary(payload),
                };
                ready(self.feed(frame)).unwrap().unwrap();
            }
        }
        ready(SinkExt::flush(self)).unwrap().unwrap();
        total
    }

    fn send_binary(&mut self, payload: &bytes::Bytes) {
        ready(self.feed(yawc::Frame::binary(payload.clone())))
            .unwrap()
            .unwrap();
    }

    fn send_text(&mut self, payload: &str) {
        let payload = bytes::Bytes::copy_from_slice(payload.as_bytes());
        ready(self.feed(yawc::Frame::text(payload)))
            .unwrap()
            .unwrap();
    }

    fn flush(&mut self) {
        ready(SinkExt::flush(self)).unwrap().unwrap();
    }
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn decode<E: Endpoint>(role: Role, bytes: &[u8], expect: usize) -> Duration {
    let stream = Stream::default();
    let mut endpoint = E::new(role, stream.clone());
    // The first round warms up: whoever keeps buffers has them by then, and the kernel's pages are there.
    let mut took = Duration::ZERO;
    for _ in 0..2 {
        stream.input.borrow_mut().refill(bytes);
        let mut total = 0;
        took = time(|| total = endpoint.read_all(false));
        assert_eq!(total, expect);
    }
    took
}

fn decode_all(role: Role, bytes: &[u8], expect: usize) -> [Duration; PEERS] {
    each!(decode(role, bytes, expect))
}

fn decode_client(size: usize, sample: &Sample) -> [Duration; PEERS] {
    decode_all(Role::Server, &sample.client_text, sample.count * size)
}

fn decode_client_binary(size: usize, sample: &Sample) -> [Duration; PEERS] {
    decode_all(Role::Server, &sample.client_binary, sample.count * size)
}

fn decode_server(size: usize, sample: &Sample) -> [Duration; PEERS] {
    decode_all(Role::Client, &sample.server_text, sample.count * size)
}

fn encode_one<E: Endpoint>(sample: &Sample) -> Duration {
    let payload = bytes::Bytes::copy_from_slice(sample.text.as_bytes());
    let stream = Stream::default();
    let output = stream.output.clone();
    let mut endpoint = E::new(Role::Client, stream);
    let mut took = Duration::ZERO;
    for _ in 0..2 {
        output.borrow_mut().refill(&[]);
        took = time(|| {
            for _ in 0..sample.count {
                endpoint.send_binary(&payload);
            }
            endpoint.flush();
        });
        assert_eq!(output.borrow().bytes.len(), sample.client_binary.len());
    }
    took
}

fn encode_masked(_: usize, sample: &Sample) -> [Duration; PEERS] {
    each!(encode_one(sample))
}

/// A client sends, a server sends back, the client reads.
fn echo_one<E: Endpoint>(size: usize, sample: &Sample) -> Duration {
    let (there, back) = (Shared::default(), Shared::default());
    let mut client = E::new(
        Role::Client,
        Stream {
            input: back.clone(),
            output: there.clone(),
        },
    );
    let mut server = E::new(
        Role::Server,
        Stream {
            input: there.clone(),
            output: back.clone(),
        },
    );
    let mut took = Duration::ZERO;
    for _ in 0..2 {
        for pipe in [&there, &back] {
            pipe.borrow_mut().refill(&[]);
        }
        let mut total = 0;
        took = time(|| {
            for _ in 0..sample.count {
                client.send_text(&sample.text);
            }
            client.flush();
            server.read_all(true);
            total = client.read_all(false);
        });
        assert_eq!(total, sample.count * size);
    }
    took
}

fn echo(size: usize, sample: &Sample) -> [Duration; PEERS] {
    each!(echo_one(size, sample))
}

/// Masking in place, beside copying as many bytes.
fn masking() {
    println!(
        "{:<22}{:>8}  {:>18}{:>18}{:>18}",
        "masking, GiB/s", "bytes", "mask::apply", "memcpy", "memcpy / mask"
    );
    for size in SIZES {
        let times = (64 << 20) / size;
        let source = vec![1u8; size];
        let mut target = vec![2u8; size];
        let mut best = [Duration::MAX; 2];
        for _ in 0..ROUNDS {
            let mask = time(|| {
                for i in 0..times {
                    wire::mask::apply((i as u32).to_be_bytes(), 0, black_box(&mut target));
                }
            });
            let copy = time(|| {
                for _ in 0..times {
                    black_box(&mut target).copy_from_slice(black_box(&source));
                }
            });
            best = [best[0].min(mask), best[1].min(copy)];
        }
        let rate = |took: Duration| (times * size) as f64 / took.as_secs_f64() / f64::from(1 << 30);
        println!(
            "{:<22}{:>8}  {:>18.2}{:>18.2}{:>18.2}",
            "",
            label(size),
            rate(best[0]),
            rate(best[1]),
            rate(best[1]) / rate(best[0])
        );
    }
}
