//! The journal: each outcome is on disk before the next trial begins. So a run that dies loses
//! nothing that it had found.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard};

use wasm_gauntlet_model::record::Outcome;

use crate::locks::unpoisoned;

/// The file's name in a run's folder.
pub(crate) const JOURNAL_FILE: &str = "journal.jsonl";

/// Outcomes on disk, one line of JSON each, in the order in which they came.
///
/// A flush takes 2 to 5 ms, and a run has 1,800 outcomes. One flush serves all lines written before
/// it: threads that come during a flush share the next one.
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    state: Mutex<FlushState>,
    flushed: Condvar,
}

/// How many lines were written, how many of these are on disk, and whether a thread is flushing.
#[derive(Default)]
struct FlushState {
    written: u64,
    kept: u64,
    flushing: bool,
}

/// An outcome could not be kept, so the run must end.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {error}", .path.display())]
pub(crate) struct JournalError {
    path: PathBuf,
    error: std::io::Error,
}

impl Journal {
    /// A new journal in `folder`, which must exist; an older one there is replaced.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub(crate) fn create(folder: &Path) -> Result<Self, JournalError> {
        let path = folder.join(JOURNAL_FILE);
        match File::create(&path) {
            Ok(file) => Ok(Self { path, file, state: Mutex::default(), flushed: Condvar::new() }),
            Err(error) => Err(JournalError { path, error }),
        }
    }

    /// Keep one outcome; it is on disk when this returns.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn keep(&self, outcome: &Outcome) -> Result<(), JournalError> {
        let wrong = |error| JournalError { path: self.path.clone(), error };
        let mut line = serde_json::to_vec(outcome).map_err(|error| wrong(error.into()))?;
        line.push(b'\n');
        let mut state = self.state();
        (&self.file).write_all(&line).map_err(wrong)?;
        state.written += 1;
        let mine = state.written;
        while state.kept < mine {
            if state.flushing {
                state = unpoisoned(self.flushed.wait(state));
                continue;
            }
            state.flushing = true;
            let all = state.written;
            drop(state);
            let flushed = self.file.sync_data();
            state = self.state();
            state.flushing = false;
            self.flushed.notify_all();
            flushed.map_err(wrong)?;
            state.kept = all;
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, FlushState> {
        unpoisoned(self.state.lock())
    }
}

#[cfg(test)]
mod tests {
    use wasm_gauntlet_model::verdict::Severity;

    use super::*;

    #[test]
    fn what_many_threads_keep_is_there_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = Journal::create(folder.path()).expect("it is made");
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let journal = &journal;
                scope.spawn(move || {
                    for number in 0..20 {
                        let case = format!("{thread}-{number}");
                        let outcome = Outcome::unknown("a/b", &case, "site", Severity::Minor);
                        journal.keep(&outcome).expect("it is kept");
                        let there = std::fs::read_to_string(&journal.path).expect("it is read");
                        assert!(there.contains(&case), "{case} is there when `keep` returns");
                    }
                });
            }
        });
        let there = std::fs::read_to_string(&journal.path).expect("it is read");
        let whole = |line: &str| serde_json::from_str::<Outcome>(line).is_ok();
        assert_eq!(there.lines().filter(|line| whole(line)).count(), 160);
    }
}
