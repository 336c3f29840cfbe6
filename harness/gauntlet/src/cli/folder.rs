//! The folder of a run (`--out`): its journal while it goes on, its reports when it has ended.

use std::path::{Path, PathBuf};

use wasm_gauntlet_model::record::Record;

use super::exit::Failure;
use crate::engine::Journal;
use crate::render::{junit, run_json};

/// A run's folder.
pub(super) struct Folder {
    path: PathBuf,
    /// Each outcome, on disk before the next trial begins.
    pub journal: Journal,
}

impl Folder {
    /// The folder at `path`, made where there is none.
    pub fn make(path: &Path) -> Result<Self, Failure> {
        let cannot = |error| Failure::usage(format!("cannot make {}: {error}", path.display()));
        std::fs::create_dir_all(path).map_err(cannot)?;
        let journal = Journal::create(path).map_err(|error| Failure::usage(error.to_string()))?;
        Ok(Self { path: path.to_owned(), journal })
    }

    /// Write every report of the record.
    pub fn save(&self, record: &Record) -> Result<(), Failure> {
        let failed = |error: &dyn std::fmt::Display| Failure::harness(format!("{error}"));
        run_json::write(&self.path, record).map_err(|error| failed(&error))?;
        let junit = junit::render(record).map_err(|error| failed(&error))?;
        self.write("junit.xml", &junit)
    }

    /// Write one file of the folder.
    pub fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.path.join(name);
        let cannot = |error| Failure::harness(format!("cannot write {}: {error}", path.display()));
        std::fs::write(&path, text).map_err(cannot)
    }
}
