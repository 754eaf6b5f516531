//! What the reader sets for a chat under load, and how it stands in the address.

use sim::cluster::chat::{self, Origin, Params, Policy, Preset};
use sim::{Micros, SECOND};

use crate::kit::number::{counted, fixed, grouped};
use crate::kit::settings::{self, ChoiceOption, Field, Grammar};
use crate::kit::slider::SliderSpec;
use crate::options;

/// How many times as long a frame takes a server that is slowed.
pub const SLOWED: u32 = 10;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    Nothing,
    /// A server dies.
    ServerDies,
    /// Pub/sub passes nothing on for a while.
    PubSubPauses,
    /// A server is slow for a while.
    ServerSlows,
}

/// What the reader sets. All but the fault and the seed begin as the application has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The application.
    pub preset: Preset,
    /// Users, each with one connection.
    pub people: u32,
    /// Servers.
    pub gateways: u32,
    /// Members of a room.
    pub group: u32,
    /// Messages in a minute: of each user, or of each symbol.
    pub pace: u32,
    /// How many of a thousand clients are slow.
    pub slow: u32,
    /// How many frames may wait for a slow client.
    pub queue: u32,
    /// What happens when more would.
    pub full: Policy,
    /// What goes wrong.
    pub fault: Fault,
    /// Whether the run is shown.
    pub ran: bool,
    /// Decides all that is drawn at random.
    pub seed: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings::of(Preset::Chat)
    }
}

impl Settings {
    /// An application as it comes.
    pub fn of(preset: Preset) -> Settings {
        let params = preset.params();
        Settings {
            preset,
            people: params.users,
            gateways: params.servers.into(),
            group: params.room,
            pace: params.messages_per_minute.round() as u32,
            slow: params.slow_permille.into(),
            queue: params.queue,
            full: params.policy,
            fault: Fault::Nothing,
            ran: false,
            seed: 1,
        }
    }

    /// The same application with what is not its own left as it is.
    fn become_preset(&mut self, preset: Preset) {
        *self = Settings {
            fault: self.fault,
            ran: self.ran,
            seed: self.seed,
            ..Settings::of(preset)
        };
    }

    /// What the model is given. Typing, presence and cursors go with the messages.
    pub fn params(&self) -> Params {
        let usual = self.preset.params();
        let times = f64::from(self.pace) / usual.messages_per_minute.max(1e-9);
        let params = Params {
            users: self.people,
            servers: u16::try_from(self.gateways).unwrap_or(chat::MAX_SERVERS),
            room: self.group,
            messages_per_minute: f64::from(self.pace),
            typing_per_minute: usual.typing_per_minute * times,
            presence_per_minute: usual.presence_per_minute * times,
            slow_permille: u16::try_from(self.slow).unwrap_or(1_000),
            queue: self.queue,
            policy: self.full,
            seed: self.seed.into(),
            ..usual
        };
        self.with_fault(params.clamped())
    }

    /// A run that hands out about so many frames: shorter, and otherwise the same.
    pub fn shorter(&self, frames: f64) -> Params {
        let params = self.params();
        let longest = frames / params.frames_per_second().max(1e-3) * SECOND as f64;
        let duration = params.duration.min((longest as Micros).max(SECOND));
        self.with_fault(Params { duration, ..params })
    }

    /// The fault comes after a third of the run, and what passes lasts a sixth of it.
    fn with_fault(&self, params: Params) -> Params {
        let (at, lasts) = (params.duration / 3, params.duration / 6);
        let kind = match self.fault {
            Fault::Nothing => None,
            Fault::ServerDies => Some(chat::FaultKind::ServerDies),
            Fault::PubSubPauses => Some(chat::FaultKind::PubSubPauses(lasts)),
            Fault::ServerSlows => Some(chat::FaultKind::ServerSlows {
                lasts,
                factor: SLOWED,
            }),
        };
        let fault = kind.map(|kind| chat::Fault { at, kind });
        Params { fault, ..params }
    }

    /// The sliders, in their order.
    pub fn sliders(&self) -> [Slider; 6] {
        let pace = match self.preset.params().origin {
            Origin::Members => &PACE,
            Origin::Feed => &FEED,
        };
        [
            Slider("people", &PEOPLE, |s| s.people, |s, n| s.people = n),
            Slider("gateways", &GATEWAYS, |s| s.gateways, |s, n| s.gateways = n),
            Slider("group", &GROUP, |s| s.group, |s, n| s.group = n),
            Slider("pace", pace, |s| s.pace, |s, n| s.pace = n),
            Slider("slow", &SLOW, |s| s.slow, |s, n| s.slow = n),
            Slider("queue", &QUEUE, |s| s.queue, |s, n| s.queue = n),
        ]
    }
}

