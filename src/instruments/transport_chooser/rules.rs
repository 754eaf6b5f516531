//! The rules by which a transport is chosen: tried from the top, and the first that fits is followed.

/// Who has something to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The server alone.
    Server,
    /// The page alone.
    Page,
    /// Both.
    Both,
}

/// How often, and whether it may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Often {
    /// Minutes apart, and it may wait.
    Minutes,
    /// Seconds apart, and it may not wait.
    Seconds,
    /// Many times in a second.
    Many,
}

/// What lies between page and server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// Nothing that minds.
    Plain,
    /// A CDN or cache that is to carry the load.
    Cdn,
    /// Proxies or firewalls that may block upgrades.
    Walls,
}

/// How many listen at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HowMany {
    /// As many as one server holds.
    Thousands,
    /// Far more, and all get the same.
    Millions,
}

/// All that is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// Who speaks.
    pub who: Who,
    /// How often.
    pub often: Often,
    /// Whether what is said is binary.
    pub binary: bool,
    /// What lies in between.
    pub behind: Behind,
    /// How many listen.
    pub many: HowMany,
}

/// What is recommended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recommendation {
    /// Requests by the page, whenever it has something.
    Requests,
    /// Polling, with answers that a cache may keep.
    Polling,
    /// Server-sent events.
    Sse,
    /// Server-sent events down, requests up.
    SseAndRequests,
    /// `fetch` whose answer streams.
    FetchStream,
    /// A WebSocket.
    WebSocket,
    /// A WebSocket, and long polling where that is blocked.
    WebSocketWithFallback,
}

impl Recommendation {
    /// Every one, from the simplest.
    pub const ALL: [Recommendation; 7] = [
        Recommendation::Requests,
        Recommendation::Polling,
        Recommendation::Sse,
        Recommendation::SseAndRequests,
        Recommendation::FetchStream,
        Recommendation::WebSocket,
        Recommendation::WebSocketWithFallback,
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Recommendation::Requests => "Plain requests",
            Recommendation::Polling => "Polling a cached answer",
            Recommendation::Sse => "Server-sent events",
            Recommendation::SseAndRequests => "Server-sent events down, requests up",
            Recommendation::FetchStream => "A fetch whose answer streams",
            Recommendation::WebSocket => "A WebSocket",
            Recommendation::WebSocketWithFallback => "A WebSocket, else long polling",
        }
    }

    /// What is left to do with it.
    pub fn leaves(self) -> &'static str {
        match self {
            Recommendation::Requests => {
                "A request that fails may be sent again only if doing it twice does no harm: give each a number of its own."
            }
            Recommendation::Polling => {
                "Say in Cache-Control for how long an answer holds, and answer 304 where nothing is new. News waits half the interval on average."
            }
            Recommendation::Sse => {
                "Give each event an id and keep the last ones, so that Last-Event-ID can be answered. Serve it over HTTP/2, or six tabs are the most. Switch off buffering in your own proxies, and send a comment line now and then."
            }
            Recommendation::SseAndRequests => {
                "The two ways are not in step: an answer to a request may overtake an event. Number what matters."
            }
            Recommendation::FetchStream => {
                "Framing, reconnection and resuming are yours to write: the stream has bytes, and no messages."
            }
            Recommendation::WebSocket => {
                "Heartbeat, reconnection with backoff and jitter, and resuming are yours to write. So is the bound on what waits for a client that does not read."
            }
            Recommendation::WebSocketWithFallback => {
                "All that a WebSocket leaves to you, and two ways into your server that must give the same messages. Several requests of one client have to reach the server that knows it."
            }
        }
    }
}

/// A rule.
pub struct Rule {
    /// When it fits, in words.
    pub says: &'static str,
    /// When it fits.
    pub fits: fn(&Needs) -> bool,
    /// What follows.
    pub gives: Recommendation,
    /// Why.
    pub why: &'static str,
    /// Where that is written: a title and an address.
    pub source: (&'static str, &'static str),
}

const POST: (&str, &str) = (
    "RFC 9110 §9.3.3",
    "https://www.rfc-editor.org/rfc/rfc9110#section-9.3.3",
);
const CACHES: (&str, &str) = (
    "RFC 9111 §4",
    "https://www.rfc-editor.org/rfc/rfc9111#section-4",
);
const EVENTS: (&str, &str) = (
    "HTML, server-sent events",
    "https://html.spec.whatwg.org/multipage/server-sent-events.html",
);
const STREAMS: (&str, &str) = (
    "MDN, using readable streams",
    "https://developer.mozilla.org/en-US/docs/Web/API/Streams_API/Using_readable_streams",
);
const FRAMES: (&str, &str) = (
    "RFC 6455 §5.2",
    "https://www.rfc-editor.org/rfc/rfc6455#section-5.2",
);
const BACKGROUND: (&str, &str) = (
    "RFC 6455 §1.1",
    "https://www.rfc-editor.org/rfc/rfc6455#section-1.1",
);
const LONG_POLLING: (&str, &str) = (
    "RFC 6202 §2",
    "https://www.rfc-editor.org/rfc/rfc6202#section-2",
);

