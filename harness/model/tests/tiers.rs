//! A guest that can exhaust a machine runs only with its tier, however a scenario names it. A guest
//! that stays below the memory cap of a host is not tried there, because it would show nothing.

use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::plan::plan;
use wasm_gauntlet_model::profile::{Need, Profile, SubjectKind};
use wasm_gauntlet_model::scenario::{Reach, Scenario, Vocabulary, Words, parse};
use wasm_gauntlet_model::selection::Selection;
use wasm_gauntlet_model::source::Source;

fn scenario(matrix: &str, steps: &str) -> Scenario {
    let vocabulary = Vocabulary::new(|| Words {
        guests: ["mild", "wild", "tame"].map(str::to_owned).to_vec(),
        heavy: vec!["wild".to_owned()],
        reaches: vec![("mild".to_owned(), Reach::Pages(4096))],
        counterparts: vec![("mild".to_owned(), "tame".to_owned())],
    });
    let text = format!(
        "incident: host/one\nclaim: c\nseverity: major\nneeds: [host/call]\n\
         faults: [no-memory-cap]\n\
         playbook: {{ symptom: s, first-check: f, cause: c, fix: {{ any: x }}, see: [] }}\n\
         {matrix}steps:\n{steps}expect:\n  - got.contained: true\n"
    );
    parse(&Source::new("mine.yaml", text), &vocabulary).unwrap_or_else(|wrong| panic!("{wrong}"))
}

/// The planned cases on a host with this cap on pages, and the reasons of skips.
fn planned(scenario: &Scenario, heavy: bool, memory_pages: u32) -> (Vec<String>, Vec<String>) {
    let profile = Profile {
        kind: SubjectKind::Host,
        about: String::new(),
        can: vec![Need::HostCall],
        found: Vec::new(),
        left_out: Vec::new(),
        limits: Some(Limits { memory_pages, ..Limits::default() }),
        held: Vec::new(),
        deployed: None,
        grace_ms: 0,
    };
    let selection = Selection { heavy, ..Selection::default() };
    let plan = plan(std::slice::from_ref(scenario), &[profile], &selection);
    let cases = plan.trials.into_iter().map(|trial| trial.case.label).collect();
    (cases, plan.skips.into_iter().map(|skip| skip.reason).collect())
}

#[test]
fn a_name_obeys_tiers_as_a_pattern_does_wherever_it_stands() {
    const CALL: &str = "  - call: { guest: \"{hostile}\" }\n    as: got\n";
    for matrix in [
        "matrix: { hostile: { guests: [mild, wild] } }\n",
        "matrix: { hostile: [mild, wild] }\n",
        "matrix: { hostile: { guests: [mild], heavy: [wild] } }\n",
    ] {
        let scenario = scenario(matrix, CALL);
        let cases = |heavy| planned(&scenario, heavy, 256).0;
        assert_eq!(cases(false), ["hostile=mild"], "{matrix}");
        assert_eq!(cases(true), ["hostile=mild", "hostile=wild"], "{matrix}");
    }
    for steps in [
        "  - call: { guest: wild }\n    as: got\n",
        "  - call: { guest: tame, meanwhile: wild }\n    as: got\n",
    ] {
        let scenario = scenario("", steps);
        let (cases, skips) = planned(&scenario, false, 256);
        assert_eq!((cases.len(), skips.len()), (0, 1), "{steps}");
        assert!(skips[0].contains("only with `--tier heavy`"), "{}", skips[0]);
        assert_eq!(planned(&scenario, true, 256).0.len(), 1, "{steps}");
    }
}

#[test]
fn a_guest_that_does_not_pass_the_cap_is_not_tried() {
    let steps = "  - call: { guest: mild }\n    as: got\n";
    let scenario = scenario("", steps);
    assert_eq!(planned(&scenario, false, 4095).0.len(), 1);
    let (cases, skips) = planned(&scenario, false, 4096);
    assert_eq!((cases.len(), skips.len()), (0, 1));
    assert!(skips[0].contains("mild grows to at most 4096 pages of memory"), "{}", skips[0]);
}
