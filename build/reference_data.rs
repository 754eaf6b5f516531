//! Reads `content/reference/*.toml`: what the reference says and no code has. It runs in the build script;
//! `tests/reference_content.rs` tests it.

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The folder of the files.
pub const FOLDER: &str = "content/reference";

/// All of the files.
#[derive(Debug)]
pub struct Data {
    /// The opcodes, with what they are for.
    pub opcodes: Vec<Opcode>,
    /// Bytes that break a rule.
    pub broken: Vec<Broken>,
    /// The headers of the handshake.
    pub headers: Vec<Header>,
    /// The parameters of permessage-deflate.
    pub parameters: Vec<Parameter>,
    /// What a page's script has.
    pub browser: Browser,
    /// What stands in between, and how long it waits.
    pub limits: Vec<Limit>,
    /// Schemes and ports.
    pub schemes: Vec<Scheme>,
    /// Rules of thumb.
    pub thumbs: Vec<Thumb>,
    /// Further reading.
    pub texts: Vec<Text>,
}

/// An opcode.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opcode {
    /// The four bits.
    pub bits: u8,
    /// What the opcode is for.
    pub what: String,
    /// Frames of a server, one of which has the opcode.
    pub hex: String,
}

/// Bytes that break a rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broken {
    /// The rule, as `wire` calls it.
    pub rule: String,
    /// Who sends the bytes: `client` or `server`.
    #[serde(default)]
    pub from: Option<String>,
    /// The bytes.
    #[serde(default)]
    pub hex: Option<String>,
    /// Whether permessage-deflate was agreed on.
    #[serde(default)]
    pub deflate: bool,
    /// Why there are no bytes.
    #[serde(default)]
    pub why_not: Option<String>,
}

/// A header of the handshake.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Where it stands: `request`, `response` or `both`.
    pub side: String,
    /// What stands in it.
    pub value: String,
    /// What it is for.
    pub what: String,
    /// What `wire` asks of it, by name.
    #[serde(default)]
    pub requirement: Option<String>,
}

/// A parameter of permessage-deflate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its values, where it has some.
    #[serde(default)]
    pub value: Option<String>,
    /// What it means in a client's offer.
    pub offer: String,
    /// What it means in a server's answer.
    pub answer: String,
    /// The section of RFC 7692.
    pub section: String,
}

/// What a page's script has.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Browser {
    /// The values of `readyState`.
    pub state: Vec<State>,
    /// The events.
    pub event: Vec<Event>,
    /// What can be called or set.
    pub call: Vec<Call>,
}

/// A value of `readyState`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The number.
    pub value: u8,
    /// The name.
    pub name: String,
    /// What it means.
    pub means: String,
}

/// An event.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// When it comes.
    pub when: String,
    /// What it carries.
    pub carries: String,
    /// Its place in the standard.
    pub link: String,
}

/// Something that can be called or set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// As it is written.
    pub what: String,
    /// What it throws, and when.
    pub throws: String,
    /// Its place in the standard.
    pub link: String,
}

/// How long something in between lets a connection be silent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// What it is.
    pub place: String,
    /// How long it waits.
    pub after: String,
    /// What else there is to know.
    pub note: String,
    /// Who reports it.
    pub source: String,
    /// Where.
    pub link: String,
    /// Whether the chapter Heartbeat shows it too.
    #[serde(default)]
    pub heartbeat: bool,
}

/// A scheme and its port.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// The scheme.
    pub name: String,
    /// The port, or the ports.
    pub port: Port,
    /// What it means.
    pub what: String,
    /// The section that has it: `rfc6455#3`.
    #[serde(default)]
    pub section: Option<String>,
    /// Another text that has it.
    #[serde(default)]
    pub link: Option<String>,
}

/// A port, or several in words.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Port {
    /// One.
    Number(u16),
    /// Several.
    Words(String),
}

/// A rule of thumb.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thumb {
    /// The rule.
    pub rule: String,
    /// The page that explains it.
    pub page: String,
}

/// A text to read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Its title.
    pub title: String,
    /// Where it is.
    pub link: String,
    /// Why it is worth reading.
    pub why: String,
}

/// Reads the files. `read` gives the text of one, by its path.
///
/// # Errors
/// Everything that cannot be read, with file and line.
pub fn read(read: impl Fn(&str) -> Result<String, Vec<String>>) -> Result<Data, Vec<String>> {
    let mut problems = Vec::new();
    let mut list = Lists {
        read: &read,
        problems: &mut problems,
    };
    let opcodes = list.of("opcodes", "opcode");
    let broken = list.of("broken", "broken");
    let headers = list.of("headers", "header");
    let parameters = list.of("parameters", "parameter");
    let limits = list.of("limits", "limit");
    let schemes = list.of("ports", "scheme");
    let thumbs = list.of("thumb", "thumb");
    let texts = list.of("reading", "text");
    let browser = list.file::<Browser>("browser");
    match browser {
        Some(browser) if problems.is_empty() => Ok(Data {
            opcodes,
            broken,
            headers,
            parameters,
            browser,
            limits,
            schemes,
            thumbs,
            texts,
        }),
        _ => Err(problems),
    }
}

struct Lists<'a, R> {
    read: &'a R,
    problems: &'a mut Vec<String>,
}

impl<R: Fn(&str) -> Result<String, Vec<String>>> Lists<'_, R> {
    fn file<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let path = format!("{FOLDER}/{name}.toml");
        let parsed = (self.read)(&path).and_then(|text| {
            toml::from_str(&text).map_err(|e| {
                let line = e.span().map_or(String::new(), |span| {
                    format!(":{}", text[..span.start].matches('\n').count() + 1)
                });
                vec![format!("{path}{line}: {}", e.message())]
            })
        });
        parsed
            .map_err(|mut why| self.problems.append(&mut why))
            .ok()
    }

    /// The list of this name in the file.
    fn of<T: DeserializeOwned>(&mut self, file: &str, name: &str) -> Vec<T> {
        let Some(mut tables) = self.file::<std::collections::BTreeMap<String, Vec<T>>>(file) else {
            return Vec::new();
        };
        let list = tables.remove(name).unwrap_or_default();
        if list.is_empty() || !tables.is_empty() {
            self.problems.push(format!(
                "{FOLDER}/{file}.toml: the file has entries of [[{name}]], and no others"
            ));
        }
        list
    }
}