/// The rules, in the order in which they are tried. The last one fits always.
pub static RULES: [Rule; 10] = [
    Rule {
        says: "Only the page speaks, and not many times in a second.",
        fits: |n| n.who == Who::Page && n.often != Often::Many,
        gives: Recommendation::Requests,
        why: "The page knows when it has something to say, and says it. Nothing has to be held open for that.",
        source: POST,
    },
    Rule {
        says: "News is minutes apart and may wait.",
        fits: |n| n.often == Often::Minutes,
        gives: Recommendation::Polling,
        why: "A connection held for one message every few minutes costs a server more than a question now and then, and any cache can answer that. What the page has to say goes in requests of its own.",
        source: CACHES,
    },
    Rule {
        says: "Millions get the same from a CDN, seconds apart.",
        fits: |n| {
            n.who == Who::Server
                && n.often == Often::Seconds
                && n.behind == Behind::Cdn
                && n.many == HowMany::Millions
        },
        gives: Recommendation::Polling,
        why: "An answer that may be kept for a second is fetched from your server once a second by each location of the CDN, however many ask. Nothing that is held open can be shared like that everywhere.",
        source: CACHES,
    },
    Rule {
        says: "Only the server speaks, in text.",
        fits: |n| n.who == Who::Server && !n.binary,
        gives: Recommendation::Sse,
        why: "It is plain HTTP, so that proxies and CDNs pass it; the browser connects again by itself and says what it saw last. A second direction would be paid for and not used.",
        source: EVENTS,
    },
    Rule {
        says: "Only the server speaks, in bytes, through what may not pass upgrades.",
        fits: |n| n.who == Who::Server && n.behind != Behind::Plain,
        gives: Recommendation::FetchStream,
        why: "An event stream is text only. The body of an answer may be any bytes, and a page can read it while it comes; anything in between takes it for a download.",
        source: STREAMS,
    },
    Rule {
        says: "One side speaks, in bytes or many times in a second, with nothing in the way.",
        fits: |n| n.who != Who::Both && n.behind == Behind::Plain,
        gives: Recommendation::WebSocket,
        why: "Each message has a header of 2 to 14 bytes, and a request for each would have its whole head. It takes binary as it is.",
        source: FRAMES,
    },
    Rule {
        says: "Both speak, seconds apart and in text, through a CDN.",
        fits: |n| {
            n.who == Who::Both && n.often == Often::Seconds && !n.binary && n.behind == Behind::Cdn
        },
        gives: Recommendation::SseAndRequests,
        why: "Two directions alone do not need one connection. At this pace the heads of the page’s requests do not matter, and all of it is plain HTTP.",
        source: EVENTS,
    },
    Rule {
        says: "The page speaks too, and something may block upgrades.",
        fits: |n| n.behind == Behind::Walls,
        gives: Recommendation::WebSocketWithFallback,
        why: "Where an Upgrade is not passed on, a WebSocket never opens, and nobody can tell beforehand. A held request passes wherever the page itself has passed.",
        source: LONG_POLLING,
    },
    Rule {
        says: "Both speak, with nothing in the way.",
        fits: |n| n.who == Who::Both && n.behind == Behind::Plain,
        gives: Recommendation::WebSocket,
        why: "This is what it is made for: one connection, either side at any time, in order, text or binary.",
        source: BACKGROUND,
    },
    Rule {
        says: "The page speaks too, in bytes or many times in a second, through a CDN.",
        fits: |_| true,
        gives: Recommendation::WebSocketWithFallback,
        why: "Many CDNs pass WebSockets when they are told to, and none can cache them. Find out for yours; until then, keep a way by plain HTTP.",
        source: LONG_POLLING,
    },
];

impl Needs {
    /// The rule that is followed.
    pub fn rule(&self) -> &'static Rule {
        let found = RULES.iter().find(|rule| (rule.fits)(self));
        found.unwrap_or(&RULES[RULES.len() - 1])
    }
}

/// Answers so far; what is missing is not yet answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Who speaks.
    pub who: Option<Who>,
    /// How often.
    pub often: Option<Often>,
    /// Whether it is binary.
    pub binary: Option<bool>,
    /// What lies in between.
    pub behind: Option<Behind>,
    /// How many listen.
    pub many: Option<HowMany>,
}

impl Answers {
    /// How many of the five questions are answered.
    pub fn given(&self) -> usize {
        [
            self.who.is_some(),
            self.often.is_some(),
            self.binary.is_some(),
            self.behind.is_some(),
            self.many.is_some(),
        ]
        .into_iter()
        .filter(|given| *given)
        .count()
    }

