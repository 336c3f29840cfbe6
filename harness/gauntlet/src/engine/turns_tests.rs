//! Trials that disturb one another take turns, whoever runs them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use wasm_gauntlet_model::action::Action;
use wasm_gauntlet_model::observation::Observation;
use wasm_gauntlet_model::plan::{Plan, plan};
use wasm_gauntlet_model::profile::{Profile, SubjectKind};
use wasm_gauntlet_model::selection::Selection;

use super::{Engine, ProfiledSubject, reach};
use crate::load;
use crate::subject::scripted::Scripted;
use crate::subject::{Inability, Session, Subject};

/// A host that counts the sessions open at once.
struct Stateful {
    alone: bool,
    open: AtomicUsize,
    most: Arc<AtomicUsize>,
}

impl Subject for Stateful {
    fn one_at_a_time(&self) -> bool {
        self.alone
    }

    fn name(&self) -> &str {
        "stateful"
    }

    fn profile(&self) -> Result<Profile, Inability> {
        Scripted::new("stateful", SubjectKind::Host).profile()
    }

    fn open(&self, _: u64) -> Result<Box<dyn Session + '_>, Inability> {
        let open = self.open.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(open, Ordering::SeqCst);
        std::thread::sleep(std::time::Duration::from_millis(50));
        Ok(Box::new(Opened(self)))
    }
}

struct Opened<'a>(&'a Stateful);

impl Session for Opened<'_> {
    fn perform(&mut self, _: &str, _: &Action) -> Result<Observation, Inability> {
        Err(Inability::unreachable("it says nothing".to_owned()))
    }
}

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The most sessions open at once while four engines share the subject.
fn most_at_once(alone: bool) -> usize {
    let most = Arc::new(AtomicUsize::new(0));
    let stateful = Stateful { alone, open: AtomicUsize::new(0), most: Arc::clone(&most) };
    let (subjects, _, _) = reach(vec![Box::new(stateful)]);
    let scenarios = load::catalogue().expect("it is right");
    let only = vec!["host/trap-is-data".to_owned()];
    let selection = Selection { only, ..Selection::default() };
    let profiles = [subjects[0].profile.clone()];
    let trials = plan(&scenarios, &profiles, &selection).trials;
    let begin = Barrier::new(4);
    let one = |subjects: &[ProfiledSubject]| {
        begin.wait();
        let plan = Plan { trials: trials[..1].to_vec(), skips: Vec::new() };
        Engine::new(&scenarios, subjects).run(&plan)
    };
    std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(|| one(&subjects)))));
    most.load(Ordering::SeqCst)
}

#[test]
fn engines_that_share_a_subject_share_its_turns() {
    assert_eq!(most_at_once(true), 1);
    assert!(most_at_once(false) > 1, "the test would see an overlap");
}
