//! What happened to the connections of a group, by the page's clock. Nothing here calls the browser.

/// How many connections a group has here.
pub const MEMBERS: usize = 11;

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// The first connections are being opened.
    #[default]
    Opening,
    /// All are open, and the server has been asked to restart.
    Asked,
    /// The first connection is lost: they come back.
    Restarted,
    /// Each is back or has given up.
    Done,
    /// The reader stopped it.
    Stopped,
    /// It came to nothing; why, in a sentence.
    Failed(String),
}

impl Stage {
    /// Whether there is something to wait for.
    pub fn goes_on(&self) -> bool {
        matches!(self, Stage::Opening | Stage::Asked | Stage::Restarted)
    }
}

/// How a connection was lost. Times are in milliseconds since the first of the group was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// When.
    pub at: f64,
    /// The code that the script was told.
    pub code: u16,
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptEnd {
    /// It is connected.
    Accepted,
    /// It is not; the code that the script was told.
    Refused(u16),
}

/// The end of an attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ended {
    /// When the script was told, in milliseconds since the loss.
    pub at: f64,
    /// What it was told.
    pub how: AttemptEnd,
}

/// An attempt to come back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attempt {
    /// When it was made, in milliseconds since the loss.
    pub at: f64,
    /// How it ended, once it has.
    pub ended: Option<Ended>,
}

/// One of the connections.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Member {
    /// When its first handshake began, by the page's clock, and how long it took once it is done, in milliseconds.
    first: (f64, Option<f64>),
    /// How it was lost.
    pub loss: Option<Loss>,
    /// Attempts since then.
    pub attempts: Vec<Attempt>,
    /// Whether it tries no more, and is not back.
    pub gave_up: bool,
}

impl Member {
    /// When it was back, in milliseconds since the loss.
    pub fn back(&self) -> Option<f64> {
        let end = self.attempts.last()?.ended?;
        (end.how == AttemptEnd::Accepted).then_some(end.at)
    }

    /// The codes that its refused attempts were told as.
    pub fn refusals(&self) -> impl Iterator<Item = u16> {
        self.attempts
            .iter()
            .filter_map(|attempt| match attempt.ended?.how {
                AttemptEnd::Refused(code) => Some(code),
                AttemptEnd::Accepted => None,
            })
    }
}

/// What happened to the group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// How far it is.
    pub stage: Stage,
    /// The connections.
    pub members: [Member; MEMBERS],
    /// How long it is since the first was lost, in milliseconds.
    pub now: f64,
    /// When the first was lost, by the page's clock.
    zero: Option<f64>,
}

impl Record {
    /// Of what came to nothing before anything was opened.
    pub fn failed(why: String) -> Record {
        Record {
            stage: Stage::Failed(why),
            ..Record::default()
        }
    }

    /// Attempts of all since the loss.
    pub fn attempts(&self) -> usize {
        self.members
            .iter()
            .map(|member| member.attempts.len())
            .sum()
    }

    /// Those of them that were refused.
    pub fn in_vain(&self) -> usize {
        self.members
            .iter()
            .map(|member| member.refusals().count())
            .sum()
    }

    /// When each that is back was, in order, in milliseconds since the loss.
    pub fn back(&self) -> Vec<f64> {
        let mut back: Vec<f64> = self.members.iter().filter_map(Member::back).collect();
        back.sort_by(f64::total_cmp);
        back
    }

    /// How many of the first connections are open.
    pub fn open(&self) -> usize {
        let opened = |member: &&Member| member.first.1.is_some();
        self.members.iter().filter(opened).count()
    }

    /// How long the quickest of the first handshakes took, in milliseconds.
    pub fn handshake(&self) -> Option<f64> {
        let took = self.members.iter().filter_map(|member| member.first.1);
        took.min_by(f64::total_cmp)
    }

