//! When a heartbeat finds that a connection is dead.

mod choices;

use sim::chance::Chance;

use crate::draw::Draw;
use crate::words::counted;
use crate::{Level, Made, Section};

/// A connection, the questions on it, and what happens to it. All times are whole seconds.
pub(crate) struct Watch {
    /// Whether the server pings; otherwise the client's script asks.
    server_asks: bool,
    /// From one question to the next.
    interval: u64,
    /// How long an answer is waited for.
    timeout: u64,
    /// How many may be missed before.
    allowed: u64,
    /// When the first question leaves.
    first: u64,
    /// When it happens.
    at: u64,
    what: Happens,
    /// The seed with which the model asks from `first` on, to within some hundredths of a second.
    seed: u32,
}

/// What happens to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happens {
    /// The end that is asked loses its power.
    PowerLost,
    /// The client's cable is pulled.
    CablePulled,
    /// The client's cable is pulled and put back at this time, before the next question.
    CableBack(u64),
    /// The client's process ends, and its kernel closes the connection.
    Crash,
    /// The client's cable is pulled, and the question is when the end notices that does not ask.
    NotAsking,
    /// The other end is gone from some moment on that nobody knows.
    SomeTime,
}

/// When an end finds out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// At this second.
    At(u64),
    /// Between so many seconds after the death and so many.
    Between(u64, u64),
    /// Not by this heartbeat.
    Never,
}

impl Notice {
    /// The words of a choice. The tests read them back.
    fn text(self) -> String {
        match self {
            Notice::At(at) => format!("At {at} s"),
            Notice::Between(least, most) => format!("Between {least} s and {most} s after it"),
            Notice::Never => "Never by this heartbeat".to_owned(),
        }
    }
}

impl Watch {
    fn draw(level: Level, draw: &mut Draw) -> Watch {
        let interval = u64::from(draw.one([10u32, 15, 20, 25, 30, 45, 60]));
        let timeout = loop {
            let timeout = u64::from(draw.one([2u32, 3, 5, 7, 10, 15, 20]));
            // Otherwise the next question leaves before the answer to this one is due.
            if timeout < interval {
                break timeout;
            }
        };
        let what = match level {
            Level::First => draw.one([Happens::PowerLost, Happens::CablePulled]),
            Level::Second => draw.one([Happens::PowerLost, Happens::CablePulled]),
            Level::Third => match draw.below(8) {
                0..=2 => Happens::SomeTime,
                3 => Happens::CableBack(0),
                4 => Happens::Crash,
                5 => Happens::NotAsking,
                _ => Happens::PowerLost,
            },
        };
        let server_asks = level == Level::First || what == Happens::Crash || draw.flip();
        // A seed with which the first question leaves nearly at a whole second: one of twelve will do.
        let off = |at: f64| (at - at.round()).abs();
        let (mut seed, mut first) = (0, f64::MAX);
        for _ in 0..100 {
            let next = draw.below(1_000_000);
            let stream = if server_asks { 0 } else { 1 };
            let at = Chance::new(next.into(), stream).unit() * interval as f64;
            if off(at) < off(first) || first == f64::MAX {
                (seed, first) = (next, at);
            }
            if off(first) < 0.04 {
                break;
            }
        }
        let first = first.round() as u64;
        let asked = first + interval * u64::from(draw.between(1, 2));
        let at = asked + u64::from(draw.between(1, interval as u32 - 2));
        let allowed = match level {
            Level::First => 0,
            Level::Second => draw.between(1, 3),
            Level::Third => draw.between(0, 3),
        };
        let mut watch = Watch {
            server_asks,
            interval,
            timeout,
            allowed: allowed.into(),
            first,
            at,
            what,
            seed,
        };
        if let Happens::CableBack(_) = what {
            let last = watch.next_asked() - 1;
            watch.what = Happens::CableBack(u64::from(
                draw.between(at as u32 + 1, last.max(at + 1) as u32),
            ));
        }
        watch
    }

