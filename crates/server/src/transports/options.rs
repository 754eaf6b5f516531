//! The query of a transport's address.

use std::{ops::RangeInclusive, time::Duration};

use protocol::{
    ProxyFault, Transport,
    transports::{CUT_MS, CUT_MS_DEFAULT, HOLD_MS, HOLD_MS_DEFAULT, RETRY_MS, RETRY_MS_DEFAULT},
};

/// What a transport is asked for. What doesn't concern it has its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The number of the last message that the client has.
    pub after: u64,
    /// How long a long poll is held.
    pub hold: Duration,
    /// After how long an `EventSource` is to come back.
    pub retry: Duration,
    /// The wire that records a WebSocket.
    pub wire: Option<String>,
    /// What stands in between.
    pub proxy: Option<ProxyFault>,
    /// When that cuts.
    pub cut: Option<Duration>,
}

/// The name of the run in a query, whatever else is wrong with it.
pub fn run(query: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (_, run) = pairs.find(|(name, _)| name == "run")?;
    Some(run.into_owned())
}

impl Options {
    /// Reads the query part of the transport's address; [`run`] has read the run.
    ///
    /// # Errors
    ///
    /// A sentence that names the parameter, what it was, and what is allowed.
    pub fn parse(transport: Transport, query: &str) -> Result<Self, String> {
        let mut options = Self {
            after: 0,
            hold: Duration::from_millis(HOLD_MS_DEFAULT.into()),
            retry: Duration::from_millis(RETRY_MS_DEFAULT.into()),
            wire: None,
            proxy: None,
            cut: None,
        };
        let mut cut = None;
        let mut seen = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let ms = |allowed| ms_within(&name, &value, &allowed);
            match (&*name, transport) {
                ("run", _) => {}
                ("after", _) => {
                    options.after = value.parse().map_err(|_| {
                        format!(
                            "after={value}: not the number of a message; allowed are whole numbers from 0"
                        )
                    })?;
                }
                ("timeout", Transport::LongPolling) => options.hold = ms(HOLD_MS)?,
                ("retry", Transport::Sse) => options.retry = ms(RETRY_MS)?,
                ("wire", Transport::Websocket) => options.wire = Some(value.clone().into_owned()),
                ("proxy", _) => {
                    let fault = ProxyFault::ALL.into_iter().find(|f| f.name() == value);
                    options.proxy = Some(fault.ok_or_else(|| {
                        format!(
                            "proxy={value}: no such proxy; allowed are blocks, buffers and cuts"
                        )
                    })?);
                }
                ("cut", _) => cut = Some(ms(CUT_MS)?),
                _ => {
                    let own = match transport {
                        Transport::Polling => "",
                        Transport::LongPolling => ", timeout",
                        Transport::Sse => ", retry",
                        Transport::Websocket => ", wire",
                    };
                    return Err(format!(
                        "{name}: {} has no such option; known are run, after{own}, proxy and cut",
                        transport.name()
                    ));
                }
            }
            if seen.contains(&name) {
                return Err(format!("{name}: given twice"));
            }
            seen.push(name);
        }
        if options.proxy == Some(ProxyFault::Cuts) {
            options.cut = Some(cut.unwrap_or(Duration::from_millis(CUT_MS_DEFAULT.into())));
        } else if cut.is_some() {
            return Err("cut: given without proxy=cuts, which is what cuts".to_owned());
        }
        Ok(options)
    }
}

fn ms_within(name: &str, value: &str, allowed: &RangeInclusive<u32>) -> Result<Duration, String> {
    match value.parse() {
        Ok(ms) if allowed.contains(&ms) => Ok(Duration::from_millis(ms.into())),
        _ => {
            let (least, most) = (allowed.start(), allowed.end());
            Err(format!(
                "{name}={value}: allowed are {least} to {most}, in milliseconds"
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_are_right() {
        let options = Options::parse(Transport::LongPolling, "run=ab&after=7&timeout=500").unwrap();
        assert_eq!(
            (options.after, options.hold),
            (7, Duration::from_millis(500))
        );
        assert_eq!(run("after=7&run=ab").as_deref(), Some("ab"));
        assert_eq!(run("after=7"), None);
        let options = Options::parse(Transport::Sse, "run=ab").unwrap();
        assert_eq!((options.after, options.cut), (0, None));
        assert_eq!(options.retry, Duration::from_secs(1));
        let cuts = |query| Options::parse(Transport::Websocket, query).unwrap().cut;
        assert_eq!(cuts("run=ab&proxy=cuts"), Some(Duration::from_secs(60)));
        assert_eq!(
            cuts("run=ab&cut=700&proxy=cuts"),
            Some(Duration::from_millis(700))
        );
        assert_eq!(cuts("run=ab&proxy=blocks"), None);
    }

    #[test]
    fn options_that_are_wrong_are_named() {
        for (transport, query, says) in [
            (Transport::Polling, "after=-1", "after=-1: not the number"),
            (Transport::Polling, "after=", "after=: not the number"),
            (
                Transport::Polling,
                "timeout=500",
                "timeout: polling has no such option; known are run, after, proxy and cut",
            ),
            (
                Transport::LongPolling,
                "timeout=99",
                "timeout=99: allowed are 100 to 60000, in milliseconds",
            ),
            (
                Transport::LongPolling,
                "timeout=30s",
                "timeout=30s: allowed are 100",
            ),
            (
                Transport::Sse,
                "retry=60001",
                "retry=60001: allowed are 100",
            ),
            (
                Transport::Sse,
                "wire=ab",
                "wire: sse has no such option; known are run, after, retry",
            ),
            (
                Transport::Websocket,
                "proxy=eats",
                "proxy=eats: no such proxy; allowed are blocks, buffers and cuts",
            ),
            (
                Transport::Websocket,
                "proxy=buffers&cut=600",
                "cut: given without proxy=cuts",
            ),
            (
                Transport::Websocket,
                "proxy=cuts&cut=499",
                "cut=499: allowed are 500 to 120000",
            ),
            (
                Transport::Websocket,
                "after=1&after=1",
                "after: given twice",
            ),
        ] {
            let said = Options::parse(transport, query).unwrap_err();
            assert!(said.starts_with(says), "{query}: {said}");
        }
    }
}