    /// An attempt is made, at this time of the page's clock.
    pub(super) fn tries(&mut self, member: usize, clock: f64) {
        let zero = self.zero;
        let Some(member) = self.members.get_mut(member) else {
            return;
        };
        match zero {
            None => member.first.0 = clock,
            Some(zero) => member.attempts.push(Attempt {
                at: clock - zero,
                ended: None,
            }),
        }
    }

    /// A connection has opened. How far it is with that.
    pub(super) fn opened(&mut self, member: usize, clock: f64) -> Stage {
        if self.stage == Stage::Opening {
            if let Some(member) = self.members.get_mut(member) {
                member.first.1 = Some(clock - member.first.0);
            }
            if self.open() == MEMBERS {
                self.stage = Stage::Asked;
            }
        } else {
            self.passes(clock);
            self.end_attempt(member, AttemptEnd::Accepted);
            self.settle();
        }
        self.stage.clone()
    }

    /// A connection was told that it is closed. The loss, where it is to try again.
    pub(super) fn closed(&mut self, member: usize, clock: f64, code: u16) -> Option<Loss> {
        match self.stage {
            Stage::Opening => {
                self.stage = Stage::Failed(self.why_not_open(code));
                return None;
            }
            Stage::Asked => {
                self.zero = Some(clock);
                self.stage = Stage::Restarted;
            }
            Stage::Restarted => {}
            _ => return None,
        }
        self.passes(clock);
        let at = self.now;
        let lost = self.members.get_mut(member)?;
        match lost.loss {
            None => {
                let loss = Loss { at, code };
                lost.loss = Some(loss);
                Some(loss)
            }
            // One that was back already, and is lost again, is left alone.
            loss => self
                .end_attempt(member, AttemptEnd::Refused(code))
                .then_some(loss)?,
        }
    }

    /// A connection tries no more. How far it is with that.
    pub(super) fn gives_up(&mut self, member: usize) -> Stage {
        if let Some(member) = self.members.get_mut(member) {
            member.gave_up = true;
        }
        self.settle();
        self.stage.clone()
    }

    /// The clock goes on.
    pub(super) fn passes(&mut self, clock: f64) {
        if let (Some(zero), true) = (self.zero, self.stage.goes_on()) {
            self.now = (clock - zero).max(self.now);
        }
    }

    /// It is over. What has ended once stays so.
    pub(super) fn ends(&mut self, stage: Stage, clock: f64) {
        self.passes(clock);
        if self.stage.goes_on() {
            self.stage = stage;
        }
    }

    /// Why it takes so long before the restart, in a sentence.
    pub(super) fn why_so_long(&self) -> String {
        match self.stage {
            Stage::Opening => self.why_not_open(1006),
            _ => "The server was asked to restart, and did not.".to_owned(),
        }
    }

    fn why_not_open(&self, code: u16) -> String {
        match self.open() {
            0 => format!(
                "None could be opened, and the page is told {code} and no reason. Perhaps there is no server behind this page that can restart, as on a static host; perhaps it has no room. The models of this chapter and its code work without one."
            ),
            open => format!(
                "Only {open} of {MEMBERS} could be opened, and the page is told {code} and no reason. Perhaps the server has no room; try again in a while."
            ),
        }
    }

    /// Whether there was an attempt to end.
    fn end_attempt(&mut self, member: usize, how: AttemptEnd) -> bool {
        let at = self.now;
        let last = self
            .members
            .get_mut(member)
            .and_then(|m| m.attempts.last_mut());
        let under_way = last.filter(|attempt| attempt.ended.is_none());
        under_way.is_some_and(|attempt| {
            attempt.ended = Some(Ended { at, how });
            true
        })
    }

    fn settle(&mut self) {
        let settled = |member: &Member| member.gave_up || member.back().is_some();
        if self.stage == Stage::Restarted && self.members.iter().all(settled) {
            self.stage = Stage::Done;
        }
    }
}

