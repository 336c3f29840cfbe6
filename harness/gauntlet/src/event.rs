//! What happens during a run, told to whoever shows or keeps it.

use wasm_gauntlet_model::record::{Outcome, RunBound};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
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
    /// A trial ended; its outcome is on disk where there is a disk.
    Ended(Box<Outcome>),
    /// The run was told to stop; trials under way are finished, no other begins.
    Stopping,
}

/// Whoever wants to know. Called from several threads, never for long.
pub trait Listener: Send + Sync {
    /// Something happened.
    fn hear(&self, event: &Event);
}

/// A listener that does not listen.
#[derive(Debug, Clone, Copy, Default)]
pub struct NullListener;

impl Listener for NullListener {
    fn hear(&self, _event: &Event) {}
}
