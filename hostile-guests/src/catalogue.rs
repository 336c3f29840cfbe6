//! From the files inside the crate to the sorted list of guests.

use std::fmt;

use include_dir::{Dir, File, include_dir};

use crate::generated::{self, Generated};
use crate::guest::{BENIGN, Guest, Origin};
use crate::header::{self, HeaderError};

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/guests");

/// Why a file under `guests/` is not a guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileError {
    /// Its header is wrong.
    Header(HeaderError),
    /// It is no UTF-8 text named `<family>/<id>.wat`.
    NotAGuest(String),
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(error) => error.fmt(f),
            Self::NotAGuest(path) => write!(f, "guests/{path}: not `<family>/<id>.wat` in UTF-8"),
        }
    }
}

impl std::error::Error for FileError {}

impl From<HeaderError> for FileError {
    fn from(error: HeaderError) -> Self {
        Self::Header(error)
    }
}

/// Every guest, sorted by id.
///
/// # Errors
///
/// The first file that breaks the form.
pub fn load() -> Result<Vec<Guest>, FileError> {
    let mut guests = Vec::new();
    for file in FILES.dirs().flat_map(Dir::files).chain(FILES.files()) {
        guests.push(text_guest(file)?);
    }
    for table in generated::TABLES {
        for entry in table.guests {
            guests.push(generated_guest(table.file, entry)?);
        }
    }
    guests.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(guests)
}

fn text_guest(file: &'static File<'static>) -> Result<Guest, FileError> {
    let path = file.path().to_string_lossy().replace('\\', "/");
    let stray = || FileError::NotAGuest(path.clone());
    let (family, name) = path.split_once('/').ok_or_else(stray)?;
    let id = name.strip_suffix(".wat").ok_or_else(stray)?;
    let text = file.contents_utf8().ok_or_else(stray)?;
    let header = header::parse(&format!("guests/{path}"), text, family == BENIGN)?;
    Ok(Guest::new(id, family, header, Origin::Text(text)))
}

fn generated_guest(file: &str, entry: &Generated) -> Result<Guest, FileError> {
    let family = entry.id.split('-').next().unwrap_or_default();
    let header = header::parse(file, entry.header, family == BENIGN)?;
    Ok(Guest::new(entry.id, family, header, Origin::Built(entry.build)))
}
