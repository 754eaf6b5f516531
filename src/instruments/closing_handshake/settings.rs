//! What the reader sets, and how it stands in the address.

use sim::Micros;
use wire::Role;

use super::scenario::{Initiator, Mishap, MishapTime, Scenario};
use crate::kit::number::{decimal, grouped};
use crate::kit::settings::{self, Field, Grammar, MAX_LINK_BYTES, options};
use crate::kit::slider::SliderSpec;

/// What the reader sets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// What is tried.
    pub scenario: Scenario,
    /// The time of the model at which the reader stands; without one, the run plays.
    pub at: Option<Micros>,
}

/// The round trip.
pub const TRIP: SliderSpec = SliderSpec {
    label: "Round trip",
    stops: &[20, 40, 80, 120, 200, 300, 400, 600, 1000, 2000],
    short: |ms| format!("{} ms", grouped(ms.into())),
    aloud: |ms| format!("{ms} milliseconds"),
};

/// The close timeout.
pub const PATIENCE: SliderSpec = SliderSpec {
    label: "Close timeout",
    stops: &[1, 2, 5, 10, 30, 60, 120],
    short: |s| format!("{s} s"),
    aloud: |s| format!("{s} seconds"),
};

/// The latest time that an address may name, in milliseconds. No run is as long.
const LATEST: f64 = 1e7;

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::choice(
            "start",
            "Who begins",
            options!(scenario.start {
                "client": "The client" => Initiator::Client,
                "server": "The server" => Initiator::Server,
                "both": "Both at once" => Initiator::Both,
                "nobody": "Nobody" => Initiator::Nobody,
            }),
        ),
        Field::text(
            "client-code",
            MAX_LINK_BYTES,
            |s| &s.scenario.client.code,
            |s, text| s.scenario.client.code = text,
        ),
        Field::text(
            "client-reason",
            MAX_LINK_BYTES,
            |s| &s.scenario.client.reason,
            |s, text| s.scenario.client.reason = text,
        ),
        Field::text(
            "server-code",
            MAX_LINK_BYTES,
            |s| &s.scenario.server.code,
            |s, text| s.scenario.server.code = text,
        ),
        Field::text(
            "server-reason",
            MAX_LINK_BYTES,
            |s| &s.scenario.server.reason,
            |s, text| s.scenario.server.reason = text,
        ),
        Field::choice(
            "wrong",
            "What goes wrong",
            options!(scenario.wrong {
                "nothing": "Nothing" => Mishap::Nothing,
                "hang": "A program hangs" => Mishap::Hang,
                "cable": "The cable is pulled" => Mishap::Cable,
                "crash": "A process crashes" => Mishap::Crash,
                "fin": "FIN, no close frame" => Mishap::Fin,
                "reset": "RST" => Mishap::Reset,
            }),
        ),
        Field::choice(
            "whom",
            "With whom",
            options!(scenario.whom {
                "client": "the client" => Role::Client,
                "server": "the server" => Role::Server,
            }),
        ),
        Field::choice(
            "when",
            "When",
            options!(scenario.when {
                "before": "before the close" => MishapTime::Before,
                "asked": "with the close frame on its way" => MishapTime::Asked,
                "answered": "with the answer on its way" => MishapTime::Answered,
            }),
        ),
        Field::flag(
            "traffic",
            "Messages around the close",
            ["without", "with"],
            |s| s.scenario.traffic,
            |s, on| s.scenario.traffic = on,
        ),
        Field::stops(
            "trip",
            TRIP,
            |s| s.scenario.trip,
            |s, ms| s.scenario.trip = ms,
        ),
        Field::stops(
            "patience",
            PATIENCE,
            |s| s.scenario.patience,
            |s, seconds| s.scenario.patience = seconds,
        ),
        Field::parsed(
            "at",
            Grammar {
                write: |s| Some(format!("{}", s.at? as f64 / 1000.0)),
                read: |s, text| match decimal(text) {
                    Some(ms) if (0.0..=LATEST).contains(&ms) => {
                        s.at = Some((ms * 1000.0).round() as Micros);
                        Ok(())
                    }
                    _ => Err(format!(
                        "a time from 0 to {LATEST} milliseconds is needed. Here it begins at 0."
                    )),
                },
                examples: &["350", "0", "0.001", "45100.5", "9999999.999", "10000000"],
                refuses: &["", "soon", "-1", "NaN", "inf", "1e99", "10000000.1"],
            },
        ),
    ];
}

#[cfg(test)]
mod tests {
    use super::super::scenario::CloseCall;
    use super::*;
    use crate::kit::url_state::{query_of, read};

    #[test]
    fn a_link_gives_what_the_sender_saw() {
        let scenario = Scenario {
            start: Initiator::Both,
            client: CloseCall {
                code: "4001".into(),
                reason: "later & more".into(),
            },
            server: CloseCall::default(),
            wrong: Mishap::Crash,
            whom: Role::Client,
            when: MishapTime::Answered,
            traffic: true,
            trip: 333,
            patience: 7,
        };
        for at in [None, Some(0), Some(350_500)] {
            let settings = Settings {
                scenario: scenario.clone(),
                at,
            };
            let back = read::<Settings>(&query_of(&settings));
            assert_eq!(back.problems, Vec::<String>::new());
            assert_eq!(back.settings, settings);
        }
    }
}
