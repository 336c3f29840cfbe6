//! `Action::Compare`: two guests in interleaved pairs, so that other load on the machine affects
//! both alike.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use wasm_gauntlet_host::worker::parent::work::{GuestModule, LoadOutcome, Work};
use wasm_gauntlet_model::action::Compare;
use wasm_gauntlet_model::call::CallOutcome;
use wasm_gauntlet_model::limits::Grants;
use wasm_gauntlet_model::observation::{Observation, Pace, count, known};

use super::port::Port;
use super::seeded_rng::{SeededRng, median};
use super::{Stage, contained, evidence};
use crate::subject::Inability;

/// The tenant of both.
const TENANT: &str = "compare";

/// The word for an `ok` with a wrong output. A host that answers without running the guest is not a
/// fast host.
const WRONG_OUTPUT: &str = "wrong-output";

/// Most pairs: at 50 ms a call this is 100 s.
const PAIRS_MAX: u32 = 1000;

/// Pairs that are made in any case. With eight, the interval of a ratio of medians is a few percent
/// wide, and a host that compiles for each call is slower by hundreds of percent.
const PAIRS_MIN: usize = 8;

/// After those, no pair begins past this time: 25 pairs of half a second each would show the same
/// as eight. No measured value decides on it.
pub(super) const ENOUGH: Duration = Duration::from_secs(2);

/// Calls that are made however slow they are: each guest once, then the minimum of pairs, and one
/// that began in time.
pub(super) const CALLS_AT_LEAST: u32 = 20;
const _: () = assert!(CALLS_AT_LEAST as usize == 2 + 2 * (PAIRS_MIN + 1));

/// Both times of one pair, milliseconds: the tested guest first.
type PairTimes = (f64, f64);

/// Load both, then time pairs, each in a random order.
pub(crate) fn perform(stage: &mut Stage<'_>, compare: &Compare) -> Result<Observation, Inability> {
    let modules = [stage.module(&compare.guest)?, stage.module(&compare.control)?];
    stage.port.watch(&[&modules[0], &modules[1]])?;
    let mut timing = Timing {
        port: stage.port,
        compare,
        modules: &modules,
        grants: Grants::default(),
        failures: BTreeSet::new(),
    };
    let first_ms = timing.first(0)?;
    // A guest that cannot run would cost the timeout of a load for each pair.
    let both_run = first_ms.is_some() && timing.first(1)?.is_some();
    let pairs = if both_run { timing.pairs(&mut stage.rng)? } else { Vec::new() };
    let failures = timing.failures;
    let mut evidence = [evidence::guest(&modules[0]), evidence::guest(&modules[1])].concat();
    evidence.push(evidence::limits(&compare.limits));
    evidence.push(evidence::named("pairs, milliseconds", shown(&pairs)));
    let facts = pace(&pairs, first_ms, failures, &mut stage.rng).facts();
    Ok(Observation { facts, evidence, reproduce: None })
}

/// Two guests being timed.
struct Timing<'a> {
    port: &'a dyn Port,
    compare: &'a Compare,
    modules: &'a [GuestModule; 2],
    grants: Grants,
    failures: BTreeSet<String>,
}

