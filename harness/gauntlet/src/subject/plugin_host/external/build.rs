//! An adapter, built once from the sources in this crate, in a folder of the user.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use hostile_guests::toolchain::without_telemetry;
use sha2::{Digest, Sha256};
use wasm_gauntlet_host::process::children;
use wasm_gauntlet_host::process::scratch::{self, Scratch};
use wasm_gauntlet_model::call::hex;

use super::WAZERO_PROGRAM;
use super::sources::{self, WAZERO};
use crate::subject::tools;

/// Longest build. With an empty module cache on two busy cores it takes a minute. It also ends the
/// wait for a module proxy that does not answer.
const BUILD_PATIENCE: Duration = Duration::from_secs(300);

/// Pause between two looks at whether the build has ended.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Most of the toolchain's output that is shown.
const SAID_CHARS_MAX: usize = 400;

/// Why there is no adapter.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unbuilt {
    /// A file could not be written, or the toolchain not be run.
    #[error("the adapter cannot be built in {0}: {1}")]
    Folder(PathBuf, io::Error),
    /// The toolchain failed.
    #[error("`go build` of the adapter failed: {0}")]
    Failed(String),
    /// The toolchain did not come to an end.
    #[error("`go build` of the adapter did not end within {} s", BUILD_PATIENCE.as_secs())]
    Endless,
}

/// The adapter for wazero, from `cache`, or built there by the program `go`.
///
/// # Errors
/// When it is not there and cannot be built.
pub(crate) fn wazero(go: &Path, cache: &Path) -> Result<PathBuf, Unbuilt> {
    let folder = cache.join("adapters").join(format!("wazero-{}", key(WAZERO)));
    let program = folder.join(WAZERO_PROGRAM);
    if program.is_file() {
        return Ok(program);
    }
    let cannot = |error| Unbuilt::Folder(folder.clone(), error);
    fs::create_dir_all(&folder).map_err(cannot)?;
    scratch::sweep(&folder);
    let work = Scratch::within(&folder).map_err(cannot)?;
    for (name, text) in WAZERO {
        fs::write(work.path().join(name), text).map_err(cannot)?;
    }
    run(go, work.path(), cache).map_err(cannot)??;
    // Two who build at once each move a whole program into place.
    fs::rename(work.path().join(WAZERO_PROGRAM), &program).map_err(cannot)?;
    Ok(program)
}

/// A key that changes with the sources.
fn key(files: &[sources::SourceFile]) -> String {
    let mut digest = Sha256::new();
    for (name, text) in files {
        digest.update(format!("{name}\0{}\0{text}", text.len()));
    }
    hex(&digest.finalize())[..16].to_owned()
}

/// Build in `folder`, within [`BUILD_PATIENCE`]. Go finds our settings below `cache`.
fn run(go: &Path, folder: &Path, cache: &Path) -> io::Result<Result<(), Unbuilt>> {
    let said = folder.join("said");
    let mut command = tools::command(go);
    without_telemetry(&mut command, cache)?;
    // Temporary files of Go go with the folder, however it ends. In a folder of its own, as Go
    // reads no `go.mod` in the temporary folder itself.
    let temporary = folder.join("tmp");
    fs::create_dir(&temporary)?;
    command
        .env("TMPDIR", temporary)
        .args(["build", "-trimpath", "-buildvcs=false", "-o", WAZERO_PROGRAM, "."])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(&said)?);
    let mut child = children::spawn(&mut command)?;
    let until = Instant::now() + BUILD_PATIENCE;
    let status = loop {
        match child.try_wait()? {
            Some(status) => break status,
            None if Instant::now() >= until => {
                tools::end(&mut child);
                return Ok(Err(Unbuilt::Endless));
            }
            None => std::thread::sleep(LOOK_EVERY),
        }
    };
    if status.success() {
        return Ok(Ok(()));
    }
    let said = String::from_utf8_lossy(&fs::read(&said)?).into_owned();
    let end = said.chars().rev().take(SAID_CHARS_MAX).collect::<Vec<_>>();
    Ok(Err(Unbuilt::Failed(end.into_iter().rev().collect())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A toolchain that is a shell script.
    fn toolchain(folder: &Path, script: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let path = folder.join("go");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("it is written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
        path
    }

    #[test]
    fn it_is_built_once_and_a_failure_says_what_the_toolchain_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let broken = toolchain(folder.path(), "echo no such module >&2; exit 1");
        let failed = wazero(&broken, folder.path()).expect_err("it fails");
        assert!(failed.to_string().contains("no such module"), "{failed}");
        let counts = r#"echo built >>../../../count; echo program >"$5""#;
        let good = toolchain(folder.path(), counts);
        let first = wazero(&good, folder.path()).expect("it is built");
        assert_eq!(wazero(&good, folder.path()).expect("it is there"), first);
        let count = fs::read_to_string(folder.path().join("count")).expect("it was built");
        assert_eq!(count, "built\n");
        let absent = tempfile::tempdir().expect("a folder");
        assert!(wazero(Path::new("/nonexistent/go"), absent.path()).is_err());
    }

    #[test]
    fn other_sources_are_another_program() {
        assert_ne!(key(&[("a", "b")]), key(&[("a", "c")]));
        assert_ne!(key(&[("a", "b")]), key(&[("b", "a")]));
    }
}
