//! Guests from real compilers: what ships in production is Go, C and Rust, with their runtimes.
//!
//! Their sources travel inside the crate, one file a guest, with the header of every guest; their
//! modules do not: a [`Workshop`] builds them where the compiler is present, once, into a folder of
//! the user, and says what is missing where it is not. Nothing is fetched.

mod probe;
mod recipe;
mod run;
mod scratch;
mod starter;
mod workshop;

use std::sync::LazyLock;

use include_dir::{Dir, File, include_dir};

use crate::catalogue::FileError;
use crate::guest::{Guest, Origin};
use crate::header;

pub use starter::{Starter, without_telemetry};
pub use workshop::{BuildError, Workshop};

pub(crate) use recipe::Recipe;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/toolchain");

static GUESTS: LazyLock<Vec<Guest>> =
    LazyLock::new(|| load().unwrap_or_else(|complaint| panic!("hostile-guests: {complaint}")));

/// A compiler that guests are built with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Toolchain {
    /// Go 1.24 or later, the first with `go:wasmexport`.
    Go,
    /// Clang with its WebAssembly back end, and `wasm-ld`; no library.
    C,
    /// Rust with the standard library for `wasm32-unknown-unknown`.
    Rust,
}

impl Toolchain {
    /// Every toolchain.
    pub const ALL: [Self; 3] = [Self::Go, Self::C, Self::Rust];

    /// The word of the toolchain, and the name of its folder and the family of its guests.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::C => "c",
            Self::Rust => "rust",
        }
    }

    /// What must be there, for a person.
    #[must_use]
    pub fn needs(self) -> &'static str {
        match self {
            Self::Go => "Go 1.24 or later",
            Self::C => "clang with its WebAssembly target, and wasm-ld",
            Self::Rust => "rustc with the standard library for wasm32-unknown-unknown",
        }
    }

    /// The files of the toolchain's folder, by name.
    fn files(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let files = FILES.get_dir(self.word()).into_iter().flat_map(Dir::files);
        files.filter_map(|file| Some((file.path().file_name()?.to_str()?, file.contents_utf8()?)))
    }
}

/// Every guest that a toolchain builds, sorted by id.
///
/// # Panics
///
/// When a source breaks the header's form; the crate's own tests hold that none does.
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

/// The guest of a file; none where the file has no header, as it serves the others.
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
