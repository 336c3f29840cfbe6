//! What the threads of a run share.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use wasm_gauntlet_model::cause::Judged;
use wasm_gauntlet_model::plan::Trial;
use wasm_gauntlet_model::record::Outcome;

use super::breaker::Breaker;
use super::budget::Budget;
use crate::locks::unpoisoned;

/// Most trials that are done again alone: more are a machine that is too busy for any answer.
const AGAIN_MAX: usize = 32;

/// Outcomes as they come, and what is known of each subject meanwhile.
#[derive(Default)]
pub(super) struct RunState {
    /// Of each subject, how often it was lost.
    pub breakers: Vec<Breaker>,
    /// Of each subject, the time that it has.
    pub budgets: Vec<Budget>,
    /// Of each subject, the trials for which there was no time.
    pub late: Vec<AtomicUsize>,
    /// Outcomes that are no trial's.
    pub notes: Mutex<Vec<Outcome>>,
    /// What each trial came to.
    pub judged: Mutex<Vec<Judged>>,
    pub journal_error: Mutex<Option<String>>,
    pub panics: AtomicUsize,
    /// Trials that were doubtful beside others, to be done once more alone.
    again: Mutex<Vec<Trial>>,
    /// Set while trials are done alone, which is when nothing is put off any more.
    pub alone: AtomicBool,
}

impl RunState {
    pub fn new(budgets: Vec<Budget>) -> Self {
        let breakers = budgets.iter().map(|_| Breaker::default()).collect();
        let late = budgets.iter().map(|_| AtomicUsize::new(0)).collect();
        Self { breakers, budgets, late, ..Self::default() }
    }

    /// Whether no trial of a subject begins any more.
    pub fn over(&self, subject: usize) -> bool {
        self.breakers[subject].open().is_some() || self.budgets[subject].over().is_some()
    }

    pub fn note(&self, outcome: Outcome) {
        unpoisoned(self.notes.lock()).push(outcome);
    }

    /// Put a trial off until it can be done alone; whether that was done.
    pub fn put_off(&self, trial: &Trial) -> bool {
        let mut again = unpoisoned(self.again.lock());
        let room = again.len() < AGAIN_MAX && !self.alone.load(Ordering::Relaxed);
        if room {
            again.push(trial.clone());
        }
        room
    }

    pub fn has_again(&self) -> bool {
        !unpoisoned(self.again.lock()).is_empty()
    }

    /// The trials that were put off, in the order of the plan; from now on none is.
    pub fn again<'a>(&self, trials: &'a [Trial]) -> Vec<&'a Trial> {
        self.alone.store(true, Ordering::Relaxed);
        let again = unpoisoned(self.again.lock());
        trials.iter().filter(|trial| again.contains(trial)).collect()
    }

    pub fn push(&self, judged: Judged) {
        unpoisoned(self.judged.lock()).push(judged);
    }

    pub fn fail(&self, error: String) {
        unpoisoned(self.journal_error.lock()).get_or_insert(error);
    }

    pub fn failed(&self) -> bool {
        unpoisoned(self.journal_error.lock()).is_some()
    }
}
