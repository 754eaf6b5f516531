//! Prints the frames on standard input, one JSON object on a line for each.
//!
//! ```sh
//! echo 818537fa213d7f9f4d5158 | cargo run -q -p wire --example decode -- --hex --from client
//! ```

use std::io::{self, ErrorKind, Read, Write};
use std::process::ExitCode;

use serde::Serialize;
use wire::Role;
use wire::close::Close;
use wire::decode::{Decoder, Progress};
use wire::frame::{Frame, Header, Opcode};
use wire::rule::Violation;

const USAGE: &str = "\
Reads the frames that one end of a WebSocket sent and prints one JSON object on a line for each.

usage: decode [--hex] [--from client|server] < FRAMES

  --hex           the input is hex digits, with any white space between them; otherwise it is bytes
  --from ROLE     who sent the frames: client (the default) or server
  --help          this text

The last object, if bytes are left over, says what they still need: {\"offset\", \"have\", \"need\": {\"field\", \"bytes\"}}.
`need` is null when nothing can help, since the length itself is broken.
Exit code: 0 when all input was read, broken frames included; 1 when it could not be read; 2 for bad hex or arguments.";

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("decode: {message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let result = run(options, &mut io::stdin().lock(), &mut out).and_then(|()| Ok(out.flush()?));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads the output has seen enough.
        Err(Failure::Io(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Io(error)) => {
            eprintln!("decode: {error}");
            ExitCode::from(1)
        }
        Err(Failure::Hex(message)) => {
            eprintln!("decode: {message}");
            ExitCode::from(2)
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Options {
    hex: bool,
    from: Role,
}

impl Options {
    /// `None` asks for help.
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
        let mut options = Options {
            hex: false,
            from: Role::Client,
        };
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--hex" => options.hex = true,
                "--from" => {
                    let role = args.next().ok_or("--from needs `client` or `server`")?;
                    options.from = role.parse().map_err(|e| format!("--from {role}: {e}"))?;
                }
                "--help" | "-h" => return Ok(None),
                _ => return Err(format!("unknown argument `{arg}`")),
            }
        }
        Ok(Some(options))
    }
}

enum Failure {
    Io(io::Error),
    Hex(String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Io(error)
    }
}

/// Decodes as the input comes, so that it works at the end of a live pipe and on captures of any size.
fn run(options: Options, input: &mut impl Read, out: &mut impl Write) -> Result<(), Failure> {
    let mut decoder = Decoder::new(options.from);
    let mut hex = Hex::default();
    let mut total = 0u64;
    let mut buffer = vec![0; 64 << 10];
    let mut bytes = Vec::new();
    loop {
        let read = match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => &buffer[..n],
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        let bytes = if options.hex {
            bytes.clear();
            hex.push(read, &mut bytes).map_err(|message| {
                // What came before the bad digit is good, and helps to find it.
                let _ = out.flush();
                Failure::Hex(message)
            })?;
            &bytes[..]
        } else {
            read
        };
        total += bytes.len() as u64;
        for frame in decoder.push(bytes) {
            print(out, &Line::complete(&frame))?;
        }
        out.flush()?;
    }
    hex.finish().map_err(Failure::Hex)?;
    let progress = decoder.progress();
    if !progress.violations.is_empty() {
        print(out, &Line::incomplete(&progress))?;
    }
    if total > progress.offset {
        print(
            out,
            &Rest {
                offset: progress.offset,
                have: total - progress.offset,
                need: progress.need.map(|need| Need {
                    field: need.field.name(),
                    bytes: need.bytes,
                }),
            },
        )?;
    }
    Ok(())
}

fn print(out: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

/// A frame. What has not arrived is null.
#[derive(Serialize)]
struct Line<'a> {
    offset: u64,
    fin: Option<bool>,
    rsv1: Option<bool>,
    rsv2: Option<bool>,
    rsv3: Option<bool>,
    opcode: Option<u8>,
    opcode_name: Option<&'static str>,
    masked: Option<bool>,
    length: Option<u64>,
    masking_key: Option<String>,
    header_bytes: Option<usize>,
    payload_hex: Option<String>,
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    close_code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    close_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    violation: Option<Broken>,
}

#[derive(Serialize)]
struct Broken {
    rule: &'static str,
    section: &'static str,
    close_code: u16,
    message: String,
    at: u64,
}

impl Broken {
    fn new(violation: &Violation) -> Broken {
        Broken {
            rule: violation.rule.name(),
            section: violation.rule.section(),
            close_code: violation.rule.close_code().0,
            message: violation.message(),
            at: violation.at.start,
        }
    }
}

#[derive(Serialize)]
struct Rest {
    offset: u64,
    have: u64,
    need: Option<Need>,
}

#[derive(Serialize)]
struct Need {
    field: &'static str,
    bytes: u64,
}

impl<'a> Line<'a> {
    fn complete(frame: &'a Frame) -> Line<'a> {
        let Header { opcode, .. } = frame.header;
        let close = match opcode {
            Opcode::Close => Close::read(&frame.payload),
            _ => None,
        };
        Line {
            offset: frame.offset,
            fin: Some(frame.header.fin),
            rsv1: Some(frame.header.rsv1),
            rsv2: Some(frame.header.rsv2),
            rsv3: Some(frame.header.rsv3),
            opcode: Some(opcode.bits()),
            opcode_name: Some(opcode.name()),
            masked: Some(frame.header.key.is_some()),
            length: Some(frame.header.length),
            masking_key: frame.header.key.map(|key| to_hex(&key)),
            header_bytes: Some(frame.header.len()),
            payload_hex: Some(to_hex(&frame.payload)),
            text: match opcode {
                Opcode::Text => std::str::from_utf8(&frame.payload).ok(),
                _ => None,
            },
            close_code: close.as_ref().map(|close| close.code.0),
            close_reason: close.map(|close| close.reason),
            violation: frame.violations.first().map(Broken::new),
        }
    }

    fn incomplete(progress: &Progress<'_>) -> Line<'static> {
        let known = progress.known;
        Line {
            offset: progress.offset,
            fin: known.first.map(|f| f.fin),
            rsv1: known.first.map(|f| f.rsv1),
            rsv2: known.first.map(|f| f.rsv2),
            rsv3: known.first.map(|f| f.rsv3),
            opcode: known.first.map(|f| f.opcode.bits()),
            opcode_name: known.first.map(|f| f.opcode.name()),
            masked: known.second.map(|s| s.masked),
            length: known.length,
            masking_key: known.key.map(|key| to_hex(&key)),
            header_bytes: known.header_len(),
            payload_hex: None,
            text: None,
            close_code: None,
            close_reason: None,
            violation: progress.violations.first().map(Broken::new),
        }
    }
}

fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]])
        .map(char::from)
        .collect()
}

