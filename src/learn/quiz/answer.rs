//! An answer to a question: how it stands in storage and in a link, and what is right about it.

use super::item::Asked;
use crate::learn::questions::{Question, Task};

/// The longest value that is kept of what the reader typed, in characters.
pub const MOST_TYPED: usize = 40;

/// What the reader answered, or is about to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Options by their index in the file: the one chosen, all that were chosen in rising order, the steps in the reader's order,
    /// or for each left side the pair whose right side was chosen.
    Options(Vec<usize>),
    /// A place in the bytes.
    Place(u16),
    /// A value.
    Typed(String),
}

/// What is right about an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Whether all of it is.
    pub right: bool,
    /// For each option, as many as the question has, whether the answer has it as it should be: chosen or left out, at its
    /// place, with its partner. Empty for places and values.
    pub options: Vec<bool>,
}

/// What a value is compared by: case and spaces do not count.
pub fn normal(value: &str) -> String {
    value
        .chars()
        .filter(|c| !c.is_whitespace() && *c != ',')
        .flat_map(char::to_lowercase)
        .collect()
}

/// Judges an answer. An answer of another kind than the question's is not right.
pub fn judge(asked: &Asked, answer: &Answer) -> Judgement {
    let of = |options: Vec<bool>| Judgement {
        right: options.iter().all(|good| *good),
        options,
    };
    let plain = |right| Judgement {
        right,
        options: Vec::new(),
    };
    match (asked, answer) {
        (Asked::Generated(exercise), Answer::Options(chosen)) => {
            let is = |i: usize, right: bool| chosen.contains(&i) == right;
            let choices = exercise.choices.iter().enumerate();
            of(choices.map(|(i, choice)| is(i, choice.right)).collect())
        }
        (Asked::Written(question), answer) => match (&question.task, answer) {
            (Task::Single(choices) | Task::Multiple(choices), Answer::Options(chosen)) => {
                let choices = choices.iter().enumerate();
                of(choices
                    .map(|(i, choice)| chosen.contains(&i) == choice.right)
                    .collect())
            }
            (Task::Order(steps), Answer::Options(order)) => {
                of((0..steps.len()).map(|i| order.get(i) == Some(&i)).collect())
            }
            (Task::Match(pairs), Answer::Options(rights)) => of((0..pairs.len())
                .map(|i| rights.get(i) == Some(&i))
                .collect()),
            (Task::Pick { spots, .. }, Answer::Place(place)) => {
                plain(spots.iter().any(|spot| spot.right && spot.at == *place))
            }
            (Task::Value { right, .. }, Answer::Typed(value)) => {
                plain(right.iter().any(|right| normal(right) == normal(value)))
            }
            _ => plain(false),
        },
        (Asked::Generated(_), _) => plain(false),
    }
}

/// How an answer to a written question is kept: by the names of its options, which outlive their order.
pub fn kept(question: &Question, answer: &Answer) -> String {
    match answer {
        Answer::Options(options) => {
            let ids = ids(question);
            let named: Vec<_> = options
                .iter()
                .filter_map(|i| ids.get(*i).copied())
                .collect();
            named.join(",")
        }
        Answer::Place(place) => place.to_string(),
        Answer::Typed(value) => value.clone(),
    }
}

/// Reads a kept answer. `None` where the question's options are not those any more.
pub fn resume(question: &'static Question, text: &str) -> Option<Answer> {
    let answer = match &question.task {
        Task::Pick { .. } => Answer::Place(text.parse().ok()?),
        Task::Value { .. } => Answer::Typed(text.to_owned()),
        Task::Single(_) | Task::Multiple(_) | Task::Order(_) | Task::Match(_) => {
            let ids = ids(question);
            let index = |name: &str| ids.iter().position(|id| *id == name);
            Answer::Options(text.split(',').map(index).collect::<Option<_>>()?)
        }
    };
    fits(&Asked::Written(question), &answer).then_some(answer)
}

