//! The messages for a wrong scenario: all complaints at once, each with its place.

use wasm_gauntlet_model::scenario::{Vocabulary, Words, parse};
use wasm_gauntlet_model::source::Source;

fn complaints(text: &str) -> String {
    let vocabulary = Vocabulary::new(|| {
        let guests = ["cpu-loop", "cpu-nested", "benign-echo"].map(str::to_owned).to_vec();
        let heavy = vec!["cpu-nested".to_owned()];
        Words { guests, heavy, ..Words::default() }
    });
    match parse(&Source::new("mine.yaml", text), &vocabulary) {
        Ok(scenario) => panic!("{} was accepted", scenario.incident),
        Err(complaints) => complaints.to_string(),
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    insta::assert_snapshot!(complaints(
        "incident: Host/Deadline\n\
         claim: 7\n\
         severity: criticl\n\
         faults: [no-dedline]\n\
         plabook: {}\n\
         needs: [host/cal]\n\
         matrix: { hostile: [cpu-lop], empty: [] }\n\
         steps:\n\
         - call: { guest: \"{hostil}\", input: a, spin-ms: 3 }\n  as: attack\n\
         expect:\n\
         - atack.outcome: ok\n"
    ));
}

#[test]
fn paths_matchers_guests_and_references_are_checked_when_the_shape_is_right() {
    insta::assert_snapshot!(complaints(
        "incident: host/deadline\n\
         claim: c\n\
         severity: major\n\
         faults: [no-deadline, no-deadline]\n\
         implied-by: [no-deadline]\n\
         playbook: { symptom: s, first-check: f, cause: c, fix: { any: x } }\n\
         matrix: { hostile: [cpu-lop, cpu-loop] }\n\
         steps:\n\
         - call: { guest: \"{hostil}\" }\n  as: attack\n\
         - call: { guest: \"{hostile}\", input: a, spin-ms: 3, times: 0 }\n  as: attack\n\
         - { get: {}, head: {}, as: both }\n\
         expect:\n\
         - atack.outcome: ok\n\
         \x20 attack.outcom: ok\n\
         \x20 attack.outcome: { at-most: 5 }\n\
         \x20 attack.overrun-ms: { at-most: grac }\n\
         \x20 attack.log: { same-as: attack.outcome }\n\
         \x20 attack.wall-ms: {}\n\
         \x20 were: 3\n\
         - says: \"{atack.outcome}\"\n\
         \x20 attack.contained: yes please\n"
    ));
}

#[test]
fn yaml_that_is_none_a_repeated_key_and_a_bomb_are_one_complaint_each() {
    insta::assert_snapshot!(complaints("incident: [a\nclaim: b\n"));
    insta::assert_snapshot!(complaints("claim: a\nclaim: b\n"));
    let bomb: String = (1..9)
        .map(|level| {
            format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", "))
        })
        .collect();
    insta::assert_snapshot!(complaints(&format!("a0: &a0 [x, x, x, x, x, x, x, x, x]\n{bomb}")));
}

#[test]
fn nothing_looked_at_and_nothing_expected_are_refused() {
    insta::assert_snapshot!(complaints(
        "incident: host/deadline\nclaim: c\nseverity: major\n\
         playbook: { symptom: s, first-check: f, cause: c, fix: { nginx: x } }\n\
         steps: []\nexpect: []\n"
    ));
}

#[test]
fn patterns_of_guests_that_mean_nothing_are_refused() {
    insta::assert_snapshot!(complaints(
        "incident: host/deadline\nclaim: c\nseverity: major\n\
         playbook: { symptom: s, first-check: f, cause: c, fix: { any: x } }\n\
         matrix:\n\
         \x20 none: { guests: [] }\n\
         \x20 unfit: { guests: [spin-*, cpu-lop] }\n\
         \x20 heavy: { guests: [cpu-n*] }\n\
         \x20 left-out: { guests: [cpu-*], except: [cpu-loop, benign-*] }\n\
         \x20 typo: { guest: [cpu-*] }\n\
         steps:\n- call: { guest: \"{unfit}\" }\n  as: attack\n\
         expect:\n- attack.contained: true\n"
    ));
}

#[test]
fn a_word_that_a_field_never_holds_is_refused_and_so_is_a_value_of_another_kind() {
    insta::assert_snapshot!(complaints(
        "incident: host/deadline\nclaim: c\nseverity: 3\n\
         playbook: { symptom: s, first-check: f, cause: c, fix: { any: x } }\n\
         steps:\n- call: { guest: cpu-loop, times: -7 }\n  as: attack\n\
         expect: []\n"
    ));
    insta::assert_snapshot!(complaints(
        "incident: host/deadline\nclaim: c\nseverity: major\n\
         playbook: { symptom: s, first-check: f, cause: c, fix: { any: x } }\n\
         matrix: { hostile: [cpu-loop, cpu-lop] }\n\
         steps:\n- call: { guest: \"{hostile}\" }\n  as: attack\n\
         expect:\n\
         - where: { attack.outcome: deadlyne }\n  attack.trap: { not: stak }\n\
         - attack.outcome: { one-of: [okay, trap, mixed] }\n\
         \x20 attack.stage: { none-of: [7, true] }\n\
         \x20 attack.outcomes: { lacks-token: Ok }\n\
         \x20 attack.stopped-by: Watchdog\n"
    ));
}

#[test]
fn a_list_that_expects_nothing_is_shown_where_it_is() {
    insta::assert_snapshot!(complaints(
        "incident: host/deadline\nclaim: c\nseverity: major\n\
         playbook: { symptom: s, first-check: f, cause: c, fix: { any: x } }\n\
         steps:\n- call: { guest: cpu-loop }\n  as: attack\n\
         expect: []\n"
    ));
}
