//! Where a Chromium is.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The names under which distributions and Google install it.
const NAMES: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

/// The variable that names one, as other tools read it.
const VARIABLE: &str = "CHROME";

/// The command that installs one, for messages.
pub const INSTALL: &str = "apt-get install chromium";

/// The program that `CHROME` names, or the first on `PATH`. None where there is none.
pub fn installed() -> Option<PathBuf> {
    let named = env::var_os(VARIABLE).filter(|name| !name.is_empty());
    match named {
        Some(named) => on_path(&named),
        None => NAMES.iter().find_map(|name| on_path(OsStr::new(name))),
    }
}

/// A program by its path, or by its name in a folder of `PATH`.
fn on_path(name: &OsStr) -> Option<PathBuf> {
    if Path::new(name).components().count() > 1 {
        return Some(PathBuf::from(name)).filter(|path| path.is_file());
    }
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}
