//! Text that came over a wire, as people can read it: its direction reaches no further than the text, and what cannot be
//! seen is drawn by name.

use yew::prelude::*;

/// The names of the C0 control characters, each up to three letters long.
const C0: &str = "NULSOHSTXETXEOTENQACKBELBS TABLF VT FF CR SO SI DLEDC1DC2DC3DC4NAKSYNETBCANEM SUBESCFS GS RS US ";

/// Characters that cannot be seen, by their short and their full names.
const NAMED: &[(u32, &str, &str)] = &[
    (0x7f, "DEL", "DELETE"),
    (0x85, "NEL", "NEXT LINE"),
    (0xad, "SHY", "SOFT HYPHEN"),
    (0x34f, "CGJ", "COMBINING GRAPHEME JOINER"),
    (0x61c, "ALM", "ARABIC LETTER MARK"),
    (0x180e, "MVS", "MONGOLIAN VOWEL SEPARATOR"),
    (0x200b, "ZWSP", "ZERO WIDTH SPACE"),
    (0x200c, "ZWNJ", "ZERO WIDTH NON-JOINER"),
    (0x200d, "ZWJ", "ZERO WIDTH JOINER"),
    (0x200e, "LRM", "LEFT-TO-RIGHT MARK"),
    (0x200f, "RLM", "RIGHT-TO-LEFT MARK"),
    (0x2028, "LS", "LINE SEPARATOR"),
    (0x2029, "PS", "PARAGRAPH SEPARATOR"),
    (0x202a, "LRE", "LEFT-TO-RIGHT EMBEDDING"),
    (0x202b, "RLE", "RIGHT-TO-LEFT EMBEDDING"),
    (0x202c, "PDF", "POP DIRECTIONAL FORMATTING"),
    (0x202d, "LRO", "LEFT-TO-RIGHT OVERRIDE"),
    (0x202e, "RLO", "RIGHT-TO-LEFT OVERRIDE"),
    (0x2060, "WJ", "WORD JOINER"),
    (0x2066, "LRI", "LEFT-TO-RIGHT ISOLATE"),
    (0x2067, "RLI", "RIGHT-TO-LEFT ISOLATE"),
    (0x2068, "FSI", "FIRST STRONG ISOLATE"),
    (0x2069, "PDI", "POP DIRECTIONAL ISOLATE"),
    (0x3164, "HF", "HANGUL FILLER"),
    (
        0xfeff,
        "BOM",
        "ZERO WIDTH NO-BREAK SPACE, the byte order mark",
    ),
];

/// Ranges of characters that cannot be seen and have no short name, and what they are.
const RANGES: &[(u32, u32, &str)] = &[
    (0x80, 0x9f, "control character"),
    (0x115f, 0x1160, "Hangul filler"),
    (0x17b4, 0x17b5, "Khmer inherent vowel"),
    (0x180b, 0x180f, "variation selector"),
    (0x2060, 0x206f, "invisible format character"),
    (0xfdd0, 0xfdef, "noncharacter"),
    (0xfe00, 0xfe0f, "variation selector"),
    (0xffa0, 0xffa0, "Hangul filler"),
    (0xfff0, 0xfffb, "invisible format character"),
    (0x1d173, 0x1d17a, "invisible format character"),
    (0xe0000, 0xe007f, "tag character"),
    (0xe0100, 0xe01ef, "variation selector"),
    (0xe0000, 0xe0fff, "invisible format character"),
];

/// A character that cannot be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unseen {
    /// What is drawn for it: its short name, or its code point.
    pub label: String,
    /// Its code point and its full name.
    pub title: String,
}

/// What is drawn for a character that cannot be seen; nothing for one that can.
pub fn unseen(c: char) -> Option<Unseen> {
    let code = u32::from(c);
    let (label, name) = if let Some(label) = C0.get(code as usize * 3..code as usize * 3 + 3) {
        (label.trim_end(), "control character")
    } else if let Some((_, label, name)) = NAMED.iter().find(|(at, ..)| *at == code) {
        (*label, *name)
    } else if let Some((.., name)) = RANGES
        .iter()
        .find(|(from, to, _)| (*from..=*to).contains(&code))
    {
        ("", *name)
    } else if code & 0xfffe == 0xfffe {
        ("", "noncharacter")
    } else {
        return None;
    };
    let digits = crate::kit::number::hex(&code.to_be_bytes()).to_ascii_uppercase();
    let short = digits.trim_start_matches('0').len().max(4);
    let point = ["U+", &digits[digits.len() - short..]].concat();
    let label = match code {
        0xfe00..=0xfe0f => ["VS", &(code - 0xfe00 + 1).to_string()].concat(),
        _ if label.is_empty() => point.clone(),
        _ => label.to_owned(),
    };
    let title = [&point, " ", name].concat();
    Some(Unseen { label, title })
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// What can be seen, as it is.
    Seen(&'a str),
    /// What cannot, and the character.
    Unseen(char, Unseen),
}

/// Cuts a text where something cannot be seen. What holds an emoji together stays in it.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut seen = 0;
    let mut before = Before::Other;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        let holds = match c {
            '\u{200d}' => before == Before::Emoji && next.is_some_and(is_emoji),
            '\u{fe0e}' | '\u{fe0f}' => {
                before == Before::Emoji || (before == Before::Key && next == Some('\u{20e3}'))
            }
            // The tags that make a flag of a part of a country.
            '\u{e0020}'..='\u{e007f}' => before == Before::Flag,
            _ => false,
        };
        if holds {
            continue;
        }
        before = match c {
            '\u{1f3f4}' => Before::Flag,
            '0'..='9' | '#' | '*' => Before::Key,
            c if is_emoji(c) => Before::Emoji,
            _ => Before::Other,
        };
        if let Some(unseen) = unseen(c) {
            if seen < at {
                pieces.push(Piece::Seen(&text[seen..at]));
            }
            seen = at + c.len_utf8();
            pieces.push(Piece::Unseen(c, unseen));
        }
    }
    if seen < text.len() {
        pieces.push(Piece::Seen(&text[seen..]));
    }
    pieces
}

