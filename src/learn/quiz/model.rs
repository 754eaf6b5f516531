//! What happens to the quiz: what the reader does, and what the address and the kept answers say.

use std::collections::BTreeMap;
use std::rc::Rc;

use exercises::Level;
use yew::prelude::*;

use super::answer;
use super::exam;
use super::item::{self, Asked, Item};
use super::maker;
use super::review::Cards;
use super::run::{Draft, Place, Run};
use super::settings::{Mode, Settings};
use crate::kit::settings::Parsed;
use crate::learn::questions::{self, IDS, Task};
use crate::store::Kept;

/// What is known of the reader's earlier answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The last answer to each written question, by the question's name, as [`answer::kept`] writes it.
    pub answers: BTreeMap<String, String>,
    /// When each question comes back.
    pub cards: Cards,
    /// How many generated questions of each kind were answered rightly, and how many at all.
    pub practice: BTreeMap<String, (u32, u32)>,
}

impl Record {
    /// Reads what is kept.
    pub fn read(kept: &Kept) -> Record {
        let practice = kept.practice.iter().filter_map(|(kind, text)| {
            let (right, all) = text.split_once('/')?;
            let counts = (right.parse().ok()?, all.parse().ok()?);
            Some((kind.clone(), counts))
        });
        Record {
            answers: kept.quiz.clone(),
            cards: Cards::read(&kept.review),
            practice: practice.collect(),
        }
    }

    /// Writes into what is kept.
    pub fn write(&self, kept: &mut Kept) {
        kept.quiz.clone_from(&self.answers);
        kept.review = self.cards.write();
        let practice = self.practice.iter();
        kept.practice = practice
            .map(|(kind, (right, all))| (kind.clone(), format!("{right}/{all}")))
            .collect();
        kept.progress.clear();
        for (path, own) in item::chapters() {
            let known = own.iter().filter_map(|i| IDS.get(*i));
            let right = known.filter(|id| self.cards.of(id).is_some_and(|card| card.right));
            let right = right.count();
            if right > 0 {
                kept.progress.insert(path.to_owned(), right.to_string());
            }
        }
    }

    /// The written questions that are due on this day.
    pub fn due(&self, today: i32) -> Vec<Item> {
        those(|id| self.cards.is_due(id, today))
    }

    /// The written questions whose last answer was wrong.
    pub fn wrong(&self) -> Vec<Item> {
        those(|id| self.cards.is_wrong(id))
    }

    /// A question was answered.
    fn answered(&mut self, run: &Run, index: usize, today: i32) {
        let (Some(asked), Some(answer)) = (run.asked(index), run.answer(index)) else {
            return;
        };
        let right = answer::judge(asked, answer).right;
        match asked {
            Asked::Written(question) => {
                self.cards.answered(question.id, right, today);
                let kept = answer::kept(question, answer);
                self.answers.insert(question.id.to_owned(), kept);
            }
            Asked::Generated(exercise) => {
                let counts = self.practice.entry(exercise.kind.name().to_owned());
                let (rights, all) = counts.or_default();
                *rights = rights.saturating_add(u32::from(right));
                *all = all.saturating_add(1);
            }
        }
    }
}

/// The written questions of which this is true, from chapter to chapter.
fn those(is: impl Fn(&str) -> bool) -> Vec<Item> {
    let mut items = item::mixed();
    items.retain(|item| match item {
        Item::Written(index) => IDS.get(*index).is_some_and(|id| is(id)),
        Item::Generated(..) => false,
    });
    items
}

/// The quiz at hand.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// What is asked.
    pub mode: Mode,
    /// How hard practice is.
    pub level: Level,
    /// The seed of the first question of practice.
    pub seed: u32,
    /// The questions, the answers, and where the reader is.
    pub run: Run,
    /// Whether the exam was handed in.
    pub handed_in: bool,
    /// What is known of earlier answers.
    pub record: Record,
    /// Today, counted from 1970-01-01 in the reader's time zone.
    pub today: i32,
    /// What of the address cannot be used.
    pub problems: Vec<String>,
    /// Whether the kept answers have been read; before that, writing would lose them.
    pub loaded: bool,
    /// What the address asked for that needs exercises, before what makes them is there.
    pub waiting: Option<Parsed<Settings>>,
    /// Counts the steps that put something new before the reader. The focus follows them.
    pub steps: u32,
    /// Counts what the reader does that another visit should come back to. The address follows.
    pub moves: u32,
    /// Whether the last of those was a choice of what to ask: Back leads to what was before.
    pub chosen: bool,
}

