//! The right host holds every guest; each switch causes its defect.

use wasm_gauntlet_model::limits::{Grants, Limits};

use super::*;
use crate::subject::guest_abi::trial::{self, words};
use crate::subject::host::Host;

fn make(defects: Defects) -> Box<dyn Host> {
    Box::new(WasmtimeHost::new(defects).expect("the ticker starts"))
}

#[test]
fn every_guest_is_contained() {
    trial::every_guest_is_contained(make(Defects::default()).as_ref());
}

#[test]
fn grants_are_exact() {
    trial::grants_are_exact(make(Defects::default()).as_ref());
}

#[test]
fn logs_are_tame() {
    trial::logs_are_tame(make(Defects::default()).as_ref());
}

#[test]
fn instances_are_fresh() {
    trial::instances_are_fresh(make(Defects::default()).as_ref());
}

#[test]
fn fuel_is_an_outcome_of_its_own() {
    trial::fuel_is_an_outcome_of_its_own(make(Defects::default()).as_ref());
}

#[test]
fn the_cap_needs_evidence() {
    trial::the_cap_needs_evidence(make(Defects::default()).as_ref());
}

#[test]
fn caps_are_lifted_by_their_switches() {
    trial::twins::caps_are_lifted_by_their_switches(&make);
}

#[test]
fn a_deadline_that_is_not_on_start_leaves_start_alone() {
    trial::twins::a_deadline_that_is_not_on_start_leaves_start_alone(&make);
}

#[test]
fn without_a_deadline_a_long_call_ends_ok() {
    trial::twins::without_a_deadline_a_long_call_ends_ok(&make);
}

#[test]
fn kept_instances_show_what_the_last_call_left() {
    trial::twins::kept_instances_show_what_the_last_call_left(&make);
}

#[test]
fn ambient_things_are_there_with_their_switches_alone() {
    trial::twins::ambient_things_are_there_with_their_switches_alone(&make);
}

#[test]
fn the_other_switches_do_what_they_say() {
    trial::twins::the_other_switches_do_what_they_say(&make);
}

#[test]
fn more_calls_at_once_than_the_pool_holds_are_busy_or_ok() {
    let host = make(Defects::default());
    let plugin = host
        .load(&trial::bytes("cpu-loop"), &Limits::default(), &Grants::default())
        .expect("it loads");
    let words: Vec<String> = std::thread::scope(|scope| {
        let calls: Vec<_> =
            (0..40).map(|_| scope.spawn(|| words(&Ok(plugin.call("t", b""))))).collect();
        calls.into_iter().map(|call| call.join().expect("no panic")).collect()
    });
    assert!(words.iter().all(|word| word == "busy" || word == "deadline"), "{words:?}");
    assert!(words.iter().filter(|word| *word == "deadline").count() >= 32);
}

#[test]
fn a_name_is_for_one_instance_at_a_time() {
    // The names are the process's; the tests of both runtimes share it.
    let _alone = trial::NAMES_IN_USE.lock();
    trial::twins::a_name_is_for_one_instance_at_a_time(&make);
}
