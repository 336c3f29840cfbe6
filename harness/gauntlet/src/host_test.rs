//! Tests your own host in your own `cargo test`: one trial for each case of the catalogue.
//!
//! In `Cargo.toml`:
//!
//! ```toml
//! [[test]]
//! name = "gauntlet"
//! harness = false
//! ```
//!
//! and in `tests/gauntlet.rs`, where `MyHost` implements [`Host`]:
//!
//! ```no_run
//! # use std::sync::Arc;
//! # use gauntlet::host::{About, Grants, Host, Limits, Plugin, RejectStage, Rejection};
//! # struct MyHost;
//! # impl Host for MyHost {
//! #     fn about(&self) -> About {
//! #         let (name, version, engine) = ("my-host".into(), "1".into(), "none".into());
//! #         About { name, version, engine, wasi: false, fuel: false }
//! #     }
//! #     fn load(&self, _: &[u8], _: &Limits, _: &Grants) -> Result<Arc<dyn Plugin>, Rejection> {
//! #         Err(Rejection { stage: RejectStage::Validate, reason: "it runs nothing yet".into() })
//! #     }
//! # }
//! fn main() -> std::process::ExitCode {
//!     gauntlet::HostTest::new("my-host").run(|| Ok::<_, std::io::Error>(MyHost))
//! }
//! ```
//!
//! **Isolation.** Guests never run in the test process: the test binary starts itself again as a
//! worker, under resource limits, watched from outside. A host that aborts, hangs or uses up memory
//! fails one trial, and the others go on. So the host is made more than once, each time in a new
//! process with an empty environment. Its output goes to stderr and is shown when it breaks.

use std::env;
use std::fmt::Display;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::{Arc, RwLock};

use libtest_mimic::{Arguments, Failed, Trial};
use wasm_gauntlet_host::host::Host;
use wasm_gauntlet_host::process::confine::Confinement;
use wasm_gauntlet_host::process::launch::Launch;
use wasm_gauntlet_host::process::scratch;
use wasm_gauntlet_host::worker::child as worker;
use wasm_gauntlet_model::name::nearest;
use wasm_gauntlet_model::plan::{self, Plan, plan};
use wasm_gauntlet_model::record::Outcome;
use wasm_gauntlet_model::scenario::Scenario;
use wasm_gauntlet_model::selection::Selection;
use wasm_gauntlet_model::source::printable;
use wasm_gauntlet_model::verdict::Verdict;

use crate::engine::{Engine, ProfiledSubject, reach};
use crate::load;
use crate::locks::unpoisoned;
use crate::subject::plugin_host::actions::{lateness, module};
use crate::subject::plugin_host::adapter::{Adapter, ReferenceRuntimes};

/// Set in the environment of a worker, which is this test binary again: to the name of a reference
/// runtime if it hosts that, and to anything else if it hosts the user's.
const WORKER: &str = "GAUNTLET_HOST_WORKER";

/// A test of one host, to be run as the `main` of a test without harness.
#[derive(Debug, Clone)]
pub struct HostTest {
    name: String,
    selection: Selection,
    known: Vec<(String, String)>,
}