/// What the reader or the address does.
#[derive(Clone, Debug)]
pub enum Action {
    /// The kept answers have been read, on this day; the address says this.
    Load(Box<Kept>, i32, Parsed<Settings>),
    /// The address says something else.
    UrlChanged(Parsed<Settings>),
    /// A part of the questions has been fetched: the later chapters, or what makes exercises.
    PartCame,
    /// Asks something else.
    Ask(Mode),
    /// Asks harder or easier questions.
    Level(Level),
    /// Starts practice, or an exam, from another seed.
    Seed(u32),
    /// Marks an option, or takes the mark away.
    Pick(usize),
    /// Moves the step at this place of an order by one, up or down.
    Move {
        /// Where it stands.
        from: usize,
        /// Whether it goes towards the end.
        down: bool,
    },
    /// Chooses a right side for a left one.
    Pair(usize, Option<usize>),
    /// Points at a place.
    Point(u16),
    /// Types.
    Type(String),
    /// To a place, by a button that stays.
    Go(Place),
    /// Checks what is marked, or goes on from what is checked. Decided by the state as it is, not as it was drawn: two
    /// keys may come faster than the page is drawn.
    Enter,
    /// Makes the draft the answer.
    Check,
    /// To what has no answer yet, else to the result.
    Ahead,
    /// From the result to a question.
    Review(usize),
    /// Ends the exam: now the answers are judged.
    HandIn,
    /// Asks all of them again.
    StartAgain,
    /// Asks those again that were wrong.
    RepeatWrong,
    /// Forgets every answer ever given.
    Erase,
    /// The kept answers come from a file now.
    Restore(Box<Kept>, i32),
}

impl State {
    /// What an address asks for, before the kept answers have been read.
    pub fn of(parsed: Parsed<Settings>) -> State {
        let mut state = State {
            mode: Mode::Mixed,
            level: Level::First,
            seed: 1,
            run: Run::new(Vec::new()),
            handed_in: false,
            record: Record::default(),
            today: 0,
            problems: Vec::new(),
            loaded: false,
            waiting: None,
            steps: 0,
            moves: 0,
            chosen: false,
        };
        state.obey(parsed);
        state
    }

    /// The settings that say where the reader is.
    pub fn settings(&self) -> Settings {
        let (is_exam, is_practice) = (
            matches!(self.mode, Mode::Exam(_)),
            matches!(self.mode, Mode::Practice(_)),
        );
        let here = self.run.here().and_then(|i| self.run.items().get(i));
        Settings {
            mode: self.mode,
            level: if is_practice {
                self.level
            } else {
                Level::First
            },
            seed: if is_practice { self.seed } else { 1 },
            question: match (self.mode, here) {
                (Mode::Mixed | Mode::Chapter(_), Some(Item::Written(index))) => Some(*index),
                _ => None,
            },
            answers: if is_exam && self.run.answered() > 0 {
                exam::write(&self.run)
            } else {
                String::new()
            },
            handed_in: is_exam && self.handed_in,
        }
    }

    /// The settings of a link to send: of an exam that is not over, without the answers.
    pub fn to_send(&self) -> Settings {
        let mut settings = self.settings();
        if !settings.handed_in {
            settings.answers.clear();
        }
        settings
    }

    /// Whether answers are judged as soon as they are given. In an exam they are when it is handed in.
    pub fn judges(&self) -> bool {
        !matches!(self.mode, Mode::Exam(_)) || self.handed_in
    }

    /// Whether the answer to this question stands, and can be looked at alone.
    pub fn is_closed(&self, index: usize) -> bool {
        self.judges() && (self.handed_in || self.run.answer(index).is_some())
    }

    /// Whether what is asked needs exercises.
    pub fn needs_maker(&self) -> bool {
        matches!(self.mode, Mode::Practice(_) | Mode::Exam(_))
    }

