//! When one round of a noisy-neighbour step is enough: where nobody was held up in it.
//!
//! The p99 beside the noise is then held against the least that it could be alone, which is the
//! work itself, and not against the phase alone of the same round: that may have had a bad moment,
//! and a ratio to it would flatter the host. What one round finds may be off by [`MARGIN`], so that
//! is taken on top. Where it is still within the factor, the step is green; otherwise the other
//! rounds are played and decide as if there had been no look before. Never does one round make a
//! step red by its ratio: one bad moment beside the noise would do it.
//!
//! So the early end adds no way to a wrong red, and a narrow one to a wrong green: chance must move
//! a p99 down by the margin. While p99 of a round have a spread of 30 % that is 4 % of steps at
//! the bound itself, half of which two rounds would leave in doubt, and less than 1 % a quarter
//! past it; two rounds are wrong in 25 % and 5 %. The test plays both rules against each other.

/// How far the p99 of one round may be from the truth, as a factor: of 28 calls it is the longest,
/// and moves by a fifth from round to round on a machine of two cores.
const MARGIN: f64 = 1.7;

/// The most that the ratio is, by one round: what was seen beside the noise over what it is at
/// least alone, both past the floor.
pub(super) fn at_most(beside_ms: f64, least_ms: f64) -> f64 {
    beside_ms / least_ms * MARGIN
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subject::plugin_host::actions::seeded_rng::SeededRng;

    const FACTOR: f64 = 2.0;
    const TRIES: u32 = 20_000;

    /// About `truth`: log-normal, as times are, by the sum of twelve draws.
    fn about(rng: &mut SeededRng, truth: f64, spread: f64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "below 2^20")]
        let draw = |rng: &mut SeededRng| rng.below(1 << 20) as f64 / f64::from(1 << 20);
        let normal = (0..12).map(|_| draw(rng)).sum::<f64>() - 6.0;
        truth * (normal * spread).exp()
    }

    /// How often each rule is green: two rounds always, and one where that is enough. `alone` is
    /// how long the phase alone takes in terms of the work; a bad moment makes it longer.
    fn green(truth: f64, spread: f64, alone: f64) -> (f64, f64) {
        let mut rng = SeededRng::new(11, "contests");
        let (mut always, mut early) = (0, 0);
        for _ in 0..TRIES {
            let mut beside = || about(&mut rng, truth, spread);
            let (first, second) = (beside(), beside());
            let both = first / alone <= FACTOR && second <= FACTOR;
            always += u32::from(both);
            early += u32::from(at_most(first, 1.0) <= FACTOR || both);
        }
        (f64::from(always) / f64::from(TRIES), f64::from(early) / f64::from(TRIES))
    }

    #[test]
    fn an_early_end_hardly_makes_a_wrong_green_likelier() {
        for spread in [0.1, 0.2, 0.3] {
            for (truth, more) in [(2.0, 0.025), (2.5, 0.01), (3.0, 0.002), (6.0, 0.0)] {
                let (always, early) = green(truth, spread, 1.0);
                assert!(early <= always + more, "{truth} {spread}: {always} {early}");
            }
        }
    }

    #[test]
    fn a_bad_moment_alone_flatters_nobody() {
        // The phase alone took five times its time, and the neighbour takes three times.
        let (always, early) = green(3.0, 0.2, 5.0);
        assert!(early <= always + 0.002, "{always} {early}");
        assert!(at_most(3.0, 1.0) > FACTOR);
    }

    #[test]
    fn who_is_not_held_up_is_soon_known() {
        assert!(at_most(1.1, 1.0) <= FACTOR);
        assert!(at_most(1.3, 1.0) > FACTOR);
        assert!(at_most(f64::NAN, 1.0).partial_cmp(&FACTOR).is_none());
    }
}