/// Reads hex that may be cut anywhere, also between the two digits of a byte.
#[derive(Default)]
struct Hex {
    high: Option<u8>,
    /// Characters so far, to say where one is wrong.
    line: usize,
    column: usize,
}

impl Hex {
    fn push(&mut self, text: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
        for &byte in text {
            self.column += 1;
            let Some(digit) = char::from(byte).to_digit(16) else {
                if byte == b'\n' {
                    self.line += 1;
                    self.column = 0;
                }
                if byte.is_ascii_whitespace() {
                    continue;
                }
                let shown = byte.escape_ascii();
                return Err(format!("{}: `{shown}` is not a hex digit", self.place()));
            };
            let digit = digit as u8;
            match self.high.take() {
                None => self.high = Some(digit),
                Some(high) => out.push(high << 4 | digit),
            }
        }
        Ok(())
    }

    fn finish(&self) -> Result<(), String> {
        match self.high {
            None => Ok(()),
            Some(_) => Err(format!(
                "{}: the last byte has one hex digit, but needs two",
                self.place()
            )),
        }
    }

    fn place(&self) -> String {
        format!("line {}, column {}", self.line + 1, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn lines(from: Role, hex: bool, input: &[u8]) -> Result<Vec<Value>, String> {
        let mut out = Vec::new();
        run(Options { hex, from }, &mut &input[..], &mut out).map_err(|failure| match failure {
            Failure::Io(error) => error.to_string(),
            Failure::Hex(message) => message,
        })?;
        let text = String::from_utf8(out).unwrap();
        Ok(text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect())
    }

    #[test]
    fn hello() {
        let expected = json!({
            "offset": 0, "fin": true, "rsv1": false, "rsv2": false, "rsv3": false, "opcode": 1, "opcode_name": "text",
            "masked": true, "length": 5, "masking_key": "37fa213d", "header_bytes": 6,
            "payload_hex": "48656c6c6f", "text": "Hello"
        });
        let hex = b"8185 37FA213d\n7f9f4d\t51 58\n";
        assert_eq!(lines(Role::Client, true, hex).unwrap()[0], expected);
        let bytes = [
            0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
        ];
        assert_eq!(lines(Role::Client, false, &bytes).unwrap(), [expected]);
    }

    #[test]
    fn a_close_frame_has_a_code() {
        let line = &lines(Role::Server, true, b"8805 03e8 627965").unwrap()[0];
        assert_eq!(line["close_code"], 1000);
        assert_eq!(line["close_reason"], "bye");
        assert_eq!(line["text"], Value::Null);
        let empty = &lines(Role::Server, true, b"8800").unwrap()[0];
        assert_eq!(empty["close_code"], Value::Null);
    }

    #[test]
    fn a_broken_frame_says_how() {
        let lines = lines(Role::Server, true, b"8105 48656c6c6f 8102 c328 8300").unwrap();
        assert_eq!(lines[0]["violation"], Value::Null);
        assert_eq!(lines[1]["text"], Value::Null);
        let violation = &lines[1]["violation"];
        assert_eq!(violation["rule"], "text-not-utf8");
        assert_eq!(violation["section"], "8.1");
        assert_eq!(violation["close_code"], 1007);
        assert_eq!(violation["at"], 9);
        assert_eq!(lines[2]["violation"]["rule"], "reserved-opcode");
        assert_eq!(lines[2]["offset"], 11);
    }

    #[test]
    fn what_is_left_over() {
        let lines = lines(Role::Client, true, b"8180 00000000 81fe01").unwrap();
        assert_eq!(lines.len(), 2);
        assert_eq!(
            lines[1],
            json!({"offset": 6, "have": 3, "need": {"field": "extended payload length", "bytes": 1}})
        );
        assert_eq!(
            self::lines(Role::Client, true, b"").unwrap(),
            [] as [Value; 0]
        );
    }

    #[test]
    fn a_frame_that_never_completes() {
        let lines = lines(Role::Server, true, b"827f 80000000 00000001 aabbcc").unwrap();
        assert_eq!(lines[0]["length"], (1u64 << 63) + 1);
        assert_eq!(lines[0]["masking_key"], Value::Null);
        assert_eq!(lines[0]["payload_hex"], Value::Null);
        assert_eq!(lines[0]["header_bytes"], 10);
        assert_eq!(lines[0]["violation"]["rule"], "length-top-bit");
        assert_eq!(lines[0]["violation"]["at"], 2);
        assert_eq!(lines[1], json!({"offset": 0, "have": 13, "need": null}));

        let lines = self::lines(Role::Server, true, b"83").unwrap();
        assert_eq!(lines[0]["opcode"], 3);
        assert_eq!(lines[0]["length"], Value::Null);
        assert_eq!(lines[1]["need"]["field"], "MASK");
    }

    #[test]
    fn bad_hex_says_where() {
        let bad = |input: &[u8]| lines(Role::Client, true, input).unwrap_err();
        assert_eq!(bad(b"81 8\n0x"), "line 2, column 2: `x` is not a hex digit");
        assert_eq!(
            bad(b"818"),
            "line 1, column 3: the last byte has one hex digit, but needs two"
        );
        assert_eq!(bad(&[0xff]), "line 1, column 1: `\\xff` is not a hex digit");
    }

    #[test]
    fn arguments() {
        let parse = |args: &[&str]| Options::parse(args.iter().map(|a| (*a).to_owned()));
        assert_eq!(
            parse(&["--hex", "--from", "server"]),
            Ok(Some(Options {
                hex: true,
                from: Role::Server
            }))
        );
        assert_eq!(parse(&["--help"]), Ok(None));
        assert!(parse(&["--from"]).is_err());
        assert!(parse(&["--from", "me"]).is_err());
        assert!(parse(&["x"]).is_err());
    }
}