    /// Does what an address says.
    fn obey(&mut self, parsed: Parsed<Settings>) {
        let whole = questions::are_all_there() && maker::is_there();
        self.waiting = (!whole).then(|| parsed.clone());
        let Settings {
            mode,
            level,
            seed,
            question,
            answers,
            handed_in,
        } = parsed.settings;
        self.problems = parsed.problems;
        (self.mode, self.level, self.seed) = (mode, level, seed);
        self.open();
        if let Mode::Exam(_) = mode
            && !answers.is_empty()
        {
            match exam::read(&self.run, &answers) {
                Ok(answers) => {
                    let pairs: Vec<_> = self.run.items().iter().copied().zip(answers).collect();
                    self.run
                        .resume(|item| pairs.iter().find(|(i, _)| *i == item)?.1.clone());
                    self.handed_in = handed_in;
                    if handed_in {
                        self.run.go(Place::Result);
                    }
                }
                Err(unusable) => self.problems.push(unusable.words().to_owned()),
            }
        }
        if let Some(question) = question {
            let mut items = self.run.items().iter();
            let place = items.position(|item| *item == Item::Written(question));
            if let Some(place) = place {
                self.run.go(Place::Question(place));
            }
        }
    }

    /// Begins what the mode asks.
    fn open(&mut self) {
        self.handed_in = false;
        let items = match self.mode {
            Mode::Mixed => item::mixed(),
            Mode::Chapter(path) => item::of_chapter(path),
            Mode::Wrong => self.record.wrong(),
            Mode::Due => self.record.due(self.today),
            Mode::Practice(kind) => vec![item::practice(kind, self.level, self.seed, 0)],
            Mode::Exam(seed) => item::exam(seed),
        };
        self.run = Run::new(items);
        if let Mode::Mixed | Mode::Chapter(_) = self.mode {
            let answers = &self.record.answers;
            self.run.resume(|item| {
                let question = item.question()?;
                answer::resume(question, answers.get(question.id)?)
            });
        }
    }

    /// What is asked now.
    fn item(&self) -> Option<Item> {
        let here = self.run.here()?;
        self.run.items().get(here).copied()
    }

    /// Opens the same with the questions that have come since, and leaves the reader where they are.
    fn reopen(&mut self) {
        let here = self.item();
        let draft = self.run.draft().clone();
        if self.needs_maker() && self.run.answered() > 0 {
            return;
        }
        self.open();
        let mut items = self.run.items().iter();
        if let Some(place) = here.and_then(|here| items.position(|item| *item == here)) {
            self.run.go(Place::Question(place));
            if self.run.answer(place).is_none() && self.run.asked(place).is_some() {
                self.run.set_draft(draft);
            }
        }
    }

    /// Makes the draft the answer. Whether there is one now.
    fn check(&mut self) -> bool {
        let Some(here) = self.run.here().filter(|here| !self.is_closed(*here)) else {
            return false;
        };
        if self.run.check().is_none() {
            return false;
        }
        if self.judges() {
            self.record.answered(&self.run, here, self.today);
        } else {
            self.ahead();
        }
        true
    }

    /// To what has no answer yet, else to the result. Practice goes on without end.
    fn ahead(&mut self) {
        if let Mode::Practice(kind) = self.mode
            && self.run.answered() == self.run.len()
        {
            let place = self.run.len();
            self.run
                .push(item::practice(kind, self.level, self.seed, place));
        }
        self.run.go(self.run.ahead());
    }

    fn hand_in(&mut self) {
        self.handed_in = true;
        for index in 0..self.run.len() {
            self.record.answered(&self.run, index, self.today);
        }
        self.run.go(Place::Result);
    }

    /// Asks this, with the wrong answers alone forgotten, or all.
    fn again(&mut self, wrong_only: bool) {
        let mut items = self.run.items().to_vec();
        let mut index = 0..items.len();
        items.retain(|_| {
            let wrong = index
                .next()
                .is_some_and(|i| self.run.verdict(i) == Some(false));
            wrong || !wrong_only
        });
        if let Mode::Mixed | Mode::Chapter(_) = self.mode {
            for question in items.iter().filter_map(|item| item.question()) {
                self.record.answers.remove(question.id);
            }
        }
        match self.mode {
            Mode::Mixed | Mode::Chapter(_) => self.open(),
            _ => self.run = Run::new(items),
        }
        self.handed_in = false;
    }

    fn draft(&mut self, change: impl FnOnce(&Asked, &mut Draft)) {
        let Some(here) = self.run.here().filter(|here| !self.is_closed(*here)) else {
            return;
        };
        let mut draft = self.run.draft().clone();
        if let Some(asked) = self.run.asked(here) {
            change(asked, &mut draft);
        }
        self.run.set_draft(draft);
    }
}

