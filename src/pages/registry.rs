//! The split points, made from `content/site.toml`: what the base program fetches when it is needed.
//!
//! With the feature `split`, each function below marks a module that the build cuts out of the program; without it they
//! are plain functions of one program.

// The split points are exported under their own names, which the language calls unsafe.
#![allow(unsafe_code)]

use yew::prelude::*;

use super::prose::{Block, Chapter, Ending};
use super::{Instrument, Route};
use crate::kit::inline::{Inline, To};
use crate::kit::load_error::LoadError;

include!(concat!(env!("OUT_DIR"), "/registry.rs"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages;

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
