//! Rooms: what their members and the server say to each other at `/rooms/NAME`, as JSON in text messages.

use serde::{Deserialize, Serialize};

use crate::paths;

/// Characters in a room's name, at most.
pub const LONGEST_NAME: usize = 64;
/// Bytes of UTF-8 in what a member says, at most.
pub const LONGEST_SAY: usize = 2048;

/// Whether a room may have this name: 1 to [`LONGEST_NAME`] of `A`–`Z`, `a`–`z`, `0`–`9`, `_` and `-`.
pub fn is_room_name(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// The path and query of a WebSocket in this room; with `resume`, of one that was there before and has seen this sequence
/// number and all before.
pub fn room_path(name: &str, resume: Option<u64>) -> String {
    let path = format!("{}/{name}", paths::ROOMS);
    match resume {
        Some(seq) => format!("{path}?resume={seq}"),
        None => path,
    }
}

/// What a member says to the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Say {
    /// At most [`LONGEST_SAY`] bytes.
    pub say: String,
}

/// What the server says to a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum RoomNews {
    /// The first message of every connection.
    Welcome(Welcome),
    /// Somebody said something: the member itself, too.
    Message(RoomMessage),
    /// Somebody came.
    Joined(Presence),
    /// Somebody went.
    Left(Presence),
    /// Messages that this member will not get. The next message has the number after `last`, or comes later.
    Gap(Gap),
    /// The servers lost each other, or have each other again.
    Backbone(BackboneNews),
    /// What the member sent was wrong, and did nothing.
    Error(RoomError),
}

/// How a member finds a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The member's name, given by the server.
    pub you: String,
    /// The number of the room's last message; 0 where there was none yet. Kept messages that follow have numbers up to
    /// this one, new ones come after.
    pub seq: u64,
    /// Members on all servers that are known, this one counted.
    pub members: u64,
    /// The name of the server that the member is on.
    pub server: String,
    /// What joins this server with others.
    pub backbone: BackboneState,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomMessage {
    /// Counts from 1 in each room, the same for all members on all servers. `null` while the backbone is away: nobody can
    /// give a number that holds on all servers then, and the message reaches the members on this server only.
    pub seq: Option<u64>,
    /// The member who said it.
    pub from: String,
    /// When a server took it, in milliseconds since the start of 1970 (UTC) by that server's clock.
    pub at: u64,
    /// What was said.
    pub say: String,
}

/// Somebody came or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Who.
    pub who: String,
    /// Members afterwards.
    pub members: u64,
}

/// A run of missing messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The first number that is missing; 0 where only messages without a number are.
    pub first: u64,
    /// The last.
    pub last: u64,
    /// How many are missing, those without a number counted too.
    pub missing: u64,
    /// Why.
    pub why: GapReason,
}

/// Why messages are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GapReason {
    /// They are older than what the server has kept.
    NotKept,
    /// They were published while this server was cut off from the backbone.
    BackboneAway,
    /// The member took messages more slowly than they came, and the server leaves out the oldest for it.
    SlowMember,
}

/// What joins the servers, as one of them sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BackboneState {
    /// Nothing: the rooms are this process's own.
    None,
    /// Connected.
    Up,
    /// It cannot be reached.
    Away,
}

/// The backbone went or came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackboneNews {
    /// How it is now.
    pub state: BackboneState,
    /// The number of the room's last message that is known here.
    pub seq: u64,
    /// Messages of this room that got no number since the backbone went away: members on other servers never get these.
    pub only_here: u64,
}

/// The answer to `GET /rooms`: what a page needs to know before it joins one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomsInfo {
    /// The name of this server.
    pub server: String,
    /// What joins it with others.
    pub backbone: BackboneState,
    /// The addresses of other servers with the same rooms, such as `ws://127.0.0.1:8081`, as far as whoever runs this one
    /// names them.
    pub peers: Vec<String>,
}

/// A refusal of what a member sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomError {
    /// What was wrong, and where.
    pub error: String,
    /// What to do about it.
    pub what_to_do: String,
}
