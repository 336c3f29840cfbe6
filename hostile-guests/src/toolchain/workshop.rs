//! Builds guests and keeps them for the next time.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, OnceLock, PoisonError};

use sha2::{Digest, Sha256};

use super::probe::{self, Asking, Compiler};
use super::run::run;
use super::scratch::{self, Scratch};
use super::starter::{Starter, without_telemetry};
use super::{Guest, Toolchain, sources};
use crate::guest::Origin;
use crate::recipe::{MODULE, Recipe};

/// Why the bytes of a guest are not available.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildError {
    /// There is no compiler that can build it.
    Absent(Toolchain, String),
    /// The compiler failed.
    Failed(String, String),
    /// A folder could not be written, or a compiler not be run.
    Folder(PathBuf, String),
    /// No toolchain builds this guest: its bytes come from [`Guest::bytes`].
    NotBuilt(String),
}

impl std::fmt::Display for BuildError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Absent(toolchain, why) => write!(f, "needs {}: {why}", toolchain.needs()),
            Self::Failed(guest, said) => write!(f, "the compiler failed on `{guest}`: {said}"),
            Self::Folder(path, error) => write!(f, "cannot build in {}: {error}", path.display()),
            Self::NotBuilt(guest) => write!(f, "no toolchain builds `{guest}`"),
        }
    }
}

impl std::error::Error for BuildError {}

/// A place where guests are built, each module once for all processes that use the folder.
#[derive(Debug)]
pub struct Workshop {
    cache: PathBuf,
    path: OsString,
    starter: Starter,
    compilers: [OnceLock<Result<Compiler, String>>; Toolchain::ALL.len()],
    built: Mutex<BTreeMap<(Toolchain, &'static str), Vec<u8>>>,
}

impl Workshop {
    /// A workshop that keeps what it builds in `cache`, with the compilers in the folders of
    /// `path`, as in the variable `PATH`.
    #[must_use]
    pub fn new(cache: &Path, path: &OsStr) -> Self {
        let (starter, compilers, built) = Default::default();
        Self { cache: cache.to_owned(), path: path.to_owned(), starter, compilers, built }
    }

    /// The same, its compilers started by `starter`.
    #[must_use]
    pub fn started_by(self, starter: Starter) -> Self {
        Self { starter, ..self }
    }

    /// The workshop of this user: the compilers on `PATH`, and the cache folder (XDG base
    /// directories).
    #[must_use]
    pub fn of_user() -> Self {
        let named = |name| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
        let cache = named("XDG_CACHE_HOME").or_else(|| Some(named("HOME")?.join(".cache")));
        let cache = cache.unwrap_or_else(std::env::temp_dir).join("hostile-guests");
        Self::new(&cache, &std::env::var_os("PATH").unwrap_or_default())
    }

    /// The version of the compiler that guests of this toolchain are built with.
    ///
    /// # Errors
    /// Why there is none, for a person.
    pub fn compiler(&self, toolchain: Toolchain) -> Result<&str, BuildError> {
        self.found(toolchain).map(|compiler| &*compiler.version)
    }

    /// The bytes of a guest of [`super::all`], built if necessary.
    ///
    /// # Errors
    /// When the compiler is missing or fails, or no compiler is needed.
    pub fn bytes(&self, guest: &Guest) -> Result<Vec<u8>, BuildError> {
        let Origin::Compiled { recipe, .. } = guest.origin else {
            return Err(BuildError::NotBuilt(guest.id.clone()));
        };
        // Held during the build, so that one process builds a module once.
        let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (recipe.toolchain(), recipe.name());
        if let Some(bytes) = built.get(&key) {
            return Ok(recipe.finish(bytes.clone()));
        }
        let bytes = self.kept_or_built(&guest.id, recipe)?;
        built.insert(key, bytes.clone());
        Ok(recipe.finish(bytes))
    }

    fn found(&self, toolchain: Toolchain) -> Result<&Compiler, BuildError> {
        let find = || {
            let scratch = self.scratch().map_err(|error| error.to_string())?;
            let (folder, cache, starter) = (&*scratch.path, &*self.cache, self.starter);
            probe::find(toolchain, &self.path, Asking { folder, cache, starter })
        };
        let found = self.compilers[toolchain as usize].get_or_init(find);
        found.as_ref().map_err(|why| BuildError::Absent(toolchain, why.clone()))
    }

    fn kept_or_built(&self, guest: &str, recipe: Recipe) -> Result<Vec<u8>, BuildError> {
        let toolchain = recipe.toolchain();
        let compiler = self.found(toolchain)?;
        let key = key(toolchain, &compiler.version);
        let folder = self.cache.join(format!("{}-{key}", toolchain.word()));
        let kept = folder.join(format!("{}.wasm", recipe.name()));
        if let Ok(bytes) = fs::read(&kept) {
            return Ok(bytes);
        }
        let cannot = |error: io::Error| BuildError::Folder(folder.clone(), error.to_string());
        fs::create_dir_all(&folder).map_err(cannot)?;
        let scratch = self.scratch().map_err(cannot)?;
        for (name, text) in sources(toolchain) {
            fs::write(scratch.path.join(name), text).map_err(cannot)?;
        }
        let mut command = recipe.command((self.starter.command)(&compiler.program));
        if toolchain == Toolchain::Go {
            without_telemetry(&mut command, &self.cache).map_err(cannot)?;
        }
        let ran = run(&mut command, self.starter, &scratch.path).map_err(cannot)?;
        if !ran.well {
            return Err(BuildError::Failed(guest.to_owned(), ran.said));
        }
        let made = scratch.path.join(MODULE);
        let bytes = fs::read(&made).map_err(cannot)?;
        // Two builds at the same time each move a complete module into place.
        fs::rename(&made, &kept).map_err(cannot)?;
        Ok(bytes)
    }

    /// A folder of our own, removed when it is dropped.
    fn scratch(&self) -> io::Result<Scratch> {
        static SWEPT: Once = Once::new();
        SWEPT.call_once(|| scratch::sweep(&self.cache));
        Scratch::new(&self.cache)
    }
}

/// A key that changes with the sources, with this crate's flags, and with the compiler.
fn key(toolchain: Toolchain, version: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(format!("{}\0{version}\0", env!("CARGO_PKG_VERSION")));
    digest.update(include_str!("../recipe.rs"));
    for (name, text) in sources(toolchain) {
        digest.update(format!("{name}\0{}\0{text}", text.len()));
    }
    digest.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolchain::all;

    #[test]
    fn without_a_compiler_the_reason_is_said_and_nothing_is_kept() {
        let cache = std::env::temp_dir().join(format!("hostile-guests-{}", std::process::id()));
        let workshop = Workshop::new(&cache, OsStr::new("/nonexistent"));
        for guest in all() {
            let why = workshop.bytes(guest).expect_err("there is no compiler").to_string();
            assert!(why.starts_with("needs ") && why.contains("on the path"), "{why}");
        }
        let left = fs::read_dir(&cache).expect("the folder is there").count();
        fs::remove_dir_all(&cache).expect("it is ours");
        assert_eq!(left, 0);
    }

    #[test]
    fn another_compiler_is_another_module() {
        assert_ne!(key(Toolchain::Go, "go1.24"), key(Toolchain::Go, "go1.26"));
        assert_ne!(key(Toolchain::Go, ""), key(Toolchain::C, ""));
    }
}
