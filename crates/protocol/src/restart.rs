//! The restart group of the lab: what its members and the server say to each other at `/lab/restart?group=ID`.

use std::{fmt, ops::RangeInclusive};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};

use crate::paths;

/// Connections that one group has at once, at most.
pub const MOST_MEMBERS: usize = 16;
/// Characters in a group's name, at most.
pub const LONGEST_NAME: usize = 64;
/// What [`Restart::down_ms`] may be.
pub const DOWN_MS: RangeInclusive<u32> = 0..=30_000;
/// What [`Restart::capacity`] may be.
pub const CAPACITY: RangeInclusive<u32> = 1..=1000;
/// What [`Restart::retry_after_s`] may be.
pub const RETRY_AFTER_S: RangeInclusive<u32> = 0..=60;

/// Whether a group may have this name: 1 to [`LONGEST_NAME`] of `A`–`Z`, `a`–`z`, `0`–`9`, `_` and `-`. Whoever knows a
/// name can restart the group, so a page chooses random ones.
pub fn is_group_name(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// The path and query of a WebSocket in this group.
pub fn restart_path(group: &str) -> String {
    format!("{}?group={group}", paths::RESTART)
}

/// What a member says to the server, as a text message. Every text that begins with `{` is read as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RestartRequest {
    /// The server of this group is to restart.
    Restart(Restart),
}

impl RestartRequest {
    /// Whether a text message is meant as a request, right or wrong. Others are echoed.
    pub fn is_meant(text: &str) -> bool {
        text.trim_start().starts_with('{')
    }
}

/// What a restart is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restart {
    /// Time in milliseconds for which every handshake of the group is refused: [`DOWN_MS`].
    pub down_ms: u32,
    /// How the members' connections end.
    pub code: RestartEnd,
    /// Handshakes that are accepted in a second once the server is back: [`CAPACITY`]. None is saved up, so that two are
    /// accepted at least a `capacity`th of a second apart.
    pub capacity: u32,
    /// How the others are refused.
    pub refuse: RefuseWith,
    /// The `Retry-After` of a 503 in seconds, where it is to have one: [`RETRY_AFTER_S`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
}

impl Restart {
    /// Looks at what the type of a field doesn't say.
    ///
    /// # Errors
    ///
    /// A sentence that names the field, what it was, and what is allowed.
    pub fn check(&self) -> Result<(), String> {
        let fields = [
            ("down_ms", Some(self.down_ms), DOWN_MS),
            ("capacity", Some(self.capacity), CAPACITY),
            ("retry_after_s", self.retry_after_s, RETRY_AFTER_S),
        ];
        for (name, value, allowed) in fields {
            if let Some(value) = value.filter(|value| !allowed.contains(value)) {
                let (least, most) = allowed.into_inner();
                return Err(format!(
                    "restart.{name} is {value}; allowed are {least} to {most}"
                ));
            }
        }
        if self.retry_after_s.is_some() && self.refuse == RefuseWith::Reset {
            return Err(
                "restart.retry_after_s is given, but a reset has no headers; leave it out, or refuse with \"503\""
                    .into(),
            );
        }
        Ok(())
    }
}

/// How a restart ends the connections. In JSON a close code, or `"cut"`; `null` is read as `"cut"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RestartEnd {
    /// 1001, going away.
    GoingAway,
    /// 1012, service restart.
    ServiceRestart,
    /// 1013, try again later.
    TryAgainLater,
    /// TCP ends without a Close frame, as when the process was killed. A browser calls that 1006.
    Cut,
}

impl RestartEnd {
    /// The code of the Close frame; nothing where there is no Close frame.
    pub const fn code(self) -> Option<u16> {
        match self {
            RestartEnd::GoingAway => Some(1001),
            RestartEnd::ServiceRestart => Some(1012),
            RestartEnd::TryAgainLater => Some(1013),
            RestartEnd::Cut => None,
        }
    }
}

impl Serialize for RestartEnd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.code() {
            Some(code) => serializer.serialize_u16(code),
            None => serializer.serialize_str("cut"),
        }
    }
}

impl<'de> Deserialize<'de> for RestartEnd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct End;
        impl Visitor<'_> for End {
            type Value = RestartEnd;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("1001, 1012, 1013, \"cut\" or null as restart.code")
            }

            fn visit_u64<E: de::Error>(self, code: u64) -> Result<RestartEnd, E> {
                match code {
                    1001 => Ok(RestartEnd::GoingAway),
                    1012 => Ok(RestartEnd::ServiceRestart),
                    1013 => Ok(RestartEnd::TryAgainLater),
                    _ => Err(E::invalid_value(de::Unexpected::Unsigned(code), &self)),
                }
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<RestartEnd, E> {
                match word {
                    "cut" => Ok(RestartEnd::Cut),
                    _ => Err(E::invalid_value(de::Unexpected::Str(word), &self)),
                }
            }

            fn visit_unit<E: de::Error>(self) -> Result<RestartEnd, E> {
                Ok(RestartEnd::Cut)
            }
        }
        deserializer.deserialize_any(End)
    }
}

/// How a handshake is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RefuseWith {
    /// With the status 503, as by a proxy whose server is away.
    #[serde(rename = "503")]
    Status503,
    /// With a TCP reset, as by a machine where nothing listens.
    #[serde(rename = "reset")]
    Reset,
}

/// What the server says to a member, as a text message, beside the echoes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RestartNews {
    /// The first message of every connection.
    Accepted(Accepted),
    /// A request was wrong, and did nothing: what was wrong, where, and what to do.
    Error(String),
}

/// How a connection came to be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Microseconds from the restart to this handshake, by the server's clock; nothing in a group that wasn't restarted.
    pub us: Option<u64>,
    /// Which of the handshakes since the restart this was, refused ones counted too; from 1.
    pub attempt: u64,
    /// How many of them had been refused before.
    pub refused: u64,
}
