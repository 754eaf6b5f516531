//! One room as this server knows it: who is in it, what was said, what is missing. No I/O; the time is what the caller says.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use protocol::rooms::{
    BackboneNews, BackboneState, Gap, GapReason, Presence, RoomMessage, RoomNews,
};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::queue::{Item, Queue};
use crate::client_address::Share;

/// How many identifiers of messages without a number are remembered.
const REMEMBERED: usize = 1024;

/// What a member said, before it has a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Tells this message from all others, of all servers.
    pub id: String,
    /// The member.
    pub from: String,
    /// Milliseconds since the start of 1970, by the clock of the server that took it.
    pub at: u64,
    /// What was said.
    pub say: String,
}

/// What a room has counted since it was asked last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages that no member of this server gets.
    pub missing: u64,
    /// Messages left out for members who read slowly, once for each member.
    pub left_out: u64,
    /// Messages that came with a number that had been given already.
    pub renumbered: u64,
}

/// A room.
#[derive(Debug)]
pub struct Room {
    members: BTreeMap<u64, Member>,
    /// Places that are taken by those who are still on their way in.
    coming: usize,
    kept: VecDeque<(u64, Bytes)>,
    most_kept: usize,
    /// The number of the last message that is known.
    last: u64,
    /// Whether the numbers of the other servers are known; always, where there is no backbone.
    synced: watch::Sender<bool>,
    away: bool,
    only_here: u64,
    /// Messages that were delivered without a number.
    unnumbered: VecDeque<String>,
    /// The members on other servers, by the server's instance.
    elsewhere: HashMap<String, Elsewhere>,
    empty_since: Option<Instant>,
    /// Counted since [`Room::counts`] was asked last.
    counts: Counts,
    _share: Share,
}

#[derive(Debug)]
struct Member {
    name: String,
    queue: Arc<Queue>,
}

#[derive(Debug)]
struct Elsewhere {
    names: BTreeSet<String>,
    until: Instant,
}

/// What a member gets before anything new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The last so many messages that are kept.
    Last(usize),
    /// Everything after this number.
    After(u64),
}

/// The text of news, as it is sent.
pub fn text(news: &RoomNews) -> Bytes {
    // Numbers and strings can't fail to be written.
    serde_json::to_vec(news).unwrap_or_default().into()
}

fn message(seq: Option<u64>, said: &Said) -> Bytes {
    text(&RoomNews::Message(RoomMessage {
        seq,
        from: said.from.clone(),
        at: said.at,
        say: said.say.clone(),
    }))
}

fn gap(first: u64, last: u64, why: GapReason) -> Gap {
    Gap {
        first,
        last,
        missing: last - first + 1,
        why,
    }
}

impl Room {
    /// A room of which nothing is known. Where there is a backbone its numbers have to come from there first.
    pub fn new(most_kept: usize, backbone: bool, now: Instant, share: Share) -> Self {
        Self {
            members: BTreeMap::new(),
            coming: 0,
            kept: VecDeque::new(),
            most_kept,
            last: 0,
            synced: watch::Sender::new(!backbone),
            away: false,
            only_here: 0,
            unnumbered: VecDeque::new(),
            elsewhere: HashMap::new(),
            empty_since: Some(now),
            counts: Counts::default(),
            _share: share,
        }
    }

    /// Members on this server, those on their way in counted too.
    pub fn here(&self) -> usize {
        self.members.len() + self.coming
    }

    /// Members on all servers.
    pub fn members(&self) -> u64 {
        let elsewhere: usize = self.elsewhere.values().map(|e| e.names.len()).sum();
        (self.members.len() + elsewhere) as u64
    }

    /// The names of the members on this server.
    pub fn names(&self) -> Vec<String> {
        self.members.values().map(|m| m.name.clone()).collect()
    }

    /// The number of the last message that is known.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Tells when the numbers of the other servers are known.
    pub fn synced(&self) -> watch::Receiver<bool> {
        self.synced.subscribe()
    }

    /// Since when there has been nobody.
    pub fn empty_since(&self) -> Option<Instant> {
        self.empty_since
    }