/// A slider: the key of its field, how it looks, and how it reads and sets the field.
pub struct Slider(
    pub &'static str,
    pub &'static SliderSpec,
    pub fn(&Settings) -> u32,
    pub fn(&mut Settings, u32),
);

/// What can happen when a queue is full: the name in an address, the words of its button, the policy.
pub const POLICIES: [(&str, &str, Policy); 3] = [
    ("drop", "the new frame is dropped", Policy::Drop),
    ("disconnect", "it is disconnected", Policy::Disconnect),
    ("conflate", "it replaces the one before", Policy::Conflate),
];

/// A share of a thousand as per cent.
pub fn per_cent(permille: u32) -> String {
    match permille % 10 {
        0 => format!("{} %", permille / 10),
        _ => format!("{} %", fixed(permille.into(), 1)),
    }
}

static PEOPLE: SliderSpec = SliderSpec {
    label: "People",
    stops: &[
        100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000,
    ],
    short: |n| grouped(n.into()),
    aloud: |n| counted(n.into(), "person", "people"),
};
static GATEWAYS: SliderSpec = SliderSpec {
    label: "Servers",
    stops: &[1, 2, 3, 4, 6, 8, 16, 32, 64],
    short: |n| grouped(n.into()),
    aloud: |n| counted(n.into(), "server", "servers"),
};
static GROUP: SliderSpec = SliderSpec {
    label: "Members of a room",
    stops: &[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000],
    short: |n| grouped(n.into()),
    aloud: |n| counted(n.into(), "member", "members"),
};
/// Paces that can be set.
const PACES: &[u32] = &[
    1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 2400, 6000,
];
static PACE: SliderSpec = SliderSpec {
    label: "Messages of each, a minute",
    stops: PACES,
    short: |n| grouped(n.into()),
    aloud: |n| format!("{} a minute", counted(n.into(), "message", "messages")),
};
static FEED: SliderSpec = SliderSpec {
    label: "Updates of a symbol, a minute",
    stops: PACES,
    short: |n| grouped(n.into()),
    aloud: |n| format!("{} a minute", counted(n.into(), "update", "updates")),
};
static SLOW: SliderSpec = SliderSpec {
    label: "Slow clients",
    stops: &[0, 5, 10, 20, 50, 100, 200, 500],
    short: per_cent,
    aloud: per_cent,
};
static QUEUE: SliderSpec = SliderSpec {
    label: "May wait for a slow client",
    stops: &[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000],
    short: |n| grouped(n.into()),
    aloud: |n| counted(n.into(), "frame", "frames"),
};

/// Reads a number that a slider sets.
fn whole(text: &str, spec: &SliderSpec, here: u32) -> Result<u32, String> {
    let (least, most) = spec.bounds();
    let number = text.parse().ok().filter(|n| (least..=most).contains(n));
    number.ok_or_else(|| {
        format!("a whole number from {least} to {most} is needed. Here it is {here}.")
    })
}

/// A number that is as the application has it where an address says nothing.
macro_rules! own_number {
    ($key:literal, $member:ident, $spec:expr, $examples:expr, $refuses:expr) => {
        Field::parsed(
            $key,
            Grammar {
                write: |s: &Settings| {
                    let usual = Settings::of(s.preset).$member;
                    (s.$member != usual).then(|| s.$member.to_string())
                },
                read: |s: &mut Settings, text| {
                    s.$member = whole(text, &$spec, s.$member)?;
                    Ok(())
                },
                examples: $examples,
                refuses: $refuses,
            },
        )
    };
}

