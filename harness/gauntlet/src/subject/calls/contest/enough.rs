//! When one round of a contest is enough.
//!
//! One round knows the ratio to within [`MARGIN`] and no better, so that is the interval it gives;
//! where the whole of it is on one side of the bound, the contest is decided. Where it is not, the
//! other rounds are played and decide alone, as if there had been no look before.
//!
//! The early end adds a way to either colour, so it must be a narrow one: it is wrong only where
//! chance moves one round by more than the margin past the bound. While p99 of a round have a
//! spread of 30 % that is 4 % of contests at the bound itself, half of which two rounds would leave
//! in doubt, and less than 1 % a quarter away from it; two rounds are wrong in 25 % and 5 %. The
//! test plays both rules against each other.

/// How far one round may be from the truth, as a factor: p99 of 28 calls is the longest of them,
/// and moves by a fifth from round to round on a machine of two cores. What nobody disturbs has a
/// ratio about 1.05, and ends soon with any factor from 1.8.
const MARGIN: f64 = 1.7;

/// Whether the ratios of the rounds so far decide.
pub(super) fn decided(ratios: &[f64], factor: f64) -> bool {
    of_one(ratios).is_some_and(|(low, high)| high <= factor || factor < low)
}

/// The interval of one round; none for another number of them.
pub(super) fn of_one(ratios: &[f64]) -> Option<(f64, f64)> {
    match ratios {
        [ratio] if ratio.is_finite() => Some((ratio / MARGIN, ratio * MARGIN)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subject::calls::chance::Chance;

    const FACTOR: f64 = 2.0;
    const CONTESTS: u32 = 20_000;

    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Colour {
        Green,
        Red,
        Doubt,
    }

    fn colour(low: f64, high: f64) -> Colour {
        match (high <= FACTOR, low > FACTOR) {
            (true, _) => Colour::Green,
            (_, true) => Colour::Red,
            _ => Colour::Doubt,
        }
    }

    fn both(first: f64, second: f64) -> Colour {
        colour(first.min(second), first.max(second))
    }

    /// A ratio about `truth`: log-normal, as ratios of times are, by the sum of twelve draws.
    fn ratio(chance: &mut Chance, truth: f64, spread: f64) -> f64 {
        let draw = |chance: &mut Chance| chance.below(1 << 20) as f64 / f64::from(1 << 20);
        let normal = (0..12).map(|_| draw(chance)).sum::<f64>() - 6.0;
        truth * (normal * spread).exp()
    }

    /// How often each rule gives `wrong`: two rounds always, and one where that decides.
    fn shares(truth: f64, spread: f64, wrong: Colour) -> (f64, f64) {
        let mut chance = Chance::new(11, "contests");
        let (mut always, mut early) = (0, 0);
        for _ in 0..CONTESTS {
            let first = ratio(&mut chance, truth, spread);
            let second = ratio(&mut chance, truth, spread);
            let whole = both(first, second);
            let (low, high) = of_one(&[first]).expect("one ratio");
            let soon = if decided(&[first], FACTOR) { colour(low, high) } else { whole };
            always += u32::from(whole == wrong);
            early += u32::from(soon == wrong);
        }
        (f64::from(always) / f64::from(CONTESTS), f64::from(early) / f64::from(CONTESTS))
    }

    #[test]
    fn an_early_end_makes_no_wrong_colour_likelier() {
        for spread in [0.1, 0.2, 0.3] {
            for (truth, wrong, most) in [
                (2.0, Colour::Green, 0.025),
                (2.5, Colour::Green, 0.01),
                (3.0, Colour::Green, 0.002),
                (6.0, Colour::Green, 0.0),
                (2.0, Colour::Red, 0.025),
                (1.6, Colour::Red, 0.01),
                (1.3, Colour::Red, 0.002),
                (1.0, Colour::Red, 0.0),
            ] {
                let (always, early) = shares(truth, spread, wrong);
                assert!(early <= always + most, "{truth} {spread}: {always} {early}");
            }
        }
    }

    #[test]
    fn what_is_far_from_its_bound_ends_soon_and_what_is_near_never() {
        assert!(decided(&[1.1], FACTOR) && decided(&[3.5], FACTOR));
        assert!(!decided(&[1.5], FACTOR) && !decided(&[2.0], FACTOR) && !decided(&[2.9], FACTOR));
        assert!(!decided(&[], FACTOR) && !decided(&[1.1, 1.1], FACTOR));
        assert!(!decided(&[f64::NAN], FACTOR) && !decided(&[f64::INFINITY], FACTOR));
    }
}
