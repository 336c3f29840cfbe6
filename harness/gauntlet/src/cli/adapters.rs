//! Where the programs of external runtimes are: named by a variable, on the path, or built from the
//! sources inside this tool.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use wasm_gauntlet_host::process::confine::Confinement;

use crate::subject::Subject;
use crate::subject::absent::Absent;
use crate::subject::plugin_host::adapter::ReferenceRuntimes;
use crate::subject::plugin_host::external::{self, External, WAZERO_PROGRAM};

/// The variable that names the adapter program for wazero.
const WAZERO_VARIABLE: &str = "GAUNTLET_WAZERO";

/// The subject of an external runtime. If there is no program for it, the record says why.
pub(super) fn subject(
    external: External,
    references: Arc<ReferenceRuntimes>,
    confinement: Confinement,
) -> Box<dyn Subject> {
    match wazero() {
        Ok(program) => {
            let subject = external.subject(program).compared_with(references);
            Box::new(subject.confined(confinement))
        }
        Err(why) => Box::new(Absent::new(external.name, why)),
    }
}

/// The adapter program for wazero.
///
/// # Errors
/// Why there is none, for a person.
pub fn wazero() -> Result<PathBuf, String> {
    if let Some(named) = env::var_os(WAZERO_VARIABLE) {
        let named = PathBuf::from(named);
        let missing = || format!("{WAZERO_VARIABLE} is {}, which is not a file", named.display());
        return named.is_file().then_some(named.clone()).ok_or_else(missing);
    }
    if let Some(found) = on_path(WAZERO_PROGRAM) {
        return Ok(found);
    }
    let go = on_path("go").ok_or_else(|| {
        format!(
            "no {WAZERO_PROGRAM} on the path, {WAZERO_VARIABLE} is not set, and there is no Go to \
             build it with; install Go 1.25 or later"
        )
    })?;
    external::wazero(&go, &cache()).map_err(|unbuilt| unbuilt.to_string())
}

/// The file of this name in the folders of the path.
pub(super) fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let found = env::split_paths(&path).map(|folder| folder.join(program));
    found.filter(|candidate| candidate.is_absolute()).find(|candidate| candidate.is_file())
}

/// The user's cache folder (XDG base directories).
fn cache() -> PathBuf {
    let absolute =
        |name: &str| env::var_os(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    let cache = absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(Path::new(".cache"))));
    cache.unwrap_or_else(env::temp_dir).join("gauntlet")
}
