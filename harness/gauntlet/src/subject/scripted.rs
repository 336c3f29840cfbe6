//! A subject whose observations come from a table, so the engine can be tested without a site, a
//! host or a clock.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use wasm_gauntlet_model::action::Action;
use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::observation::Observation;
use wasm_gauntlet_model::profile::{Need, Profile, SubjectKind};

use super::{Inability, Session, Subject};
use crate::locks::unpoisoned;

/// The answers to one step.
type ScriptedResult = Result<Observation, Inability>;

/// A subject that gives prepared answers.
#[derive(Debug)]
pub struct Scripted {
    name: String,
    profile: Profile,
    steps: BTreeMap<String, Vec<ScriptedResult>>,
    performed: Mutex<Vec<(u64, String, Action)>>,
}

impl Scripted {
    /// A subject that can do everything and has nothing to say yet.
    pub fn new(name: &str, kind: SubjectKind) -> Self {
        let profile = Profile {
            kind,
            about: "a table".to_owned(),
            can: Need::ALL.to_vec(),
            found: Vec::new(),
            left_out: Vec::new(),
            limits: Some(Limits::default()),
            held: Vec::new(),
            deployed: None,
            grace_ms: 0,
        };
        Self { name: name.to_owned(), profile, steps: BTreeMap::new(), performed: Mutex::default() }
    }

    /// Say this of `step`: the first time what was given first, and so on; the last stays.
    pub fn says(mut self, step: &str, said: ScriptedResult) -> Self {
        self.steps.entry(step.to_owned()).or_default().push(said);
        self
    }

    /// What was asked, in order: the seed of the trial, the step, the action.
    #[cfg(test)]
    pub(crate) fn performed(&self) -> Vec<(u64, String, Action)> {
        self.asked().clone()
    }

    fn asked(&self) -> MutexGuard<'_, Vec<(u64, String, Action)>> {
        unpoisoned(self.performed.lock())
    }
}

impl Subject for Scripted {
    fn name(&self) -> &str {
        &self.name
    }

    fn profile(&self) -> Result<Profile, Inability> {
        Ok(self.profile.clone())
    }

    fn open(&self, seed: u64) -> Result<Box<dyn Session + '_>, Inability> {
        Ok(Box::new(ScriptedSession { subject: self, seed, told: BTreeMap::new() }))
    }
}

struct ScriptedSession<'a> {
    subject: &'a Scripted,
    seed: u64,
    told: BTreeMap<String, usize>,
}

impl Session for ScriptedSession<'_> {
    fn perform(&mut self, step: &str, action: &Action) -> ScriptedResult {
        self.subject.asked().push((self.seed, step.to_owned(), action.clone()));
        let time = self.told.entry(step.to_owned()).or_default();
        let said = self.subject.steps.get(step).and_then(|said| said.get(*time).or(said.last()));
        *time += 1;
        said.cloned().unwrap_or_else(|| {
            Err(Inability::harness_fault(format!("nothing is scripted for `{step}`")))
        })
    }
}

#[cfg(test)]
mod tests {
    use wasm_gauntlet_model::action::{Fetch, Method, Special};

    use super::*;

    #[test]
    fn each_step_says_its_lines_in_order_and_each_trial_begins_anew() {
        let reproduce =
            |text: &str| Observation { reproduce: Some(text.to_owned()), ..Observation::default() };
        let subject = Scripted::new("s", SubjectKind::Site)
            .says("a", Ok(reproduce("first")))
            .says("a", Ok(reproduce("then")))
            .says("b", Err(Inability::unreachable("unreachable".to_owned())));
        let fetch = Action::Fetch(Fetch {
            method: Method::Get,
            url: "http://127.0.0.1/".to_owned(),
            accept_encoding: None,
            revalidates: None,
            one_off: None,
            special: Special::default(),
        });
        for seed in [1, 2] {
            let mut session = subject.open(seed).expect("it is a table");
            let mut said = |step: &str| session.perform(step, &fetch).map(|seen| seen.reproduce);
            for expected in ["first", "then", "then"] {
                assert_eq!(said("a"), Ok(Some(expected.to_owned())));
            }
            assert_eq!(said("b"), Err(Inability::unreachable("unreachable".to_owned())));
            assert!(said("c").is_err());
        }
        assert_eq!(subject.performed().len(), 10);
        assert_eq!(subject.performed()[5].0, 2);
    }
}
