//! Reads the small JSON objects that the server sends: members that are texts and whole numbers, objects of such members
//! and lists of such objects. What they are is declared in `protocol`, which the tests hold this against; its own readers
//! are for servers, where bytes of program cost nothing.

/// How deep objects and lists may stand in each other.
const DEEPEST: usize = 8;

/// What a member is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Text(String),
    Whole(u64),
    Object(Object),
    /// Its members have no names.
    List(Object),
    /// Something else, which nobody here asks for.
    Other,
}

/// An object that has been read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object(Vec<(String, Value)>);

impl Object {
    /// Reads an object, and nothing behind it. `None` where it is none.
    pub fn read(text: &str) -> Option<Object> {
        match Reader::read(text)? {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Reads a list of objects, and nothing behind it. `None` where it is none, or has something else in it.
    pub fn read_list(text: &str) -> Option<Vec<Object>> {
        objects(Reader::read(text)?)
    }

    /// Takes the object of this name out.
    pub fn object(&mut self, name: &str) -> Option<Object> {
        match self.member(name)? {
            Value::Object(object) => Some(std::mem::take(object)),
            _ => None,
        }
    }

    /// Takes the list of objects of this name out.
    pub fn list(&mut self, name: &str) -> Option<Vec<Object>> {
        objects(std::mem::replace(self.member(name)?, Value::Other))
    }

    /// Takes the list of texts of this name out.
    pub fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        let Value::List(Object(members)) = std::mem::replace(self.member(name)?, Value::Other)
        else {
            return None;
        };
        let text = |(_, value)| match value {
            Value::Text(text) => Some(text),
            _ => None,
        };
        members.into_iter().map(text).collect()
    }

    /// Takes the text of this name out.
    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.member(name)? {
            Value::Text(text) => Some(std::mem::take(text)),
            _ => None,
        }
    }

    /// The whole number of this name.
    pub fn whole(&mut self, name: &str) -> Option<u64> {
        match self.member(name)? {
            Value::Whole(n) => Some(*n),
            _ => None,
        }
    }

    fn member(&mut self, name: &str) -> Option<&mut Value> {
        let found = self.0.iter_mut().find(|(known, _)| known == name)?;
        Some(&mut found.1)
    }
}

/// The objects of a list that has nothing else in it.
fn objects(list: Value) -> Option<Vec<Object>> {
    let Value::List(Object(members)) = list else {
        return None;
    };
    let object = |(_, value)| match value {
        Value::Object(object) => Some(object),
        _ => None,
    };
    members.into_iter().map(object).collect()
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// How many objects and lists are begun and not ended.
    depth: usize,
}

impl Reader<'_> {
    /// Reads a value, and nothing behind it.
    fn read(text: &str) -> Option<Value> {
        let mut reader = Reader {
            text,
            at: 0,
            depth: 0,
        };
        let value = reader.value()?;
        reader.blank();
        (reader.at == text.len()).then_some(value)
    }

    /// Reads what stands up to the sign that ends an object or a list; the members of a list have no names.
    fn members(&mut self, ends: u8) -> Option<Object> {
        self.depth += 1;
        self.at += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut members = Vec::new();
        if self.sign(ends).is_none() {
            loop {
                let mut name = String::new();
                if ends == b'}' {
                    self.blank();
                    name = self.text()?;
                    self.sign(b':')?;
                }
                members.push((name, self.value()?));
                if self.sign(b',').is_none() {
                    self.sign(ends)?;
                    break;
                }
            }
        }
        self.depth -= 1;
        Some(Object(members))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Takes a sign, with blanks before it.
    fn sign(&mut self, sign: u8) -> Option<()> {
        self.blank();
        (self.peek()? == sign).then(|| self.at += 1)
    }

    fn value(&mut self) -> Option<Value> {
        self.blank();
        match self.peek()? {
            b'"' => return self.text().map(Value::Text),
            b'{' => return self.members(b'}').map(Value::Object),
            b'[' => return self.members(b']').map(Value::List),
            _ => {}
        }
        let rest = &self.text[self.at..];
        let word = &rest[..rest.find([',', '}', ']', ' ', '\t', '\n', '\r'])?];
        self.at += word.len();
        if !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()) {
            return word.parse().ok().map(Value::Whole);
        }
        let is_number = word.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        (is_number || matches!(word, "true" | "false" | "null")).then_some(Value::Other)
    }

    fn text(&mut self) -> Option<String> {
        self.at += usize::from(self.peek()? == b'"');
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let end = rest.find(['"', '\\'])?;
            if rest[..end].bytes().any(|b| b < b' ') {
                return None;
            }
            out.push_str(&rest[..end]);
            self.at += end + 1;
            if rest.as_bytes()[end] == b'"' {
                return Some(out);
            }
            out.push(self.escaped()?);
        }
    }

    /// The character behind a backslash.
    fn escaped(&mut self) -> Option<char> {
        let sign = self.peek()?;
        self.at += 1;
        Some(match sign {
            b'"' | b'\\' | b'/' => char::from(sign),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.digits()?;
                if !(0xd800..0xdc00).contains(&high) {
                    return char::from_u32(high);
                }
                let pair = self.text[self.at..].starts_with("\\u");
                self.at += if pair { 2 } else { return None };
                let low = self
                    .digits()?
                    .checked_sub(0xdc00)
                    .filter(|low| *low < 0x400)?;
                return char::from_u32(0x10000 + ((high - 0xd800) << 10) + low);
            }
            _ => return None,
        })
    }

    fn digits(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        let all = digits.bytes().all(|b| b.is_ascii_hexdigit());
        all.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    }
}

