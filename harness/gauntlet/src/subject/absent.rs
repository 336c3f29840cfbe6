//! A subject that was named and cannot be tested. A run always reports it.

use wasm_gauntlet_model::profile::Profile;

use super::{Inability, Session, Subject};

/// The name of the missing subject, and the reason.
#[derive(Debug)]
pub(crate) struct Absent {
    name: String,
    why: String,
}

impl Absent {
    /// The subject `name`, which cannot be had because of `why`.
    pub(crate) fn new(name: &str, why: String) -> Self {
        Self { name: name.to_owned(), why }
    }

    fn unable(&self) -> Inability {
        Inability::tool_missing(self.why.clone())
    }
}

impl Subject for Absent {
    fn name(&self) -> &str {
        &self.name
    }

    fn profile(&self) -> Result<Profile, Inability> {
        Err(self.unable())
    }

    fn open(&self, _seed: u64) -> Result<Box<dyn Session + '_>, Inability> {
        Err(self.unable())
    }
}
