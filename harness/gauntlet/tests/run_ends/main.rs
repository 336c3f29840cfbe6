//! A run ends whatever a host does, and it says why. Verdicts from before a loss stand. A host that
//! is lost for good is one critical incident, and its remaining trials do not start.

mod adapter;
mod decided;
mod lost;
mod small_host;
mod wedged;

use gauntlet::engine::{Engine, ProfiledSubject, Results, reach};
use gauntlet::subject::Subject;
use wasm_gauntlet_model::observation::{GuestCall, Observation};
use wasm_gauntlet_model::plan::plan;
use wasm_gauntlet_model::profile::Profile;
use wasm_gauntlet_model::record::Outcome;
use wasm_gauntlet_model::scenario::{Vocabulary, parse};
use wasm_gauntlet_model::selection::Selection;
use wasm_gauntlet_model::source::Source;

/// Four cases, each with an attack and a call after it.
const SCENARIO: &str = "incident: host/one
claim: The host outlives the attack
severity: critical
faults: [no-deadline]
playbook: { symptom: s, first-check: f, cause: c, fix: { any: x }, see: [] }
needs: [host/call]
matrix: { number: [1, 2, 3, 4] }
steps:
  - call: { guest: benign-echo, input: \"{number}\" }
    as: attack
  - call: { guest: benign-echo }
    as: after
expect:
  - attack.contained: true
  - after.outcome: ok
";

/// The result of a call.
fn call(contained: bool, outcome: &str) -> Observation {
    let seen = GuestCall { contained: contained.into(), ..GuestCall::default() };
    let seen = GuestCall { outcome: outcome.to_owned().into(), ..seen };
    Observation { facts: seen.facts(), ..Observation::default() }
}

/// The four cases on one subject.
fn run(subject: Box<dyn Subject>) -> Results {
    let parsed = parse(&Source::new("mine.yaml", SCENARIO), &Vocabulary::default());
    let scenarios = [parsed.unwrap_or_else(|wrong| panic!("{wrong}"))];
    let (subjects, _, unreachable): (Vec<ProfiledSubject>, _, _) = reach(vec![subject]);
    assert!(unreachable.is_empty(), "{unreachable:?}");
    let profiles: Vec<Profile> = subjects.iter().map(|one| one.profile.clone()).collect();
    let plan = plan(&scenarios, &profiles, &Selection::default());
    Engine::new(&scenarios, &subjects).jobs(2).run(&plan)
}

/// Incident, case and verdict of each.
fn verdicts(outcomes: &[Outcome]) -> Vec<String> {
    let line = |one: &Outcome| format!("{} {} {}", one.incident, one.case, one.verdict.word());
    outcomes.iter().map(line).collect()
}
