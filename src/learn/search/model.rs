//! What can be found, and how well it fits what was typed. Pure: a few hundred entries are looked at one after another, which
//! takes a fraction of a screen's frame, so there is no library for it.

/// Something that can be found. The build script makes them.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is, for people: “Close code”.
    pub kind: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// A sentence on it, or where it stands.
    pub about: &'static str,
    /// Other words by which it is looked for.
    pub also: &'static str,
    /// Where it is: path, query and fragment.
    pub path: &'static str,
}

/// The kind of entries that are shown before anything is typed.
const FIRST_KIND: &str = "Page";

/// Words that say nothing about what is looked for, where there are others.
const FILLERS: [&str; 24] = [
    "a", "an", "and", "are", "can", "do", "does", "for", "how", "i", "in", "is", "it", "my", "of",
    "on", "or", "the", "to", "what", "when", "which", "why", "with",
];

/// How much a word counts by where it stands: in the title, among the other words, in the sentence.
const WEIGHTS: [u32; 3] = [8, 6, 2];

/// The entries, with their words made ready.
pub struct Index {
    entries: &'static [Entry],
    /// The words of each entry: of its title, its other words, its sentence.
    words: Vec<[Vec<String>; 3]>,
}

impl Index {
    /// Makes the words of all entries ready.
    pub fn new(entries: &'static [Entry]) -> Index {
        let words = entries.iter().map(|entry| {
            let mut title = words(entry.title);
            title.extend(joined(&title));
            let mut also = words(entry.also);
            also.extend(joined(&also));
            [title, also, words(entry.about)]
        });
        Index {
            words: words.collect(),
            entries,
        }
    }

    /// What fits, best first; the pages where nothing was typed. The order of the words does not matter, each may be the
    /// beginning of one, and each of four letters or more may have one mistake.
    pub fn find(&self, typed: &str) -> Vec<&'static Entry> {
        let wanted = wanted(typed);
        if wanted.is_empty() {
            let first = self.entries.iter().filter(|e| e.kind == FIRST_KIND);
            return first.collect();
        }
        let mut hits: Vec<(u32, &'static Entry)> = self
            .entries
            .iter()
            .zip(&self.words)
            .filter_map(|(entry, words)| Some((score(&wanted, words)?, entry)))
            .collect();
        // Equals stay in the order of the entries, which begins with the pages.
        hits.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        hits.into_iter().map(|(_, entry)| entry).collect()
    }
}

/// The words that are looked for.
fn wanted(typed: &str) -> Vec<String> {
    let all = words(typed);
    let telling: Vec<String> = all
        .iter()
        .filter(|word| !FILLERS.contains(&word.as_str()))
        .cloned()
        .collect();
    if telling.is_empty() { all } else { telling }
}

/// The words of a text, in small letters.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Each two neighbours as one word: “pub/sub” is found as “pubsub”.
fn joined(words: &[String]) -> Vec<String> {
    words.windows(2).map(|two| two.concat()).collect()
}

/// How well an entry fits; `None` where a word is nowhere in it. Of three words or more, one may be missing.
fn score(wanted: &[String], fields: &[Vec<String>; 3]) -> Option<u32> {
    let (mut sum, mut missing) = (0, 0);
    for word in wanted {
        let best = fields.iter().zip(WEIGHTS).filter_map(|(words, weight)| {
            let best = words.iter().map(|known| likeness(word, known)).max()?;
            Some(best * weight)
        });
        match best.max() {
            Some(best) if best > 0 => sum += best,
            _ => missing += 1,
        }
    }
    let allowed = usize::from(wanted.len() > 2);
    if missing > allowed || sum == 0 {
        return None;
    }
    if missing > 0 {
        sum /= 2;
    }
    // Of two titles that have the words, the shorter one is more about them.
    let title = fields[0].len().div_ceil(2).min(12) as u32;
    let said_in_order = fields[0]
        .first()
        .is_some_and(|first| Some(first) == wanted.first());
    Some(sum * 16 / wanted.len() as u32 + u32::from(said_in_order) * 24 - title.min(sum))
}

/// How like a word is to a known one: 10 for the same, 0 for another.
fn likeness(word: &str, known: &str) -> u32 {
    let length = word.chars().count();
    if word == known {
        return 10;
    }
    if known.starts_with(word) {
        return if length == 1 { 3 } else { 8 };
    }
    // “masking” for “mask”.
    if known.len() > 3 && word.starts_with(known) {
        return 6;
    }
    // A number with another digit is another number.
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if length > 3 && !number(word) && !number(known) {
        if one_mistake(word, known) {
            return 6;
        }
        // The beginning of a longer word, with a mistake in it.
        let beginnings = [length - 1, length, length + 1];
        let begins = beginnings.iter().any(|count| {
            let end = known.char_indices().nth(*count).map(|(at, _)| at);
            end.is_some_and(|end| one_mistake(word, &known[..end]))
        });
        if length > 4 && begins {
            return 4;
        }
    }
    if length > 2 && known.contains(word) {
        5
    } else {
        0
    }
}

/// Whether two words differ by one letter that is missing, too many or another one, or by two neighbours in each other's
/// place.
fn one_mistake(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    if long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(&long).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[same..], &long[same..]);
    if short.len() < long.len() {
        return long.get(1..) == Some(short);
    }
    match (short, long) {
        ([], []) => true,
        ([a, b, rest @ ..], [c, d, others @ ..]) if a == d && b == c => rest == others,
        ([_, rest @ ..], [_, others @ ..]) => rest == others,
        _ => false,
    }
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
