//! The letters and frames themselves: real headers, real frames, byte for byte.
//!
//! The headers are those that Chromium 156 sends for `fetch("/news?since=1000", { headers: { accept:
//! "application/json" } })` and for `new WebSocket("wss://example.org/news")`, with the host's name and a session
//! cookie of usual length put in. The server's are few on purpose.

use sim::Micros;
use sim::news::{Run, Sizes};
use wire::frame::{Header, Opcode, encode};
use wire::handshake::accept;

/// The number before the first piece of news. Numbers have four digits, so that every piece of news has one length.
const BEFORE_FIRST: usize = 1000;
/// The example key of RFC 6455 §1.3. A browser draws a new one each time.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

const REQUEST_HEADERS: &str = "\
Host: example.org\r\n\
Connection: keep-alive\r\n\
sec-ch-ua-platform: \"Linux\"\r\n\
User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36\r\n\
accept: application/json\r\n\
sec-ch-ua: \"Not:A-Brand\";v=\"8\", \"Chromium\";v=\"156\"\r\n\
sec-ch-ua-mobile: ?0\r\n\
Sec-Fetch-Site: same-origin\r\n\
Sec-Fetch-Mode: cors\r\n\
Sec-Fetch-Dest: empty\r\n\
Referer: https://example.org/\r\n\
Accept-Encoding: gzip, deflate, br, zstd\r\n\
Accept-Language: en-US,en;q=0.9\r\n\
Cookie: session=8f14e45fceea167a5a36dedd4bea2543\r\n\r\n";

const HELLO_HEADERS: &str = "\
Host: example.org\r\n\
Connection: Upgrade\r\n\
Pragma: no-cache\r\n\
Cache-Control: no-cache\r\n\
User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36\r\n\
Upgrade: websocket\r\n\
Origin: https://example.org\r\n\
Sec-WebSocket-Version: 13\r\n\
Accept-Encoding: gzip, deflate, br, zstd\r\n\
Accept-Language: en-US,en;q=0.9\r\n\
Cookie: session=8f14e45fceea167a5a36dedd4bea2543\r\n";

/// The question, from somebody who has had so many pieces of news.
fn request(had: usize) -> String {
    format!(
        "GET /news?since={} HTTP/1.1\r\n{REQUEST_HEADERS}",
        BEFORE_FIRST + had
    )
}

/// One piece of news, by number from 0.
fn news(index: usize) -> String {
    format!(
        r#"{{"id":{},"text":"The kettle boils"}}"#,
        BEFORE_FIRST + 1 + index
    )
}

/// The server's clock in a header; the model begins at midnight.
fn date(at: Micros) -> String {
    let s = at / sim::SECOND;
    format!(
        "Date: Thu, 01 Jan 2026 {:02}:{:02}:{:02} GMT\r\n",
        s / 3600 % 24,
        s / 60 % 60,
        s % 60
    )
}

/// The answer that carries this news.
fn answer(which: std::ops::Range<usize>, at: Micros) -> String {
    let date = date(at);
    if which.is_empty() {
        return format!(
            "HTTP/1.1 204 No Content\r\n{date}Cache-Control: no-store\r\nConnection: close\r\n\r\n"
        );
    }
    let body = format!("[{}]", which.map(news).collect::<Vec<_>>().join(","));
    format!(
        "HTTP/1.1 200 OK\r\n{date}Content-Type: application/json\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// The request that opens the channel.
fn hello() -> String {
    format!(
        "GET /news HTTP/1.1\r\n{HELLO_HEADERS}Sec-WebSocket-Key: {KEY}\r\n\
         Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
    )
}

/// The answer that opens it.
fn welcome() -> String {
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\n\r\n",
        accept(KEY).value
    )
}

/// One piece of news on the channel.
fn frame(index: usize) -> Vec<u8> {
    let payload = news(index);
    let mut out = Vec::new();
    encode(
        &Header::new(Opcode::Text, payload.len() as u64, None),
        payload.as_bytes(),
        &mut out,
    );
    out
}

/// The size of an answer without making it: its heads differ in the length that they name only.
fn answer_len(news_in_it: u64) -> u64 {
    if news_in_it == 0 {
        return answer(0..0, 0).len() as u64;
    }
    let one = news(0).len() as u64;
    let head = answer(0..1, 0).len() as u64 - (one + 2) - decimal_digits(one + 2);
    let body = news_in_it * one + (news_in_it - 1) + 2;
    head + decimal_digits(body) + body
}

fn decimal_digits(n: u64) -> u64 {
    u64::from(n.checked_ilog10().unwrap_or(0)) + 1
}

/// What all of these weigh.
pub fn sizes() -> Sizes {
    Sizes {
        request: request(0).len() as u64,
        answer: answer_len,
        hello: hello().len() as u64,
        welcome: welcome().len() as u64,
        frame: frame(0).len() as u64,
    }
}

/// One of the two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// HTTP: the client asks again and again.
    Polling,
    /// The server says when there is something.
    WebSocket,
}

/// Something that was sent: the channel, and its number on it from 0. By mail the even ones are questions and the odd ones
/// answers; on the radio the first two open the channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transmission {
    /// Which channel.
    pub channel: Channel,
    /// The number on it.
    pub index: usize,
}

/// What is inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// HTTP, as text; every line ends with CR LF.
    Http(String),
    /// A frame.
    Frame(Vec<u8>),
}

/// Something that was sent, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What it is.
    pub title: String,
    /// Whether the client sent it.
    pub from_client: bool,
    /// When it left, in microseconds.
    pub left: Micros,
    /// When it arrived or will, in microseconds.
    pub arrives: Micros,
    /// What is inside.
    pub content: Content,
}

