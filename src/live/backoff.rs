//! How long to wait before the next attempt: exponential backoff with full jitter and a cap.
//!
//! Exponential alone keeps clients in step: a server that fell drops everybody at once, and everybody would come back
//! at once. The random part spreads them. *Full* jitter draws from the whole range between nothing and the ceiling;
//! *equal* jitter keeps half of the ceiling, *decorrelated* jitter grows from the wait before.

/// The ceiling of the first wait, in milliseconds.
pub const BASE_MS: f64 = 1_000.0;
/// No wait is longer, in milliseconds.
pub const CAP_MS: f64 = 30_000.0;
/// A connection that stayed open this long, in milliseconds, was a good one: counting starts anew. A server that
/// accepts and drops at once is not asked faster for it.
pub const STEADY_MS: f64 = 5_000.0;

/// The longest wait before attempt `attempt`, which counts from 0.
pub fn ceiling_ms(attempt: u32) -> f64 {
    (BASE_MS * 2f64.powi(attempt.min(30) as i32)).min(CAP_MS)
}

/// The wait before attempt `attempt`, for a `random` number from 0 to 1.
pub fn wait_ms(attempt: u32, random: f64) -> f64 {
    let random = if random.is_finite() {
        random.clamp(0.0, 1.0)
    } else {
        1.0
    };
    ceiling_ms(attempt) * random
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ceiling_doubles_up_to_the_cap() {
        let ceilings: Vec<f64> = (0..7).map(ceiling_ms).collect();
        assert_eq!(
            ceilings,
            [
                1_000.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0, 30_000.0, 30_000.0
            ]
        );
        assert_eq!(ceiling_ms(u32::MAX), CAP_MS);
    }

    #[test]
    fn any_wait_between_nothing_and_the_ceiling() {
        assert_eq!(wait_ms(3, 0.0), 0.0);
        assert_eq!(wait_ms(3, 0.5), 4_000.0);
        assert_eq!(wait_ms(3, 1.0), 8_000.0);
        for odd in [-1.0, 2.0, f64::NAN, f64::INFINITY] {
            assert!((0.0..=8_000.0).contains(&wait_ms(3, odd)));
        }
    }
}