impl HostTest {
    /// The whole catalogue against the host called `name`.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), selection: Selection::default(), known: Vec::new() }
    }

    /// Only the incidents that begin with `prefix`, as in `host/deadline`; may be repeated.
    pub fn only(mut self, prefix: &str) -> Self {
        self.selection.only.push(prefix.to_owned());
        self
    }

    /// Mark `incident` as a known gap of this host, with the reason. It is still tried. When it no
    /// longer happens, the test fails until this line is removed.
    pub fn known_gap(mut self, incident: &str, why: &str) -> Self {
        self.known.push((incident.to_owned(), why.to_owned()));
        self
    }

    /// Run the test; `make` makes the host, in a worker process.
    ///
    /// The exit code is 0 if every trial passed and there was one, as `cargo test` expects.
    pub fn run<H, E>(self, make: impl FnOnce() -> Result<H, E>) -> ExitCode
    where
        H: Host + 'static,
        E: Display,
    {
        if let Some(role) = env::var_os(WORKER) {
            if let Ok(Some(reference)) =
                wasm_gauntlet_host::runtimes::host(&role.to_string_lossy(), &[], None)
            {
                return worker::main_beside_stdout(reference, &Confinement::embedded());
            }
            return match make() {
                Ok(host) => worker::main_beside_stdout(Arc::new(host), &Confinement::default()),
                Err(error) => failure(&format!("the host cannot be created: {error}")),
            };
        }
        let arguments = Arguments::from_args();
        match self.stage() {
            Ok((stage, plan)) => {
                let conclusion = libtest_mimic::run(&arguments, self.trials(&stage, plan));
                // The subjects are dropped before the process ends: no worker outlives the test.
                drop(stage);
                conclusion.exit_code()
            }
            Err(why) => failure(&why),
        }
    }

    fn stage(&self) -> Result<(Arc<HostTestRun>, Plan), String> {
        scratch::sweep(&env::temp_dir());
        let scenarios = load::catalogue().map_err(|wrong| wrong.to_string())?;
        let program = env::current_exe().map_err(|error| error.to_string())?;
        let launch = Launch::beside_stdout(&program, WORKER);
        let reference = |name: &&str| {
            let env = vec![(WORKER.to_owned(), (*name).to_owned())];
            ((*name).to_owned(), Launch { env, ..launch.clone() })
        };
        let references = ReferenceRuntimes::new(
            wasm_gauntlet_host::runtimes::NAMES.iter().map(reference).collect(),
        );
        let host = Adapter::new(&self.name, launch.clone(), Box::new(module::catalogue))
            .compared_with(Arc::new(references));
        let (subjects, _, unreachable) = reach(vec![Box::new(host)]);
        if let Some(outcome) = unreachable.first() {
            return Err(outcome.reason.clone());
        }
        let profiles: Vec<_> = subjects.iter().map(|one| one.profile.clone()).collect();
        let plan = plan(&scenarios, &profiles, &self.selection);
        if plan.trials.is_empty() {
            return Err("no scenario fits this host, so nothing would be tested".to_owned());
        }
        Ok((Arc::new(HostTestRun { scenarios, subjects, quiet: RwLock::default() }), plan))
    }

    /// A trial for each case, one for each known gap, and an ignored one for each skip.
    fn trials(&self, stage: &Arc<HostTestRun>, plan: Plan) -> Vec<Trial> {
        let incident = |index: usize| stage.scenarios[index].incident.as_str();
        let mut trials = Vec::new();
        for skip in &plan.skips {
            let name = format!("{}::{} ({})", self.name, incident(skip.scenario), skip.reason);
            trials.push(Trial::test(name, || Ok(())).with_ignored_flag(true));
        }
        for (known, why) in &self.known {
            let (stage, why) = (Arc::clone(stage), why.clone());
            let name = format!("{}::{known}::known gap", self.name);
            trials.push(match Line::about(known, &plan, &stage.scenarios) {
                Line::Tried(of) => Trial::test(name, move || stage.gap(of, &why)),
                Line::Untried(reason) => {
                    Trial::test(format!("{name} ({reason})"), || Ok(())).with_ignored_flag(true)
                }
                Line::Unknown(complaint) => Trial::test(name, || Err(complaint.into())),
            });
        }
        for trial in plan.trials {
            let incident = incident(trial.scenario);
            if self.known.iter().all(|(known, _)| known != incident) {
                let name = format!("{}::{incident}::{}", self.name, trial.case.label);
                let stage = Arc::clone(stage);
                trials.push(Trial::test(name, move || stage.case(trial)));
            }
        }
        trials
    }
}

/// The cases of a known gap.
#[derive(Debug, PartialEq)]
enum Line {
    /// Cases that are tried.
    Tried(Vec<plan::Trial>),
    /// The cases are not all tried, and why. Then the line is not checked.
    Untried(String),
    /// No incident that there is.
    Unknown(String),
}

impl Line {
    fn about(known: &str, plan: &Plan, scenarios: &[Scenario]) -> Self {
        let Some(index) = scenarios.iter().position(|one| one.incident == known) else {
            let all = scenarios.iter().map(|one| one.incident.as_str());
            let near = nearest(known, all).map(|near| format!("; did you mean `{near}`?"));
            return Self::Unknown(format!(
                "unknown incident `{known}`{}",
                near.unwrap_or_default()
            ));
        };
        // The case that would show the gap may be among those that are skipped.
        if let Some(skip) = plan.skips.iter().find(|skip| skip.scenario == index) {
            return Self::Untried(skip.reason.clone());
        }
        let of = plan.trials.iter().filter(|trial| trial.scenario == index);
        match of.cloned().collect::<Vec<_>>() {
            none if none.is_empty() => Self::Untried("not selected".to_owned()),
            of => Self::Tried(of),
        }
    }
}

/// Print a doubt that comes from a busy machine.
fn doubt(what: &str) {
    let _ = writeln!(std::io::stderr(), "gauntlet: doubt, on a busy machine: {}", printable(what));
}

