//! Every guest is used: by a case of a scenario, of the heavy tier too, or by the harness itself.

use std::collections::BTreeSet;

use gauntlet::load;
use wasm_gauntlet_model::profile::{Profile, SubjectKind};

/// Guests that no scenario names because the harness itself uses them.
const OF_THE_HARNESS: &[(&str, &str)] = &[];

fn host() -> Profile {
    Profile {
        kind: SubjectKind::Host,
        about: String::new(),
        can: Vec::new(),
        found: Vec::new(),
        left_out: Vec::new(),
        limits: None,
        held: Vec::new(),
        deployed: None,
        grace_ms: 0,
    }
}

#[test]
fn every_guest_is_used_by_a_scenario() {
    let scenarios = load::catalogue().expect("the catalogue is right");
    let mut used: BTreeSet<String> = BTreeSet::new();
    for scenario in scenarios.iter().filter(|one| one.kind() == SubjectKind::Host) {
        for case in scenario.cases_of(&host(), true) {
            used.extend(scenario.steps.iter().flat_map(|step| step.guest_ids(&case.params)));
        }
    }
    used.extend(OF_THE_HARNESS.iter().map(|(id, _)| (*id).to_owned()));
    let unused: Vec<&str> = hostile_guests::all()
        .iter()
        .map(|guest| guest.id.as_str())
        .filter(|id| !used.contains(*id))
        .collect();
    assert!(unused.is_empty(), "{} guests in no scenario: {unused:#?}", unused.len());
}
