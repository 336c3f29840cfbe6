//! A subject is lost during a trial. The engine repeats the trial once. Then the run ends or goes
//! on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use gauntlet::engine::HOST_LOST;
use gauntlet::subject::scripted::Scripted;
use gauntlet::subject::{Inability, Session, Subject};
use wasm_gauntlet_model::action::{Action, Input};
use wasm_gauntlet_model::observation::Observation;
use wasm_gauntlet_model::profile::{Profile, SubjectKind};
use wasm_gauntlet_model::verdict::{Severity, Verdict};

use super::{call, run, verdicts};

/// A host that dies of the attack in the second case. `back` says whether it comes back.
struct Mortal {
    back: bool,
    dead: AtomicBool,
    suspect: AtomicBool,
    opened: Arc<AtomicUsize>,
}

impl Subject for Mortal {
    fn name(&self) -> &str {
        "mortal"
    }

    fn one_at_a_time(&self) -> bool {
        true
    }

    fn profile(&self) -> Result<Profile, Inability> {
        Scripted::new("mortal", SubjectKind::Host).profile()
    }

    fn lost(&self) -> Option<String> {
        let lost = self.suspect.swap(false, Ordering::SeqCst);
        lost.then(|| "no health check is answered".to_owned())
    }

    fn open(&self, _: u64) -> Result<Box<dyn Session + '_>, Inability> {
        self.opened.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(Opened(self)))
    }
}

struct Opened<'a>(&'a Mortal);

impl Session for Opened<'_> {
    fn perform(&mut self, step: &str, action: &Action) -> Result<Observation, Inability> {
        let host = self.0;
        if host.dead.load(Ordering::SeqCst) {
            host.suspect.store(true, Ordering::SeqCst);
            return Err(Inability::unreachable("nobody is there".to_owned()));
        }
        let Action::Call(made) = action else { panic!("only calls are made: {action:?}") };
        let kills = step == "attack" && made.input == Input::Bytes(b"2".to_vec());
        if kills && host.opened.load(Ordering::SeqCst) == 2 {
            host.dead.store(!host.back, Ordering::SeqCst);
            host.suspect.store(true, Ordering::SeqCst);
            return Ok(call(false, "host-fault"));
        }
        Ok(call(true, "ok"))
    }
}

fn mortal(back: bool) -> (Box<Mortal>, Arc<AtomicUsize>) {
    let opened = Arc::new(AtomicUsize::new(0));
    let (dead, suspect) = (AtomicBool::new(false), AtomicBool::new(false));
    (Box::new(Mortal { back, dead, suspect, opened: Arc::clone(&opened) }), opened)
}

#[test]
fn one_that_stays_away_is_one_critical_incident_and_its_other_trials_are_not_begun() {
    let (subject, opened) = mortal(false);
    let results = run(subject);
    assert_eq!(
        verdicts(&results.outcomes),
        [
            "host/lost - fail",
            "host/one number=1 pass",
            "host/one number=2 fail",
            "host/one number=3 skipped",
            "host/one number=4 skipped",
        ]
    );
    assert_eq!(opened.load(Ordering::SeqCst), 3, "the second trial was tried once more");
    assert_eq!(results.aborted, None, "that the plan was not done whole is said by the incident");
    let lost = &results.outcomes[0];
    assert_eq!((lost.incident.as_str(), lost.severity), (HOST_LOST, Severity::Critical));
    assert!(lost.reason.contains("in host/one number=2, and again when"), "{}", lost.reason);
    assert!(results.outcomes[3].reason.contains("lost in host/one number=2 (see host/lost)"));
}

#[test]
fn one_that_comes_back_is_tested_to_the_end_and_what_it_failed_stands() {
    let (subject, opened) = mortal(true);
    let results = run(subject);
    let failed = |verdict| results.outcomes.iter().filter(|one| one.verdict == verdict).count();
    assert_eq!((failed(Verdict::Pass), failed(Verdict::Fail)), (3, 1));
    assert_eq!(results.outcomes.len(), 4);
    assert_eq!(opened.load(Ordering::SeqCst), 5);
}
