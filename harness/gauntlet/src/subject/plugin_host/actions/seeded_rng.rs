//! Random numbers that a seed replays, and what is drawn from them: orders, offsets, resamples.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// Resamples of an interval: its ends move by less than 1 % of its width from seed to seed.
const RESAMPLES: usize = 2000;

/// Both tails of an interval of 95 %.
const TAIL: f64 = 0.025;

/// A stream of random numbers.
pub(crate) struct SeededRng(ChaCha8Rng);

impl SeededRng {
    /// The stream of one step of a trial with `seed`.
    pub(crate) fn new(seed: u64, step: &str) -> Self {
        let hash = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(step).finalize();
        Self(ChaCha8Rng::from_seed(hash.into()))
    }

    /// A number below `end`, which is not 0; the bias of `% end` is below 2^-32 for `end` < 2^32.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0.next_u64() % end.max(1)
    }

    /// Heads or tails.
    pub(crate) fn coin(&mut self) -> bool {
        self.below(2) == 0
    }

    /// The interval of 95 % of `statistic` over resamples of `sample`, by the percentile
    /// bootstrap; none for an empty sample or a statistic that is not finite.
    pub(crate) fn interval<T: Copy>(
        &mut self,
        sample: &[T],
        statistic: impl Fn(&mut Vec<T>) -> f64,
    ) -> Option<(f64, f64)> {
        if sample.is_empty() {
            return None;
        }
        let mut drawn = Vec::with_capacity(sample.len());
        let mut values: Vec<f64> = (0..RESAMPLES)
            .map(|_| {
                drawn.clear();
                drawn.extend(sample.iter().map(|_| self.pick(sample)));
                statistic(&mut drawn)
            })
            .collect();
        values.sort_unstable_by(f64::total_cmp);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index below RESAMPLES"
        )]
        let cut = (RESAMPLES as f64 * TAIL) as usize;
        let (low, high) = (values[cut], values[RESAMPLES - 1 - cut]);
        (low.is_finite() && high.is_finite()).then_some((low, high))
    }

    fn pick<T: Copy>(&mut self, sample: &[T]) -> T {
        let index = self.below(sample.len() as u64);
        sample[usize::try_from(index).unwrap_or_default()]
    }
}

/// The median, the mean of the middle two for an even number; NaN for none.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let half = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[half],
        _ => f64::midpoint(values[half - 1], values[half]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_replays_and_a_step_has_its_own_stream() {
        let draw = |seed, step| {
            let mut rng = SeededRng::new(seed, step);
            (0..8).map(|_| rng.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7, "a"), draw(7, "a"));
        assert_ne!(draw(7, "a"), draw(7, "b"));
        assert_ne!(draw(7, "a"), draw(8, "a"));
    }

    #[test]
    fn an_interval_holds_the_truth_and_narrows_with_the_sample() {
        let sample = |size: usize| -> Vec<f64> {
            let mut rng = SeededRng::new(1, "sample");
            #[expect(clippy::cast_precision_loss, reason = "below 1000")]
            let draw = |rng: &mut SeededRng| rng.below(1000) as f64;
            (0..size).map(|_| draw(&mut rng)).collect()
        };
        let width = |size| {
            let found = SeededRng::new(2, "x").interval(&sample(size), |drawn| median(drawn));
            let (low, high) = found.expect("the sample is not empty");
            assert!(low < 500.0 && 500.0 < high, "{low} {high}");
            high - low
        };
        assert!(width(2000) < width(40) / 2.0);
    }

    #[test]
    fn nothing_has_no_median_and_no_interval() {
        assert!(median(&mut []).is_nan());
        assert_eq!(
            SeededRng::new(1, "x").interval(&[], |drawn: &mut Vec<f64>| median(drawn)),
            None
        );
        assert_eq!(SeededRng::new(1, "x").interval(&[0.0], |drawn| 1.0 / drawn[0]), None);
    }

    #[test]
    fn medians() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]).to_bits(), 2.0_f64.to_bits());
        assert_eq!(median(&mut [4.0, 1.0]).to_bits(), 2.5_f64.to_bits());
    }
}
