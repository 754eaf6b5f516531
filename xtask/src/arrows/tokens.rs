//! A file of Rust as one row of tokens, each with its line.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A token, as far as paths and modules need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A word.
    Word(String),
    /// A sign.
    Sign(char),
    /// Two colons.
    Colons,
    /// What opens a group: `{`, `(` or `[`.
    Open(char),
    /// What closes one.
    Close(char),
    /// A literal, as it is written.
    Literal(String),
}

impl Token {
    /// The word that it is.
    pub fn word(&self) -> Option<&str> {
        match self {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// The tokens of a file with their lines, or why it cannot be read as Rust.
pub fn tokens(source: &str) -> Result<Vec<(Token, usize)>, String> {
    let stream: TokenStream = source
        .parse()
        .map_err(|error: proc_macro2::LexError| format!("{error}"))?;
    let mut out = Vec::new();
    flatten(stream, &mut out);
    Ok(out)
}

fn flatten(stream: TokenStream, out: &mut Vec<(Token, usize)>) {
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Ident(word) => {
                let word = word.to_string();
                let plain = word.strip_prefix("r#").unwrap_or(&word);
                out.push((Token::Word(plain.to_owned()), line));
            }
            TokenTree::Punct(sign) => match (sign.as_char(), out.last_mut()) {
                (':', Some((last @ Token::Sign(':'), _))) => *last = Token::Colons,
                (sign, _) => out.push((Token::Sign(sign), line)),
            },
            TokenTree::Literal(literal) => out.push((Token::Literal(literal.to_string()), line)),
            TokenTree::Group(group) => {
                let signs = match group.delimiter() {
                    Delimiter::Brace => Some(('{', '}')),
                    Delimiter::Parenthesis => Some(('(', ')')),
                    Delimiter::Bracket => Some(('[', ']')),
                    Delimiter::None => None,
                };
                out.extend(signs.map(|(open, _)| (Token::Open(open), line)));
                let end = group.span_close().start().line;
                flatten(group.stream(), out);
                out.extend(signs.map(|(_, close)| (Token::Close(close), end)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_no_words() {
        let source = "// crate::a\n/* crate::b /* nested */ */\nlet x = \"crate::c\"; r#\"crate::d\"#;\ncrate::e";
        let all = tokens(source).unwrap();
        let words: Vec<_> = all.iter().filter_map(|(token, _)| token.word()).collect();
        assert_eq!(words, ["let", "x", "crate", "e"]);
        let (_, line) = all.last().unwrap();
        assert_eq!(*line, 4);
    }

    #[test]
    fn macros_are_read_like_the_rest() {
        let all = tokens("html! { <crate::a::B x={c}/> }").unwrap();
        assert!(
            all.iter()
                .any(|(token, _)| *token == Token::Word("B".into()))
        );
        assert_eq!(
            all.iter()
                .filter(|(token, _)| *token == Token::Colons)
                .count(),
            2
        );
    }

    #[test]
    fn what_is_no_rust_is_named() {
        assert!(tokens("fn (").is_err());
    }
}
