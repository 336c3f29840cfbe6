//! What a sample leaves out, and what it never does.

use std::collections::BTreeSet;

use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::plan::{Trial, plan};
use wasm_gauntlet_model::profile::{Need, Profile, SubjectKind};
use wasm_gauntlet_model::selection::{About, Selection};

use crate::load;
use crate::subject::Subject as _;
use crate::subject::scripted::Scripted;

#[test]
fn a_sample_tries_every_case_in_turn_and_all_cases_on_what_a_scenario_names() {
    let scenarios = load::catalogue().expect("the catalogue is right");
    let host = Scripted::new("host", SubjectKind::Host).profile().expect("a profile");
    let hosts: Vec<Profile> = vec![Profile { can: Need::ALL.to_vec(), ..host }; 3];
    let trials = |about| plan(&scenarios, &hosts, &Selection { about, ..Selection::default() });
    let key = |one: &Trial| (one.subject, one.scenario, one.case.label.clone());
    let all: BTreeSet<_> = trials(None).trials.iter().map(key).collect();
    let mut seen = BTreeSet::new();
    for turn in 0..9 {
        let fault = Fault::NoDeadline;
        let sampled = trials(Some(About { fault, turn, sample: 3 })).trials;
        let whole = trials(Some(About { fault, turn, sample: 1 })).trials;
        assert!(sampled.len() < whole.len(), "{} of {}", sampled.len(), whole.len());
        for one in &whole {
            let named = [&scenarios[one.scenario].faults, &scenarios[one.scenario].implied_by];
            let named = named.iter().any(|faults| faults.contains(&fault));
            let same = |other: &&Trial| other.scenario == one.scenario;
            assert!(sampled.iter().any(|other| same(&other)), "a scenario is never left out");
            assert!(!named || sampled.contains(one), "{:?}", key(one));
        }
        seen.extend(sampled.iter().map(key));
    }
    assert_eq!(seen, all, "in nine turns every case is tried on every host");
}
