//! Locks that stay usable after a panic.
//!
//! Nothing here panics between two writes that belong together, so a panic of another thread
//! leaves nothing half-written.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A mutex that a panic of another thread does not make unusable.
pub(crate) trait Locked<T> {
    /// Lock it.
    fn locked(&self) -> MutexGuard<'_, T>;
}

impl<T> Locked<T> for Mutex<T> {
    fn locked(&self) -> MutexGuard<'_, T> {
        self.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
