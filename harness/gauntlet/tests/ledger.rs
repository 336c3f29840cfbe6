//! The ledgers name existing cases only. A line about a removed case would hide nothing, but look
//! as if it did.

use gauntlet::load;
use gauntlet::subject::plugin_host::runtimes;
use wasm_gauntlet_model::ledger::{self, LedgerScope};
use wasm_gauntlet_model::source::Source;

#[test]
fn every_line_names_a_runtime_and_a_case_that_there_are() {
    let scenarios = load::catalogue().expect("the catalogue is right");
    let known = LedgerScope { scenarios: &scenarios, subjects: &runtimes::known() };
    for source in load::ledger_sources() {
        let ledger = ledger::parse_knowing(&source, known);
        let ledger = ledger.unwrap_or_else(|wrong| panic!("{wrong}"));
        assert!(!ledger.0.is_empty(), "{}", source.name);
    }
}

#[test]
fn a_line_about_nothing_is_told_with_its_place() {
    let scenarios = load::catalogue().expect("the catalogue is right");
    let known = LedgerScope { scenarios: &scenarios, subjects: &["mine"] };
    let said = |incident: &str, cases: &str, on: &str| {
        let text = format!(
            "gaps:\n  - incident: {incident}\n    cases: [{cases}]\n    runtimes: [{on}]\n    \
             reason: r\n    see: s\n"
        );
        match ledger::parse_knowing(&Source::new("gaps.yaml", text), known) {
            Ok(ledger) => format!("{} lines", ledger.0.len()),
            Err(wrong) => wrong.to_string(),
        }
    };
    assert_eq!(said("host/deadline", "hostile=cpu-loop", "mine"), "1 lines");
    for (incident, cases, on, part) in [
        ("host/deadlin", "hostile=cpu-loop", "mine", "did you mean `host/deadline`?"),
        ("host/deadline", "hostile=cpu-lop", "mine", "host/deadline has no case `hostile=cpu-lop`"),
        ("host/deadline", "", "mine", "host/deadline has more than one case"),
        ("host/deadline", "hostile=cpu-loop", "mind", "did you mean `mine`?"),
    ] {
        let said = said(incident, cases, on);
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
}
