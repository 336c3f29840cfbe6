//! `run.json`: the record on disk. It appears whole or not at all.

use std::borrow::Cow;
use std::fs::{File, Permissions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use wasm_gauntlet_model::record::{Outcome, RECORD_VERSION, Record, exit_code};

/// The file's name in a run's directory.
pub(crate) const RUN_JSON: &str = "run.json";
/// Longest record that is read, bytes. 10,000 outcomes with evidence have about 40 MB.
const RUN_JSON_BYTES_MAX: u64 = 256 << 20;

/// Why a record could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum RunJsonError {
    /// The file system refused.
    #[error("cannot {doing} {path}: {error}")]
    Io {
        /// `read` or `write`.
        doing: &'static str,
        /// The path.
        path: PathBuf,
        /// What it said.
        error: io::Error,
    },
    /// The file is longer than a record can be.
    #[error("{0} is larger than {RUN_JSON_BYTES_MAX} bytes, the limit for a record")]
    TooLong(PathBuf),
    /// The file is no record.
    #[error("{path} is not the record of a run: {error}")]
    NoRecord {
        /// The path.
        path: PathBuf,
        /// What is wrong.
        error: serde_json::Error,
    },
    /// The file is a record of a form that this tool does not know.
    #[error("{path} is a record of version {version}, this tool reads version {RECORD_VERSION}")]
    Version {
        /// The path.
        path: PathBuf,
        /// The version that it has.
        version: u32,
    },
    /// The exit code of the record is 0, and its outcomes give another.
    #[error("{path} says exit code 0, but its outcomes say {should_be}")]
    FalseGreen {
        /// The path.
        path: PathBuf,
        /// What the outcomes come to.
        should_be: u8,
    },
}

/// Write the record into `dir`, outcomes in their order, in place of any record there.
///
/// # Errors
/// When the directory cannot be written to. No partial record is left.
pub fn write(dir: &Path, record: &Record) -> Result<PathBuf, RunJsonError> {
    let path = dir.join(RUN_JSON);
    let written = write_text(dir, &path, &text(record));
    written.map_err(|error| RunJsonError::Io { doing: "write", path: path.clone(), error })?;
    Ok(path)
}

fn write_text(dir: &Path, path: &Path, text: &str) -> io::Result<()> {
    // The umask decides who may read it, as for the other reports.
    let mode = Permissions::from_mode(0o666);
    let mut file = tempfile::Builder::new().permissions(mode).tempfile_in(dir)?;
    let mut out = BufWriter::new(file.as_file_mut());
    out.write_all(text.as_bytes())?;
    out.flush()?;
    drop(out);
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// The text of `run.json`: indented, outcomes sorted by subject, incident and case.
pub fn text(record: &Record) -> String {
    let sorted = match record.outcomes.is_sorted_by_key(key) {
        true => Cow::Borrowed(record),
        false => {
            let mut record = record.clone();
            record.outcomes.sort_by(|one, other| key(one).cmp(&key(other)));
            Cow::Owned(record)
        }
    };
    // A record holds only texts, numbers, lists and structs, which JSON can always say.
    let mut text = serde_json::to_string_pretty(&sorted).unwrap_or_default();
    text.push('\n');
    text
}

fn key(outcome: &Outcome) -> (&str, &str, &str) {
    (&outcome.subject, &outcome.incident, &outcome.case)
}

/// The version alone, which is checked before anything else.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// Read the record at `path`, which is the file or a directory that holds it.
///
/// # Errors
/// When there is no record, when it has another version, or when it contradicts itself.
pub fn read(path: &Path) -> Result<Record, RunJsonError> {
    let path = if path.is_dir() { path.join(RUN_JSON) } else { path.to_owned() };
    let bytes = bytes(&path).map_err(|error| RunJsonError::Io {
        doing: "read",
        path: path.clone(),
        error,
    })?;
    if bytes.len() as u64 > RUN_JSON_BYTES_MAX {
        return Err(RunJsonError::TooLong(path));
    }
    let no_record = |error| RunJsonError::NoRecord { path: path.clone(), error };
    let Versioned { version } = serde_json::from_slice(&bytes).map_err(no_record)?;
    if version != RECORD_VERSION {
        return Err(RunJsonError::Version { path, version });
    }
    let record: Record = serde_json::from_slice(&bytes).map_err(no_record)?;
    match false_green(&record) {
        Some(should_be) => Err(RunJsonError::FalseGreen { path, should_be }),
        None => Ok(record),
    }
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(RUN_JSON_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The exit code of a record's outcomes, if the record says 0 and they give another.
fn false_green(record: &Record) -> Option<u8> {
    let should_be = exit_code(&record.outcomes, record.gate, record.aborted.is_some());
    (record.exit_code == 0 && should_be != 0).then_some(should_be)
}
