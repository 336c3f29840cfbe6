//! The catalogue as tests: one trial for each case and subject, on the healthy reference deployment
//! and the embedded runtimes. `ci/wazero.sh` does the same for wazero.
//!
//! Trials that measure time are left out, because other tests run at the same time. `gauntlet run`
//! makes them, and so does `cargo test -- --ignored` on a quiet machine, one at a time. Another
//! trial that stays inconclusive alone on a busy machine is reported and is not red.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, PoisonError, RwLock};

use gauntlet::engine::{Engine, ProfiledSubject, reach};
use gauntlet::load;
use gauntlet::subject::Subject;
use gauntlet::subject::build::{Artefact, Build};
use gauntlet::subject::plugin_host::actions::{lateness, module};
use gauntlet::subject::plugin_host::http::HostHttp;
use gauntlet::subject::plugin_host::runtimes;
use gauntlet::subject::site::Site;
use gauntlet::testbed::build::{FEATURE, TestbedBuild};
use gauntlet::testbed::plugins::PluginFront;
use gauntlet::testbed::site::TestbedSite;
use libtest_mimic::{Arguments, Failed, Trial};
use wasm_gauntlet_model::ledger::Ledger;
use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::plan::{self, Plan, plan};
use wasm_gauntlet_model::profile::Profile;
use wasm_gauntlet_model::record::Outcome;
use wasm_gauntlet_model::scenario::Scenario;
use wasm_gauntlet_model::selection::Selection;
use wasm_gauntlet_model::target::{OriginTarget, SiteTarget};
use wasm_gauntlet_model::verdict::Verdict;

/// What every trial needs. It lives until the last trial has ended.
struct Stage {
    scenarios: Vec<Scenario>,
    subjects: Vec<ProfiledSubject>,
    ledger: Ledger,
    /// A trial that tolerates parallel trials holds it for reading; any other holds it for writing.
    quiet: RwLock<()>,
    _site: TestbedSite,
    _build: TestbedBuild,
    _plugins: PluginFront,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let (stage, plan) = prepared();
    let conclusion = libtest_mimic::run(&arguments, trials(&stage, plan));
    // Every subject is dropped before the process ends: no worker outlives the tests.
    drop(stage);
    conclusion.exit_code()
}

fn prepared() -> (Arc<Stage>, Plan) {
    let scenarios = load::catalogue().unwrap_or_else(|wrong| panic!("{wrong}"));
    let site = TestbedSite::start(&[], None).expect("the site starts");
    let origin = Some(OriginTarget { url: site.origin_url(), host: None });
    let previous = vec![site.previous_url()];
    let target = SiteTarget { origin, previous, ..SiteTarget::at(site.site_url()) };
    let (secure, certificate) = site.secure();
    let secure = secure.parse().expect("an address");
    let subject = Site::of(&target).and_then(|subject| subject.secured(secure, certificate));
    let subject = subject.expect("a site").seen_by_installed("#compute");
    let mut subjects: Vec<Box<dyn Subject>> = vec![Box::new(subject)];
    let build = TestbedBuild::write(&[]).expect("the build is written");
    subjects.push(Box::new(Artefact::new(known(&build), String::new())));
    let program = Path::new(env!("CARGO_BIN_EXE_gauntlet"));
    let plugins = PluginFront::start(program, "wasmtime", &[], Limits::default());
    let plugins = plugins.expect("the plugin host starts");
    let (url, limits) = (plugins.url(), Limits::default());
    let host = HostHttp::new("host", &url, limits, None, Box::new(module::catalogue));
    let references = runtimes::references(program);
    subjects.push(Box::new(host.expect("a host").compared_with(references.clone())));
    for runtime in wasm_gauntlet_host::runtimes::NAMES {
        let program = env!("CARGO_BIN_EXE_gauntlet").into();
        let subject = runtimes::subject(runtime, program, &[]);
        subjects.push(Box::new(subject.compared_with(references.clone())));
    }
    let (subjects, _, unreachable) = reach(subjects);
    assert!(unreachable.is_empty(), "{unreachable:?}");
    let profiles: Vec<Profile> = subjects.iter().map(|one| one.profile.clone()).collect();
    let plan = plan(&scenarios, &profiles, &Selection::default());
    let (ledger, quiet) = (load::ledger().expect("it is right"), RwLock::new(()));
    let stage =
        Stage { scenarios, subjects, ledger, quiet, _site: site, _build: build, _plugins: plugins };
    (Arc::new(stage), plan)
}