fn ids(question: &Question) -> Vec<&'static str> {
    match &question.task {
        Task::Single(choices) | Task::Multiple(choices) => choices.iter().map(|c| c.id).collect(),
        Task::Order(steps) => steps.iter().map(|step| step.id).collect(),
        Task::Match(pairs) => pairs.iter().map(|pair| pair.id).collect(),
        Task::Pick { .. } | Task::Value { .. } => Vec::new(),
    }
}

/// How many options a question has; none for a place or a value.
pub fn options(asked: &Asked) -> usize {
    match asked {
        Asked::Generated(exercise) => exercise.choices.len(),
        Asked::Written(question) => ids(question).len(),
    }
}

/// Whether an answer can be one to this question. Whatever comes from storage, a link or the page passes here.
pub fn fits(asked: &Asked, answer: &Answer) -> bool {
    let count = options(asked);
    let rising = |options: &[usize]| {
        options.windows(2).all(|pair| pair[0] < pair[1]) && options.iter().all(|i| *i < count)
    };
    match (asked, answer) {
        (Asked::Generated(_), Answer::Options(chosen)) => chosen.len() == 1 && rising(chosen),
        (Asked::Generated(_), _) => false,
        (Asked::Written(question), answer) => match (&question.task, answer) {
            (Task::Single(_), Answer::Options(chosen)) => chosen.len() == 1 && rising(chosen),
            (Task::Multiple(_), Answer::Options(chosen)) => !chosen.is_empty() && rising(chosen),
            (Task::Order(_) | Task::Match(_), Answer::Options(order)) => {
                let mut sorted = order.clone();
                sorted.sort_unstable();
                sorted.iter().copied().eq(0..count)
            }
            (Task::Pick { bytes, unit, .. }, Answer::Place(place)) => {
                usize::from(*place) < super::item::places(bytes, *unit)
            }
            (Task::Value { .. }, Answer::Typed(value)) => {
                !normal(value).is_empty() && value.chars().count() <= MOST_TYPED
            }
            _ => false,
        },
    }
}

/// How an answer stands in a link: letters for options, a number for a place, a value with a sign before it. None of them holds
/// a full stop, which stands between answers.
pub fn code(answer: Option<&Answer>) -> String {
    match answer {
        None => "-".to_owned(),
        Some(Answer::Options(options)) => options.iter().map(|i| super::item::small(*i)).collect(),
        Some(Answer::Place(place)) => place.to_string(),
        Some(Answer::Typed(value)) => {
            let mut code = String::from("_");
            for byte in value.bytes() {
                code.push_str(&format!("{byte:02x}"));
            }
            code
        }
    }
}

/// Reads what [`code`] writes. `Ok(None)` is a question without an answer; an error is an answer that is none to this question.
pub fn decode(asked: &Asked, code: &str) -> Result<Option<Answer>, ()> {
    if code == "-" {
        return Ok(None);
    }
    let answer = if let Some(hex) = code.strip_prefix('_') {
        let bytes = crate::kit::number::read_hex(hex).map_err(|_| ())?;
        Answer::Typed(String::from_utf8(bytes).map_err(|_| ())?)
    } else if code.starts_with(|c: char| c.is_ascii_digit()) {
        Answer::Place(code.parse().map_err(|_| ())?)
    } else {
        let index = |c: char| {
            c.is_ascii_lowercase()
                .then(|| (c as usize) - ('a' as usize))
        };
        Answer::Options(code.chars().map(index).collect::<Option<_>>().ok_or(())?)
    };
    fits(asked, &answer).then_some(Some(answer)).ok_or(())
}

