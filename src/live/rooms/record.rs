//! What the members of a room were told: numbers, delays, presence, gaps. No clock of its own: times are milliseconds of the
//! page’s clock, and arguments.

use super::super::json::Object;

/// Members that a page has in its room.
pub const MEMBERS: usize = 2;
/// Messages that are kept.
const KEPT: usize = 12;

/// How a member’s connection stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Not asked for.
    #[default]
    Away,
    /// Opening.
    Opening,
    /// In the room.
    In,
    /// Ended, with what the page is told.
    Ended(u16),
}

/// A member of the room that this page has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// How its connection stands.
    pub stage: Stage,
    /// Its name in the room, given by the server.
    pub name: String,
    /// The name of the server that it is on.
    pub server: String,
    /// What joins that server with others: `none`, `up` or `away`.
    pub backbone: String,
    /// Members of the room, as this one was told last.
    pub members: u64,
    /// The last number that it has heard.
    pub seq: u64,
    /// Messages that it was told are missing, or that the numbers say are.
    pub missing: u64,
    /// What it was told last beside messages, in a sentence.
    pub news: String,
}

/// A message that a member of this page said.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// What was said. Different for each.
    pub text: String,
    /// Who said it.
    pub by: usize,
    /// When.
    pub at: f64,
    /// Its number in the room; nothing until it is heard, or where it has none.
    pub seq: Option<u64>,
    /// After how long each member heard it, in milliseconds.
    pub heard: [Option<f64>; MEMBERS],
    /// Whether so long has passed that who has not heard it by now is not going to.
    pub settled: bool,
    /// How many times each has heard it: more than once would be a fault.
    pub times: [u32; MEMBERS],
}

/// All that is known of a room.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// The members.
    pub members: [Member; MEMBERS],
    /// What they said, the oldest first.
    pub said: Vec<Said>,
    /// Why something could not be done, in a sentence.
    pub trouble: Option<String>,
}

impl Record {
    /// A member begins to connect.
    pub fn opens(&mut self, member: usize) {
        if let Some(member) = self.members.get_mut(member) {
            member.stage = Stage::Opening;
            self.trouble = None;
        }
    }

    /// A member’s connection has ended.
    pub fn ended(&mut self, member: usize, code: u16) {
        let Some(member) = self.members.get_mut(member) else {
            return;
        };
        if member.stage == Stage::Opening {
            self.trouble = Some(format!(
                "The room did not open ({code}). This site has no server behind it that has rooms, or the server is full."
            ));
        }
        member.stage = Stage::Ended(code);
    }

    /// A member says something.
    pub fn says(&mut self, by: usize, text: &str, at: f64) {
        self.said.push(Said {
            text: text.to_owned(),
            by,
            at,
            seq: None,
            heard: [None; MEMBERS],
            settled: false,
            times: [0; MEMBERS],
        });
        if self.said.len() > KEPT {
            self.said.remove(0);
        }
    }

    /// What was said has had its time.
    pub fn settles(&mut self, text: &str) {
        if let Some(said) = self.said.iter_mut().find(|said| said.text == text) {
            said.settled = true;
        }
    }

    /// A member was told something by the server.
    pub fn told(&mut self, member: usize, text: &str, now: f64) {
        if member < MEMBERS && self.read(member, text, now).is_none() {
            self.trouble = Some("The server sent something that is not about a room.".to_owned());
        }
    }

    fn read(&mut self, place: usize, text: &str, now: f64) -> Option<()> {
        let mut news = Object::read(text)?;
        let kind = news.text("type")?;
        let member = self.members.get_mut(place)?;
        match kind.as_str() {
            "welcome" => {
                let first = member.name.is_empty();
                member.stage = Stage::In;
                member.name = news.text("you")?;
                member.server = news.text("server")?;
                member.backbone = news.text("backbone")?;
                member.members = news.whole("members")?;
                if first {
                    member.seq = news.whole("seq")?;
                }
                member.news = format!("Welcome, {}.", member.name);
            }
            "message" => {
                let (seq, say) = (news.whole("seq"), news.text("say")?);
                news.text("from")?;
                if let Some(seq) = seq {
                    member.missing += seq.saturating_sub(member.seq + 1);
                    member.seq = member.seq.max(seq);
                }
                if let Some(said) = self.said.iter_mut().find(|said| said.text == say) {
                    said.seq = said.seq.or(seq);
                    said.heard[place].get_or_insert(now - said.at);
                    said.times[place] += 1;
                }
            }
            "joined" | "left" => {
                let who = news.text("who")?;
                member.members = news.whole("members")?;
                member.news = format!("{who} {}.", if kind == "left" { "left" } else { "came" });
            }
            "gap" => {
                let (last, missing) = (news.whole("last")?, news.whole("missing")?);
                // What comes next has the number after it, and is not missed a second time.
                member.seq = member.seq.max(last);
                member.missing += missing;
                member.news = format!(
                    "A gap: {missing} missing ({}).",
                    news.text("why").unwrap_or_default()
                );
            }
            "backbone" => {
                member.backbone = news.text("state")?;
                member.news = format!("The backbone is {}.", member.backbone);
            }
            "error" => {
                let (error, what) = (
                    news.text("error")?,
                    news.text("what_to_do").unwrap_or_default(),
                );
                self.trouble = Some(format!("The server says: {error} {what}"));
            }
            _ => return None,
        }
        Some(())
    }

