//! The trials of one lane, run by several threads. A free thread takes the first trial whose
//! subject is free too. Else a host whose trials disturb one another would block every thread.

use std::sync::{Condvar, Mutex, MutexGuard};

use wasm_gauntlet_model::plan::Trial;

use crate::locks::unpoisoned;

/// Trials that nobody has begun.
pub(super) struct Lane<'a> {
    waiting: Mutex<Waiting<'a>>,
    freed: Condvar,
    /// Of each subject, whether its trials disturb one another.
    exclusive: Vec<bool>,
}

struct Waiting<'a> {
    trials: Vec<&'a Trial>,
    /// Exclusive subjects with a trial under way.
    busy: Vec<usize>,
}

/// A trial under way; its subject is free again when this is dropped.
pub(super) struct Taken<'l, 'a> {
    lane: &'l Lane<'a>,
    /// The trial.
    pub(super) trial: &'a Trial,
}

impl<'a> Lane<'a> {
    /// These trials, in this order as far as their subjects are free.
    pub(super) fn new(trials: &[&'a Trial], exclusive: Vec<bool>) -> Self {
        let waiting = Waiting { trials: trials.to_vec(), busy: Vec::new() };
        Self { waiting: Mutex::new(waiting), freed: Condvar::new(), exclusive }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting<'a>> {
        unpoisoned(self.waiting.lock())
    }

    /// The next trial that may begin. Waits while there are trials and none may begin. None when no
    /// trial is left.
    pub(super) fn take(&self) -> Option<Taken<'_, 'a>> {
        let mut waiting = self.waiting();
        loop {
            let Waiting { trials, busy } = &mut *waiting;
            if trials.is_empty() {
                return None;
            }
            if let Some(free) = trials.iter().position(|trial| !busy.contains(&trial.subject)) {
                let trial = trials.remove(free);
                if self.exclusive.get(trial.subject) == Some(&true) {
                    busy.push(trial.subject);
                }
                return Some(Taken { lane: self, trial });
            }
            waiting = unpoisoned(self.freed.wait(waiting));
        }
    }
}

impl Drop for Taken<'_, '_> {
    fn drop(&mut self) {
        // No thread waits for a subject whose trials run side by side, and waking nobody costs a
        // system call.
        if self.lane.exclusive.get(self.trial.subject) == Some(&true) {
            self.lane.waiting().busy.retain(|subject| *subject != self.trial.subject);
            self.lane.freed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use wasm_gauntlet_model::scenario::Case;

    use super::*;

    fn trial(subject: usize, scenario: usize) -> Trial {
        let case = Case { label: String::new(), params: Default::default(), asset: None };
        Trial { scenario, subject, case, timing: false, steady: false }
    }

    #[test]
    fn who_finds_a_subject_taken_does_the_trials_of_another() {
        let trials: Vec<Trial> = (0..6).map(|one| trial(one / 3, one)).collect();
        let trials: Vec<&Trial> = trials.iter().collect();
        let lane = Lane::new(&trials, vec![true, false]);
        let scenarios = |taken: &[Option<Taken<'_, '_>>]| -> Vec<Option<usize>> {
            taken.iter().map(|taken| taken.as_ref().map(|taken| taken.trial.scenario)).collect()
        };
        let taken = [lane.take(), lane.take(), lane.take()];
        assert_eq!(scenarios(&taken), [Some(0), Some(3), Some(4)]);
        drop(taken);
        let taken = [lane.take(), lane.take()];
        assert_eq!(scenarios(&taken), [Some(1), Some(5)]);
        drop(taken);
        assert_eq!(scenarios(&[lane.take(), lane.take()]), [Some(2), None]);
    }

    #[test]
    fn threads_do_every_trial_once_and_never_two_that_disturb_one_another() {
        let trials: Vec<Trial> = (0..200).map(|one| trial(one % 2, one)).collect();
        let trials: Vec<&Trial> = trials.iter().collect();
        let lane = Lane::new(&trials, vec![true, false]);
        let (open, most, done) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        let work = || {
            while let Some(taken) = lane.take() {
                if taken.trial.subject == 0 {
                    most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::yield_now();
                    open.fetch_sub(1, Ordering::SeqCst);
                }
                done.fetch_add(1, Ordering::SeqCst);
            }
        };
        std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(work))));
        assert_eq!((done.into_inner(), most.into_inner()), (200, 1));
    }
}
