//! Events of a run, for those who show or keep them.

use wasm_gauntlet_model::record::{Outcome, RunBound};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Event {
    /// The plan is made: the trials that will run, and how long they take at most.
    Planned(RunBound),
    /// A trial began.
    Began {
        /// Its incident.
        incident: String,
        /// Its case.
        case: String,
        /// Its subject.
        subject: String,
    },
    /// A trial ended. Its outcome is in the journal, if there is one.
    Ended(Box<Outcome>),
}

/// Receives the events of a run. Called from several threads, so it must return quickly.
pub(crate) trait Listener: Send + Sync {
    /// Something happened.
    fn hear(&self, event: &Event);
}

/// A listener that ignores every event.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct NullListener;

impl Listener for NullListener {
    fn hear(&self, _event: &Event) {}
}