    /// When the first question leaves after the fault.
    fn next_asked(&self) -> u64 {
        let gone = (self.at - self.first) / self.interval;
        self.first + (gone + 1) * self.interval
    }

    /// When the side that asks gives up.
    fn gives_up(&self) -> u64 {
        self.next_asked() + self.allowed * self.interval + self.timeout
    }

    fn right(&self) -> Notice {
        match self.what {
            Happens::PowerLost | Happens::CablePulled => Notice::At(self.gives_up()),
            Happens::CableBack(_) | Happens::NotAsking => Notice::Never,
            Happens::Crash => Notice::At(self.at),
            Happens::SomeTime => Notice::Between(
                self.allowed * self.interval + self.timeout,
                (self.allowed + 1) * self.interval + self.timeout,
            ),
        }
    }

    /// The side that asks.
    fn asking(&self) -> &'static str {
        if self.server_asks { "server" } else { "client" }
    }

    /// The other one.
    fn asked(&self) -> &'static str {
        if self.server_asks { "client" } else { "server" }
    }

    /// What is sent to ask, and its answer.
    fn question(&self) -> (&'static str, &'static str) {
        if self.server_asks {
            ("ping", "pong")
        } else {
            ("heartbeat", "echo")
        }
    }

    /// What happens, in a sentence.
    fn happens(&self) -> String {
        let at = self.at;
        match self.what {
            Happens::PowerLost => {
                format!("At {at} s the {}'s machine loses its power.", self.asked())
            }
            Happens::CablePulled | Happens::NotAsking => {
                format!("At {at} s the client's cable is pulled, and it stays out.")
            }
            Happens::CableBack(back) => {
                format!("At {at} s the client's cable is pulled, and at {back} s it is put back.")
            }
            Happens::Crash => {
                format!("At {at} s the client's process crashes. Its machine and its kernel go on.")
            }
            Happens::SomeTime => format!(
                "At some moment the {}'s machine loses its power.",
                self.asked()
            ),
        }
    }

    fn text(&self) -> String {
        let Watch {
            interval,
            first,
            timeout,
            ..
        } = *self;
        let (question, answer) = self.question();
        let sends = if self.server_asks {
            "a server pings its client"
        } else {
            "a page's script sends a heartbeat, which the server echoes"
        };
        let when = match self.what {
            Happens::SomeTime => String::new(),
            _ => format!(
                ": at {first} s, {} s, {} s and so on",
                first + interval,
                first + 2 * interval
            ),
        };
        let allowed = match self.allowed {
            0 => format!(
                "The {} gives up at the first {answer} that is not back within {timeout} s.",
                self.asking()
            ),
            n => format!(
                "Whenever the {answer} is not back within {timeout} s, that is a miss. The {} \
                 allows {} in a row, and gives up at the next.",
                self.asking(),
                counted(n, "miss", "misses")
            ),
        };
        let end = match self.what {
            Happens::NotAsking => self.asked(),
            _ => self.asking(),
        };
        let ask = match self.what {
            Happens::SomeTime => {
                format!("How long after that does the {end} notice, at the least and at the most?")
            }
            _ => format!("When, if ever, does the {end} take the connection for dead?"),
        };
        let alone = match self.what {
            Happens::NotAsking => {
                format!(" The {end} sends nothing but the answers to each {question}.")
            }
            _ => String::new(),
        };
        format!(
            "Every {interval} s {sends}{when}. {allowed}{alone} {} The round trip is too short \
             to matter. {ask}",
            self.happens()
        )
    }

    /// The heartbeat's timeline with these numbers.
    fn link(&self) -> String {
        let (at, asked) = (self.at, if self.server_asks { "power" } else { "server" });
        let faults = match self.what {
            Happens::PowerLost | Happens::SomeTime => format!("{asked}-{at}"),
            Happens::CablePulled | Happens::NotAsking => format!("cable-{at}"),
            Happens::CableBack(back) => format!("cable-{at},back-{back}"),
            Happens::Crash => format!("crash-{at}"),
        };
        let end = self.gives_up();
        let run = [60u64, 120, 300, 600]
            .into_iter()
            .find(|run| *run > end)
            .unwrap_or(1200);
        format!(
            "/heartbeat?asks={}&every={}&wait={}&misses={}&trip=20&run={}&seed={}&faults={faults}",
            self.asking(),
            self.interval * 1000,
            self.timeout * 1000,
            self.allowed,
            run * 1000,
            self.seed
        )
    }

    fn steps(&self) -> Vec<String> {
        let Watch {
            interval,
            timeout,
            allowed,
            ..
        } = *self;
        let next = self.next_asked();
        let (question, answer) = self.question();
        let mut steps = Vec::new();
        match self.what {
            Happens::PowerLost | Happens::CablePulled => {
                steps.push(format!(
                    "The {question} at {} s was answered. The fault at {} s makes no sound.",
                    next - interval,
                    self.at
                ));
                steps.push(format!("The first {question} in vain leaves at {next} s."));
                if allowed > 0 {
                    steps.push(format!(
                        "{} allowed, so the {question} that counts leaves {allowed} · \
                         {interval} s later, at {} s.",
                        if allowed == 1 {
                            "One miss is".to_owned()
                        } else {
                            format!("{allowed} misses are")
                        },
                        next + allowed * interval
                    ));
                }
                steps.push(format!(
                    "{timeout} s after that, at {} s, its {answer} is missed, and the {} gives \
                     up.",
                    self.gives_up(),
                    self.asking()
                ));
            }
            Happens::CableBack(back) => {
                steps.push(format!(
                    "Between {} s and {next} s nothing is sent.",
                    next - interval
                ));
                steps.push(format!(
                    "The cable is out from {} s to {back} s, within that time. TCP itself sends \
                     nothing either.",
                    self.at
                ));
                steps.push(format!(
                    "The {question} at {next} s finds the connection as it was, and is answered."
                ));
            }
            Happens::Crash => {
                steps.push(
                    "The kernel closes the connections of a process that ends: it sends a FIN."
                        .to_owned(),
                );
                steps.push(format!(
                    "The FIN arrives at the server at {} s. No {answer} has to be missed for \
                     that.",
                    self.at
                ));
            }
            Happens::NotAsking => {
                steps.push(format!(
                    "The {} only answers. With the cable out no {question} reaches it, and it \
                     has nothing to answer.",
                    self.asked()
                ));
                steps.push(format!(
                    "It does not count the time since the last {question}, and it waits for \
                     nothing. TCP sends nothing by itself."
                ));
                steps.push(format!(
                    "So the {} gives up at {} s, and the {} does not notice.",
                    self.asking(),
                    self.gives_up(),
                    self.asked()
                ));
            }
            Happens::SomeTime => {
                let (least, most) = (
                    allowed * interval + timeout,
                    (allowed + 1) * interval + timeout,
                );
                steps.push(format!(
                    "With the best of luck the next {question} leaves right after the death, \
                     with the worst {interval} s later."
                ));
                steps.push(match allowed {
                    0 => format!(
                        "No miss is allowed, so the first {question} in vain is the one that \
                         counts."
                    ),
                    _ => format!(
                        "From the first {question} in vain to the one that counts it takes \
                         {allowed} · {interval} s = {} s.",
                        allowed * interval
                    ),
                });
                steps.push(format!(
                    "Its {answer} is waited for {timeout} s. That makes {least} s at the least, \
                     and {interval} s more at the most: {most} s."
                ));
            }
        }
        steps.push(format!("So: {}.", self.right().text().to_lowercase()));
        steps
    }
}

pub(crate) fn make(level: Level, draw: &mut Draw) -> Made {
    let watch = Watch::draw(level, draw);
    Made {
        text: watch.text(),
        figure: None,
        choices: choices::of(&watch).finish(draw),
        steps: watch.steps(),
        section: Section::of_6455("5.5.2"),
        link: watch.link(),
    }
}