/// An application as an option.
macro_rules! application {
    ($name:literal, $label:literal, $preset:expr) => {
        ChoiceOption {
            name: $name,
            label: $label,
            is: |s: &Settings| s.preset == $preset,
            choose: |s: &mut Settings| s.become_preset($preset),
        }
    };
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::affecting(
            &[
                "people", "gateways", "group", "pace", "slow", "queue", "full",
            ],
            Field::choice(
                "preset",
                "Application",
                &[
                    application!("chat", "Chat", Preset::Chat),
                    application!("market", "Market data", Preset::MarketData),
                    application!("editing", "Editor", Preset::CollaborativeEditing),
                ],
            ),
        ),
        own_number!(
            "people",
            people,
            PEOPLE,
            &["20000", "100", "200000", "10000", "2000"],
            &["", "99", "200001", "-1", "x"]
        ),
        own_number!(
            "gateways",
            gateways,
            GATEWAYS,
            &["2", "1", "4", "64"],
            &["", "0", "65", "1.5", "x"]
        ),
        own_number!(
            "group",
            group,
            GROUP,
            &["200", "1", "5", "50", "500", "10000"],
            &["", "0", "10001", "x"]
        ),
        own_number!(
            "pace",
            pace,
            PACE,
            &["5", "1", "60", "1200", "6000"],
            &["", "0", "6001", "x"]
        ),
        own_number!(
            "slow",
            slow,
            SLOW,
            &["50", "0", "10", "20", "500"],
            &["", "501", "-1", "x"]
        ),
        own_number!(
            "queue",
            queue,
            QUEUE,
            &["1000", "1", "10", "100", "200", "10000"],
            &["", "0", "10001", "x"]
        ),
        Field::by_choice(Field::parsed(
            "full",
            Grammar {
                write: |s| {
                    let usual = Settings::of(s.preset).full;
                    let named = POLICIES.iter().find(|policy| policy.2 == s.full);
                    named
                        .filter(|_| s.full != usual)
                        .map(|policy| policy.0.to_owned())
                },
                read: |s, text| match POLICIES.iter().find(|policy| policy.0 == text) {
                    Some(policy) => {
                        s.full = policy.2;
                        Ok(())
                    }
                    None => Err("it is one of drop, disconnect, conflate.".to_owned()),
                },
                examples: &["conflate", "drop", "disconnect"],
                refuses: &["", "close", "Drop"],
            },
        )),
        Field::choice(
            "fault",
            "What goes wrong",
            options!(fault {
                "none": "nothing" => Fault::Nothing,
                "dies": "a server dies" => Fault::ServerDies,
                "pauses": "pub/sub pauses" => Fault::PubSubPauses,
                "slows": "a server slows" => Fault::ServerSlows,
            }),
        ),
        Field::flag(
            "ran",
            "The run",
            ["hidden", "shown"],
            |s| s.ran,
            |s, on| s.ran = on,
        ),
        Field::whole("chance", 1, 1_000_000, |s| s.seed, |s, n| s.seed = n),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &[(&'static str, &str)]) -> Settings {
        let pairs = address.iter().map(|&(key, text)| (key, text.to_owned()));
        let parsed = settings::parse::<Settings>(&pairs.collect());
        assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
        parsed.settings
    }

    #[test]
    fn an_application_comes_with_its_own_figures() {
        let market = read(&[("preset", "market"), ("fault", "dies")]);
        assert_eq!((market.group, market.queue), (500, 10));
        assert_eq!(market.full, Policy::Conflate);
        assert_eq!(market.fault, Fault::ServerDies);
        for preset in Preset::ALL {
            assert_eq!(Settings::of(preset).params(), preset.params());
        }
    }

    /// What a chat has by itself is said where another application has something else.
    #[test]
    fn a_figure_of_another_application_is_written() {
        let market = Settings {
            slow: Settings::default().slow,
            ..Settings::of(Preset::MarketData)
        };
        let pairs = settings::write(&market).unwrap();
        assert!(
            pairs.contains(&("slow", market.slow.to_string())),
            "{pairs:?}"
        );
        assert_eq!(settings::parse::<Settings>(&pairs).settings, market);
    }

    #[test]
    fn typing_goes_with_the_messages() {
        let params = read(&[("pace", "5")]).params();
        assert!((params.messages_per_minute - 5.0).abs() < 1e-9);
        assert!((params.typing_per_minute - 15.0).abs() < 1e-9);
        assert!((params.presence_per_minute - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_fault_comes_within_the_run_even_if_that_is_cut_short() {
        for address in [
            &[("fault", "pauses")][..],
            &[("fault", "slows"), ("people", "200000"), ("pace", "60")],
        ] {
            let settings = read(address);
            for params in [settings.params(), settings.shorter(100_000.0)] {
                let fault = params.fault.unwrap();
                assert_eq!(fault.at, params.duration / 3);
                assert_eq!(params.clamped().fault, params.fault);
                assert_eq!(params.clamped().duration, params.duration);
            }
        }
    }

    #[test]
    fn a_shorter_run_has_the_same_load() {
        let settings = Settings::default();
        let shorter = settings.shorter(100_000.0);
        assert!(shorter.duration < settings.params().duration / 10);
        assert!((shorter.load() - settings.params().load()).abs() < 1e-12);
    }

    #[test]
    fn shares_of_a_thousand() {
        assert_eq!(
            [0, 5, 10, 125].map(per_cent),
            ["0 %", "0.5 %", "1 %", "12.5 %"]
        );
    }
}
