//! The accepted modules by digest, and the active one. New modules replace the oldest, but never
//! the active one and the one before it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use wasm_gauntlet_host::worker::parent::work::GuestModule;

use crate::locks::unpoisoned;

/// Most modules, and most bytes of them. Earlier versions stay callable for a rollback.
pub(crate) const MODULES_MAX: usize = 512;
const BYTES_MAX: usize = 512 << 20;

/// The registry is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RegistryFull;

/// Accepted modules.
#[derive(Default)]
pub(crate) struct Registry {
    state: Mutex<RegistryState>,
}

#[derive(Default)]
struct RegistryState {
    modules: BTreeMap<String, Arc<GuestModule>>,
    bytes: usize,
    /// Their digests, oldest first.
    order: VecDeque<String>,
    active: Option<String>,
    /// The module that was active before.
    previous: Option<String>,
    /// Digests of modules that passed their first call.
    stood: BTreeSet<String>,
    /// The fault `promote-unvalidated`: refused modules that can still become active.
    refused: Option<Arc<GuestModule>>,
}

impl RegistryState {
    /// Make room for a module of this many bytes.
    fn room(&mut self, bytes: usize) -> Result<(), RegistryFull> {
        while self.modules.len() >= MODULES_MAX || self.bytes + bytes > BYTES_MAX {
            let held = [&self.active, &self.previous];
            let free = |digest: &String| !held.contains(&&Some(digest.clone()));
            let at = self.order.iter().position(free).ok_or(RegistryFull)?;
            let oldest = self.order.remove(at).ok_or(RegistryFull)?;
            self.stood.remove(&oldest);
            let gone = self.modules.remove(&oldest);
            self.bytes -= gone.map_or(0, |module| module.bytes.len());
        }
        Ok(())
    }
}

impl Registry {
    fn state(&self) -> MutexGuard<'_, RegistryState> {
        unpoisoned(self.state.lock())
    }

    /// Keep a module. Returns whether it is new.
    pub(crate) fn keep(&self, module: Arc<GuestModule>) -> Result<bool, RegistryFull> {
        let mut state = self.state();
        if state.modules.contains_key(&module.digest) {
            return Ok(false);
        }
        state.room(module.bytes.len())?;
        state.bytes += module.bytes.len();
        state.order.push_back(module.digest.clone());
        state.modules.insert(module.digest.clone(), module);
        Ok(true)
    }

    /// The module with this digest.
    pub(crate) fn find(&self, digest: &str) -> Option<Arc<GuestModule>> {
        self.state().modules.get(digest).cloned()
    }

    /// The fault `promote-unvalidated`: remember a refused module.
    pub(crate) fn remember_refused(&self, module: Arc<GuestModule>) {
        self.state().refused = Some(module);
    }

    /// Whether a module has passed its first call.
    pub(crate) fn stood(&self, digest: &str) -> bool {
        self.state().stood.contains(digest)
    }

    /// A module has passed its first call.
    pub(crate) fn stands(&self, digest: &str) {
        self.state().stood.insert(digest.to_owned());
    }

    /// Make a module the active one; false if it is not here.
    pub(crate) fn activate(&self, digest: &str) -> bool {
        let mut state = self.state();
        if let Some(refused) = state.refused.take_if(|refused| refused.digest == digest) {
            state.modules.insert(digest.to_owned(), refused);
        }
        let known = state.modules.contains_key(digest);
        if known && state.active.as_deref() != Some(digest) {
            state.previous = state.active.replace(digest.to_owned());
        }
        known
    }

    /// The module that was active before the active one.
    pub(crate) fn previous(&self) -> Option<Arc<GuestModule>> {
        let state = self.state();
        state.modules.get(state.previous.as_ref()?).cloned()
    }

    /// The active module.
    pub(crate) fn active(&self) -> Option<Arc<GuestModule>> {
        let state = self.state();
        state.modules.get(state.active.as_ref()?).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_give_way_and_what_is_active_never_does() {
        let registry = Registry::default();
        let module = |number: usize| {
            Arc::new(GuestModule::new("g", "a", true, number.to_le_bytes().to_vec()))
        };
        let keep = |number| registry.keep(module(number)).expect("there is room");
        let here = |number: usize| registry.find(&module(number).digest).is_some();
        assert!(keep(0) && !keep(0));
        assert!(registry.activate(&module(0).digest));
        assert!(!registry.activate(&module(1).digest), "it is not here");
        (1..=MODULES_MAX).for_each(|number| assert!(keep(number)));
        assert!(here(0) && !here(1) && here(2) && here(MODULES_MAX));
        registry.activate(&module(2).digest);
        assert_eq!(
            registry.previous().map(|module| module.digest.clone()),
            Some(module(0).digest.clone())
        );
    }
}
