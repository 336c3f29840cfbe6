//! Remarks about an adapter in addition to its answers: processes and folders that it left, and
//! whether to continue with it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::process::locked::Locked;

/// Most remarks that are kept. More are not needed.
const REMARKS_MAX: usize = 8;

/// How many processes in a row may break the protocol, or not answer where every host answers,
/// before no other is started. Each may cost the 30 s of a load, and a plan has hundreds of trials.
const BROKEN_IN_A_ROW_MAX: u32 = 3;

/// The remarks on all processes of one adapter.
#[derive(Debug, Clone, Default)]
pub struct Remarks(Arc<Mutex<RemarkState>>);

#[derive(Debug, Default)]
struct RemarkState {
    left: BTreeSet<String>,
    broken_in_a_row: u32,
    broken: Option<String>,
}

impl Remarks {
    fn state(&self) -> MutexGuard<'_, RemarkState> {
        self.0.locked()
    }

    /// Something that was left behind.
    pub fn left(&self, what: String) {
        let mut state = self.state();
        if state.left.len() < REMARKS_MAX {
            state.left.insert(what);
        }
    }

    /// All that was left behind, each once.
    pub fn all_left(&self) -> Vec<String> {
        self.state().left.iter().cloned().collect()
    }

    /// A call was answered as the protocol says.
    pub fn answered(&self) {
        self.state().broken_in_a_row = 0;
    }

    /// A process broke the protocol or did not answer, and no guest can be the reason.
    pub fn broke(&self, how: &str) {
        let mut state = self.state();
        state.broken_in_a_row += 1;
        if state.broken_in_a_row >= BROKEN_IN_A_ROW_MAX {
            state.broken.get_or_insert_with(|| {
                format!(
                    "{BROKEN_IN_A_ROW_MAX} of its processes in a row broke the protocol or did \
                     not answer, so no other is started: {how}"
                )
            });
        }
    }

    /// Why no other process is started, if so. This is final.
    pub fn broken(&self) -> Option<String> {
        self.state().broken.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_in_a_row_are_enough_and_an_answer_between_them_is_a_new_row() {
        let remarks = Remarks::default();
        for how in ["one", "two"] {
            remarks.broke(how);
        }
        remarks.answered();
        for how in ["three", "four"] {
            remarks.broke(how);
        }
        assert_eq!(remarks.broken(), None);
        remarks.broke("five");
        remarks.answered();
        assert!(remarks.broken().is_some_and(|why| why.ends_with("five")));
    }
}