/// Records for the tests of who shows them.
#[cfg(test)]
impl Record {
    /// All are lost at once with this code, and each makes its attempts: when, and whether it is accepted. An attempt
    /// takes 10 ms.
    pub fn of(code: u16, attempts: [&[(f64, bool)]; MEMBERS]) -> Record {
        let mut record = Record::default();
        for member in 0..MEMBERS {
            record.tries(member, 1000.0);
        }
        for member in 0..MEMBERS {
            record.opened(member, 1005.0 + member as f64);
        }
        for member in 0..MEMBERS {
            record.closed(member, 2000.0, code);
        }
        let mut all: Vec<(f64, bool, usize)> = Vec::new();
        for (member, attempts) in attempts.into_iter().enumerate() {
            all.extend(
                attempts
                    .iter()
                    .map(|(at, accepted)| (*at, *accepted, member)),
            );
        }
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (at, accepted, member) in all {
            record.tries(member, 2000.0 + at);
            if accepted {
                record.opened(member, 2010.0 + at);
            } else {
                record.closed(member, 2010.0 + at, 1006);
            }
        }
        record
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_from_the_first_handshake_to_the_last_one_back() {
        let mut attempts: [&[(f64, bool)]; MEMBERS] = [&[(500.0, true)]; MEMBERS];
        attempts[3] = &[(100.0, false), (300.0, false), (700.0, true)];
        let record = Record::of(1012, attempts);
        assert_eq!(record.stage, Stage::Done);
        assert_eq!((record.attempts(), record.in_vain()), (13, 2));
        assert_eq!(record.handshake(), Some(5.0));
        let back = record.back();
        assert_eq!((back.len(), back[0], back[10]), (11, 510.0, 710.0));
        let loss = record.members[3].loss.unwrap();
        assert_eq!((loss.at, loss.code), (0.0, 1012));
        assert_eq!(
            record.members[3].refusals().collect::<Vec<_>>(),
            [1006, 1006]
        );
    }

    #[test]
    fn one_that_gives_up_ends_the_run_too() {
        let mut attempts: [&[(f64, bool)]; MEMBERS] = [&[(500.0, true)]; MEMBERS];
        attempts[0] = &[(600.0, false)];
        let mut record = Record::of(1001, attempts);
        assert_eq!(record.stage, Stage::Restarted);
        assert_eq!(record.gives_up(0), Stage::Done);
        assert_eq!((record.back().len(), record.members[0].back()), (10, None));
    }

    #[test]
    fn what_cannot_be_opened_is_named() {
        let mut record = Record::default();
        record.tries(0, 0.0);
        assert_eq!(record.closed(0, 3.0, 1006), None);
        let Stage::Failed(why) = &record.stage else {
            panic!("{:?}", record.stage)
        };
        assert!(
            why.starts_with("None could be opened") && why.contains("1006"),
            "{why}"
        );
        let mut record = Record::default();
        record.opened(0, 3.0);
        record.closed(1, 3.0, 1006);
        assert!(matches!(&record.stage, Stage::Failed(why) if why.starts_with("Only 1 of 11")));
    }

    #[test]
    fn what_has_ended_stays_so() {
        let mut record = Record::of(1001, [&[(500.0, true)]; MEMBERS]);
        let done = record.clone();
        record.ends(Stage::Stopped, 9000.0);
        record.passes(9000.0);
        assert_eq!(record.closed(0, 9000.0, 1001), None);
        assert_eq!(record, done);
    }

    #[test]
    fn one_that_is_lost_again_is_not_counted_as_an_attempt() {
        let mut attempts: [&[(f64, bool)]; MEMBERS] = [&[]; MEMBERS];
        attempts[0] = &[(500.0, true)];
        let mut record = Record::of(1001, attempts);
        let before = record.members[0].clone();
        assert_eq!(record.closed(0, 2600.0, 1001), None);
        assert_eq!(record.members[0], before);
    }
}
