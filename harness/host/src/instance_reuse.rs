//! Where instances come from: fresh for each call, or, in two faults, from an earlier call.

use std::sync::Mutex;

use wasm_gauntlet_model::fault::Fault;

use crate::faults::HostFaults;
use crate::process::locked::Locked;

/// Instances kept by the pool of the fault; more are dropped.
const POOLED_MAX: usize = 8;

/// The source of instances of one module.
#[derive(Debug)]
pub(crate) enum InstanceReuse<I> {
    /// A new instance for each call. Correct.
    Fresh,
    /// The fault: one instance for all, one call after another.
    Shared(Mutex<Option<I>>),
    /// The fault: instances are reused in the state that the last call left.
    Pool(Mutex<Vec<I>>),
}

impl<I> InstanceReuse<I> {
    /// As the faults say.
    pub(crate) fn new(faults: &HostFaults) -> Self {
        if faults.has(Fault::SharedInstance) {
            Self::Shared(Mutex::new(None))
        } else if faults.has(Fault::PoolWithoutReset) {
            Self::Pool(Mutex::new(Vec::new()))
        } else {
            Self::Fresh
        }
    }

    /// Run `call` on an instance. With `None` it must make one. It may return the instance to be
    /// kept.
    pub(crate) fn call<R>(&self, call: impl FnOnce(Option<I>) -> (R, Option<I>)) -> R {
        match self {
            Self::Fresh => call(None).0,
            Self::Shared(one) => {
                let mut one = one.locked();
                let (result, left) = call(one.take());
                *one = left;
                result
            }
            Self::Pool(free) => {
                let taken = free.locked().pop();
                let (result, left) = call(taken);
                let mut free = free.locked();
                if free.len() < POOLED_MAX {
                    free.extend(left);
                }
                result
            }
        }
    }

    /// Drop what is kept, so that others have room.
    pub(crate) fn clear(&self) {
        match self {
            Self::Fresh => {}
            Self::Shared(one) => *one.locked() = None,
            Self::Pool(free) => free.locked().clear(),
        }
    }
}