    /// Members that are in the room.
    pub fn inside(&self) -> usize {
        self.members.iter().filter(|m| m.stage == Stage::In).count()
    }
}

#[cfg(test)]
mod tests {
    use protocol::rooms::{
        BackboneState, Gap, GapReason, Presence, RoomMessage, RoomNews, Welcome,
    };

    use super::*;

    fn tell(record: &mut Record, member: usize, news: RoomNews, now: f64) {
        record.told(member, &serde_json::to_string(&news).unwrap(), now);
    }

    fn welcome(you: &str, seq: u64) -> RoomNews {
        RoomNews::Welcome(Welcome {
            you: you.into(),
            seq,
            members: 2,
            server: "a".into(),
            backbone: BackboneState::None,
        })
    }

    fn message(seq: Option<u64>, say: &str) -> RoomNews {
        RoomNews::Message(RoomMessage {
            seq,
            from: "m-1".into(),
            at: 1,
            say: say.into(),
        })
    }

    #[test]
    fn delays_and_numbers_are_of_what_was_said_here() {
        let mut record = Record::default();
        for (place, you) in ["m-1", "m-2"].into_iter().enumerate() {
            record.opens(place);
            tell(&mut record, place, welcome(you, 0), 0.0);
        }
        assert_eq!(record.inside(), 2);
        record.says(0, "one", 10.0);
        tell(&mut record, 0, message(Some(1), "one"), 12.0);
        tell(&mut record, 1, message(Some(1), "one"), 15.5);
        tell(&mut record, 1, message(Some(2), "somebody else’s"), 16.0);
        let said = &record.said[0];
        assert_eq!(
            (said.seq, said.heard, said.times),
            (Some(1), [Some(2.0), Some(5.5)], [1, 1])
        );
        assert_eq!((record.members[0].seq, record.members[1].seq), (1, 2));
        assert_eq!(record.trouble, None);
        assert!(!record.said[0].settled);
        record.settles("one");
        assert!(record.said[0].settled);
    }

    #[test]
    fn what_is_missing_is_counted_once() {
        let mut record = Record::default();
        tell(&mut record, 0, welcome("m-1", 4), 0.0);
        tell(&mut record, 0, message(Some(7), "x"), 0.0);
        assert_eq!(record.members[0].missing, 2);
        let gap = Gap {
            first: 8,
            last: 9,
            missing: 2,
            why: GapReason::BackboneAway,
        };
        tell(&mut record, 0, RoomNews::Gap(gap), 0.0);
        tell(&mut record, 0, message(Some(10), "y"), 0.0);
        tell(&mut record, 0, message(None, "z"), 0.0);
        let member = &record.members[0];
        assert_eq!((member.missing, member.seq), (4, 10));
    }

    #[test]
    fn who_comes_and_goes_is_told() {
        let mut record = Record::default();
        tell(&mut record, 1, welcome("m-2", 0), 0.0);
        tell(
            &mut record,
            1,
            RoomNews::Joined(Presence {
                who: "m-3".into(),
                members: 3,
            }),
            0.0,
        );
        assert_eq!(
            (record.members[1].members, record.members[1].news.as_str()),
            (3, "m-3 came.")
        );
        record.ended(1, 1001);
        assert_eq!(record.members[1].stage, Stage::Ended(1001));
        assert_eq!(record.trouble, None);
        record.opens(1);
        record.ended(1, 1006);
        assert!(record.trouble.is_some());
    }

    #[test]
    fn what_is_no_news_is_named_and_does_no_harm() {
        for text in [
            "",
            "{}",
            "[]",
            r#"{"type":"song"}"#,
            r#"{"type":"message","seq":1}"#,
        ] {
            let mut record = Record::default();
            record.told(0, text, 0.0);
            assert!(record.trouble.is_some(), "{text}");
            record.told(9, text, 0.0);
        }
    }
}
