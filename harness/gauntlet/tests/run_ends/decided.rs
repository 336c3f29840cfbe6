//! A decided failure stays a failure if later steps cannot observe anything. Every other verdict
//! becomes inconclusive.

use gauntlet::subject::Inability;
use gauntlet::subject::scripted::Scripted;
use wasm_gauntlet_model::profile::SubjectKind;
use wasm_gauntlet_model::verdict::Verdict;

use super::{call, run};

fn verdict(attack: bool, after: Result<(), &str>) -> (Verdict, String, bool) {
    let after =
        after.map(|()| call(true, "ok")).map_err(|why| Inability::unreachable(why.to_owned()));
    let subject = Scripted::new("host", SubjectKind::Host)
        .says("attack", Ok(call(attack, "host-fault")))
        .says("after", after);
    let first = run(Box::new(subject)).outcomes.swap_remove(0);
    let unseen = first.evidence.iter().any(|one| one.what == "not observed");
    (first.verdict, first.reason, unseen)
}

#[test]
fn a_failure_stands_and_a_claim_that_was_not_seen_is_never_a_pass() {
    assert_eq!(verdict(true, Ok(())).0, Verdict::Pass);
    assert_eq!(verdict(false, Ok(())).0, Verdict::Fail);
    let (decided, reason, unseen) = verdict(false, Err("nobody is there"));
    assert_eq!((decided, unseen), (Verdict::Fail, true), "{reason}");
    assert!(reason.contains("attack.contained"), "{reason}");
    let (doubt, reason, _) = verdict(true, Err("nobody is there"));
    assert_eq!((doubt, reason.as_str()), (Verdict::Inconclusive, "after: nobody is there"));
}
