//! Cold and warm starts. A cold module is one that the host has never seen: the guest with a custom
//! section of its own. So its digest is new and its code is known.

mod variant;

use std::collections::BTreeSet;
use std::time::Duration;

use hdrhistogram::Histogram;
use wasm_gauntlet_host::worker::parent::work::{GuestModule, LoadOutcome, Work};
use wasm_gauntlet_model::action::Control;
use wasm_gauntlet_model::call::CallOutcome;
use wasm_gauntlet_model::limits::Grants;
use wasm_gauntlet_model::observation::{Fact, Observation, Starts};

use super::super::arrivals::histogram;
use super::super::seeded_rng::median;
use super::super::{Stage, contained, evidence};
use super::{known, ms, work};
use crate::subject::Inability;
use variant::{nonce, variant};

/// Warm calls after each start. The minimum counts, because noise only adds time.
pub(super) const WARM_CALLS: u32 = 4;

/// Cold and warm, milliseconds.
type StartTimes = (f64, f64);

/// Start modules, and call each again.
pub(crate) fn perform(
    stage: &mut Stage<'_>,
    control: &Control,
    times: u32,
) -> Result<Observation, Inability> {
    let guest = (stage.source)(&control.guest, &control.guest_params)?;
    stage.port.watch(&[&guest])?;
    let mut seen = Times::default();
    let run = nonce();
    for number in 0..times {
        let module = variant(&guest, run, number);
        if !seen.module(stage, control, &module)? {
            break;
        }
    }
    let ratio = |drawn: &mut Vec<StartTimes>| {
        let (mut cold, mut warm): (Vec<f64>, Vec<f64>) = drawn.iter().copied().unzip();
        median(&mut warm) / median(&mut cold)
    };
    let interval = stage.rng.interval(&seen.pairs, ratio);
    let mut evidence = evidence::guest(&guest).to_vec();
    let pairs = seen.pairs.iter().map(|(cold, warm)| format!("{cold:.3} / {warm:.3}"));
    evidence
        .push(evidence::named("cold / warm, milliseconds", pairs.collect::<Vec<_>>().join("\n")));
    let facts = Starts {
        modules: i64::from(times).into(),
        load_p50_ms: p50(&seen.loads),
        load_max_ms: longest(&seen.loads),
        first_p50_ms: p50(&seen.firsts),
        first_max_ms: longest(&seen.firsts),
        warm_p50_ms: p50(&seen.warm),
        warm_max_ms: longest(&seen.warm),
        warm_over_cold: known(interval),
        failures: seen.failures.into_iter().collect::<Vec<_>>().into(),
    };
    Ok(Observation { facts: facts.facts(), evidence, reproduce: None })
}

/// Microseconds of each kind, three significant digits.
struct Times {
    loads: Histogram<u64>,
    firsts: Histogram<u64>,
    warm: Histogram<u64>,
    pairs: Vec<StartTimes>,
    failures: BTreeSet<String>,
}

impl Default for Times {
    fn default() -> Self {
        let (loads, firsts, warm) = (histogram(), histogram(), histogram());
        Self { loads, firsts, warm, pairs: Vec::new(), failures: BTreeSet::new() }
    }
}

impl Times {
    /// Start one module and call it again; false where that failed.
    fn module(
        &mut self,
        stage: &Stage<'_>,
        control: &Control,
        module: &GuestModule,
    ) -> Result<bool, Inability> {
        let nothing = Grants::default();
        let work = Work { input: &[], ..work(control, module, &control.tenant, &nothing) };
        let load = match stage.port.load(&work)? {
            LoadOutcome::Ready { wall } => wall,
            LoadOutcome::Ended(end) => {
                self.failures.insert(end.called.outcome.word().to_owned());
                return Ok(false);
            }
        };
        let Some(first) = self.call(stage, &work)? else { return Ok(false) };
        record(&mut self.loads, load);
        record(&mut self.firsts, first);
        let mut least = Duration::MAX;
        for _ in 0..WARM_CALLS {
            let Some(warm) = self.call(stage, &work)? else { return Ok(false) };
            record(&mut self.warm, warm);
            least = least.min(warm);
        }
        self.pairs.push((ms(load + first), ms(least)));
        Ok(true)
    }

    /// One call; none, with its word kept, if it is not the right answer.
    fn call(&mut self, stage: &Stage<'_>, work: &Work<'_>) -> Result<Option<Duration>, Inability> {
        let timed = stage.port.call(work)?;
        match &timed.called.outcome {
            CallOutcome::Ok { output }
                if contained::right_output(work.module, work.input, output) != Some(false) =>
            {
                return Ok(Some(timed.wall));
            }
            other => self.failures.insert(other.word().to_owned()),
        };
        Ok(None)
    }
}

fn record(histogram: &mut Histogram<u64>, wall: Duration) {
    histogram.saturating_record(u64::try_from(wall.as_micros()).unwrap_or(u64::MAX).max(1));
}

fn p50(histogram: &Histogram<u64>) -> Fact<f64> {
    known((!histogram.is_empty()).then(|| in_ms(histogram.value_at_quantile(0.5))))
}

fn longest(histogram: &Histogram<u64>) -> Fact<f64> {
    known((!histogram.is_empty()).then(|| in_ms(histogram.max())))
}

#[expect(clippy::cast_precision_loss, reason = "a time limit of minutes")]
fn in_ms(us: u64) -> f64 {
    us as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_kept_as_they_are() {
        let mut times = Times::default();
        for ms in [40, 50, 60] {
            record(&mut times.loads, Duration::from_millis(ms));
        }
        let about = |fact, ms: f64| matches!(fact, Fact::Is(is) if f64::abs(is - ms) < 0.1);
        assert!(about(p50(&times.loads), 50.0), "{:?}", p50(&times.loads));
        assert!(about(longest(&times.loads), 60.0), "{:?}", longest(&times.loads));
    }
}
