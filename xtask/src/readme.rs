//! Results that a command puts into a README, between two lines of their own.

use crate::failure::{Context, Failure, Result};
use crate::{paths, process};

/// Where a command keeps its last result.
pub struct Place {
    /// The README, from the project's root.
    pub file: &'static str,
    /// The line before the result.
    pub begin: &'static str,
    /// The line after it.
    pub end: &'static str,
}

impl Place {
    /// Puts a result of today there. `result` writes it, given the date.
    ///
    /// # Errors
    /// The README cannot be read or written, or has no place for the result.
    pub fn write(&self, result: impl FnOnce(&str) -> String) -> Result {
        let Place { file, begin, end } = *self;
        let path = paths::root().join(file);
        let text = std::fs::read_to_string(&path).context(|| format!("Cannot read {file}"))?;
        let date =
            process::output(process::command("date").args(["-u", "+%Y-%m-%d"])).unwrap_or_default();
        let text = between(&text, begin, end, &result(date.trim())).ok_or_else(|| {
            Failure::new(format!("{file} has no place for the result."))
                .advise(format!("It goes between `{begin}` and `{end}`."))
        })?;
        std::fs::write(&path, text).context(|| format!("Cannot write {file}"))
    }
}

/// The text with `block` between the two lines; `None` where they are not there, in this order.
fn between(text: &str, begin: &str, end: &str, block: &str) -> Option<String> {
    let (before, rest) = text.split_once(begin)?;
    let (_, after) = rest.split_once(end)?;
    Some(format!("{before}{begin}\n{block}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_takes_the_place_of_the_last_one() {
        let text = "a\n<!-- x -->\nold\n<!-- /x -->\nb\n";
        let new = between(text, "<!-- x -->", "<!-- /x -->", "new\n");
        assert_eq!(new.as_deref(), Some("a\n<!-- x -->\nnew\n<!-- /x -->\nb\n"));
        assert_eq!(
            between("<!-- /x --><!-- x -->", "<!-- x -->", "<!-- /x -->", ""),
            None
        );
        assert_eq!(between("nothing", "<!-- x -->", "<!-- /x -->", ""), None);
    }
}