/// Whether an answer, or each part of it, is the right one: what a reader sees who looks for it.
pub fn right(asked: &Asked) -> Answer {
    let chosen = |right: Vec<bool>| {
        let right = right.into_iter().enumerate();
        Answer::Options(right.filter(|(_, right)| *right).map(|(i, _)| i).collect())
    };
    match asked {
        Asked::Generated(exercise) => chosen(exercise.choices.iter().map(|c| c.right).collect()),
        Asked::Written(question) => match &question.task {
            Task::Single(choices) | Task::Multiple(choices) => {
                chosen(choices.iter().map(|c| c.right).collect())
            }
            Task::Order(steps) => Answer::Options((0..steps.len()).collect()),
            Task::Match(pairs) => Answer::Options((0..pairs.len()).collect()),
            Task::Pick { spots, .. } => {
                let right = spots.iter().find(|spot| spot.right);
                Answer::Place(right.map_or(0, |spot| spot.at))
            }
            Task::Value { right, .. } => {
                Answer::Typed(right.first().copied().unwrap_or_default().to_owned())
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::quiz::item;

    fn asked() -> impl Iterator<Item = Asked> {
        let generated =
            (0..40).map(|place| item::practice(None, exercises::Level::Second, 11, place));
        item::mixed()
            .into_iter()
            .chain(generated)
            .filter_map(item::Item::asked)
    }

    #[test]
    fn the_right_answer_is_right_and_outlives_storage_and_links() {
        for asked in asked() {
            let answer = right(&asked);
            assert!(fits(&asked, &answer), "{asked:?}");
            let judged = judge(&asked, &answer);
            assert!(
                judged.right && judged.options.iter().all(|good| *good),
                "{asked:?}"
            );
            assert_eq!(
                decode(&asked, &code(Some(&answer))),
                Ok(Some(answer.clone()))
            );
            if let Asked::Written(question) = &asked {
                assert_eq!(resume(question, &kept(question, &answer)), Some(answer));
            }
        }
    }

    #[test]
    fn every_other_single_choice_is_wrong() {
        for asked in asked() {
            let single = match &asked {
                Asked::Generated(_) => true,
                Asked::Written(question) => matches!(question.task, Task::Single(_)),
            };
            if single {
                let right = (0..options(&asked))
                    .filter(|i| judge(&asked, &Answer::Options(vec![*i])).right);
                assert_eq!(right.count(), 1, "{asked:?}");
            }
        }
    }

    #[test]
    fn an_order_with_two_steps_exchanged_is_wrong_at_both() {
        let order = |asked: &Asked| matches!(asked, Asked::Written(q) if matches!(q.task, Task::Order(_) | Task::Match(_)));
        for asked in asked().filter(order) {
            let mut exchanged: Vec<usize> = (0..options(&asked)).collect();
            exchanged.swap(0, 1);
            let judged = judge(&asked, &Answer::Options(exchanged));
            assert!(!judged.right);
            assert_eq!(judged.options.iter().filter(|good| !**good).count(), 2);
        }
    }

    #[test]
    fn a_value_may_be_typed_in_several_ways_and_a_mistake_is_none_of_them() {
        for asked in asked() {
            let Asked::Written(question) = &asked else {
                continue;
            };
            let Task::Value {
                right, mistakes, ..
            } = &question.task
            else {
                continue;
            };
            for value in *right {
                let spaced = format!(" {} ", value.to_uppercase());
                assert!(
                    judge(&asked, &Answer::Typed(spaced)).right,
                    "{}",
                    question.id
                );
            }
            for mistake in *mistakes {
                let typed = Answer::Typed(mistake.value.to_owned());
                assert!(!judge(&asked, &typed).right, "{}", question.id);
            }
        }
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for asked in asked() {
            for code in [
                "", "zz", "aa", "A", "99999", "-1", "_", "_f", "_ff", "é", "a.b", "_c328",
            ] {
                assert_eq!(decode(&asked, code), Err(()), "{code} {asked:?}");
            }
            assert_eq!(decode(&asked, "-"), Ok(None));
            let long = Answer::Typed("1".repeat(MOST_TYPED + 1));
            assert!(!fits(&asked, &long));
        }
    }
}
