use proptest::prelude::*;

use super::*;
use crate::read::form::guess;

const MOST: usize = 1 << 20;
/// A masked “Hello”, a ping, and text: what the dumps below hold.
const SAMPLE: &[u8] = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58\x89\x05Hello world bytes";

fn ok(text: &str) -> Reading {
    read(text, MOST).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

fn bad(text: &str) -> String {
    read(text, MOST).unwrap_err().to_string()
}

#[test]
fn a_slip_among_many_bytes_is_named_and_no_piece_is_taken_for_all() {
    for times in [1, 2, 3, 20_000] {
        let text = "81 05 48 65 6c 6c 6g ".repeat(times);
        let error = read(&text, 1 << 20).unwrap_err();
        assert_eq!(error.place, Some((1, 20)), "{times}");
    }
}

#[test]
fn hexadecimal_digits_in_the_forms_that_people_have() {
    for text in [
        "818548",
        "81 85 48",
        "81:85:48",
        "81-85-48",
        "81\n85\t48\n",
        "0x818548",
        "0x81 0x85 0x48",
        "\u{feff}81 85\u{a0}48 ",
        "\"818548\"",
        "bytes.fromhex('81 85 48')",
        "Buffer.from(\"818548\", \"hex\")",
    ] {
        let read = ok(text);
        assert_eq!(
            (read.bytes, read.form),
            (vec![0x81, 0x85, 0x48], Form::Hex),
            "{text:?}"
        );
    }
    assert_eq!(ok("00 0x00").bytes, [0, 0]);
    assert_eq!(ok("81 7e 01 00").bytes, [0x81, 0x7e, 1, 0]);
    // Four digits in a row may look like an offset.
    assert_eq!(ok("8185 37fa 213d").bytes.len(), 6);
    assert_eq!(ok("8185 37fa\n213d 7f9f").bytes.len(), 8);
    assert_eq!(ok("00000000 81853700").form, Form::Hex);
}

#[test]
fn what_is_wrong_with_digits_and_where() {
    for (text, said) in [
        ("81 8g", "Character 5, “g”, is not"),
        ("81 85\n37 8g", "Line 2, character 5, “g”, is not"),
        ("é", "Character 1, “é”"),
        ("81 8", "Character 4, “8”, stands alone"),
        ("8 1", "Character 1, “8”, stands alone"),
        ("0x", "no bytes"),
        ("", "no bytes"),
        (" \n ", "no bytes"),
    ] {
        assert!(bad(text).contains(said), "{text:?}: {}", bad(text));
    }
    assert!(
        read("818182", 2)
            .unwrap_err()
            .to_string()
            .contains("more than 2 bytes")
    );
}

#[test]
fn lists_as_languages_write_them() {
    for text in [
        "0x81, 0x85, 0x48",
        "0x81,0x85,0x48,",
        "{0x81, 0x85, 0x48}",
        "[129, 133, 72]",
        "129, 133, 72",
        "let f: [u8; 3] = [0x81, 0x85, 0x48];",
        "&[0x81u8, 133, 0b1001000]",
        "vec![0x81, 0x85, 0x48]",
        "static const unsigned char f[3] = { /* header */ 0x81, 0x85,\n  0x48, // H\n};\n",
        "unsigned char f_bin[] = {\n  0x81, 0x85, 0x48\n};\nunsigned int f_bin_len = 3;\n",
        "char peer0_0[] = { /* Packet 4 */\n0x81, 0x85 };\nchar peer0_1[] = { /* Packet 6 */\n0x48 };\n",
        "new Uint8Array([129, 133, 72])",
        "bytes([0x81, 0x85, 0x48])",
        "byte[] f = {(byte) 0x81, -123, 72};",
        "[\n  0x81, # FIN, text\n  0x85,\n  0x48,\n]",
    ] {
        let read = ok(text);
        assert_eq!(
            (read.bytes, read.form),
            (vec![0x81, 0x85, 0x48], Form::List),
            "{text:?}"
        );
    }
    for (text, said) in [
        (
            "[0x81, 256]",
            "Character 8, “256”, is more than a byte holds",
        ),
        ("{0x81, fa}", "Character 8, “fa”, is not a number"),
        (
            "{0x81,",
            "Character 1, “{”, opens a list that is never closed",
        ),
        ("{0x81 /* }", "opens a remark"),
        ("{/}", "“/”, is not a number"),
        ("[]", "no bytes"),
    ] {
        assert!(bad(text).contains(said), "{text:?}: {}", bad(text));
    }
}

#[test]
fn strings_as_languages_write_them() {
    for text in [
        r"\x81\x05Hello",
        r#""\x81\x05Hello""#,
        r"b'\x81\x05Hello'",
        r#"frame = b"\x81\x05" b"Hello""#,
        "\"\\x81\\x05\" \\\n\"Hello\"",
        "\"\\x81\\x05He\\\nllo\"",
        r#"const F: &[u8] = b"\x81\x05Hello";"#,
        r#"printf '\201\005Hello'"#,
        "\\x81\\x05\\x48\\x65\n\\x6c\\x6c\\x6f\n",
        r"\x81 \x05 \x48 \x65 \x6c \x6c \x6f",
    ] {
        let read = ok(text);
        assert_eq!(read.bytes, b"\x81\x05Hello", "{text:?}");
        assert_eq!(read.form, Form::Escaped, "{text:?}");
    }
    assert_eq!(
        ok(r#""\x81\n\r\t\0\\\"\a\b\f\v\e""#).bytes,
        b"\x81\n\r\t\0\\\"\x07\x08\x0c\x0b\x1b"
    );
    assert_eq!(ok(r"\x81\x03a b").bytes, b"\x81\x03a b");
    assert_eq!(ok(r#""\x81\x02é""#).bytes, b"\x81\x02\xc3\xa9");
    for (text, said) in [
        (r"\x81\x0", "Character 5, “\\\\x0”, is not a byte"),
        (r"\x81\xgg", "is not a byte"),
        (r#""\x81"#, "opens a string that does not end"),
        (r#""\x81" \x05"#, "outside the quotes"),
        (r#""\x81\u00e9""#, "stands for a character"),
        (r#""\x81\q""#, "is no escape"),
        (r"\x81\777", "is more than a byte"),
        ("\\x81\n\\x0é", "Line 2, character 1"),
    ] {
        assert!(bad(text).contains(said), "{text:?}: {}", bad(text));
    }
}

#[test]
fn base64_in_both_alphabets() {
    for text in [
        "gYU3+iE9f59NUVg=",
        "gYU3+iE9f59NUVg",
        "gYU3-iE9f59NUVg",
        "gYU3+iE9\nf59NUVg=\n",
        "data:application/octet-stream;base64,gYU3+iE9f59NUVg=",
    ] {
        let read = ok(text);
        assert_eq!(
            (read.bytes.as_slice(), read.form),
            (&SAMPLE[..11], Form::Base64),
            "{text:?}"
        );
    }
    for (text, said) in [
        ("gYU3+iE9f59NUVg=gYU3", "ends base64, but more follows"),
        ("gYU3+iE9_59NUVg=", "Character 9, “_”, does not go with “+”"),
        ("gYU3+iE9f", "one letter too many"),
        ("gYU3+iE9f59NUVh=", "belong to no byte"),
        ("gYU3+iE9f59N%", "is not"),
    ] {
        let error = read_as(text, Form::Base64, MOST).unwrap_err().to_string();
        assert!(error.contains(said), "{text:?}: {error}");
    }
}

#[test]
fn what_is_both_hexadecimal_and_base64_is_offered_as_both() {
    // As base64 this is four pings of a server.
    let read = ok("69006900690069006900");
    assert_eq!(read.form, Form::Hex);
    assert_eq!(
        read_as("8105deadbeef", Form::Base64, MOST)
            .unwrap()
            .bytes
            .len(),
        9
    );
    // What is no chain of frames is not offered.
    assert!(ok("8105deadbeef").alternatives.is_empty());
    assert!(ok("81 05 de ad").alternatives.is_empty());
    assert!(ok("818537fa213d7f9f4d5158").alternatives.is_empty());
}

/// As the tools printed the sample.
const DUMPS: [(Tool, &str); 9] = [
    (
        Tool::Xxd,
        "00000000: 8185 37fa 213d 7f9f 4d51 5889 0548 656c  ..7.!=..MQX..Hel\n00000010: 6c6f 2077 6f72 6c64 2062 7974 6573       lo world bytes\n",
    ),
    // xxd -g 1 -c 8
    (
        Tool::Xxd,
        "00000000: 81 85 37 fa 21 3d 7f 9f  ..7.!=..\n00000008: 4d 51 58 89 05 48 65 6c  MQX..Hel\n00000010: 6c 6f 20 77 6f 72 6c 64  lo world\n00000018: 20 62 79 74 65 73         bytes\n",
    ),
    (
        Tool::Hexdump,
        "00000000  81 85 37 fa 21 3d 7f 9f  4d 51 58 89 05 48 65 6c  |..7.!=..MQX..Hel|\n00000010  6c 6f 20 77 6f 72 6c 64  20 62 79 74 65 73        |lo world bytes|\n0000001e\n",
    ),
    // od -A x -t x1z, and without its text
    (
        Tool::Od,
        "000000 81 85 37 fa 21 3d 7f 9f 4d 51 58 89 05 48 65 6c  >..7.!=..MQX..Hel<\n000010 6c 6f 20 77 6f 72 6c 64 20 62 79 74 65 73        >lo world bytes<\n00001e\n",
    ),
    (
        Tool::Od,
        "000000 81 85 37 fa 21 3d 7f 9f 4d 51 58 89 05 48 65 6c\n000010 6c 6f 20 77 6f 72 6c 64 20 62 79 74 65 73\n00001e\n",
    ),
    // tcpdump -X
    (
        Tool::Tcpdump,
        "\t0x0000:  8185 37fa 213d 7f9f 4d51 5889 0548 656c  ..7.!=..MQX..Hel\n\t0x0010:  6c6f 2077 6f72 6c64 2062 7974 6573       lo.world.bytes\n",
    ),
    // Wireshark: Copy, as Hex + ASCII Dump
    (
        Tool::Wireshark,
        "0000   81 85 37 fa 21 3d 7f 9f 4d 51 58 89 05 48 65 6c   ..7.!=..MQX..Hel\n0010   6c 6f 20 77 6f 72 6c 64 20 62 79 74 65 73         lo world bytes\n",
    ),
    // and as Hex Dump
    (
        Tool::Wireshark,
        "0000   81 85 37 fa 21 3d 7f 9f 4d 51 58 89 05 48 65 6c\n0010   6c 6f 20 77 6f 72 6c 64 20 62 79 74 65 73\n",
    ),
    // Older versions, and its text export
    (
        Tool::Wireshark,
        "0000  81 85 37 fa 21 3d 7f 9f  4d 51 58 89 05 48 65 6c   ..7.!=.. MQX..Hel\n0010  6c 6f 20 77 6f 72 6c 64  20 62 79 74 65 73         lo world  bytes\n",
    ),
];

#[test]
fn dumps_of_each_tool() {
    for (tool, text) in DUMPS {
        let read = ok(text);
        assert_eq!((read.tool, read.form), (Some(tool), Form::Dump), "{text}");
        assert_eq!(read.bytes, SAMPLE, "{text}");
        let crlf = ok(&text.replace('\n', "\r\n"));
        assert_eq!(crlf.bytes, SAMPLE, "{text}");
        // One line of it, with text that could be digits.
        let first = text.lines().next().unwrap_or_default();
        assert_eq!(ok(first).bytes, SAMPLE[..ok(first).bytes.len()], "{first}");
    }
    assert_eq!(
        ok("0000   61 62                                             ab").bytes,
        b"ab"
    );
    assert_eq!(ok("00000000: 6162  ab").bytes, b"ab");
    // Wireshark's “Follow TCP stream”, one side.
    let follow = "00000000  81 85 37 fa 21 3d 7f 9f  4d 51 58                 ..7.!=.. MQX\n0000000B  89 80 00 00 00 00                                  ......\n";
    assert_eq!(ok(follow).bytes.len(), 17);
    // Two packets, each from 0.
    let two = "Frame (2 bytes):\n0000   89 00   ..\n\nFrame (2 bytes):\n0000   8a 00   ..\n";
    assert_eq!(ok(two).bytes, [0x89, 0, 0x8a, 0]);
    // A text that ends as hexdump's would.
    assert_eq!(
        ok("0000   7c                                                |").bytes,
        b"|"
    );
    // A part of a packet.
    assert_eq!(ok("0036   89 00   ..\n").bytes, [0x89, 0]);
}

#[test]
fn lines_that_hexdump_leaves_out() {
    let text = "00000000  82 7e 00 3c 00 00 00 00  00 00 00 00 00 00 00 00  |.~.<............|\n00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n00000040\n";
    let read = ok(text);
    assert_eq!(read.bytes.len(), 64);
    assert!(read.bytes[4..].iter().all(|b| *b == 0));
    let huge = text.replace("00000040", "ffffffffffffff40");
    assert!(bad(&huge).contains("more than"));
    assert!(bad(&text.replace("00000040", "00000045")).contains("do not fit"));
    assert!(bad(&text.replace("00000040\n", "")).contains("how many"));
}

#[test]
fn what_is_wrong_with_a_dump_and_where() {
    let line = |offset: &str| {
        format!("{offset}   81 85 37 fa 21 3d 7f 9f 4d 51 58 89 05 48 65 6c   ..7.!=..MQX..Hel\n")
    };
    let gap = line("0000") + &line("0020");
    assert!(
        bad(&gap)
            .contains("Line 2, character 1, “0x0020”, is not the offset that comes next, 0x0010")
    );
    let twice = line("0000") + &line("0010") + &line("0010");
    assert!(bad(&twice).contains("Line 3"));
    let typo = line("0000").replace("21 3d", "2l 3d");
    assert!(bad(&typo).contains("Character 20, “2l”"), "{}", bad(&typo));
    let other = line("0000").replace("MQX", "MQY");
    assert!(bad(&other).contains("say different things"));
}

#[test]
fn a_form_can_be_asked_for() {
    assert_eq!(read_as("[129]", Form::List, MOST).unwrap().bytes, [129]);
    assert!(read_as("81 85", Form::Dump, MOST).is_err());
    assert!(
        read_as("", Form::Base64, MOST)
            .unwrap_err()
            .to_string()
            .contains("no bytes")
    );
    assert!(read_as("", Form::Dump, MOST).is_err());
    let offset = read_as("8105deadbeef", Form::Dump, MOST).unwrap_err();
    assert!(offset.to_string().contains("an offset without bytes"));
}

/// Pieces of what people paste, to be put together at random.
const PIECES: [&str; 48] = [
    "<Buffer ",
    ">",
    "81 05 ",
    "48656c6c6f",
    "...",
    "…",
    " 412 more bytes",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    "<<",
    ">>",
    "<<<",
    ">>>",
    "129, ",
    "5, ",
    "0x81, ",
    "\\x81",
    "\\201",
    "\\129",
    "^@",
    "<8A>",
    "M-^A",
    "\"",
    "'",
    "\n",
    "\n\n",
    "  ",
    "00000000: ",
    "0010   ",
    "*\n",
    "|00000000| ",
    "GET / HTTP/1.1",
    "HTTP/1.1 101 Switching Protocols",
    "\\r\\n",
    "Upgrade: websocket",
    "Sec-WebSocket-Key: x",
    "> ",
    "< ",
    "=> Send header, 7 bytes\n",
    "12:34:56.789 ",
    "curl -H ",
    "1... .... = Fin: True\n",
    "\"opcode\":2,\"type\":\"send\",\"data\":\"gQU=\"}",
    "é",
];

fn xxd(bytes: &[u8]) -> String {
    dumped(
        bytes,
        |offset, row| {
            let words: Vec<String> = row
                .chunks(2)
                .map(|w| write(w, Language::Hex).replace(' ', ""))
                .collect();
            format!("{offset:08x}: {:<39}", words.join(" "))
        },
        "  ",
        "",
    )
}

fn hexdump(bytes: &[u8]) -> String {
    dumped(
        bytes,
        |offset, row| {
            let halves: Vec<String> = row.chunks(8).map(|h| write(h, Language::Hex)).collect();
            format!("{offset:08x}  {:<48}", halves.join("  "))
        },
        "  |",
        "|",
    )
}

fn wireshark(bytes: &[u8]) -> String {
    dumped(
        bytes,
        |offset, row| format!("{offset:04x}   {:<47}", write(row, Language::Hex)),
        "   ",
        "",
    )
}

fn dumped(bytes: &[u8], head: impl Fn(usize, &[u8]) -> String, open: &str, close: &str) -> String {
    let mut out = String::new();
    for (i, row) in bytes.chunks(16).enumerate() {
        let shown: String = row
            .iter()
            .map(|b| {
                if b.is_ascii_graphic() || *b == b' ' {
                    *b as char
                } else {
                    '.'
                }
            })
            .collect();
        out += &format!("{}{open}{shown}{close}\n", head(i * 16, row));
    }
    out
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(bytes in prop::collection::vec(any::<u8>(), 1..200)) {
        for language in Language::ALL {
            let text = write(&bytes, language);
            // A base64 that happens to be hexadecimal is read as that, and offered as base64.
            let again = if language == Language::Base64 {
                read_as(&text, Form::Base64, MOST)
            } else {
                read(&text, MOST)
            };
            prop_assert_eq!(again.map(|r| r.bytes), Ok(bytes.clone()), "{}", text);
        }
    }

    #[test]
    fn dumps_are_read_again(bytes in prop::collection::vec(any::<u8>(), 1..200)) {
        for text in [xxd(&bytes), hexdump(&bytes), wireshark(&bytes)] {
            prop_assert_eq!(read(&text, MOST).map(|r| r.bytes), Ok(bytes.clone()), "{}", text);
        }
    }

    #[test]
    fn dumps_of_text_that_could_be_digits(text in "[0-9a-f ]{1,60}") {
        let bytes = text.into_bytes();
        for text in [xxd(&bytes), hexdump(&bytes), wireshark(&bytes)] {
            prop_assert_eq!(read(&text, MOST).map(|r| r.bytes), Ok(bytes.clone()), "{}", text);
        }
    }

    #[test]
    fn no_text_does_harm(text in any::<String>()) {
        let _ = read(&text, 64);
        for form in Form::ALL {
            let _ = read_as(&text, form, 64);
        }
    }

    #[test]
    fn nothing_near_what_people_paste_does_harm(
        pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 1..12)
    ) {
        let text: String = pieces.concat();
        if let Ok(Pasted::Bytes(reading, _)) = inspect(&text) {
            prop_assert!(!reading.bytes.is_empty(), "{}", text);
            for form in reading.alternatives {
                prop_assert!(read_as(&text, form, LONGEST).is_ok_and(|r| r.bytes != reading.bytes));
            }
        }
    }

    #[test]
    fn nothing_near_the_forms_does_harm(text in r#"[0-9a-f xX:|*\\"'\[\]{}=,/#()\n\t_é+-]{0,80}"#) {
        let _ = read(&text, 64);
        for form in Form::ALL {
            match read_as(&text, form, 64) {
                Ok(read) => prop_assert!(!read.bytes.is_empty() && read.bytes.len() <= 64),
                Err(error) => {
                    // What is named is there.
                    if let Some((line, character)) = error.place {
                        let there = text.split('\n').nth(line - 1);
                        prop_assert!(there.is_some_and(|l| character <= l.chars().count() + 1));
                    }
                }
            }
        }
    }
}

#[test]
fn a_form_that_is_offered_gives_bytes() {
    // Base64 with nothing in it is no other reading of what has two digits for a byte.
    let text = "data:'0e64:'0;base64, ";
    let read = read(text, 64);
    assert!(
        read.is_ok_and(|read| read.alternatives.is_empty()),
        "{text}"
    );
}

#[test]
fn a_long_line_is_read_in_the_form_of_its_beginning() {
    let bytes: Vec<u8> = (0..60_000_u32).map(|n| (n % 251) as u8).collect();
    for (language, form) in [
        (Language::Hex, Form::Hex),
        (Language::Rust, Form::List),
        (Language::Python, Form::Escaped),
    ] {
        let text = write(&bytes, language).replace(",\n", ", ");
        let read = ok(&text);
        assert_eq!(
            (read.form, read.bytes == bytes),
            (form, true),
            "{language:?}"
        );
    }
    let mut late = "hello ".repeat(20_000);
    late.push_str("\nreceived: 81 05 48 65 6c 6c 6f\n");
    assert_eq!(ok(&late).bytes, b"\x81\x05Hello");
}

#[test]
fn a_long_text_is_read_in_slices_as_it_is_in_one() {
    let mut long = String::from("“");
    for i in 0..40_000 {
        long.push_str(["81 ", "0x05, ", "48:", "6C\n"][i % 4]);
    }
    let base64 = write(&[0x81; 100_000], Language::Base64);
    for text in [
        "81 05",
        "8",
        "81 0",
        "",
        "81 0g",
        "0x81, 0x05",
        "00000000: 8900  ..\n",
        "0x810",
        "bytes.fromhex(\"81 05\")",
        "Buffer.from('8105', 'hex')",
        "“81 0”",
        &long,
        &format!("{long}8"),
        &base64,
    ] {
        let whole = read_as(text, guess(text), 1 << 20);
        for budget in [1, 2, 3, 1000] {
            let mut reader = LongText::new(text.into(), None, 1 << 20);
            let read = loop {
                assert!((0.0..=1.0).contains(&reader.progress()));
                if let Some(read) = reader.advance(budget) {
                    break read;
                }
            };
            let bytes = |read: Result<Reading, ParseError>| read.map(|t| (t.bytes, t.form));
            assert_eq!(bytes(read), bytes(whole.clone()), "{budget}");
        }
    }
    let mut many = LongText::new("8105".repeat(100).into(), None, 10);
    assert!(many.advance(usize::MAX).is_some_and(|read| read.is_err()));
}
