//! Guests from real compilers: production uses Go, C and Rust, with their runtimes.
//!
//! The crate contains their sources, one file for each guest, with the usual header. It does not
//! contain their modules. A [`Workshop`] builds each once into a folder of the user. If the
//! compiler is missing, it says so. Nothing is downloaded.

mod probe;
mod run;
mod scratch;
mod starter;
mod workshop;

use std::sync::LazyLock;

use include_dir::{Dir, File, include_dir};

use crate::catalogue::FileError;
use crate::guest::{Guest, Origin};
use crate::header;
use crate::recipe::Recipe;

pub use crate::words::Toolchain;
pub use starter::{Starter, without_telemetry};
pub use workshop::{BuildError, Workshop};

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/toolchain");

static GUESTS: LazyLock<Vec<Guest>> =
    LazyLock::new(|| load().unwrap_or_else(|complaint| panic!("hostile-guests: {complaint}")));

/// Every guest that a toolchain builds, sorted by id.
///
/// # Panics
///
/// When a source has an invalid header. The tests of this crate check that none has.
#[must_use]
pub fn all() -> &'static [Guest] {
    &GUESTS
}

fn load() -> Result<Vec<Guest>, FileError> {
    let mut guests = Vec::new();
    for toolchain in Toolchain::ALL {
        let folder = FILES.get_dir(toolchain.word());
        for file in folder.into_iter().flat_map(Dir::files) {
            guests.extend(guest(toolchain, file)?);
        }
    }
    guests.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(guests)
}

/// The guest of a file; none for a file without a header, which other guests use.
fn guest(toolchain: Toolchain, file: &'static File<'static>) -> Result<Option<Guest>, FileError> {
    let path = file.path().to_string_lossy().replace('\\', "/");
    let stray = || FileError::NotAGuest(path.clone());
    let stem = file.path().file_stem().and_then(|stem| stem.to_str()).ok_or_else(stray)?;
    let text = file.contents_utf8().ok_or_else(stray)?;
    if !text.starts_with("// attack:") {
        return Ok(None);
    }
    let header: String = (text.lines().take_while(|line| line.starts_with("//")))
        .map(|line| format!(";;{}\n", &line[2..]))
        .collect();
    let benign = !header.contains(";; counterpart:");
    let header = header::parse(&format!("toolchain/{path}"), &header, benign)?;
    let recipe = Recipe::of(toolchain, stem);
    let (id, family) = (format!("{}-{stem}", toolchain.word()), toolchain.word());
    let mut guest = Guest::new(&id, family, header, Origin::Compiled { recipe, source: text });
    guest.benign = benign;
    guest.toolchain = Some(toolchain);
    guest.input = recipe.input(stem);
    Ok(Some(guest))
}

/// The files of a toolchain's folder, by name.
fn sources(toolchain: Toolchain) -> impl Iterator<Item = (&'static str, &'static str)> {
    let files = FILES.get_dir(toolchain.word()).into_iter().flat_map(Dir::files);
    files.filter_map(|file| Some((file.path().file_name()?.to_str()?, file.contents_utf8()?)))
}
