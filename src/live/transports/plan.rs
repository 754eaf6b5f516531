//! What a run is like, and what is asked of the server for it.

use protocol::transports::RunRestart;
use protocol::{ProxyFault, Transport, paths};

/// Who reads the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clients {
    /// Four clients, one for each transport.
    All,
    /// One client: by WebSocket, and by long polling where that is blocked.
    Fallback,
}

/// What a run is like. Times are in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Mean time between two messages.
    pub every_ms: u32,
    /// Where messages come at random, the seed of their times.
    pub seed: Option<u64>,
    /// Bytes of each message's text.
    pub bytes: u32,
    /// How long messages come.
    pub last_ms: u32,
    /// Time from one poll to the next.
    pub poll_ms: u32,
    /// How long the server holds a long poll.
    pub hold_ms: u32,
    /// What stands between page and server.
    pub proxy: Option<ProxyFault>,
    /// After how long the proxy that cuts does so.
    pub cut_ms: u32,
    /// Who reads.
    pub clients: Clients,
}

impl Plan {
    /// The body of `POST /transports/runs`: a `NewRun`. `protocol` declares it; its own writer is for servers.
    pub fn request(&self) -> String {
        let seed = match self.seed {
            Some(seed) => format!(r#""seed":{seed},"#),
            None => String::new(),
        };
        format!(
            r#"{{"every_ms":{},{seed}"bytes":{},"last_ms":{}}}"#,
            self.every_ms, self.bytes, self.last_ms
        )
    }

    /// Path and query of a request by this transport, for what comes after the message `after`.
    pub fn path(&self, transport: Transport, run: &str, after: u64) -> String {
        let mut path = transport.path(run, after);
        if transport == Transport::LongPolling {
            path += &format!("&timeout={}", self.hold_ms);
        }
        if let Some(proxy) = self.proxy {
            path += "&proxy=";
            path += proxy.name();
            if proxy == ProxyFault::Cuts {
                path += &format!("&cut={}", self.cut_ms);
            }
        }
        path
    }
}

/// Where runs are made.
pub fn runs() -> String {
    format!("{}/runs", paths::TRANSPORTS)
}

/// Where a run says what it has cost.
pub fn cost(run: &str) -> String {
    format!("{}/{run}", runs())
}

/// Where a run's server is restarted, and what is sent there.
pub fn restart(run: &str, asked: RunRestart) -> (String, String) {
    (
        format!("{}/{run}/restart", runs()),
        format!(r#"{{"down_ms":{}}}"#, asked.down_ms),
    )
}

#[cfg(test)]
pub mod tests {
    use protocol::transports::NewRun;

    use super::*;

    /// A plan for tests: a message every 100 ms for a second.
    pub const PLAN: Plan = Plan {
        every_ms: 100,
        seed: None,
        bytes: 64,
        last_ms: 1000,
        poll_ms: 500,
        hold_ms: 30_000,
        proxy: None,
        cut_ms: 60_000,
        clients: Clients::All,
    };

    #[test]
    fn the_server_reads_what_the_page_asks_for() {
        for seed in [None, Some(u64::MAX)] {
            let read: NewRun =
                serde_json::from_str(&Plan { seed, ..PLAN }.request()).expect("a new run");
            let asked = NewRun {
                every_ms: 100,
                seed,
                bytes: 64,
                last_ms: 1000,
            };
            assert_eq!(read, asked);
        }
        let asked = RunRestart { down_ms: 2000 };
        let (path, body) = restart("ab", asked);
        assert_eq!(path, "/transports/runs/ab/restart");
        assert_eq!(serde_json::from_str::<RunRestart>(&body).unwrap(), asked);
    }

    #[test]
    fn a_path_has_what_its_transport_and_the_proxy_need() {
        assert_eq!(
            PLAN.path(Transport::Sse, "ab", 7),
            "/transports/sse?run=ab&after=7"
        );
        let cuts = Plan {
            proxy: Some(ProxyFault::Cuts),
            cut_ms: 5000,
            ..PLAN
        };
        assert_eq!(
            cuts.path(Transport::LongPolling, "ab", 0),
            "/transports/long-polling?run=ab&after=0&timeout=30000&proxy=cuts&cut=5000"
        );
        let blocks = Plan {
            proxy: Some(ProxyFault::Blocks),
            ..PLAN
        };
        assert_eq!(
            blocks.path(Transport::Websocket, "ab", 0),
            "/transports/websocket?run=ab&after=0&proxy=blocks"
        );
    }
}
