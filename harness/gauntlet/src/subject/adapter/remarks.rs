//! What is to be said of an adapter beside its answers: processes and folders that it left.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Most remarks that are kept; whoever leaves more has been found out.
const REMARKS_MAX: usize = 8;

/// The remarks on all processes of one adapter.
#[derive(Debug, Clone, Default)]
pub struct Remarks(Arc<Mutex<BTreeSet<String>>>);

impl Remarks {
    /// Add one.
    pub fn add(&self, remark: String) {
        let mut remarks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remarks.len() < REMARKS_MAX {
            remarks.insert(remark);
        }
    }

    /// All of them, each once.
    pub fn all(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