/// Reads base64 with its padding (RFC 4648 §4).
pub fn base64(text: &str) -> Option<Vec<u8>> {
    let body = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - body.len() > 2 {
        return None;
    }
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0u32, 0);
    for digit in body.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    // Bits that belong to no byte are zero.
    (held == 0 && bits < 6).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_what_another_writer_writes() {
        for text in ["", "a\"b\\c/\n\u{1}\u{7f}", "é€😀\u{202e}"] {
            let json = serde_json::json!({ "n": u64::MAX, "x": null, "y": -1.5e3, "t": text });
            for json in [json.to_string(), format!(" {json:#} \n")] {
                let mut object = Object::read(&json).unwrap();
                assert_eq!(object.whole("n"), Some(u64::MAX));
                assert_eq!(object.text("t").as_deref(), Some(text));
                assert_eq!((object.text("n"), object.whole("z")), (None, None));
            }
        }
        let mut object = Object::read(r#"{"t":"\u00e9\ud83d\ude00\/\b"}"#).unwrap();
        assert_eq!(object.text("t").as_deref(), Some("é😀/\u{8}"));
        assert_eq!(Object::read(" { } "), Some(Object(vec![])));
    }

    #[test]
    fn objects_and_lists_may_stand_in_each_other_but_not_for_ever() {
        let text = r#" [ {"a": {"n": 7, "l": [{"t": "]}"}, {}], "m": [1]}}, {} ] "#;
        let mut list = Object::read_list(text).unwrap();
        assert_eq!(list.len(), 2);
        let mut inner = list[0].object("a").unwrap();
        assert_eq!(inner.whole("n"), Some(7));
        let mut objects = inner.list("l").unwrap();
        assert_eq!(objects[0].text("t").as_deref(), Some("]}"));
        assert_eq!((objects.len(), inner.list("m")), (2, None));
        let mut texts = Object::read(r#"{"a":["x","\u00e9"],"b":["x",1],"c":[]}"#).unwrap();
        let read = ["a", "b", "c", "d"].map(|name| texts.texts(name));
        let both = vec!["x".to_owned(), "é".to_owned()];
        assert_eq!(read, [Some(both), None, Some(vec![]), None]);
        assert_eq!(Object::read_list("[]"), Some(vec![]));
        assert_eq!(Object::read_list("[1]"), None);
        assert_eq!(Object::read_list("{}"), None);
        let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(Reader::read(&deep(DEEPEST)).is_some());
        assert!(Reader::read(&deep(DEEPEST + 1)).is_none());
        assert!(Reader::read(&deep(1_000_000)).is_none());
    }

    #[test]
    fn what_is_none_is_refused() {
        let whole = r#"{"a":"b\n\u00e9","c":12}"#;
        for end in 0..whole.len() {
            assert_eq!(Object::read(&whole[..end]), None, "{}", &whole[..end]);
        }
        for text in [
            "[]",
            "1",
            "null",
            r#"{"a":1} {}"#,
            r#"{"a":1,}"#,
            r#"{a:1}"#,
            r#"{"a":{]}"#,
            r#"{"a":[1}"#,
            r#"{"a":[,]}"#,
            r#"{"a":[1 2]}"#,
            r#"{"a":18446744073709551616}"#,
            r#"{"a":nul}"#,
            r#"{"a":"\x"}"#,
            r#"{"a":"\ud800"}"#,
            r#"{"a":"\ud800\u0041"}"#,
            r#"{"a":"\udc00"}"#,
            r#"{"a":"\u+123"}"#,
            "{\"a\":\"\n\"}",
            r#"{"a":"\u00é"}"#,
        ] {
            assert_eq!(Object::read(text), None, "{text}");
        }
    }

    #[test]
    fn base64_is_read_strictly() {
        assert_eq!(base64("").as_deref(), Some(&b""[..]));
        assert_eq!(base64("gYU3+iE9f59NUVg=").unwrap().len(), 11);
        assert_eq!(base64("/w==").as_deref(), Some(&[0xff][..]));
        for text in [
            "A", "AA", "AAA", "=", "====", "A===", "AB==", "A=A=", "AA-_", "é€",
        ] {
            assert_eq!(base64(text), None, "{text}");
        }
    }
}