/// Marks an option where one or several can be marked.
fn pick(asked: &Asked, draft: &mut Draft, option: usize) {
    let several = match asked {
        Asked::Generated(_) => false,
        Asked::Written(question) => match &question.task {
            Task::Single(_) => false,
            Task::Multiple(_) => true,
            _ => return,
        },
    };
    if option >= answer::options(asked) {
        return;
    }
    if !several {
        draft.options = vec![option];
    } else if let Some(at) = draft.options.iter().position(|i| *i == option) {
        draft.options.remove(at);
    } else {
        draft.options.push(option);
        draft.options.sort_unstable();
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut state = (*self).clone();
        // What is drafted counts for nobody until it is checked.
        let by_reader = !matches!(
            action,
            Action::Load(..)
                | Action::PartCame
                | Action::UrlChanged(_)
                | Action::Pick(_)
                | Action::Move { .. }
                | Action::Pair(..)
                | Action::Point(_)
                | Action::Type(_)
        );
        state.chosen = matches!(action, Action::Ask(_) | Action::Level(_) | Action::Seed(_));
        let action = match (action, state.run.here()) {
            (Action::Enter, Some(here)) if state.is_closed(here) => Action::Ahead,
            (Action::Enter, Some(_)) => Action::Check,
            (Action::Enter, None) => return self,
            (action, _) => action,
        };
        let new_before_the_reader = match action {
            Action::Load(kept, today, parsed) => {
                state.record = Record::read(&kept);
                state.today = today;
                state.loaded = true;
                state.obey(parsed);
                false
            }
            Action::UrlChanged(parsed) => {
                state.obey(parsed);
                false
            }
            Action::PartCame => {
                match state.waiting.take() {
                    // The reader has answered nothing yet: what the address asked for counts. What is marked stays marked.
                    Some(parsed) if state.moves == 0 => {
                        let here = state.run.here();
                        let asked = here.is_some_and(|here| state.run.asked(here).is_some());
                        let before = state.item().filter(|_| asked);
                        let draft = state.run.draft().clone();
                        state.obey(parsed);
                        let here = state.run.here();
                        let open = here.is_some_and(|here| state.run.answer(here).is_none());
                        if open && before.is_some() && state.item() == before {
                            state.run.set_draft(draft);
                        }
                    }
                    _ => state.reopen(),
                }
                false
            }
            Action::Ask(mode) => {
                state.waiting = None;
                state.mode = mode;
                state.open();
                false
            }
            Action::Level(level) => {
                state.level = level;
                state.open();
                false
            }
            Action::Seed(seed) => {
                match &mut state.mode {
                    Mode::Exam(of) => *of = seed,
                    _ => state.seed = seed,
                }
                state.open();
                false
            }
            Action::Pick(option) => {
                state.draft(|asked, draft| pick(asked, draft, option));
                false
            }
            Action::Move { from, down } => {
                state.draft(|_, draft| {
                    let to = if down {
                        from.checked_add(1)
                    } else {
                        from.checked_sub(1)
                    };
                    let count = draft.options.len();
                    if let Some(to) = to.filter(|to| *to < count && from < count) {
                        draft.options.swap(from, to);
                    }
                });
                false
            }
            Action::Pair(left, right) => {
                state.draft(|_, draft| {
                    // One right side belongs to one left side.
                    for pair in &mut draft.pairs {
                        if right.is_some() && *pair == right {
                            *pair = None;
                        }
                    }
                    if let Some(pair) = draft.pairs.get_mut(left) {
                        *pair = right;
                    }
                });
                false
            }
            Action::Point(place) => {
                state.draft(|_, draft| draft.place = Some(place));
                false
            }
            Action::Type(text) => {
                state.draft(|_, draft| draft.typed = text);
                false
            }
            // The button that was pressed stays, and keeps the focus.
            Action::Go(place) => {
                state.run.go(place);
                false
            }
            Action::Check | Action::Enter => state.check(),
            Action::Ahead => {
                state.ahead();
                true
            }
            Action::Review(question) => {
                state.run.go(Place::Question(question));
                true
            }
            Action::HandIn => {
                state.hand_in();
                true
            }
            Action::StartAgain => {
                state.again(false);
                true
            }
            Action::RepeatWrong => {
                state.again(true);
                true
            }
            Action::Erase => {
                state.record = Record::default();
                state.open();
                false
            }
            Action::Restore(kept, today) => {
                state.record = Record::read(&kept);
                state.today = today;
                state.open();
                false
            }
        };
        let moved = state.run != self.run
            || state.mode != self.mode
            || state.record != self.record
            || state.handed_in != self.handed_in;
        if by_reader && moved {
            state.moves += 1;
            state.problems.clear();
        }
        state.steps += u32::from(new_before_the_reader);
        state.into()
    }
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