fn failure(why: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "gauntlet: {}", printable(why));
    ExitCode::FAILURE
}

/// What every trial shares.
struct HostTestRun {
    scenarios: Vec<Scenario>,
    subjects: Vec<ProfiledSubject>,
    /// Held for reading by a trial that may run beside others, and for writing by one that must run
    /// alone.
    quiet: RwLock<()>,
}

impl HostTestRun {
    /// One case must pass. A doubt on a busy machine is printed, and is no failure.
    fn case(&self, trial: plan::Trial) -> Result<(), Failed> {
        let (outcome, busy) = lateness::while_busy(|| self.decided(trial));
        let outcome = outcome?;
        match outcome.verdict {
            Verdict::Pass => Ok(()),
            Verdict::Inconclusive if busy => {
                doubt(&report(&outcome));
                Ok(())
            }
            _ => Err(report(&outcome).into()),
        }
    }

    /// The outcome beside other trials, and a second time alone if that gave a doubt.
    fn decided(&self, trial: plan::Trial) -> Result<Outcome, Failed> {
        let outcome = self.outcome(trial.clone())?;
        match outcome.verdict {
            Verdict::Inconclusive => self.outcome(plan::Trial { timing: true, ..trial }),
            _ => Ok(outcome),
        }
    }

    /// At least one case of a known gap must fail, and each must be decided.
    fn gap(&self, trials: Vec<plan::Trial>, why: &str) -> Result<(), Failed> {
        let (mut failed, mut doubted) = (false, false);
        for trial in trials {
            let (outcome, busy) = lateness::while_busy(|| self.decided(trial));
            let outcome = outcome?;
            failed |= outcome.verdict == Verdict::Fail;
            if outcome.verdict == Verdict::Inconclusive {
                if !busy {
                    return Err(report(&outcome).into());
                }
                doubted = true;
                doubt(&report(&outcome));
            }
        }
        match failed || doubted {
            true => Ok(()),
            false => Err(format!("the gap is closed; remove its line, which says: {why}").into()),
        }
    }

    fn outcome(&self, trial: plan::Trial) -> Result<Outcome, Failed> {
        let _beside = (!trial.timing).then(|| unpoisoned(self.quiet.read()));
        let _alone = trial.timing.then(|| unpoisoned(self.quiet.write()));
        let incident = self.scenarios[trial.scenario].incident.clone();
        let plan = Plan { trials: vec![trial], skips: Vec::new() };
        let engine = Engine::new(&self.scenarios, &self.subjects);
        // A lost host has an outcome of its own beside that of the trial.
        let mut outcomes = engine.run(&plan).outcomes.into_iter();
        outcomes
            .find(|one| one.incident == incident)
            .ok_or_else(|| "the trial has no outcome".into())
    }
}

/// A failure as text for a developer.
fn report(outcome: &Outcome) -> String {
    let mut lines = vec![
        format!("{} ({}): {}", outcome.claim, outcome.verdict.word(), outcome.reason),
        format!("observed {}, expected {}", outcome.observed, outcome.expected),
    ];
    lines.extend(outcome.r#where.as_ref().map(|place| format!("at {place}")));
    lines.extend(outcome.advice.as_ref().map(|advice| format!("fix: {}", advice.fix)));
    printable(&lines.join("; "))
}

#[cfg(test)]
mod tests {
    use wasm_gauntlet_model::plan::Skip;
    use wasm_gauntlet_model::scenario::Case;

    use super::*;

    #[test]
    fn a_line_about_what_was_not_tried_says_nothing() {
        let scenarios = load::catalogue().expect("the catalogue is right");
        let index = |incident: &str| {
            scenarios.iter().position(|one| one.incident == incident).expect("it is there")
        };
        let case = Case { label: String::new(), params: Default::default(), asset: None };
        let (scenario, subject) = (index("host/exit"), 0);
        let tried = plan::Trial { scenario, subject, case, timing: false, steady: false };
        let reason = "needs clang".to_owned();
        let skip = Skip { scenario: index("host/real-c"), subject, reason: reason.clone() };
        let plan = Plan { trials: vec![tried.clone()], skips: vec![skip] };
        let about = |known: &str| Line::about(known, &plan, &scenarios);
        assert_eq!(about("host/exit"), Line::Tried(vec![tried]));
        assert_eq!(about("host/real-c"), Line::Untried(reason));
        assert_eq!(about("host/deadline"), Line::Untried("not selected".to_owned()));
        let complaint = "unknown incident `host/exti`; did you mean `host/exit`?";
        assert_eq!(about("host/exti"), Line::Unknown(complaint.to_owned()));
    }
}
