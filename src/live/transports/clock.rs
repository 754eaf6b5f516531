//! The server's clock as the page sees it, from requests whose answers say what time it is there.

/// What is known of the server's clock. The best of all requests is the one with the shortest round trip: the server wrote
/// its time somewhere between sending and receiving, and in the middle the error is half the round trip at most.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Clock {
    best: Option<Sample>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Sample {
    /// The server's clock less the page's, in milliseconds.
    offset: f64,
    round_trip: f64,
}

impl Clock {
    /// A request went at `sent` and its answer came at `got`, in milliseconds by the page's clock; the server's said `us`
    /// microseconds.
    pub fn asked(&mut self, sent: f64, got: f64, us: u64) {
        let round_trip = got - sent;
        let better = self.best.is_none_or(|best| round_trip < best.round_trip);
        if round_trip >= 0.0 && better {
            self.best = Some(Sample {
                offset: us as f64 / 1000.0 - (sent + got) / 2.0,
                round_trip,
            });
        }
    }

    /// The time since the run began, by the server's clock, in milliseconds, when the page's clock says `at`.
    pub fn server(&self, at: f64) -> Option<f64> {
        self.best.map(|best| at + best.offset)
    }

    /// How far off [`Clock::server`] may be at most, in milliseconds each way.
    pub fn uncertainty(&self) -> Option<f64> {
        self.best.map(|best| best.round_trip / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_round_trip_is_believed() {
        let mut clock = Clock::default();
        assert_eq!((clock.server(5.0), clock.uncertainty()), (None, None));
        clock.asked(1000.0, 1100.0, 90_000);
        assert_eq!(clock.server(1100.0), Some(140.0));
        assert_eq!(clock.uncertainty(), Some(50.0));
        clock.asked(2000.0, 2004.0, 1_000_000);
        assert_eq!(clock.server(2002.0), Some(1000.0));
        clock.asked(3000.0, 3050.0, 7_000_000);
        assert_eq!(clock.uncertainty(), Some(2.0));
        clock.asked(3000.0, 2000.0, 0);
        assert_eq!(clock.server(2002.0), Some(1000.0));
    }

    /// However the round trip is shared out between its two ways, the truth lies within what is said.
    #[test]
    fn the_truth_is_within_the_uncertainty() {
        for there in [0.0, 1.0, 7.5, 10.0] {
            let mut clock = Clock::default();
            let (sent, trip, ahead) = (500.0, 10.0, 123.0);
            clock.asked(sent, sent + trip, ((sent + there + ahead) * 1000.0) as u64);
            let error = (clock.server(900.0).unwrap() - (900.0 + ahead)).abs();
            assert!(error <= clock.uncertainty().unwrap() + 1e-9, "{error}");
        }
    }
}
