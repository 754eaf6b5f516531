//! The split points, made from `content/site.toml`: what the base program fetches when it is needed.
//!
//! With the feature `split`, each function below marks a module that the build cuts out of the program; without it they
//! are plain functions of one program.

// The split points are exported under their own names, which the language calls unsafe.
#![allow(unsafe_code)]

use yew::prelude::*;

use super::entries::{Bits, Entries, Row, bits, contents};
use super::prose::{Block, Chapter, Drawing, Ending};
use super::{Instrument, Route};
use crate::kit::inline::{Inline, To};
use crate::kit::load_error::LoadError;
use crate::kit::prediction::{Choice, Prediction};

include!(concat!(env!("OUT_DIR"), "/registry.rs"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages;

    #[test]
    fn what_an_instrument_says_in_an_address_is_read_by_it_and_by_no_other() {
        for (instrument, settings) in SETTINGS {
            assert_eq!(settings.name, instrument.entry().name);
            (settings.check)();
        }
        for page in pages::pages() {
            let mut read = Vec::new();
            for instrument in page.instruments {
                let table = SETTINGS.iter().find(|(of, _)| of == instrument);
                let (_, settings) = table.expect("every instrument has settings");
                for key in (settings.keys)() {
                    assert!(
                        !read.contains(&key),
                        "two instruments of {} read {key}",
                        page.path
                    );
                    read.push(key);
                }
            }
        }
    }

    #[test]
    fn every_page_that_is_built_has_words_and_three_lines_to_remember() {
        for page in pages::pages() {
            let chapter = pollster::block_on(load_chapter(page.route)).unwrap();
            assert_eq!(chapter.is_some(), page.is_built, "{}", page.path);
            let Some(ending) = chapter.and_then(|chapter| chapter.ending.as_ref()) else {
                continue;
            };
            assert_eq!(ending.remember.len(), 3, "{}", page.path);
            assert!(!ending.wrong.is_empty() && !ending.read_on.is_empty());
        }
        assert_eq!(pollster::block_on(load_chapter(Route::NotFound)), Ok(None));
    }
}