    /// All needs that these answers leave possible.
    pub fn possible(&self) -> Vec<Needs> {
        fn of<T: Copy>(answer: Option<T>, all: &[T]) -> Vec<T> {
            answer.map_or_else(|| all.to_vec(), |one| vec![one])
        }
        let mut possible = Vec::new();
        for who in of(self.who, &[Who::Server, Who::Page, Who::Both]) {
            for often in of(self.often, &[Often::Minutes, Often::Seconds, Often::Many]) {
                for binary in of(self.binary, &[false, true]) {
                    for behind in of(self.behind, &[Behind::Plain, Behind::Cdn, Behind::Walls]) {
                        for many in of(self.many, &[HowMany::Thousands, HowMany::Millions]) {
                            possible.push(Needs {
                                who,
                                often,
                                binary,
                                behind,
                                many,
                            });
                        }
                    }
                }
            }
        }
        possible
    }

    /// What may still be recommended, from the simplest.
    pub fn recommendations(&self) -> Vec<Recommendation> {
        let possible = self.possible();
        let all = Recommendation::ALL.into_iter();
        all.filter(|one| possible.iter().any(|needs| needs.rule().gives == *one))
            .collect()
    }

    /// The rule that is followed, where whatever is not yet answered makes no difference.
    pub fn settled(&self) -> Option<&'static Rule> {
        let possible = self.possible();
        let rule = possible.first()?.rule();
        let same = |needs: &Needs| std::ptr::eq(needs.rule(), rule);
        possible.iter().all(same).then_some(rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Needs> {
        Answers::default().possible()
    }

    #[test]
    fn every_combination_ends_in_exactly_one_recommendation() {
        let all = all();
        assert_eq!(all.len(), 108);
        for needs in all {
            let answers = Answers {
                who: Some(needs.who),
                often: Some(needs.often),
                binary: Some(needs.binary),
                behind: Some(needs.behind),
                many: Some(needs.many),
            };
            assert_eq!(answers.given(), 5);
            let rule = answers.settled().expect("one rule");
            assert_eq!(answers.recommendations(), [rule.gives], "{needs:?}");
        }
    }

    #[test]
    fn every_rule_is_followed_by_somebody_and_every_recommendation_is_given() {
        for rule in &RULES {
            let followed = all().iter().any(|needs| std::ptr::eq(needs.rule(), rule));
            assert!(followed, "{}", rule.says);
            assert!(rule.source.1.starts_with("https://"));
        }
        assert_eq!(Answers::default().recommendations(), Recommendation::ALL);
        assert!(
            (RULES[RULES.len() - 1].fits)(&all()[0]),
            "the last fits always"
        );
    }

    #[test]
    fn what_is_recommended_can_do_what_is_needed() {
        for needs in all() {
            let gives = needs.rule().gives;
            use Recommendation as R;
            match gives {
                R::Sse | R::SseAndRequests => assert!(!needs.binary, "{needs:?}"),
                R::WebSocket => assert!(needs.behind == Behind::Plain, "{needs:?}"),
                R::Requests => assert!(needs.who == Who::Page, "{needs:?}"),
                R::FetchStream => assert!(needs.who == Who::Server, "{needs:?}"),
                R::Polling => assert!(needs.often != Often::Many, "{needs:?}"),
                R::WebSocketWithFallback => assert!(needs.who != Who::Server, "{needs:?}"),
            }
        }
    }

    #[test]
    fn well_known_cases() {
        let case = |who, often, binary, behind| {
            let many = HowMany::Thousands;
            let needs = Needs {
                who,
                often,
                binary,
                behind,
                many,
            };
            needs.rule().gives
        };
        // A dashboard, a chat, a game, a chat in offices.
        assert_eq!(
            case(Who::Server, Often::Seconds, false, Behind::Cdn),
            Recommendation::Sse
        );
        assert_eq!(
            case(Who::Both, Often::Seconds, false, Behind::Plain),
            Recommendation::WebSocket
        );
        assert_eq!(
            case(Who::Both, Often::Many, true, Behind::Plain),
            Recommendation::WebSocket
        );
        assert_eq!(
            case(Who::Both, Often::Seconds, false, Behind::Walls),
            Recommendation::WebSocketWithFallback
        );
    }

    #[test]
    fn an_answer_may_settle_it_before_the_last_question() {
        let answers = Answers {
            who: Some(Who::Page),
            often: Some(Often::Seconds),
            ..Answers::default()
        };
        assert_eq!(
            answers.settled().map(|rule| rule.gives),
            Some(Recommendation::Requests)
        );
        assert!(Answers::default().settled().is_none());
    }
}