impl Opened {
    /// Its size in bytes.
    pub fn len(&self) -> usize {
        match &self.content {
            Content::Http(text) => text.len(),
            Content::Frame(bytes) => bytes.len(),
        }
    }
}

impl Transmission {
    /// The last thing sent on this channel by now.
    pub fn last(channel: Channel, run: &Run, now: Micros) -> Transmission {
        let sent = sent(channel, run, now);
        Transmission {
            channel,
            index: sent.saturating_sub(1),
        }
    }

    /// Opens it; `None` where this run has no such thing.
    pub fn open(self, run: &Run) -> Option<Opened> {
        match self.channel {
            Channel::Polling => {
                let number = self.index / 2;
                let trip = run.trips().get(number)?;
                Some(if self.index.is_multiple_of(2) {
                    Opened {
                        title: format!("Letter {}: anything new?", number + 1),
                        from_client: true,
                        left: trip.left,
                        arrives: trip.reached,
                        content: Content::Http(request(trip.news.start)),
                    }
                } else {
                    let brings = match trip.news.len() {
                        0 => "no".to_owned(),
                        1 => "one message".to_owned(),
                        n => format!("{n} messages"),
                    };
                    Opened {
                        title: format!("Answer {}: {brings}", number + 1),
                        from_client: false,
                        left: trip.reached,
                        arrives: trip.back,
                        content: Content::Http(answer(trip.news.clone(), trip.reached)),
                    }
                })
            }
            Channel::WebSocket => {
                let handshake = run.handshake();
                Some(match self.index {
                    0 => Opened {
                        title: "Handshake: tuning in".to_owned(),
                        from_client: true,
                        left: handshake.left,
                        arrives: handshake.reached,
                        content: Content::Http(hello()),
                    },
                    1 => Opened {
                        title: "Handshake: the channel is open".to_owned(),
                        from_client: false,
                        left: handshake.reached,
                        arrives: handshake.back,
                        content: Content::Http(welcome()),
                    },
                    index => {
                        let number = index - 2;
                        let sent = run.frames().get(number)?;
                        Opened {
                            title: format!("Frame {}: one message", number + 1),
                            from_client: false,
                            left: sent.left,
                            arrives: sent.arrived,
                            content: Content::Frame(frame(number)),
                        }
                    }
                })
            }
        }
    }
}

/// How many things were sent on this channel by now.
pub fn sent(channel: Channel, run: &Run, now: Micros) -> usize {
    match channel {
        Channel::Polling => {
            let asked = run.trips().partition_point(|trip| trip.left <= now);
            let answered = run.trips().partition_point(|trip| trip.reached <= now);
            asked + answered
        }
        Channel::WebSocket => {
            let handshake = run.handshake();
            usize::from(handshake.left <= now)
                + usize::from(handshake.reached <= now)
                + run.frames().partition_point(|frame| frame.left <= now)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::Settings;
    use super::*;

    #[test]
    fn sizes_are_those_of_the_bytes_that_are_shown() {
        for trip in [1, 400, 5000] {
            let settings = Settings {
                news: 240,
                ask: 10_000,
                trip,
                ..Settings::default()
            };
            let run = Run::new(settings.params(), &sizes());
            let end = settings.params().duration;
            for channel in [Channel::Polling, Channel::WebSocket] {
                let total: usize = (0..sent(channel, &run, end))
                    .map(|index| {
                        Transmission { channel, index }
                            .open(&run)
                            .expect("it was sent")
                            .len()
                    })
                    .sum();
                let tally = match channel {
                    Channel::Polling => run.mail(end),
                    Channel::WebSocket => run.radio(end),
                };
                assert_eq!(total as u64, tally.bytes, "{channel:?}");
            }
        }
    }

    #[test]
    fn the_length_of_an_answer_is_foretold() {
        for news in [0, 1, 2, 3, 30, 31, 300, 2000] {
            assert_eq!(answer_len(news as u64), answer(0..news, 0).len() as u64);
        }
    }

    #[test]
    fn letters_are_http_and_frames_are_frames() {
        use wire::handshake::{Request, Response};
        assert!(Request::parse(request(3).as_bytes()).is_ok());
        let opening = Request::parse(hello().as_bytes()).unwrap();
        assert!(opening.head().has_token("connection", "upgrade"));
        let opened = Response::parse(welcome().as_bytes()).unwrap();
        assert_eq!(opened.status(), 101);
        assert_eq!(
            opened.head().value("sec-websocket-accept"),
            Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        );
        for (news, status) in [(0, 204), (2, 200)] {
            let text = answer(0..news, 59_999_999);
            let head = wire::handshake::head_len(text.as_bytes()).unwrap();
            let answer = Response::parse(&text.as_bytes()[..head]).unwrap();
            assert_eq!(answer.status(), status);
            let length = answer.head().value("content-length").unwrap_or("0");
            assert_eq!(length.parse::<usize>().unwrap(), text.len() - head);
            assert!(text.contains("00:00:59 GMT"));
        }
        let bytes = frame(4);
        assert_eq!(&bytes[..2], &[0x81, bytes.len() as u8 - 2]);
        assert!(std::str::from_utf8(&bytes[2..]).unwrap().contains("1005"));
    }

    #[test]
    fn nothing_can_be_opened_that_is_not_there() {
        let run = Run::new(
            Settings {
                news: 0,
                ..Settings::default()
            }
            .params(),
            &sizes(),
        );
        for channel in [Channel::Polling, Channel::WebSocket] {
            let index = usize::MAX;
            assert_eq!(Transmission { channel, index }.open(&run), None);
        }
        assert_eq!(Transmission::last(Channel::WebSocket, &run, 0).index, 0);
    }
}