/// What stands before a character, joiners aside.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Emoji,
    /// What tags may follow.
    Flag,
    /// What a keycap may enclose.
    Key,
    Other,
}

/// Whether it is a pictogram, near enough to know what a joiner is good for.
fn is_emoji(c: char) -> bool {
    matches!(c, '©' | '®' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{2bff}'
        | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// The text, isolated, and what cannot be seen in it by name. A line feed also breaks the line where lines are kept.
pub fn wire_text(text: &str) -> Html {
    let drawn = pieces(text).into_iter().map(|piece| match piece {
        Piece::Seen(text) => Html::from(text.to_owned()),
        Piece::Unseen(c, Unseen { label, title }) => html! {
            <><i class="unseen" {title}>{ label }</i>if c == '\n' { { "\n" } }</>
        },
    });
    html! { <bdi>{ for drawn }</bdi> }
}

/// The text where only a plain one can stand, such as within a sentence: a dot for each character that turns a line around,
/// hides, or controls. Joiners stay, since what they join is seen. It needs no names, which are much for a page.
pub fn plain(text: &str) -> String {
    let hides = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
                | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
                | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    };
    let dotted = text.chars().map(|c| if hides(c) { '·' } else { c });
    dotted.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> String {
        let part = |piece: &Piece| match piece {
            Piece::Seen(text) => (*text).to_owned(),
            Piece::Unseen(_, unseen) => format!("[{}]", unseen.label),
        };
        pieces(text).iter().map(part).collect()
    }

    #[test]
    fn a_plain_text_has_dots_for_what_has_a_name_and_for_nothing_else() {
        assert_eq!(
            plain("a\u{202e}b\0\u{200b}👩\u{200d}💻 שלום"),
            "a·b··👩\u{200d}💻 שלום"
        );
        for c in '\0'..=char::MAX {
            if plain(c.encode_utf8(&mut [0; 4])) == "·" && c != '·' {
                assert!(unseen(c).is_some(), "{:x}", u32::from(c));
            }
        }
    }

    #[test]
    fn what_cannot_be_seen_has_a_name() {
        assert_eq!(labels("a\u{202e}b"), "a[RLO]b");
        assert_eq!(
            labels("\0\t\n\r\u{1b}\u{7f}"),
            "[NUL][TAB][LF][CR][ESC][DEL]"
        );
        assert_eq!(labels("\u{1f}\u{20}\u{85}\u{9b}"), "[US] [NEL][U+009B]");
        assert_eq!(labels("x\u{200b}\u{feff}\u{ad}y"), "x[ZWSP][BOM][SHY]y");
        assert_eq!(
            labels("\u{e0041}\u{fdd0}\u{10ffff}"),
            "[U+E0041][U+FDD0][U+10FFFF]"
        );
        assert_eq!(
            unseen('\u{202e}').unwrap().title,
            "U+202E RIGHT-TO-LEFT OVERRIDE"
        );
        for range in [
            0x0..=0x1f,
            0x7f..=0x9f,
            0xad..=0xad,
            0x34f..=0x34f,
            0x61c..=0x61c,
            0x115f..=0x1160,
            0x17b4..=0x17b5,
            0x180e..=0x180e,
            0x200b..=0x200f,
            0x2028..=0x202e,
            0x2060..=0x206f,
            0x3164..=0x3164,
            0xfe00..=0xfe0f,
            0xfeff..=0xfeff,
            0xfffe..=0xffff,
            0xe0000..=0xe007f,
        ] {
            for c in range.filter_map(char::from_u32) {
                assert!(unseen(c).is_some_and(|u| !u.label.is_empty()), "{c:?}");
            }
        }
    }

    #[test]
    fn what_can_be_seen_stays() {
        for text in [
            "",
            "Hello, wörld “€”",
            "日本語",
            "שלום",
            "مرحبا",
            "नमस्ते",
            "e\u{301}",
            "\u{fffd}",
        ] {
            assert_eq!(labels(text), text);
        }
    }

    #[test]
    fn an_emoji_stays_whole_and_nothing_hides_beside_it() {
        for text in [
            "👩\u{200d}💻",
            "👩🏽\u{200d}❤\u{fe0f}\u{200d}👨🏽",
            "🏳\u{fe0f}\u{200d}🌈",
            "1\u{fe0f}\u{20e3}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "❤\u{fe0f}!",
        ] {
            assert_eq!(labels(text), text);
        }
        assert_eq!(labels("a\u{200d}b"), "a[ZWJ]b");
        assert_eq!(labels("👩\u{200d}x"), "👩[ZWJ]x");
        assert_eq!(labels("a\u{fe0f}"), "a[VS16]");
        assert_eq!(labels("🏴x\u{e0067}"), "🏴x[U+E0067]");
    }
}
