//! The journal: each outcome is on disk before the next trial begins, so a run that dies
//! loses nothing that it had found.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use wasm_gauntlet_model::record::Outcome;

/// The file's name in a run's folder.
pub const JOURNAL_FILE: &str = "journal.jsonl";

/// Outcomes on disk, one line of JSON each, in the order in which they came.
pub struct Journal {
    path: PathBuf,
    file: Mutex<File>,
}

/// An outcome could not be kept, so the run must end.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {error}", .path.display())]
pub struct JournalError {
    path: PathBuf,
    error: std::io::Error,
}

impl Journal {
    /// A new journal in `folder`, which must exist; an older one there is replaced.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(folder: &Path) -> Result<Self, JournalError> {
        let path = folder.join(JOURNAL_FILE);
        match File::create(&path) {
            Ok(file) => Ok(Self { path, file: Mutex::new(file) }),
            Err(error) => Err(JournalError { path, error }),
        }
    }

    /// Keep one outcome; it is on disk when this returns.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, outcome: &Outcome) -> Result<(), JournalError> {
        let wrong = |error| JournalError { path: self.path.clone(), error };
        let mut line = serde_json::to_vec(outcome).map_err(|error| wrong(error.into()))?;
        line.push(b'\n');
        let mut file = self.file.lock().unwrap_or_else(|lock| lock.into_inner());
        file.write_all(&line).and_then(|()| file.sync_data()).map_err(wrong)
    }
}
