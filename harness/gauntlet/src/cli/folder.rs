//! The folder of a run (`--out`): its journal while it runs, its reports when it has ended. One run
//! at a time owns it. The reports of an earlier run are removed before the first trial, so an
//! interrupted run never shows the reports of another.

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use wasm_gauntlet_model::record::Record;

use super::exit::Failure;
use crate::engine::Journal;
use crate::render::{junit, run_json};

/// A run's folder.
pub(super) struct Folder {
    path: PathBuf,
    /// Each outcome, on disk before the next trial begins.
    pub(crate) journal: Journal,
    /// Locked while the run goes on.
    _lock: File,
}

/// What a run leaves in its folder.
const REPORTS: &[&str] = &["run.json", "junit.xml", "detection.md", "detection.json"];

impl Folder {
    /// The folder at `path`, created if it does not exist.
    pub(crate) fn make(path: &Path) -> Result<Self, Failure> {
        let cannot = |error| Failure::usage(format!("cannot make {}: {error}", path.display()));
        fs::create_dir_all(path).map_err(cannot)?;
        let lock = File::create(path.join(".lock")).map_err(cannot)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::usage(format!("another run writes to {}", path.display())));
            }
            Err(TryLockError::Error(error)) => return Err(cannot(error)),
        }
        for report in REPORTS {
            match fs::remove_file(path.join(report)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(cannot(error)),
                _ => {}
            }
        }
        let journal = Journal::create(path).map_err(|error| Failure::usage(error.to_string()))?;
        Ok(Self { path: path.to_owned(), journal, _lock: lock })
    }

    /// Write every report of the record.
    pub(crate) fn save(&self, record: &Record) -> Result<(), Failure> {
        let failed = |error: &dyn std::fmt::Display| Failure::harness(format!("{error}"));
        run_json::write(&self.path, record).map_err(|error| failed(&error))?;
        let junit = junit::render(record).map_err(|error| failed(&error))?;
        self.write("junit.xml", &junit)
    }

    /// Write one file of the folder.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.path.join(name);
        let cannot = |error| Failure::harness(format!("cannot write {}: {error}", path.display()));
        fs::write(&path, text).map_err(cannot)
    }
}
