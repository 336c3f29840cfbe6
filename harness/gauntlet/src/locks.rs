//! Locks after a panic.

use std::sync::{LockResult, PoisonError};

/// What a lock holds, whether or not a thread panicked while it held the lock. The panic is
/// counted where the thread is joined, and what our locks guard is whole between two statements.
pub(crate) fn unpoisoned<T>(locked: LockResult<T>) -> T {
    locked.unwrap_or_else(PoisonError::into_inner)
}
