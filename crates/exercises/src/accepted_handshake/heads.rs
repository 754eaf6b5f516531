//! A request and an answer, with what is wrong in them.

use wire::handshake::accept;

use super::Verdict;
use super::defects::{self, InAnswer, InRequest};
use crate::Level;
use crate::draw::Draw;

/// Subprotocols that a page may offer.
const PROTOCOLS: [&str; 6] = [
    "chat.v1",
    "chat.v2",
    "json",
    "mqtt",
    "graphql-ws",
    "wamp.2.json",
];
/// The origin that a strict server takes.
const ORIGIN: &str = "https://app.example.com";

/// What both heads are written from.
pub(crate) struct Heads {
    host: String,
    target: String,
    /// 16 bytes.
    key: [u8; 16],
    /// Whether the request says where its page is from.
    from_page: bool,
    /// Whether the server looks at it.
    strict: bool,
    /// The subprotocols offered.
    pub offered: Vec<&'static str>,
    /// Whether the request offers compression.
    pub compression: bool,
    /// What looks wrong and is not: see [`Heads::request`].
    pub odd: Odd,
    pub request_defect: Option<InRequest>,
    pub answer_defect: Option<InAnswer>,
    /// What drawn details of a defect are taken from.
    detail: u32,
}

/// What looks wrong and is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Odd {
    /// Nothing.
    Nothing,
    /// `Connection: keep-alive, Upgrade`, as Firefox sends it.
    KeepAlive,
    /// `Upgrade: WebSocket`.
    Case,
    /// The names of the headers in lower case.
    LowerNames,
    /// The answer's reason phrase is another one.
    Phrase,
}

impl Heads {
    pub fn draw(level: Level, draw: &mut Draw) -> Heads {
        let mut key = [0; 16];
        key.fill_with(|| draw.byte());
        let later = level != Level::First;
        let mut heads = Heads {
            host: format!(
                "{}.example.com",
                draw.one(["ws", "chat", "live", "push", "game"])
            ),
            target: format!(
                "/{}{}",
                draw.one(["chat", "feed", "room", "socket", "prices"]),
                match draw.below(3) {
                    0 => String::new(),
                    _ => format!("?id={}", draw.between(1, 999)),
                }
            ),
            key,
            from_page: later,
            strict: level == Level::Third,
            offered: Vec::new(),
            compression: later && draw.flip(),
            odd: if later {
                draw.one([
                    Odd::Nothing,
                    Odd::KeepAlive,
                    Odd::Case,
                    Odd::LowerNames,
                    Odd::Phrase,
                ])
            } else {
                draw.one([Odd::Nothing, Odd::Nothing, Odd::KeepAlive])
            },
            request_defect: None,
            answer_defect: None,
            detail: draw.below(1 << 16),
        };
        if later && draw.flip() {
            heads.offer(draw);
        }
        heads
    }

    /// Offers one or two subprotocols.
    pub fn offer(&mut self, draw: &mut Draw) {
        let mut all = PROTOCOLS;
        draw.shuffle(&mut all);
        self.offered = all.into_iter().take(draw.length(1, 2)).collect();
    }

    /// The origin that the server asks for; `None` for a server that takes any.
    pub fn origins(&self) -> Option<String> {
        self.strict.then(|| ORIGIN.to_owned())
    }

    /// One of several details.
    fn detail<T: Copy, const N: usize>(&self, of: [T; N]) -> T {
        const { assert!(N > 0) };
        of[self.detail as usize % N]
    }

    /// The key as it stands in the request.
    pub fn key(&self) -> String {
        match self.request_defect {
            Some(InRequest::Key) => base64(&self.key[..self.detail([12, 15, 8])]),
            _ => base64(&self.key),
        }
    }

    /// Bytes that the key stands for.
    pub fn key_len(&self) -> usize {
        match self.request_defect {
            Some(InRequest::Key) => self.detail([12, 15, 8]),
            _ => 16,
        }
    }