    /// What was counted since the last call.
    pub fn counts(&mut self) -> Counts {
        std::mem::take(&mut self.counts)
    }

    /// Takes a place for somebody who is on the way in.
    pub fn expect(&mut self) {
        self.coming += 1;
        self.empty_since = None;
    }

    /// Gives the place back.
    pub fn expect_no_more(&mut self, now: Instant) {
        self.coming = self.coming.saturating_sub(1);
        self.note_empty(now);
    }

    /// A member comes, and takes the place it had. What it gets first, in order; what comes later is in its queue.
    pub fn arrive(
        &mut self,
        number: u64,
        name: String,
        queue: Arc<Queue>,
        wanted: Wanted,
        now: Instant,
    ) -> Vec<Item> {
        self.coming = self.coming.saturating_sub(1);
        self.empty_since = None;
        self.members.insert(number, Member { name, queue });
        let who = self.members[&number].name.clone();
        let joined = RoomNews::Joined(Presence {
            who,
            members: self.members(),
        });
        self.tell(Some(number), &joined, now);
        self.backlog(wanted)
    }

    fn backlog(&self, wanted: Wanted) -> Vec<Item> {
        let item = |(seq, text): &(u64, Bytes)| Item::Message(Some(*seq), text.clone());
        let after = match wanted {
            Wanted::Last(count) => {
                let skip = self.kept.len().saturating_sub(count);
                return self.kept.iter().skip(skip).map(item).collect();
            }
            // The numbers began anew, so that none of these was seen.
            Wanted::After(seq) if seq > self.last => 0,
            Wanted::After(seq) => seq,
        };
        let mut items = Vec::new();
        let mut seen = after;
        for kept in self.kept.iter().filter(|(seq, _)| *seq > after) {
            if kept.0 > seen + 1 {
                items.push(Item::Gap(gap(seen + 1, kept.0 - 1, GapReason::NotKept)));
            }
            seen = kept.0;
            items.push(item(kept));
        }
        if seen < self.last {
            items.push(Item::Gap(gap(seen + 1, self.last, GapReason::NotKept)));
        }
        items
    }

    /// A member goes.
    pub fn leave(&mut self, number: u64, now: Instant) {
        if let Some(member) = self.members.remove(&number) {
            let left = RoomNews::Left(Presence {
                who: member.name,
                members: self.members(),
            });
            self.tell(None, &left, now);
        }
        self.note_empty(now);
    }

    fn note_empty(&mut self, now: Instant) {
        if self.here() == 0 {
            self.empty_since = Some(now);
        }
    }

    fn tell(&mut self, but: Option<u64>, news: &RoomNews, now: Instant) {
        let text = text(news);
        self.push(but, &Item::Other(text), now);
    }

    fn push(&mut self, but: Option<u64>, item: &Item, now: Instant) {
        for (_, member) in self.members.iter().filter(|(n, _)| Some(**n) != but) {
            self.counts.left_out += member.queue.push(item.clone(), now);
        }
    }

    fn tell_gap(&mut self, gap: Gap, now: Instant) {
        if !self.members.is_empty() {
            self.counts.missing += gap.missing;
        }
        self.push(None, &Item::Gap(gap), now);
    }

    /// A message of a room that is this process's own: it gets the next number.
    pub fn say(&mut self, said: &Said, now: Instant) {
        self.deliver(self.last + 1, said, now);
    }

    /// A message while the backbone is away: it gets no number, and reaches this server's members only.
    pub fn say_here(&mut self, said: &Said, now: Instant) {
        self.only_here += 1;
        self.unnumbered.push_back(said.id.clone());
        if self.unnumbered.len() > REMEMBERED {
            self.unnumbered.pop_front();
        }
        self.push(None, &Item::Message(None, message(None, said)), now);
    }

    fn deliver(&mut self, seq: u64, said: &Said, now: Instant) {
        let text = message(Some(seq), said);
        self.keep(seq, text.clone());
        self.push(None, &Item::Message(Some(seq), text), now);
    }

