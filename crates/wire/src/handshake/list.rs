//! Comma-separated lists of tokens, and of extensions with parameters (RFC 9110 §5.6.1, RFC 6455 §9.1).

use std::fmt;
use std::ops::Range;

/// The elements of a comma-separated list, trimmed; empty ones are left out (RFC 9110 §5.6.1.2).
pub fn tokens(value: &str) -> impl Iterator<Item = &str> {
    value
        .split(',')
        .map(|t| t.trim_matches([' ', '\t']))
        .filter(|t| !t.is_empty())
}

/// Whether text is a token: one or more of the characters that a name may have (RFC 9110 §5.6.2).
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

fn is_token_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b)
}

/// An extension as a handshake names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Its name, such as `permessage-deflate`.
    pub name: String,
    /// Its parameters, in order.
    pub params: Vec<Param>,
    /// Where it lies in the value of the header, from the name to the end of the last parameter.
    pub span: Range<usize>,
}

/// A parameter of an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Its value, where it has one, without quotes.
    pub value: Option<String>,
    /// Where it lies in the value of the header.
    pub span: Range<usize>,
}

impl fmt::Display for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for param in &self.params {
            write!(f, "; {}", param.name)?;
            if let Some(value) = &param.value {
                write!(f, "={value}")?;
            }
        }
        Ok(())
    }
}

/// A list of extensions that breaks the grammar of RFC 6455 §9.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListError {
    /// What should have come.
    pub expected: &'static str,
    /// Where, in bytes from the start of the value.
    pub at: usize,
}

impl fmt::Display for ListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at byte {}", self.expected, self.at)
    }
}

impl std::error::Error for ListError {}

/// Reads the value of `Sec-WebSocket-Extensions`.
///
/// ```
/// let list = wire::handshake::extensions("permessage-deflate; client_max_window_bits, x-other").unwrap();
/// assert_eq!(list[0].params[0].name, "client_max_window_bits");
/// assert_eq!(list[1].name, "x-other");
/// ```
pub fn extensions(value: &str) -> Result<Vec<Extension>, ListError> {
    let mut reader = Reader { value, at: 0 };
    let mut found = Vec::new();
    loop {
        // Empty elements are allowed in any list (RFC 9110 §5.6.1.2).
        while reader.space_and(b',') {}
        if reader.at == value.len() {
            return Ok(found);
        }
        let start = reader.at;
        let name = reader.token("an extension's name")?;
        let mut end = reader.at;
        let mut params = Vec::new();
        while reader.space_and(b';') {
            reader.space();
            params.push(reader.param()?);
            end = reader.at;
        }
        found.push(Extension {
            name,
            params,
            span: start..end,
        });
        if !reader.space_and(b',') && reader.at < value.len() {
            return Err(reader.error("`;`, `,` or the end"));
        }
    }
}

struct Reader<'a> {
    value: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.value.as_bytes().get(self.at).copied()
    }

    fn error(&self, expected: &'static str) -> ListError {
        ListError {
            expected,
            at: self.at,
        }
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    /// Skips white space, and then `byte` if that is what follows.
    fn space_and(&mut self, byte: u8) -> bool {
        self.space();
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn token(&mut self, expected: &'static str) -> Result<String, ListError> {
        let start = self.at;
        while self.peek().is_some_and(is_token_byte) {
            self.at += 1;
        }
        if start == self.at {
            return Err(self.error(expected));
        }
        Ok(self.value[start..self.at].to_owned())
    }

    fn param(&mut self) -> Result<Param, ListError> {
        let start = self.at;
        let name = self.token("a parameter's name")?;
        let mut end = self.at;
        let value = if self.space_and(b'=') {
            self.space();
            let value = if self.peek() == Some(b'"') {
                self.quoted()?
            } else {
                self.token("a parameter's value")?
            };
            end = self.at;
            Some(value)
        } else {
            None
        };
        self.at = end;
        Ok(Param {
            name,
            value,
            span: start..end,
        })
    }

    /// A quoted string. What is in it has to be a token once it is unquoted (RFC 6455 §9.1).
    fn quoted(&mut self) -> Result<String, ListError> {
        let start = self.at;
        self.at += 1;
        let mut out = String::new();
        loop {
            let Some(byte) = self.peek() else {
                return Err(self.error("a closing quote"));
            };
            self.at += 1;
            match byte {
                b'"' => break,
                b'\\' => {
                    let Some(escaped) = self.peek().filter(u8::is_ascii) else {
                        return Err(self.error("an escaped character"));
                    };
                    self.at += 1;
                    out.push(char::from(escaped));
                }
                _ if byte.is_ascii() => out.push(char::from(byte)),
                _ => {
                    self.at -= 1;
                    return Err(self.error("a token in the quotes"));
                }
            }
        }
        if !is_token(&out) {
            return Err(ListError {
                expected: "a token in the quotes",
                at: start,
            });
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_tokens() {
        let list: Vec<_> = tokens(" a ,,b\t, C,").collect();
        assert_eq!(list, ["a", "b", "C"]);
        assert_eq!(tokens("").count(), 0);
    }

    #[test]
    fn extensions_and_where_they_lie() {
        let value = r#" foo , bar; baz=2 ;q="a\b" ; z,, permessage-deflate"#;
        let list = extensions(value).unwrap();
        let shown: Vec<_> = list.iter().map(Extension::to_string).collect();
        assert_eq!(shown, ["foo", "bar; baz=2; q=ab; z", "permessage-deflate"]);
        assert_eq!(&value[list[1].span.clone()], r#"bar; baz=2 ;q="a\b" ; z"#);
        assert_eq!(&value[list[1].params[1].span.clone()], r#"q="a\b""#);
        assert_eq!(extensions("").unwrap(), []);
    }

    #[test]
    fn what_the_grammar_refuses() {
        for (value, at) in [
            ("a b", 2),
            ("a;", 2),
            ("a; =1", 3),
            ("a; b=", 5),
            ("a; b=\"", 6),
            ("a; b=\"x y\"", 5),
            ("a; b=\"\"", 5),
            ("a; b=\"\\", 7),
            ("é", 0),
            ("a; b=\"é\"", 6),
            ("a/b", 1),
        ] {
            assert_eq!(extensions(value).unwrap_err().at, at, "{value}");
        }
    }
}
