//! An hour of the channel in requests, frames and bytes, and a message on its way through the gateways.

use sim::cluster::channel::Hour;
use sim::cluster::routing::{Cluster, Delivery, Rooms};

use super::settings::Settings;

/// A poll, as a browser sends one.
pub const POLL: &str = "GET /channels/C024BE91L/messages?after=1041 HTTP/1.1\r\nHost: chat.example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\nAccept: application/json\r\nAccept-Language: en-GB,en;q=0.9\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nReferer: https://chat.example.com/\r\nCookie: session=9f86d081884c7d659a2feaa0c55ad015\r\n\r\n";
/// The answer that brings nothing.
pub const NOTHING: &str = "HTTP/1.1 204 No Content\r\nDate: Mon, 01 Jan 2029 12:00:00 GMT\r\nCache-Control: no-store\r\n\r\n";
/// The answer that brings something, up to its body.
pub const SOMETHING: &str = "HTTP/1.1 200 OK\r\nDate: Mon, 01 Jan 2029 12:00:00 GMT\r\nCache-Control: no-store\r\nContent-Type: application/json\r\nContent-Length: 107\r\n\r\n";
/// A message.
pub const MESSAGE: &str = r#"{"type":"message","channel":"C024BE91L","user":"U2147483","seq":1042,"text":"Lunch at one, who is coming?"}"#;

/// Bytes of a server’s header before a message, of an empty ping, and of the pong to it with its key (RFC 6455 §5.2).
const HEADER: u64 = 2;
const PING: u64 = 2;
const PONG: u64 = 6;

/// What one way of getting messages comes to in an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// Requests that the server answers.
    pub requests: u64,
    /// Of these, the ones answered with nothing.
    pub empty: u64,
    /// Frames, both ways.
    pub frames: u64,
    /// Bytes of HTTP and of frames, both ways.
    pub bytes: u64,
}

/// An hour by polling, and by WebSocket with long polling for those whose proxy blocks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// What happened.
    pub hour: Hour,
    /// All poll.
    pub polling: Way,
    /// Those who can have a WebSocket.
    pub websocket: Way,
    /// Those who cannot.
    pub long_polling: Way,
}

impl Counts {
    /// Counts it.
    pub fn of(settings: &Settings) -> Counts {
        let hour = Hour::count(&settings.hour());
        let members = u64::from(settings.members);
        let blocked = settings.blocked_members();
        let open = members - blocked;
        let (poll, message) = (POLL.len() as u64, MESSAGE.len() as u64);
        let answers = |requests: u64, empty: u64, deliveries: u64| Way {
            requests,
            empty,
            frames: 0,
            bytes: requests * poll
                + empty * NOTHING.len() as u64
                + (requests - empty) * SOMETHING.len() as u64
                + deliveries * message,
        };
        let share = |all: u64, of: u64| all / members.max(1) * of;
        let (sent, pings) = (share(hour.deliveries, open), share(hour.pings, open));
        Counts {
            hour,
            polling: answers(hour.polls, hour.empty_polls, hour.deliveries),
            websocket: Way {
                // One handshake each, before the hour begins.
                requests: 0,
                empty: 0,
                frames: sent + 2 * pings,
                bytes: sent * (HEADER + message) + pings * (PING + PONG),
            },
            long_polling: answers(
                hour.long_polls_each * blocked,
                hour.empty_long_polls_each * blocked,
                share(hour.deliveries, blocked),
            ),
        }
    }

    /// Of a thousand polls, those that bring nothing.
    pub fn empty_permille(&self) -> u64 {
        (self.polling.empty * 1000)
            .checked_div(self.polling.requests)
            .unwrap_or(0)
    }

    /// What is saved of so much, by WebSocket and long polling together, in thousandths; 0 where nothing is.
    fn saved(&self, of: fn(&Way) -> u64) -> u64 {
        let (before, after) = (
            of(&self.polling),
            of(&self.websocket) + of(&self.long_polling),
        );
        (before.saturating_sub(after) * 1000)
            .checked_div(before)
            .unwrap_or(0)
    }

    /// Saved requests, in thousandths.
    pub fn saved_requests(&self) -> u64 {
        self.saved(|way| way.requests)
    }

    /// Saved pieces of work, a request or a frame each, in thousandths.
    pub fn saved_work(&self) -> u64 {
        self.saved(|way| way.requests + way.frames)
    }

    /// Saved bytes, in thousandths.
    pub fn saved_bytes(&self) -> u64 {
        self.saved(|way| way.bytes)
    }
}

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FanOut {
    /// Members on each gateway.
    pub members: Vec<u32>,
    /// What became of the message.
    pub delivery: Delivery,
}

impl FanOut {
    /// Sends one.
    pub fn of(settings: &Settings) -> FanOut {
        let params = settings.cluster().clamped();
        let mut cluster = Cluster::new(&params);
        cluster.connect_all();
        let rooms = Rooms::new(params.clients, params.room, params.seed);
        let channel = rooms.members(0);
        let mut members = vec![0u32; usize::from(params.servers)];
        for server in channel
            .iter()
            .filter_map(|member| cluster.server_of(*member))
        {
            members[usize::from(server)] += 1;
        }
        let from = channel.first().copied().unwrap_or_default();
        let delivery = cluster.send(from, channel, params.backplane);
        FanOut { members, delivery }
    }

    /// Gateways that hold a member.
    pub fn holders(&self) -> u64 {
        self.members.iter().filter(|n| **n > 0).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruments::channel_fanout::settings::Topics;

    #[test]
    fn the_answer_says_how_long_its_message_is() {
        assert!(SOMETHING.contains(&format!("Content-Length: {}\r\n", MESSAGE.len())));
        for text in [POLL, NOTHING, SOMETHING] {
            assert!(text.ends_with("\r\n\r\n"));
        }
    }

    #[test]
    fn every_member_is_on_a_gateway_and_gets_the_message_once() {
        for (members, gateways, topics) in [
            (3, 20, Topics::Channel),
            (3, 20, Topics::All),
            (10_000, 40, Topics::Channel),
        ] {
            let settings = Settings {
                members,
                gateways,
                topics,
                ..Settings::default()
            };
            let sent = FanOut::of(&settings);
            assert_eq!(sent.members.iter().sum::<u32>(), members);
            assert_eq!((sent.delivery.reached, sent.delivery.missed), (members, 0));
            let copies = match topics {
                Topics::Channel => 1 + sent.holders(),
                Topics::All => 1 + u64::from(gateways),
            };
            assert_eq!(u64::from(sent.delivery.copies), copies);
        }
    }

    #[test]
    fn where_little_is_said_nearly_all_polls_are_empty_and_nearly_all_is_saved() {
        let counts = Counts::of(&Settings::default());
        assert!(
            (900..940).contains(&counts.empty_permille()),
            "{}",
            counts.empty_permille()
        );
        assert!(
            counts.saved_requests() > 990 && counts.saved_bytes() > 900,
            "{counts:?}"
        );
        assert!(counts.saved_work() < counts.saved_requests());
    }

    #[test]
    fn where_polls_are_rare_nothing_is_saved_and_nothing_overflows() {
        let settings = Settings {
            messages: 3_600,
            poll: 300,
            blocked: 50,
            ..Settings::default()
        };
        let counts = Counts::of(&settings);
        assert_eq!(counts.saved_work(), 0);
        assert_eq!(counts.empty_permille(), 0);
    }
}
