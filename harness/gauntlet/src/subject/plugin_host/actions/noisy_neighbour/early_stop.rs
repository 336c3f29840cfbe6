//! When one round of a noisy-neighbour step is enough: when nobody was delayed in it.
//!
//! The p99 beside the noise is compared with the least that it could be alone, which is the work
//! itself. It is not compared with the quiet phase of the same round: that may have had a bad
//! moment, and the ratio would flatter the host. One round may be wrong by [`MARGIN`], which is
//! added. If the ratio is still within the factor, the step is green. Otherwise the other rounds
//! follow, and decide as if there had been no early look. One round never makes a step red by its
//! ratio, because one bad moment beside the noise would be enough for that.
//!
//! So the early end cannot cause a wrong red, and seldom a wrong green: chance must lower a p99 by
//! the margin. With a spread of 30 % of p99 between rounds, that happens in 4 % of steps exactly at
//! the bound, half of which two rounds would leave in doubt. A quarter past the bound it is less
//! than 1 %. Two rounds are wrong in 25 % and 5 %. The test compares both rules.

/// How far the p99 of one round may be from the truth, as a factor. It is the longest of 28 calls,
/// and changes by a fifth from round to round on a machine of two cores.
const MARGIN: f64 = 1.7;

/// The largest possible ratio by one round: the p99 beside the noise over the least p99 alone, both
/// at least the floor.
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