impl Timing<'_> {
    fn work(&self, which: usize) -> Work<'_> {
        let (limits, grants) = (&self.compare.limits, &self.grants);
        Work { module: &self.modules[which], tenant: TENANT, input: &[], limits, grants }
    }

    /// The load and the first call together; none if the guest cannot run.
    fn first(&mut self, which: usize) -> Result<Option<f64>, Inability> {
        match self.port.load(&self.work(which))? {
            LoadOutcome::Ready { wall } => {
                Ok(self.time(which)?.map(|call_ms| wall.as_secs_f64() * 1000.0 + call_ms))
            }
            LoadOutcome::Ended(end) => {
                self.failures.insert(end.called.outcome.word().to_owned());
                Ok(None)
            }
        }
    }

    /// One call in milliseconds; none, with its word kept, if it is not `ok`.
    fn time(&mut self, which: usize) -> Result<Option<f64>, Inability> {
        let timed = self.port.call(&self.work(which))?;
        let word = match &timed.called.outcome {
            CallOutcome::Ok { output } => {
                if contained::right_output(&self.modules[which], &[], output) != Some(false) {
                    return Ok(Some(
                        timed.wall.max(Duration::from_nanos(1)).as_secs_f64() * 1000.0,
                    ));
                }
                WRONG_OUTPUT
            }
            other => other.word(),
        };
        self.failures.insert(word.to_owned());
        Ok(None)
    }

    fn pairs(&mut self, rng: &mut SeededRng) -> Result<Vec<PairTimes>, Inability> {
        let mut pairs = Vec::new();
        let began = Instant::now();
        for _ in 0..self.compare.pairs.min(PAIRS_MAX) {
            if pairs.len() >= PAIRS_MIN && began.elapsed() > ENOUGH {
                break;
            }
            let order = if rng.coin() { [0, 1] } else { [1, 0] };
            let mut times = [None, None];
            for which in order {
                times[which] = self.time(which)?;
            }
            if self.failures.contains("host-fault") {
                break;
            }
            if let [Some(guest), Some(control)] = times {
                pairs.push((guest, control));
            }
        }
        Ok(pairs)
    }
}

fn pace(
    pairs: &[PairTimes],
    first_ms: Option<f64>,
    failures: BTreeSet<String>,
    rng: &mut SeededRng,
) -> Pace {
    let p50 = |side: fn(&PairTimes) -> f64| {
        let mut times: Vec<f64> = pairs.iter().map(side).collect();
        known((!times.is_empty()).then(|| median(&mut times)))
    };
    Pace {
        ratio: known(rng.interval(pairs, |drawn| ratio(drawn))),
        subject_p50_ms: p50(|pair| pair.0),
        control_p50_ms: p50(|pair| pair.1),
        first_ms: known(first_ms),
        pairs: count(pairs.len()).into(),
        failures: failures.into_iter().collect::<Vec<_>>().into(),
    }
}

/// The ratio of the medians.
fn ratio(pairs: &[PairTimes]) -> f64 {
    let (mut guest, mut control): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    median(&mut guest) / median(&mut control)
}

/// The first pairs, for a reader who wants to see their spread.
fn shown(pairs: &[PairTimes]) -> String {
    const SHOWN: usize = 10;
    let text = |pair: &PairTimes| format!("{:.3} / {:.3}", pair.0, pair.1);
    pairs.iter().take(SHOWN).map(text).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use wasm_gauntlet_model::observation::Fact;

    use super::*;

    #[test]
    fn a_guest_that_takes_twice_as_long_has_a_ratio_about_two() {
        let mut rng = SeededRng::new(3, "pairs");
        #[expect(clippy::cast_precision_loss, reason = "below 100")]
        let mut noise = || rng.below(100) as f64 / 1000.0;
        let pairs: Vec<PairTimes> = (0..60).map(|_| (2.0 + noise(), 1.0 + noise())).collect();
        let pace = pace(&pairs, Some(9.0), BTreeSet::new(), &mut SeededRng::new(4, "x"));
        let Fact::Is((low, high)) = pace.ratio else { panic!("60 pairs give an interval") };
        assert!(1.9 < low && low < high && high < 2.1, "{low} {high}");
        assert_eq!(pace.pairs, Fact::Is(60));
    }

    #[test]
    fn no_pair_is_no_ratio() {
        let failures = BTreeSet::from(["trap".to_owned()]);
        let pace = pace(&[], None, failures, &mut SeededRng::new(4, "x"));
        assert_eq!(pace.ratio, Fact::Unknown);
        assert_eq!(pace.pairs, Fact::Is(0));
        assert_eq!(pace.failures, Fact::Is(vec!["trap".to_owned()]));
    }
}
