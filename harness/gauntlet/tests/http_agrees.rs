//! A scenario gives the same verdicts over HTTP and on the embedded runtime behind it, case by
//! case. A case that runs on one runs on the other, unless a named reason excludes it. With a
//! fault, both report the same.
//!
//! `tests/catalogue.rs` shows that every case is green on both healthy hosts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use gauntlet::engine::{Engine, ProfiledSubject, reach};
use gauntlet::load;
use gauntlet::subject::Subject;
use gauntlet::subject::plugin_host::actions::module;
use gauntlet::subject::plugin_host::http::HostHttp;
use gauntlet::subject::plugin_host::runtimes;
use gauntlet::testbed::plugins::PluginFront;
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::plan::{Plan, plan};
use wasm_gauntlet_model::profile::{Need, Profile};
use wasm_gauntlet_model::scenario::Scenario;
use wasm_gauntlet_model::selection::Selection;

/// What a host behind HTTP does not offer to a client. Each is a reason to skip a case there.
const NOT_OVER_HTTP: &[Need] =
    &[Need::HostLimits, Need::HostGrants, Need::HostMemory, Need::HostFuel, Need::HostCapacity];

/// What a runtime alone does not offer: the host around it keeps modules and counts calls.
const NOT_EMBEDDED: &[Need] = &[Need::HostRegistry, Need::HostMetrics, Need::HostRate];

/// The host over HTTP, then the same runtime embedded. Both have the same faults.
struct Both {
    subjects: Vec<ProfiledSubject>,
    scenarios: Vec<Scenario>,
    _front: PluginFront,
}

impl Both {
    fn with(faults: &[Fault]) -> Self {
        let program = Path::new(env!("CARGO_BIN_EXE_gauntlet"));
        let front = PluginFront::start(program, "wasmtime", faults, Limits::default());
        let front = front.expect("the plugin host starts");
        let source = Box::new(module::catalogue);
        let host = HostHttp::new("host", &front.url(), Limits::default(), None, source);
        let embedded = runtimes::subject("wasmtime", program.into(), faults);
        let both: Vec<Box<dyn Subject>> =
            vec![Box::new(host.expect("an address")), Box::new(embedded)];
        let (subjects, _, unreachable) = reach(both);
        assert!(unreachable.is_empty(), "{unreachable:?}");
        let scenarios = load::catalogue().unwrap_or_else(|wrong| panic!("{wrong}"));
        Self { subjects, scenarios, _front: front }
    }

    fn plan(&self) -> Plan {
        let profiles: Vec<Profile> = self.subjects.iter().map(|one| one.profile.clone()).collect();
        plan(&self.scenarios, &profiles, &Selection::default())
    }

    /// The cases of `plan` on one of the two.
    fn cases(&self, plan: &Plan, subject: usize) -> BTreeSet<(usize, String)> {
        let of = plan.trials.iter().filter(|trial| trial.subject == subject);
        of.map(|trial| (trial.scenario, trial.case.label.clone())).collect()
    }
}

#[test]
fn what_runs_embedded_runs_over_http_but_for_a_reason_by_name() {
    let both = Both::with(&[]);
    let plan = both.plan();
    let (http, embedded) = (both.cases(&plan, 0), both.cases(&plan, 1));
    assert!(http.len() > 300, "only {} cases over HTTP", http.len());
    for (scenario, case) in http.difference(&embedded) {
        let scenario = &both.scenarios[*scenario];
        let named = scenario.needs.iter().any(|need| NOT_EMBEDDED.contains(need));
        assert!(named, "{} {case} does not run embedded", scenario.incident);
    }
    for (scenario, case) in embedded.difference(&http) {
        let scenario = &both.scenarios[*scenario];
        let named = scenario.needs.iter().any(|need| NOT_OVER_HTTP.contains(need));
        assert!(named, "{} {case} does not run over HTTP", scenario.incident);
    }
}

#[test]
fn on_a_fault_both_give_the_same_verdict_in_each_case() {
    const INCIDENTS: &[&str] = &["host/wrong-contract", "host/fresh-instance", "host/exit"];
    let both = Both::with(&[Fault::LoadAnything, Fault::SharedInstance]);
    let mut plan = both.plan();
    plan.skips.clear();
    plan.trials
        .retain(|trial| INCIDENTS.contains(&both.scenarios[trial.scenario].incident.as_str()));
    let ledger = load::ledger().expect("it is right");
    let engine = Engine::new(&both.scenarios, &both.subjects).jobs(2).ledger(&ledger);
    let results = engine.run(&plan);
    let mut verdicts: BTreeMap<(String, String), Vec<&str>> = BTreeMap::new();
    for outcome in &results.outcomes {
        let case = (outcome.incident.clone(), outcome.case.clone());
        verdicts.entry(case).or_default().push(outcome.verdict.word());
    }
    for (case, verdicts) in &verdicts {
        assert!(matches!(verdicts[..], [a, b] if a == b), "{case:?}: {verdicts:?}");
    }
    let words: BTreeSet<&str> = verdicts.values().flatten().copied().collect();
    assert_eq!(words, BTreeSet::from(["fail", "pass"]), "both kinds are compared");
}
