//! Long texts, read in slices.

use std::rc::Rc;

use crate::read::form::{guess, one_word_a_line};
use crate::{Form, ParseError, Reading, hex, read, read_as};

/// As much of a long text is looked at to find out which form it has, in bytes.
const GLANCE: usize = 64 << 10;

/// A text of megabytes that is read in slices, so that a program has time for other things in between. Its form is found out
/// from its beginning.
///
/// Hexadecimal digits are read in slices. The other forms are read in one.
///
/// ```
/// use notation::LongText;
/// let mut text = LongText::new("81 05 48 65 6c 6c 6f".into(), None, 1024);
/// let read = loop {
///     if let Some(read) = text.advance(4) {
///         break read;
///     }
/// };
/// assert_eq!(read.unwrap().bytes, b"\x81\x05Hello");
/// ```
#[derive(Clone, Debug)]
pub struct LongText {
    text: Rc<str>,
    form: Form,
    guessed: bool,
    max_bytes: usize,
    hex: hex::Reader,
    /// Whether the text is digits alone, as far as its beginning shows.
    sliced: bool,
}

impl LongText {
    /// A text of this form; of the form that its beginning has where `form` is `None`. `max_bytes` is the most bytes that are
    /// wanted.
    pub fn new(text: Rc<str>, form: Option<Form>, max_bytes: usize) -> LongText {
        let begin = beginning(&text);
        let form_here = form.unwrap_or_else(|| likely(begin));
        LongText {
            sliced: form_here == Form::Hex && hex::fits(begin),
            form: form_here,
            guessed: form.is_none(),
            max_bytes,
            hex: hex::Reader::new(beginning(&text), max_bytes),
            text,
        }
    }

    /// Whether it is read in slices; otherwise the first [`LongText::advance`] reads all of it.
    pub fn in_slices(&self) -> bool {
        self.sliced
    }

    /// Reads on through about so many bytes of the text. `None` where more is to be read.
    ///
    /// # Errors
    /// What comes in the end says what cannot be read, where, and what to do.
    pub fn advance(&mut self, budget: usize) -> Option<Result<Reading, ParseError>> {
        if !self.sliced {
            // A form that was found out from the beginning is found out again, with what it may mean besides.
            return Some(match self.guessed {
                true => read(&self.text, self.max_bytes),
                false => read_as(&self.text, self.form, self.max_bytes),
            });
        }
        match self.hex.advance(&self.text, budget) {
            Ok(false) => None,
            Ok(true) => Some(self.digits()),
            Err(error) => Some(Err(error)),
        }
    }

    /// How much of the text has been read, from 0 to 1.
    pub fn progress(&self) -> f64 {
        self.hex.at() as f64 / self.text.len().max(1) as f64
    }

    fn digits(&mut self) -> Result<Reading, ParseError> {
        let bytes = std::mem::take(&mut self.hex.bytes);
        if bytes.is_empty() {
            return Err(ParseError::nothing());
        }
        // Whether the whole of it would be base64 too is found out by whoever asks for that.
        let other = self.guessed && one_word_a_line(beginning(&self.text));
        let mut reading = Reading::new(bytes, Form::Hex);
        if other {
            reading.alternatives.push(Form::Base64);
        }
        Ok(reading)
    }
}

/// The form that a text most likely has; of a long one that of its beginning.
pub(crate) fn likely(text: &str) -> Form {
    guess(beginning(text))
}

/// The form that all of a long text has, where that is another than the form of its beginning.
pub(crate) fn likely_in_all(text: &str) -> Option<Form> {
    (text.len() > GLANCE).then(|| guess(text))
}

/// The beginning of a text, up to the end of a line or of a word where there is one.
fn beginning(text: &str) -> &str {
    if text.len() <= GLANCE {
        return text;
    }
    let end = (0..=GLANCE).rev().find(|at| text.is_char_boundary(*at));
    let glance = &text[..end.unwrap_or(0)];
    // Where there is one line, no byte is to be cut in two.
    match glance.rfind('\n').or(glance.rfind([' ', ','])) {
        Some(line) => &glance[..line],
        None => glance,
    }
}
