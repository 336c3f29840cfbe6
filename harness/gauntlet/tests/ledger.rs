//! The ledgers name what there is: a line about a case that is gone would hide nothing, and look
//! as if it did.

use gauntlet::load;
use gauntlet::subject::runtimes;
use wasm_gauntlet_model::scenario::Scenario;

/// Whether `case` is made of values of the scenario's matrix.
fn has_case(scenario: &Scenario, case: &str) -> bool {
    let values = scenario.matrix.iter().flat_map(|(name, values)| {
        values.iter().map(move |value| format!("{name}={}", value.label()))
    });
    let known: Vec<String> = values.collect();
    match known.is_empty() {
        true => case == "-",
        false => case.split(' ').all(|part| known.iter().any(|one| one == part)),
    }
}

#[test]
fn every_line_names_a_runtime_and_a_case_that_there_are() {
    let scenarios = load::catalogue().expect("the catalogue is right");
    let ledger = load::ledger().expect("the ledger is right");
    assert!(!ledger.0.is_empty());
    for entry in ledger.0 {
        let place = &entry.place;
        assert!(runtimes::known().contains(&entry.subject.as_str()), "{place}");
        let scenario = scenarios.iter().find(|one| one.incident == entry.incident);
        let scenario = scenario.unwrap_or_else(|| panic!("{place}: no such incident"));
        assert!(has_case(scenario, &entry.case), "{place}: no case is called {}", entry.case);
    }
}

#[test]
fn the_lines_of_a_ledger_can_be_wrong() {
    let scenarios = load::catalogue().expect("the catalogue is right");
    let deadline = scenarios.iter().find(|one| one.incident == "host/deadline");
    let deadline = deadline.expect("it is in the catalogue");
    assert!(has_case(deadline, "hostile=cpu-loop"));
    assert!(!has_case(deadline, "hostile=cpu-lop") && !has_case(deadline, "-"));
}
