//! How long a plan may take. Each subject has a bound, the sum of the bounds of its trials' steps.
//! No trial begins past it.

use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use wasm_gauntlet_model::plan::{Plan, Trial};
use wasm_gauntlet_model::profile::SubjectKind;
use wasm_gauntlet_model::record::{Outcome, RunBound};
use wasm_gauntlet_model::scenario::CaseContext;
use wasm_gauntlet_model::verdict::Severity;

use super::{Engine, LOOKED_AT_WHOLE, MEASUREMENTS_MAX};
use crate::locks::unpoisoned;

/// Most time for all trials of one subject. The whole catalogue takes three minutes on a fast host,
/// and half an hour on one that is ten times slower.
const SUBJECT_TIME_MAX: Duration = Duration::from_secs(30 * 60);

/// The time of one subject.
#[derive(Default)]
pub(super) struct Budget {
    trials: usize,
    /// All trials together, each at its slowest.
    all: Duration,
    /// The slowest trial.
    longest: Duration,
    clock: Mutex<BudgetClock>,
}

/// The time in which at least one trial was under way.
#[derive(Default)]
struct BudgetClock {
    under_way: usize,
    since: Option<Instant>,
    before: Duration,
}

impl BudgetClock {
    fn spent(&self) -> Duration {
        self.before + self.since.map(|since| since.elapsed()).unwrap_or_default()
    }
}

/// A trial under way; the clock stops when the last one is dropped.
pub(super) struct UnderWay<'a>(&'a Budget);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut clock = self.0.clock();
        clock.under_way -= 1;
        if clock.under_way == 0 {
            clock.before = clock.spent();
            clock.since = None;
        }
    }
}

impl Budget {
    /// The budget of each subject of `engine` for `plan`.
    pub(crate) fn of(engine: &Engine, plan: &Plan) -> Vec<Self> {
        let mut budgets: Vec<Self> = engine.subjects.iter().map(|_| Self::default()).collect();
        for trial in &plan.trials {
            let bound = bound(engine, trial);
            if let Some(budget) = budgets.get_mut(trial.subject) {
                budget.trials += 1;
                budget.all = budget.all.saturating_add(bound);
                budget.longest = budget.longest.max(bound);
            }
        }
        budgets
    }

    /// The longest that the trials of the subject can take: past the limit none begins, and the
    /// last one that did may take all of its own time.
    fn at_most(&self) -> Duration {
        self.all.min(SUBJECT_TIME_MAX + self.longest)
    }

    fn clock(&self) -> MutexGuard<'_, BudgetClock> {
        unpoisoned(self.clock.lock())
    }

    /// A trial begins.
    pub(crate) fn begin(&self) -> UnderWay<'_> {
        let mut clock = self.clock();
        clock.under_way += 1;
        clock.since.get_or_insert_with(Instant::now);
        UnderWay(self)
    }

    /// Why no trial of the subject begins any more, if so.
    pub(crate) fn over(&self) -> Option<String> {
        (self.clock().spent() >= SUBJECT_TIME_MAX).then(|| {
            format!("the {} minutes per subject are over", SUBJECT_TIME_MAX.as_secs() / 60)
        })
    }
}

/// The longest that one trial can take, its repetitions included.
fn bound(engine: &Engine, trial: &Trial) -> Duration {
    let (scenario, reached) = (&engine.scenarios[trial.scenario], &engine.subjects[trial.subject]);
    let context = CaseContext {
        params: &trial.case.params,
        asset: trial.case.asset.as_ref(),
        profile: &reached.profile,
        limits: reached.profile.limits.as_ref().unwrap_or(&scenario.limits),
        tenant: "",
        noise_factor: engine.noise_factor,
    };
    let actions = scenario.steps.iter().filter_map(|step| step.action(context).ok());
    let once: Duration = actions.map(|action| reached.subject.bound(&action)).sum();
    // A doubt about a host is tried once more, alone.
    let times = match reached.profile.kind {
        _ if trial.timing => MEASUREMENTS_MAX,
        SubjectKind::Host => 2,
        SubjectKind::Site | SubjectKind::Artefact => 1,
    };
    once.saturating_mul(u32::try_from(times).unwrap_or(u32::MAX))
}

/// The most time for the whole plan. Subjects may have to take turns, so their times are added.
pub(super) fn in_all(budgets: &[Budget]) -> RunBound {
    let worst = budgets.iter().fold(Duration::ZERO, |all, one| all.saturating_add(one.at_most()));
    RunBound {
        trials: budgets.iter().map(|one| one.trials).sum(),
        worst_case_ms: u64::try_from(worst.as_millis()).unwrap_or(u64::MAX),
    }
}

/// The outcome of a subject whose last trials were not begun, because its time was over.
pub(super) fn outcome(subject: &str, trials: usize, why: &str) -> Outcome {
    Outcome {
        claim: "Every planned trial was run".to_owned(),
        reason: format!("{why}, and {trials} of its trials were not started"),
        ..Outcome::unknown(LOOKED_AT_WHOLE, "time", subject, Severity::Critical)
    }
}