/// Known facts about the reference build.
fn known(build: &TestbedBuild) -> Build {
    Build {
        dir: build.dir(),
        second: Some(build.second()),
        public_key: Some(build.public_key()),
        exports: vec![FEATURE.to_owned()],
        ..Build::default()
    }
}

fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("stderr takes a line");
}

fn trials(stage: &Arc<Stage>, plan: Plan) -> Vec<Trial> {
    let name = |stage: &Stage, subject: usize, scenario: usize, case: &str| {
        let subject = stage.subjects[subject].subject.name();
        format!("{subject}::{}::{case}", stage.scenarios[scenario].incident)
    };
    let skipped = plan.skips.iter().map(|skip| {
        let name = name(stage, skip.subject, skip.scenario, &skip.reason);
        Trial::test(name, || Ok(())).with_ignored_flag(true)
    });
    let skipped: Vec<Trial> = skipped.collect();
    let planned = spread(stage, plan.trials).into_iter().map(|trial| {
        let name = name(stage, trial.subject, trial.scenario, &trial.case.label);
        let (stage, timing) = (Arc::clone(stage), trial.timing);
        let name = if timing { format!("{name} (measures time)") } else { name };
        Trial::test(name, move || stage.run(trial)).with_ignored_flag(timing)
    });
    planned.chain(skipped).collect()
}

/// The trials of subjects that take one trial at a time, spread evenly among the others. In a row
/// they would leave one thread busy and all others waiting.
fn spread(stage: &Stage, trials: Vec<plan::Trial>) -> Vec<plan::Trial> {
    let one_at_a_time = |trial: &plan::Trial| stage.subjects[trial.subject].subject.one_at_a_time();
    let (rare, others): (Vec<_>, Vec<_>) = trials.into_iter().partition(one_at_a_time);
    let (rares, rest) = (rare.len(), others.len());
    let mut placed: Vec<(usize, plan::Trial)> = Vec::new();
    placed.extend(rare.into_iter().enumerate().map(|(at, trial)| ((2 * at + 1) * rest, trial)));
    placed.extend(others.into_iter().enumerate().map(|(at, trial)| ((2 * at + 1) * rares, trial)));
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, trial)| trial).collect()
}

impl Stage {
    /// Runs a trial in parallel with others. It runs alone if it measures time, or if the parallel
    /// run was inconclusive.
    fn run(&self, trial: plan::Trial) -> Result<(), Failed> {
        if !trial.timing {
            let _beside = self.quiet.read().unwrap_or_else(PoisonError::into_inner);
            let outcome = self.outcome(trial.clone())?;
            if outcome.verdict != Verdict::Inconclusive {
                return report(&outcome);
            }
        }
        let _alone = self.quiet.write().unwrap_or_else(PoisonError::into_inner);
        let (outcome, busy) = lateness::while_busy(|| self.outcome(trial));
        match outcome? {
            doubt if busy && doubt.verdict == Verdict::Inconclusive => {
                say(&format!("doubt: {} {}: {}", doubt.incident, doubt.case, doubt.reason));
                Ok(())
            }
            outcome => report(&outcome),
        }
    }

    fn outcome(&self, trial: plan::Trial) -> Result<Outcome, Failed> {
        let plan = Plan { trials: vec![trial], skips: Vec::new() };
        let engine = Engine::new(&self.scenarios, &self.subjects).ledger(&self.ledger);
        let results = engine.run(&plan);
        Ok(results.outcomes.into_iter().next().ok_or("the trial has no outcome")?)
    }
}

fn report(outcome: &Outcome) -> Result<(), Failed> {
    match outcome.verdict {
        Verdict::Pass => Ok(()),
        Verdict::Fail if outcome.gap.is_some() => Ok(()),
        other => {
            let place = outcome.r#where.as_deref().unwrap_or("-");
            let (word, reason) = (other.word(), &outcome.reason);
            Err(format!("{word} at {place}: {reason}\n{:#?}", outcome.evidence).into())
        }
    }
}
