//! What a run has read of a directory. Seven incidents look at each module, and a manifest is about
//! all files: without this, a build of 160 modules takes 13 times as long as one of 40.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use wasm_gauntlet_model::action::Inspect;
use wasm_gauntlet_model::observation::Observation;
use wasm_gauntlet_web::discovery::loads::Loads;

use super::files::Files;
use super::{Build, manifest, ways};
use crate::locks::unpoisoned;
use crate::subject::Inability;

/// The files of a build, their digests, and what was seen of each.
#[derive(Default)]
pub(crate) struct Known {
    files: OnceLock<Arc<Files>>,
    digests: OnceLock<BTreeMap<String, String>>,
    second: OnceLock<BTreeMap<String, String>>,
    ways: OnceLock<Vec<Loads>>,
    looked: Mutex<BTreeMap<String, Arc<Mutex<Option<Observation>>>>>,
}

impl Known {
    /// The files of the directory.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn files(&self, build: &Build) -> Result<Arc<Files>, Inability> {
        if let Some(files) = self.files.get() {
            return Ok(Arc::clone(files));
        }
        let files = Arc::new(Files::walk(&build.dir)?);
        Ok(Arc::clone(self.files.get_or_init(|| files)))
    }

    /// The digest of each file.
    ///
    /// # Errors
    /// As [`manifest::digests`].
    pub(crate) fn digests(&self, files: &Files) -> Result<&BTreeMap<String, String>, Inability> {
        once(&self.digests, || manifest::digests(files))
    }

    /// The digest of each file of the second build.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn second(
        &self,
        dir: &std::path::Path,
    ) -> Result<&BTreeMap<String, String>, Inability> {
        once(&self.second, || manifest::digests(&Files::walk(dir)?))
    }

    /// How each page loads its scripts. Every trial has the same files beside its own.
    ///
    /// # Errors
    /// When a page cannot be read.
    pub(crate) fn ways(&self, files: &Files, inspect: &Inspect) -> Result<&[Loads], Inability> {
        once(&self.ways, || ways::of_pages(files, inspect)).map(Vec::as_slice)
    }

    /// What was seen of the file `name`, or what `look` sees now.
    ///
    /// # Errors
    /// Those of `look`; nothing is remembered then.
    pub(crate) fn looked(
        &self,
        name: &str,
        look: impl FnOnce() -> Result<Observation, Inability>,
    ) -> Result<Observation, Inability> {
        let own = Arc::clone(unpoisoned(self.looked.lock()).entry(name.to_owned()).or_default());
        let mut own = unpoisoned(own.lock());
        if let Some(observation) = &*own {
            return Ok(observation.clone());
        }
        let observation = look()?;
        *own = Some(observation.clone());
        Ok(observation)
    }
}

/// The value of `cell`, made when it is first needed. A failure is not kept.
fn once<T>(
    cell: &OnceLock<T>,
    make: impl FnOnce() -> Result<T, Inability>,
) -> Result<&T, Inability> {
    if let Some(made) = cell.get() {
        return Ok(made);
    }
    let made = make()?;
    Ok(cell.get_or_init(|| made))
}
