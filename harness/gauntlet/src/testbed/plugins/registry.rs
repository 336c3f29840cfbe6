//! The modules that were accepted, by digest, and which one is active.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::subject::calls::module::Module;

/// Most modules kept, and most bytes of them: earlier versions stay callable for a rollback.
const MODULES_MAX: usize = 512;
const BYTES_MAX: usize = 512 << 20;

/// The registry is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// Accepted modules.
#[derive(Default)]
pub struct Registry {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    modules: BTreeMap<String, Arc<Module>>,
    bytes: usize,
    active: Option<String>,
}

impl Registry {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keep a module; whether it is new.
    pub fn keep(&self, module: Arc<Module>) -> Result<bool, Full> {
        let mut state = self.state();
        if state.modules.contains_key(&module.digest) {
            return Ok(false);
        }
        let bytes = state.bytes + module.bytes.len();
        if state.modules.len() >= MODULES_MAX || bytes > BYTES_MAX {
            return Err(Full);
        }
        state.bytes = bytes;
        state.modules.insert(module.digest.clone(), module);
        Ok(true)
    }

    /// The module with this digest.
    pub fn find(&self, digest: &str) -> Option<Arc<Module>> {
        self.state().modules.get(digest).cloned()
    }

    /// Make a module the active one; false if it is not here.
    pub fn activate(&self, digest: &str) -> bool {
        let mut state = self.state();
        let known = state.modules.contains_key(digest);
        if known {
            state.active = Some(digest.to_owned());
        }
        known
    }

    /// The active module.
    pub fn active(&self) -> Option<Arc<Module>> {
        let state = self.state();
        state.modules.get(state.active.as_ref()?).cloned()
    }
}
