//! A directory of scenario files, read in sorted order and within bounds. Each entry that cannot be
//! read is named.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use wasm_gauntlet_model::source::Source;
use wasm_gauntlet_model::yaml::YAML_BYTES_MAX;

/// Most scenario files of one directory; ten times what loads in half a second.
const FILES_MAX: usize = 10_000;
/// Deepest folder below the directory; the catalogue has one. Also ends loops of links.
const DEPTH_MAX: usize = 16;
/// Most complaints about what cannot be read. A directory without read permission gives one for
/// each file.
const ERRORS_MAX: usize = 50;

/// Why a directory gives no scenarios.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The directory does not exist, or may not be read.
    #[error("cannot read the scenarios in {path}: {error}")]
    Unreadable {
        /// What could not be read.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A file was named where a directory is expected.
    #[error("{0} is a file; expected a directory of scenarios")]
    File(PathBuf),
    /// There is no scenario file.
    #[error("there is no scenario in {0}; expected files that end in `.yaml` or `.yml`")]
    Empty(PathBuf),
    /// There are more files than the bound.
    #[error("{0} contains more than {FILES_MAX} scenario files")]
    TooMany(PathBuf),
    /// Folders are nested deeper than the bound, as where a link leads back.
    #[error("{0} is nested more than {DEPTH_MAX} folders deep")]
    TooDeep(PathBuf),
    /// A file is longer than the bound.
    #[error("{0} is larger than {YAML_BYTES_MAX} bytes, the limit for a scenario")]
    TooLong(PathBuf),
    /// A file is no text.
    #[error("{0} is not UTF-8 text")]
    NoText(PathBuf),
    /// The bytes of a file are not UTF-8 from here on.
    #[error("{path}:{line}:{column}: from here on, the file is not UTF-8 text")]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
}

/// The texts of every `.yaml` and `.yml` file below `path`, sorted by path.
pub(super) fn sources(path: &Path) -> Result<Vec<Source>, Vec<DirectoryError>> {
    if path.is_file() {
        return Err(vec![DirectoryError::File(path.to_owned())]);
    }
    let mut found = Found::default();
    found.walk(path, 0);
    found.files.sort_unstable();
    if found.files.is_empty() && found.errors.is_empty() {
        found.errors.push(DirectoryError::Empty(path.to_owned()));
    } else if found.files.len() > FILES_MAX {
        found.errors = vec![DirectoryError::TooMany(path.to_owned())];
    }
    let mut sources = Vec::new();
    let mut errors = found.errors;
    for file in found.files.iter().take(FILES_MAX) {
        match read(file) {
            Ok(text) => sources.push(Source::new(file.to_string_lossy(), text)),
            Err(error) => errors.push(error),
        }
    }
    errors.truncate(ERRORS_MAX);
    if errors.is_empty() { Ok(sources) } else { Err(errors) }
}

#[derive(Default)]
struct Found {
    files: Vec<PathBuf>,
    errors: Vec<DirectoryError>,
}

impl Found {
    /// Collect the files below `dir`, until one is past the bound.
    fn walk(&mut self, dir: &Path, depth: usize) {
        if depth > DEPTH_MAX {
            return self.errors.push(DirectoryError::TooDeep(dir.to_owned()));
        }
        let unreadable = |error| DirectoryError::Unreadable { path: dir.to_owned(), error };
        let entries = match fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(error) => return self.errors.push(unreadable(error)),
        };
        for entry in entries {
            if self.files.len() > FILES_MAX || self.errors.len() > ERRORS_MAX {
                return;
            }
            match entry {
                Ok(entry) => self.take(entry.path(), depth),
                Err(error) => self.errors.push(unreadable(error)),
            }
        }
    }

    fn take(&mut self, path: PathBuf, depth: usize) {
        if path.is_dir() {
            self.walk(&path, depth + 1);
        } else if path.extension().is_some_and(|end| end == "yaml" || end == "yml") {
            self.files.push(path);
        }
    }
}

fn read(path: &Path) -> Result<String, DirectoryError> {
    let unreadable = |error| DirectoryError::Unreadable { path: path.to_owned(), error };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    // Reading a pipe or a device could block for ever.
    if !file.metadata().map_err(unreadable)?.is_file() {
        return Err(DirectoryError::NoText(path.to_owned()));
    }
    file.take(YAML_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > YAML_BYTES_MAX {
        return Err(DirectoryError::TooLong(path.to_owned()));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        DirectoryError::NotUtf8 { path: path.to_owned(), line, column }
    })
}
