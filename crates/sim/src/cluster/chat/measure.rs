//! Latencies in buckets whose width grows with them.

use crate::Micros;

/// Buckets for each doubling: none is wider than an eighth of where it begins.
const PER_OCTAVE: u64 = 8;
/// How many buckets there are; the last reaches beyond a day.
pub(super) const BUCKETS: usize = 280;

/// The bucket of a latency.
pub(super) fn bucket(latency: Micros) -> usize {
    if latency < PER_OCTAVE {
        return latency as usize;
    }
    let octave = u64::from(latency.ilog2() - PER_OCTAVE.ilog2());
    let within = (latency >> octave) - PER_OCTAVE;
    (((octave + 1) * PER_OCTAVE + within) as usize).min(BUCKETS - 1)
}

/// Where a bucket begins.
pub(super) fn begins(bucket: usize) -> Micros {
    let bucket = bucket as u64;
    if bucket < PER_OCTAVE {
        return bucket;
    }
    let (octave, within) = (bucket / PER_OCTAVE - 1, bucket % PER_OCTAVE);
    (PER_OCTAVE + within) << octave
}

/// The latency that this share of all does not exceed, in microseconds, evenly spread within its bucket. `None` where
/// there are none.
pub(super) fn percentile(counts: &[u32], share: f64) -> Option<f64> {
    let all: u64 = counts.iter().map(|&count| u64::from(count)).sum();
    if all == 0 {
        return None;
    }
    let wanted = share * all as f64;
    let mut below = 0.0;
    for (bucket, &count) in counts.iter().enumerate() {
        let count = f64::from(count);
        if count > 0.0 && below + count >= wanted {
            let (from, until) = (begins(bucket) as f64, begins(bucket + 1) as f64);
            return Some(from + (until - from) * ((wanted - below) / count).clamp(0.0, 1.0));
        }
        below += count;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_each_other() {
        for number in 0..BUCKETS {
            assert_eq!(bucket(begins(number)), number);
            assert_eq!(bucket(begins(number + 1) - 1), number);
        }
        assert_eq!(bucket(Micros::MAX), BUCKETS - 1);
        assert!(begins(BUCKETS - 1) > 86_400_000_000 / 16);
    }

    #[test]
    fn percentiles_of_what_is_known() {
        let mut counts = [0; BUCKETS];
        for latency in 1..=100_000u64 {
            counts[bucket(latency)] += 1;
        }
        for share in [0.01, 0.5, 0.95, 0.99, 1.0] {
            let found = percentile(&counts, share).unwrap();
            // Even within a bucket, as these are, but for what is missing of the last one.
            assert!((found / (share * 100_000.0) - 1.0).abs() < 0.12, "{found}");
        }
        assert!((percentile(&counts, 0.5).unwrap() - 50_000.0).abs() < 10.0);
        assert_eq!(percentile(&[0; BUCKETS], 0.5), None);
    }
}