    /// The value that belongs to the key.
    pub fn accept(&self) -> String {
        accept(&self.key()).value
    }

    /// The version that the request asks for.
    pub fn version(&self) -> &'static str {
        match self.request_defect {
            Some(InRequest::Version) => self.detail(["8", "12", "14", "76"]),
            _ => "13",
        }
    }

    /// The method.
    pub fn method(&self) -> &'static str {
        match self.request_defect {
            Some(InRequest::Method) => self.detail(["POST", "PUT", "HEAD"]),
            _ => "GET",
        }
    }

    /// The value of `Connection` in the request.
    pub fn connection(&self) -> &'static str {
        match (self.request_defect, self.odd) {
            (Some(InRequest::Connection), _) => self.detail(["keep-alive", "close", "websocket"]),
            (_, Odd::KeepAlive) => "keep-alive, Upgrade",
            _ => "Upgrade",
        }
    }

    /// The status line's number and words.
    pub fn status(&self) -> &'static str {
        match (self.answer_defect, self.odd) {
            (Some(InAnswer::Status), _) => {
                self.detail(["200 OK", "201 Created", "302 Found", "100 Continue"])
            }
            (_, Odd::Phrase) => "101 Web Socket Protocol Handshake",
            _ => "101 Switching Protocols",
        }
    }

    /// The origin that the request names.
    pub fn origin(&self) -> &'static str {
        match self.request_defect {
            Some(InRequest::Origin) => self.detail([
                "https://evil.example",
                "http://app.example.com",
                "https://app.example.com.evil.example",
                "null",
            ]),
            _ => ORIGIN,
        }
    }

    /// What the answer proves its understanding with.
    pub fn accept_value(&self) -> String {
        match self.answer_defect {
            // The key itself, and the values for texts that are nearly the right one.
            Some(InAnswer::Accept) => match self.detail % 3 {
                0 => self.key(),
                1 => accept(&self.key().to_lowercase()).value,
                _ => accept(&format!("{} ", self.key().trim_end_matches('='))).value,
            },
            _ => self.accept(),
        }
    }

    /// The subprotocol that the answer chooses.
    pub fn chosen(&self) -> Option<&'static str> {
        match self.answer_defect {
            Some(InAnswer::OtherSubprotocol) => PROTOCOLS
                .into_iter()
                .cycle()
                .skip(self.detail as usize % 6)
                .find(|p| !self.offered.contains(p)),
            Some(InAnswer::NoSubprotocol) => None,
            _ => self.offered.first().copied(),
        }
    }

    /// The request: lines that end in `\n`, and an empty one.
    pub fn request(&self) -> String {
        let defect = self.request_defect;
        let version = if defect == Some(InRequest::HttpVersion) {
            "HTTP/1.0"
        } else {
            "HTTP/1.1"
        };
        let mut lines = vec![format!("{} {} {version}", self.method(), self.target)];
        let mut header = |name: &str, value: &str| {
            lines.push(match self.odd {
                Odd::LowerNames => format!("{}: {value}", name.to_lowercase()),
                _ => format!("{name}: {value}"),
            });
        };
        if defect != Some(InRequest::Host) {
            header("Host", &self.host);
        }
        if defect != Some(InRequest::Upgrade) {
            header(
                "Upgrade",
                if self.odd == Odd::Case {
                    "WebSocket"
                } else {
                    "websocket"
                },
            );
        }
        header("Connection", self.connection());
        if self.from_page {
            header("Origin", self.origin());
        }
        header("Sec-WebSocket-Key", &self.key());
        header("Sec-WebSocket-Version", self.version());
        if !self.offered.is_empty() {
            header("Sec-WebSocket-Protocol", &self.offered.join(", "));
        }
        if self.compression {
            header(
                "Sec-WebSocket-Extensions",
                "permessage-deflate; client_max_window_bits",
            );
        }
        lines.join("\n") + "\n\n"
    }

    /// The answer, likewise.
    pub fn answer(&self) -> String {
        let defect = self.answer_defect;
        let mut lines = vec![format!("HTTP/1.1 {}", self.status())];
        if defect != Some(InAnswer::Upgrade) {
            lines.push(format!(
                "Upgrade: {}",
                if self.odd == Odd::Case {
                    "WebSocket"
                } else {
                    "websocket"
                }
            ));
        }
        let connection = if defect == Some(InAnswer::Connection) {
            self.detail(["close", "keep-alive"])
        } else {
            "Upgrade"
        };
        lines.push(format!("Connection: {connection}"));
        lines.push(format!("Sec-WebSocket-Accept: {}", self.accept_value()));
        if let Some(protocol) = self.chosen() {
            lines.push(format!("Sec-WebSocket-Protocol: {protocol}"));
        }
        if defect == Some(InAnswer::Extension) {
            lines.push(format!("Sec-WebSocket-Extensions: {}", self.extension()));
        } else if self.compression {
            lines.push("Sec-WebSocket-Extensions: permessage-deflate".to_owned());
        }
        lines.join("\n") + "\n\n"
    }

    /// The extension that the answer chooses although it was not offered.
    pub fn extension(&self) -> &'static str {
        if self.compression {
            "x-webkit-deflate-frame"
        } else {
            "permessage-deflate"
        }
    }

    /// Why a verdict is not the right one.
    pub fn why_not(&self, verdict: Verdict, right: Verdict) -> String {
        let wrong = || {
            let mut parts = Vec::new();
            parts.extend(self.request_defect.map(|defect| defect.why(self)));
            parts.extend(self.answer_defect.map(|defect| defect.why(self)));
            parts.join(" ")
        };
        match verdict {
            Verdict::Both if right == Verdict::NotInBrowser => {
                format!("That is so by the RFC alone. {}", wrong())
            }
            Verdict::Both => format!("Something was overlooked. {}", wrong()),
            Verdict::NotInBrowser if self.offered.is_empty() => {
                "No subprotocol was offered, so none has to be chosen, in a browser either."
                    .to_owned()
            }
            Verdict::NotInBrowser => match self.chosen() {
                Some(chosen) => format!(
                    "The answer does choose a subprotocol, `{chosen}`. Browsers complain only \
                     where one was offered and none is chosen."
                ),
                None => format!("There is more than the missing subprotocol. {}", wrong()),
            },
            Verdict::ServerOnly(place) => format!("About the answer: {}", self.about_answer(place)),
            Verdict::ClientOnly(place) => {
                format!("About the request: {}", self.about_request(place))
            }
            Verdict::Neither(request, answer) => format!(
                "About the request: {} About the answer: {}",
                self.about_request(request),
                self.about_answer(answer)
            ),
        }
    }

    /// What is to be said about a place of the request.
    fn about_request(&self, place: &str) -> String {
        if let Some(defect) = self.request_defect {
            return match defect.place() == place {
                true => format!("that is wrong indeed. {}", defect.why(self)),
                false => format!("`{place}` is not what is wrong. {}", defect.why(self)),
            };
        }
        defects::fine_in_request(place, self)
    }

    /// What is to be said about a place of the answer.
    fn about_answer(&self, place: &str) -> String {
        match self.answer_defect {
            Some(defect) if defect.place() == place && defect != InAnswer::NoSubprotocol => {
                let more = self.request_defect.map(|defect| defect.why(self));
                format!(
                    "that is wrong indeed. {}",
                    more.unwrap_or_else(|| defect.why(self))
                )
            }
            Some(defect) if defect.place() != place => {
                format!("`{place}` is not what is wrong. {}", defect.why(self))
            }
            _ => defects::fine_in_answer(place, self),
        }
    }
}

/// Base64 with padding (RFC 4648 §4), for keys.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0u32, |bits, i| {
            bits << 8 | u32::from(group.get(i).copied().unwrap_or(0))
        });
        for i in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * i)) as usize & 63];
            out.push(if i > group.len() {
                '='
            } else {
                char::from(letter)
            });
        }
    }
    out
}
