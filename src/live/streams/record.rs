//! What was heard of the streams, and how fast it comes. No clock of its own: times are milliseconds, and arguments.

use std::collections::VecDeque;

use wire::frame::{Header, Opcode};

use super::super::json::Object;

/// How far back rates look, in milliseconds.
const WINDOW_MS: f64 = 2_000.0;

/// How a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Opening.
    Opening,
    /// Open.
    Open,
    /// Ended, with what the page is told.
    Closed(u16),
}

/// One stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Its name.
    pub name: String,
    /// On which connection it comes, from 0.
    pub line: usize,
    /// Whether the server has said that it is subscribed to.
    pub confirmed: bool,
    /// Updates so far.
    pub updates: u64,
    /// Updates that the numbers say are missing.
    pub missing: u64,
    /// The number of the last.
    pub seq: u64,
    /// The last price, in hundredths.
    pub price: u64,
}

/// Sums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Messages from the server.
    pub messages: u64,
    /// Bytes of their payloads.
    pub payload: u64,
    /// Bytes of the headers of frames that carry them, were each one frame without compression (RFC 6455 §5.2).
    pub headers: u64,
}

/// How fast it comes, in a second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rates {
    /// Messages.
    pub messages: f64,
    /// Bytes of payload and headers.
    pub bytes: f64,
}

/// All that was heard.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// The connections.
    pub lines: Vec<Line>,
    /// The streams that are asked for, in the order of asking.
    pub streams: Vec<Stream>,
    /// What came in all.
    pub sums: Sums,
    /// Why something could not be done, in a sentence.
    pub trouble: Option<String>,
    marks: VecDeque<(f64, Sums)>,
}

impl Record {
    /// A stream is asked for on this connection.
    pub fn asked(&mut self, name: &str, line: usize) {
        self.trouble = None;
        if self.stream(name).is_none() {
            self.streams.push(Stream {
                name: name.to_owned(),
                line,
                confirmed: false,
                updates: 0,
                missing: 0,
                seq: 0,
                price: 0,
            });
        }
    }

    /// A stream is wanted no more. What still comes of it counts in the sums.
    pub fn left(&mut self, name: &str) {
        self.streams.retain(|stream| stream.name != name);
    }

    /// The stream of this name.
    pub fn stream(&mut self, name: &str) -> Option<&mut Stream> {
        self.streams.iter_mut().find(|stream| stream.name == name)
    }

    /// A text message came.
    pub fn heard(&mut self, text: &str) {
        let bytes = text.len() as u64;
        self.sums.messages += 1;
        self.sums.payload += bytes;
        self.sums.headers += Header::new(Opcode::Text, bytes, None).len() as u64;
        if self.read(text).is_none() {
            self.trouble = Some("The server sent something that is not about a stream.".to_owned());
        }
    }

    fn read(&mut self, text: &str) -> Option<()> {
        let mut news = Object::read(text)?;
        match news.text("type")?.as_str() {
            "update" => {
                let (name, seq, price) = (
                    news.text("stream")?,
                    news.whole("seq")?,
                    news.whole("price")?,
                );
                if let Some(stream) = self.stream(&name) {
                    stream.updates += 1;
                    // Numbers begin anew where a stream is subscribed to anew.
                    if seq > stream.seq + 1 && stream.seq > 0 {
                        stream.missing += seq - stream.seq - 1;
                    }
                    (stream.seq, stream.price) = (seq, price);
                }
            }
            "subscribed" => {
                let name = news.text("stream")?;
                if let Some(stream) = self.stream(&name) {
                    stream.confirmed = true;
                }
            }
            "unsubscribed" => {}
            "error" => {
                let (error, what) = (
                    news.text("error")?,
                    news.text("what_to_do").unwrap_or_default(),
                );
                self.trouble = Some(format!("The server says: {error} {what}"));
            }
            _ => return None,
        }
        Some(())
    }

    /// Time passes.
    pub fn passes(&mut self, now: f64) {
        self.marks.push_back((now, self.sums));
        while self.marks.len() > 2 && self.marks[1].0 <= now - WINDOW_MS {
            self.marks.pop_front();
        }
    }

    /// How fast it came in the last two seconds. `None` until that can be told.
    pub fn rates(&self) -> Option<Rates> {
        let ((from, then), (to, now)) = (self.marks.front()?, self.marks.back()?);
        let seconds = (to - from) / 1000.0;
        let bytes = |sums: &Sums| sums.payload + sums.headers;
        (seconds > 0.2).then(|| Rates {
            messages: (now.messages - then.messages) as f64 / seconds,
            bytes: (bytes(now) - bytes(then)) as f64 / seconds,
        })
    }

    /// Connections that are open.
    pub fn open(&self) -> usize {
        self.lines
            .iter()
            .filter(|line| **line == Line::Open)
            .count()
    }

    /// Whether any connection is open or opening.
    pub fn goes_on(&self) -> bool {
        self.lines
            .iter()
            .any(|line| !matches!(line, Line::Closed(_)))
    }
}

#[cfg(test)]
mod tests {
    use protocol::transports::StreamsNews;

    use super::*;

    fn text(news: &StreamsNews) -> String {
        serde_json::to_string(news).unwrap()
    }

    fn update(stream: &str, seq: u64, pad: usize) -> String {
        let (stream, pad) = (stream.to_owned(), "x".repeat(pad));
        text(&StreamsNews::Update {
            stream,
            seq,
            price: 1234,
            pad,
        })
    }

    #[test]
    fn what_the_server_says_is_read_and_counted() {
        let mut record = Record::default();
        record.asked("ABC", 0);
        record.heard(&text(&StreamsNews::Subscribed {
            stream: "ABC".into(),
        }));
        let (short, long) = (update("ABC", 1, 0), update("ABC", 4, 200));
        record.heard(&short);
        record.heard(&long);
        let stream = record.stream("ABC").unwrap().clone();
        assert!(stream.confirmed);
        assert_eq!(
            (stream.updates, stream.missing, stream.seq, stream.price),
            (2, 2, 4, 1234)
        );
        assert_eq!(record.sums.messages, 3);
        assert_eq!(
            record.sums.headers,
            2 + 2 + 4,
            "the long one has a length of two bytes more"
        );
        record.left("ABC");
        record.heard(&long);
        assert_eq!((record.streams.len(), record.sums.messages), (0, 4));
        assert_eq!(record.trouble, None);
    }

    #[test]
    fn rates_are_of_the_last_two_seconds() {
        let mut record = Record::default();
        assert_eq!(record.rates(), None);
        record.asked("A", 0);
        for tick in 0..20 {
            record.passes(f64::from(tick) * 500.0);
            let many = if tick < 10 { 50 } else { 5 };
            for seq in 0..many {
                record.heard(&update("A", seq + 1, 0));
            }
        }
        record.passes(10_000.0);
        let rates = record.rates().unwrap();
        assert!((rates.messages - 10.0).abs() < 0.01, "{rates:?}");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let mut record = Record::default();
        let error = StreamsNews::Error {
            error: "No such stream.".into(),
            what_to_do: "Choose another.".into(),
        };
        record.heard(&text(&error));
        assert_eq!(
            record.trouble.as_deref(),
            Some("The server says: No such stream. Choose another.")
        );
        for odd in [
            "",
            "{}",
            "[1]",
            r#"{"type":"else"}"#,
            r#"{"type":"update","stream":"A"}"#,
        ] {
            let mut record = Record::default();
            record.heard(odd);
            assert!(record.trouble.is_some(), "{odd}");
        }
    }
}
