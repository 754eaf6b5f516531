//! How fast one member may talk: a token bucket, and the end of patience with whoever keeps it empty.

use std::time::{Duration, Instant};

/// The bucket of one member.
#[derive(Debug)]
pub struct Throttle {
    rate: f64,
    burst: f64,
    patience: Duration,
    tokens: f64,
    at: Instant,
    /// Since when the member has talked faster than it may, without a rest.
    flooding_since: Option<Instant>,
}

/// What is to be done about one message more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is handled now.
    Now,
    /// It is handled, and nothing more is read for so long.
    Slow(Duration),
    /// The member has been slowed for too long, and goes on.
    Enough,
}

impl Throttle {
    /// A full bucket: `burst` messages at once, `rate` a second in the long run, both at least 1. After being slowed for
    /// `patience` without a rest the member is closed.
    pub fn new(rate: u32, burst: u32, patience: Duration, now: Instant) -> Self {
        let burst = f64::from(burst.max(1));
        Self {
            rate: f64::from(rate.max(1)),
            burst,
            patience,
            tokens: burst,
            at: now,
            flooding_since: None,
        }
    }

    /// One message more.
    pub fn message(&mut self, now: Instant) -> Verdict {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.at = now;
        self.tokens = (self.tokens + passed * self.rate).min(self.burst);
        if self.tokens >= self.burst / 2.0 {
            self.flooding_since = None;
        }
        self.tokens -= 1.0;
        if self.tokens >= 0.0 {
            return Verdict::Now;
        }
        let since = *self.flooding_since.get_or_insert(now);
        if now.saturating_duration_since(since) >= self.patience {
            return Verdict::Enough;
        }
        Verdict::Slow(Duration::from_secs_f64(-self.tokens / self.rate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_free_and_a_flood_ends() {
        let start = Instant::now();
        let mut throttle = Throttle::new(10, 5, Duration::from_secs(3), start);
        let mut now = start;
        for _ in 0..5 {
            assert_eq!(throttle.message(now), Verdict::Now);
        }
        let mut slowed = 0;
        loop {
            match throttle.message(now) {
                Verdict::Slow(time) => {
                    // Whoever waits as told talks at the rate.
                    assert_eq!(time.as_millis(), 100);
                    now += time;
                    slowed += 1;
                }
                verdict => {
                    assert_eq!(verdict, Verdict::Enough);
                    break;
                }
            }
        }
        assert_eq!(slowed, 30);
    }

    #[test]
    fn whoever_rests_is_forgiven() {
        let mut now = Instant::now();
        let mut throttle = Throttle::new(10, 4, Duration::from_secs(1), now);
        for _ in 0..50 {
            let flood: Vec<_> = (0..5).map(|_| throttle.message(now)).collect();
            assert_eq!(flood[..4], [Verdict::Now; 4]);
            assert_eq!(flood[4], Verdict::Slow(Duration::from_millis(100)));
            now += Duration::from_secs(1);
        }
    }
}
