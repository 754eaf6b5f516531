//! Numbers drawn from a seed.

use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng;

/// A source of numbers. The same seed and stream give the same numbers on every machine.
#[derive(Clone, Debug)]
pub struct Chance(Pcg32);

impl Chance {
    /// The numbers of a seed. What must not disturb each other draws from streams of its own.
    pub fn new(seed: u64, stream: u64) -> Chance {
        Chance(Pcg32::new(seed, stream))
    }

    /// A number from 0 up to, but never, 1; every multiple of 2⁻⁵³ is as likely.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number with the exponential distribution of mean 1: the time between two events that happen once per unit of
    /// time on average and know nothing of each other.
    pub fn exponential(&mut self) -> f64 {
        -libm::log1p(-self.unit())
    }

    /// A whole number from 0 up to, but never, `n`; 0 where `n` is 0. Each is as likely, to within 2⁻³².
    pub fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.bits()) * u64::from(n)) >> 32) as u32
    }

    /// 32 bits.
    pub(crate) fn bits(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// A number with the normal distribution of mean 0 and variance 1 (Box and Muller, 1958). Of the two numbers that
    /// the method gives, the second is not used, so that how often this was called says how many numbers were drawn.
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(2.0 * self.exponential());
        radius * libm::cos(2.0 * std::f64::consts::PI * self.unit())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_means_the_same_everywhere() {
        let mut chance = Chance::new(1, 0);
        let drawn: Vec<u64> = (0..4)
            .map(|_| (chance.exponential() * 1e12).round() as u64)
            .collect();
        assert_eq!(drawn, GOLDEN);
    }

    /// Written down once. Links with a seed in them are out in the world; they go on meaning the same.
    const GOLDEN: [u64; 4] = [
        4_177_175_641,
        46_268_687_140,
        794_390_405_105,
        1_281_104_361_102,
    ];

    #[test]
    fn streams_and_seeds_differ() {
        let first = |seed, stream| Chance::new(seed, stream).unit();
        assert_ne!(first(1, 0), first(1, 1));
        assert_ne!(first(1, 0), first(2, 0));
    }

    #[test]
    fn the_mean_of_the_exponential_is_one() {
        const N: u32 = 100_000;
        let mut chance = Chance::new(7, 0);
        let sum: f64 = (0..N).map(|_| chance.exponential()).sum();
        let mean = sum / f64::from(N);
        assert!((mean - 1.0).abs() < 0.02, "{mean}");
    }

    #[test]
    fn the_normal_has_mean_0_and_variance_1_and_its_tails() {
        const N: u32 = 200_000;
        let mut chance = Chance::new(3, 0);
        let drawn: Vec<f64> = (0..N).map(|_| chance.normal()).collect();
        let n = f64::from(N);
        let mean = drawn.iter().sum::<f64>() / n;
        let variance = drawn.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
        // Four standard errors: 1/√n and √(2/n).
        assert!(mean.abs() < 4.0 / n.sqrt(), "{mean}");
        assert!(
            (variance - 1.0).abs() < 4.0 * (2.0 / n).sqrt(),
            "{variance}"
        );
        for (beyond, share) in [(1.0, 0.317_311), (2.0, 0.045_500), (3.0, 0.002_700)] {
            let found = drawn.iter().filter(|x| x.abs() > beyond).count() as f64 / n;
            let error = (share * (1.0 - share) / n).sqrt();
            assert!(
                (found - share).abs() < 4.0 * error,
                "beyond {beyond}: {found}"
            );
        }
    }

    #[test]
    fn whole_numbers_stay_below_and_are_equally_likely() {
        let mut chance = Chance::new(5, 0);
        let mut counts = [0u32; 7];
        for _ in 0..70_000 {
            counts[chance.below(7) as usize] += 1;
        }
        // Each is binomial with mean 10,000 and standard deviation 92.6.
        assert!(
            counts.iter().all(|&n| n.abs_diff(10_000) < 400),
            "{counts:?}"
        );
        assert_eq!(chance.below(0), 0);
    }
}
