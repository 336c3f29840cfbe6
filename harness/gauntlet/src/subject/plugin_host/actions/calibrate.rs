//! How many steps of `benign-spin` keep this host busy for a millisecond: engines differ by a
//! factor of a hundred, so it is measured.

use std::time::Duration;

use wasm_gauntlet_host::worker::parent::work::Work;
use wasm_gauntlet_model::action::Input;
use wasm_gauntlet_model::call::CallOutcome;
use wasm_gauntlet_model::limits::{Grants, Limits};

use super::Stage;
use crate::subject::Inability;

/// The guest whose input is a number of steps.
pub(crate) const SPIN_GUEST: &str = "benign-spin";

/// Steps of the first probe: below a tenth of a millisecond on every engine known.
const STEPS_FIRST: u32 = 1000;

/// A probe that takes this long beside the empty one is long enough to divide by.
const LONG_ENOUGH: Duration = Duration::from_millis(5);

/// The minimum of this many probes counts, because noise only adds time.
const PROBES: u32 = 5;

/// Most probes: the steps double from the first number to the largest, and one probe is empty.
const ROUNDS_MAX: u32 = 2 + u32::MAX.ilog2() - STEPS_FIRST.ilog2();

/// The longest that calibration takes on a host that keeps its deadline.
pub(crate) fn takes(limits: &Limits) -> Duration {
    Duration::from_millis(limits.deadline_ms).saturating_mul(ROUNDS_MAX * PROBES)
}

/// The bytes of an input; `SpinMs` is measured once a subject.
pub(crate) fn bytes(
    stage: &Stage<'_>,
    input: &Input,
    limits: &Limits,
) -> Result<Vec<u8>, Inability> {
    match input {
        Input::Bytes(bytes) => Ok(bytes.clone()),
        Input::SpinMs(ms) => {
            let per_ms = stage.port.spins_per_ms(&|| measure(stage, limits))?;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a float becomes the nearest u32"
            )]
            let steps = (per_ms * f64::from(*ms)).max(1.0) as u32;
            Ok(steps.to_le_bytes().to_vec())
        }
    }
}

/// Double the steps until a call takes long enough beyond an empty one.
fn measure(stage: &Stage<'_>, limits: &Limits) -> Result<f64, Inability> {
    let module = stage.module(SPIN_GUEST)?;
    let least = |steps: u32| -> Result<Duration, Inability> {
        let (input, grants) = (steps.to_le_bytes(), Grants::default());
        let tenant = "calibration";
        let work = Work { module: &module, tenant, input: &input, limits, grants: &grants };
        let mut best = Duration::MAX;
        for _ in 0..PROBES {
            let timed = stage.port.call(&work)?;
            match timed.called.outcome {
                CallOutcome::Ok { .. } => best = best.min(timed.wall),
                // The machine delayed it. Another probe may succeed.
                CallOutcome::Deadline => {}
                other => {
                    let words = format!("{SPIN_GUEST} ended with {} in calibration", other.word());
                    return Err(Inability::unreadable(words));
                }
            }
        }
        match best {
            Duration::MAX => {
                Err(Inability::timeout(format!("{SPIN_GUEST} never ended in calibration")))
            }
            best => Ok(best),
        }
    };
    let empty = least(0)?;
    let mut steps = STEPS_FIRST;
    loop {
        let spun = least(steps)?.saturating_sub(empty);
        if spun >= LONG_ENOUGH {
            return Ok(f64::from(steps) / (spun.as_secs_f64() * 1000.0));
        }
        steps = steps.checked_mul(2).ok_or_else(|| {
            Inability::unreadable(format!("{SPIN_GUEST} takes no time, even with many steps"))
        })?;
    }
}
