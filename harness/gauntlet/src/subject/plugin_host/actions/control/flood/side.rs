//! The calls of one of the two tenants, counted by several threads.

use std::sync::atomic::{AtomicU64, Ordering};

use wasm_gauntlet_host::worker::parent::work::GuestModule;
use wasm_gauntlet_model::call::CallOutcome;

use super::super::super::contained;

/// The calls of one tenant.
#[derive(Default)]
pub(crate) struct Side {
    calls: AtomicU64,
    busy: AtomicU64,
    uncontained: AtomicU64,
}

impl Side {
    /// Calls that were answered.
    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// Those of them that were `busy`.
    pub(crate) fn busy(&self) -> u64 {
        self.busy.load(Ordering::SeqCst)
    }

    /// Those of them that ended in another way than the guest's header calls right.
    pub(crate) fn uncontained(&self) -> u64 {
        self.uncontained.load(Ordering::SeqCst)
    }

    /// Count a call of `module` that ended so.
    pub(crate) fn count(&self, module: &GuestModule, outcome: &CallOutcome) {
        if *outcome == CallOutcome::Busy {
            self.busy.fetch_add(1, Ordering::SeqCst);
        } else if !contained::all(module, [outcome]) {
            self.uncontained.fetch_add(1, Ordering::SeqCst);
        }
        self.calls.fetch_add(1, Ordering::SeqCst);
    }

    /// Those of them that ran.
    pub(crate) fn ran(&self) -> u64 {
        self.calls().saturating_sub(self.busy())
    }
}
