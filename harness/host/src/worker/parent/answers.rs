//! The answers of a child, or their absence.

use std::time::Duration;

use crate::protocol::{Ask, Reply};
use crate::worker::parent::pending_replies::Gone;

/// An answer.
pub struct Response {
    /// What was said.
    pub reply: Reply,
    /// From before the request was written to after its answer was read.
    pub wall: Duration,
}

/// No answer.
pub struct NoResponse {
    /// How the adapter went.
    pub gone: Gone,
    /// Whether this request was the one that timed out.
    pub hung: bool,
    /// How long this request waited.
    pub wall: Duration,
}

/// Who can be asked.
pub trait Asks {
    /// Ask and wait for the answer. After `patience` the child is killed.
    ///
    /// # Errors
    /// How the child went, where there is no answer.
    fn ask(&self, ask: Ask, patience: Duration) -> Result<Response, NoResponse>;

    /// Whether modules are counted before it has them.
    fn counted_first(&self) -> bool;
}
