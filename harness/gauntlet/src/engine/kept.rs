//! What the threads of a run share.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use wasm_gauntlet_model::cause::Judged;
use wasm_gauntlet_model::plan::Trial;
use wasm_gauntlet_model::record::Outcome;

use super::breaker::Breaker;
use super::budget::Budget;
use crate::locks::unpoisoned;

/// Most trials that are repeated alone. With more of them, the machine is too busy for any answer.
const AGAIN_MAX: usize = 32;

/// The outcomes so far, and the state of each subject.
#[derive(Default)]
pub(super) struct RunState {
    /// Of each subject, how often it was lost.
    pub(crate) breakers: Vec<Breaker>,
    /// Of each subject, its time.
    pub(crate) budgets: Vec<Budget>,
    /// Of each subject, the trials for which there was no time.
    pub(crate) late: Vec<AtomicUsize>,
    /// Outcomes of no trial.
    pub(crate) notes: Mutex<Vec<Outcome>>,
    /// The outcome of each trial.
    pub(crate) judged: Mutex<Vec<Judged>>,
    pub(crate) journal_error: Mutex<Option<String>>,
    pub(crate) panics: AtomicUsize,
    /// Trials that were doubtful beside others, to be repeated alone.
    again: Mutex<Vec<Trial>>,
    /// Set while trials run alone. From then on none is put off.
    pub(crate) alone: AtomicBool,
}

impl RunState {
    pub(crate) fn new(budgets: Vec<Budget>) -> Self {
        let breakers = budgets.iter().map(|_| Breaker::default()).collect();
        let late = budgets.iter().map(|_| AtomicUsize::new(0)).collect();
        Self { breakers, budgets, late, ..Self::default() }
    }

    /// Whether no trial of a subject begins any more.
    pub(crate) fn over(&self, subject: usize) -> bool {
        self.breakers[subject].open().is_some() || self.budgets[subject].over().is_some()
    }

    pub(crate) fn note(&self, outcome: Outcome) {
        unpoisoned(self.notes.lock()).push(outcome);
    }

    /// Put a trial off until it can run alone. Returns whether it was put off.
    pub(crate) fn put_off(&self, trial: &Trial) -> bool {
        let mut again = unpoisoned(self.again.lock());
        let room = again.len() < AGAIN_MAX && !self.alone.load(Ordering::Relaxed);
        if room {
            again.push(trial.clone());
        }
        room
    }

    pub(crate) fn has_again(&self) -> bool {
        !unpoisoned(self.again.lock()).is_empty()
    }

    /// The trials that were put off, in the order of the plan. From now on none is put off.
    pub(crate) fn again<'a>(&self, trials: &'a [Trial]) -> Vec<&'a Trial> {
        self.alone.store(true, Ordering::Relaxed);
        let again = unpoisoned(self.again.lock());
        trials.iter().filter(|trial| again.contains(trial)).collect()
    }

    pub(crate) fn push(&self, judged: Judged) {
        unpoisoned(self.judged.lock()).push(judged);
    }

    pub(crate) fn fail(&self, error: String) {
        unpoisoned(self.journal_error.lock()).get_or_insert(error);
    }

    pub(crate) fn failed(&self) -> bool {
        unpoisoned(self.journal_error.lock()).is_some()
    }
}
