//! Where instances come from: fresh for each call, or, in two defects, from an earlier call.

use std::sync::{Mutex, MutexGuard, PoisonError};

use wasm_gauntlet_model::twin::Twin;

use crate::subject::defects::Defects;

/// Instances kept by the pool of the defect; more are dropped.
const POOLED_MAX: usize = 8;

/// The source of instances of one module.
#[derive(Debug)]
pub enum Keep<I> {
    /// An instance of its own for each call. Right.
    Fresh,
    /// The defect: one instance for all, one call after another.
    Shared(Mutex<Option<I>>),
    /// The defect: instances handed on as the last call left them.
    Pool(Mutex<Vec<I>>),
}

impl<I> Keep<I> {
    /// As the switches say.
    pub fn new(defects: &Defects) -> Self {
        if defects.has(Twin::SharedInstance) {
            Self::Shared(Mutex::new(None))
        } else if defects.has(Twin::PoolWithoutReset) {
            Self::Pool(Mutex::new(Vec::new()))
        } else {
            Self::Fresh
        }
    }

    /// Run `call` on an instance: with `None` where it has to make one, which it may hand back
    /// to be kept.
    pub fn call<R>(&self, call: impl FnOnce(Option<I>) -> (R, Option<I>)) -> R {
        match self {
            Self::Fresh => call(None).0,
            Self::Shared(one) => {
                let mut one = lock(one);
                let (result, left) = call(one.take());
                *one = left;
                result
            }
            Self::Pool(free) => {
                let taken = lock(free).pop();
                let (result, left) = call(taken);
                let mut free = lock(free);
                if free.len() < POOLED_MAX {
                    free.extend(left);
                }
                result
            }
        }
    }

    /// Drop what is kept, so that others have room.
    pub fn clear(&self) {
        match self {
            Self::Fresh => {}
            Self::Shared(one) => *lock(one) = None,
            Self::Pool(free) => lock(free).clear(),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