    fn keep(&mut self, seq: u64, text: Bytes) {
        self.last = seq;
        self.kept.push_back((seq, text));
        while self.kept.len() > self.most_kept {
            self.kept.pop_front();
        }
    }

    /// A message from the backbone, of this server's members or another's.
    pub fn receive(&mut self, seq: u64, said: &Said, now: Instant) {
        if seq <= self.last {
            // A backbone that lost its numbers gave one again before anybody could tell. Nothing goes backwards here.
            self.counts.renumbered += 1;
            if !self.unnumbered.contains(&said.id) {
                self.push(None, &Item::Message(None, message(None, said)), now);
            }
            return;
        }
        if *self.synced.borrow() && seq > self.last + 1 {
            self.tell_gap(gap(self.last + 1, seq - 1, GapReason::BackboneAway), now);
        }
        if let Some(at) = self.unnumbered.iter().position(|id| *id == said.id) {
            // It was published after all, when nobody could know any more. The members here have it.
            self.unnumbered.remove(at);
            self.only_here = self.only_here.saturating_sub(1);
            self.keep(seq, message(Some(seq), said));
        } else {
            self.deliver(seq, said, now);
        }
    }

    /// How the backbone has the room: the number of the last message, and those that it keeps, in order.
    pub fn sync(&mut self, seq: u64, history: &[(u64, Said)], now: Instant) {
        let is_first = !*self.synced.borrow();
        if is_first && self.last == 0 {
            // Nobody here has missed what was said before.
            for (seq, said) in history {
                self.keep(*seq, message(Some(*seq), said));
            }
            self.last = self.last.max(seq);
        } else {
            for (number, said) in history {
                if *number > self.last {
                    self.receive(*number, said, now);
                }
            }
            if seq > self.last && !is_first {
                self.tell_gap(gap(self.last + 1, seq, GapReason::BackboneAway), now);
            }
            self.last = self.last.max(seq);
        }
        self.synced.send_replace(true);
        if std::mem::take(&mut self.away) {
            self.tell_backbone(BackboneState::Up, now);
            self.only_here = 0;
        }
    }

    /// The backbone is away.
    pub fn lose_backbone(&mut self, now: Instant) {
        if !std::mem::replace(&mut self.away, true) {
            self.tell_backbone(BackboneState::Away, now);
        }
    }

    fn tell_backbone(&mut self, state: BackboneState, now: Instant) {
        let news = RoomNews::Backbone(BackboneNews {
            state,
            seq: self.last,
            only_here: self.only_here,
        });
        self.tell(None, &news, now);
    }

    /// Who is on another server, until it says so again.
    pub fn elsewhere(&mut self, server: &str, names: BTreeSet<String>, until: Instant) {
        let now_there = names.clone();
        let before = match names.is_empty() {
            true => self.elsewhere.remove(server),
            false => {
                let new = Elsewhere { names, until };
                self.elsewhere.insert(server.to_owned(), new)
            }
        };
        let before = before.map(|e| e.names).unwrap_or_default();
        let now = Instant::now();
        for who in before.difference(&now_there).cloned() {
            let members = self.members();
            self.tell(None, &RoomNews::Left(Presence { who, members }), now);
        }
        for who in now_there.difference(&before).cloned() {
            let members = self.members();
            self.tell(None, &RoomNews::Joined(Presence { who, members }), now);
        }
    }

    /// Lets the members of servers go that have not been heard of for long enough.
    pub fn expire(&mut self, now: Instant) {
        let silent: Vec<String> = self
            .elsewhere
            .iter()
            .filter(|(_, elsewhere)| elsewhere.until <= now)
            .map(|(server, _)| server.clone())
            .collect();
        for server in silent {
            self.elsewhere(&server, BTreeSet::new(), now);
        }
    }
}

/// How long a room without members is remembered is decided by whoever has it.
pub fn is_over(room: &Room, memory: Duration, now: Instant) -> bool {
    let empty = room.empty_since();
    empty.is_some_and(|since| now.saturating_duration_since(since) >= memory)
}
