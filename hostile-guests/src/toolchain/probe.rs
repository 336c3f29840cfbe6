//! Whether a compiler is present and can build for WebAssembly. A compiler that cannot counts as
//! missing.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::Toolchain;
use super::run::run;
use super::starter::{Starter, without_telemetry};

/// Where the standard library of the Rust guests would be.
const RUST_TARGET: [&str; 4] = ["--print", "target-libdir", "--target", "wasm32-unknown-unknown"];

/// First minor version of Go 1 that exports functions (`go:wasmexport`).
const GO_MINOR_MIN: u32 = 24;

/// A compiler that can build guests.
#[derive(Debug, Clone)]
pub(super) struct Compiler {
    pub(super) program: PathBuf,
    /// Its version text, which is part of the cache key.
    pub(super) version: String,
}

/// Where and how compilers are run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asking<'a> {
    /// Our folder for the files that they write.
    pub(super) folder: &'a Path,
    /// The folder that contains our settings for Go.
    pub(super) cache: &'a Path,
    pub(super) starter: Starter,
}

/// The first usable compiler in the folders of `path`, or why there is none.
pub(super) fn find(
    toolchain: Toolchain,
    path: &OsStr,
    asking: Asking<'_>,
) -> Result<Compiler, String> {
    let program = match toolchain {
        Toolchain::Go => "go",
        Toolchain::C => "clang",
        Toolchain::Rust => "rustc",
    };
    let mut why = format!("no {program} on the path");
    for candidate in std::env::split_paths(path).map(|place| place.join(program)) {
        if !candidate.is_absolute() || !candidate.is_file() {
            continue;
        }
        let ask = |args: &[&str]| ask(toolchain, &candidate, args, asking);
        let version = match toolchain {
            Toolchain::Go => ask(&["env", "GOVERSION"]).and_then(|said| go(&said)),
            Toolchain::C => clang(&ask, path),
            Toolchain::Rust => rust(&ask),
        };
        match version {
            Ok(version) => return Ok(Compiler { program: candidate, version }),
            Err(lacks) => why = format!("{}: {lacks}", candidate.display()),
        }
    }
    Err(why)
}

type Ask<'a> = dyn Fn(&[&str]) -> Result<String, String> + 'a;

/// The output of the program for these arguments.
fn ask(
    toolchain: Toolchain,
    program: &Path,
    args: &[&str],
    asking: Asking<'_>,
) -> Result<String, String> {
    let Asking { folder, cache, starter } = asking;
    let mut command = (starter.command)(program);
    command.args(args);
    let quiet = match toolchain {
        Toolchain::Go => without_telemetry(&mut command, cache),
        Toolchain::C | Toolchain::Rust => Ok(()),
    };
    let ran = quiet.and_then(|()| run(&mut command, starter, folder));
    let ran = ran.map_err(|error| error.to_string())?;
    ran.well.then_some(ran.said.clone()).ok_or(ran.said)
}

fn go(said: &str) -> Result<String, String> {
    let minor = said.strip_prefix("go1.").map(|rest| {
        rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<u32>()
    });
    match minor {
        Some(Ok(minor)) if minor < GO_MINOR_MIN => {
            Err(format!("{said} is older than 1.{GO_MINOR_MIN}, the first with go:wasmexport"))
        }
        _ => Ok(said.to_owned()),
    }
}

fn clang(ask: &Ask<'_>, path: &OsStr) -> Result<String, String> {
    if !ask(&["--print-targets"])?.contains("wasm32") {
        return Err("it has no WebAssembly target".to_owned());
    }
    let linker = PathBuf::from(ask(&["-print-prog-name=wasm-ld"])?);
    let mut places = std::env::split_paths(path).map(|place| place.join(&linker));
    if !linker.is_file() && !places.any(|place| place.is_file()) {
        return Err("there is no wasm-ld beside it".to_owned());
    }
    let said = ask(&["--version"])?;
    Ok(said.lines().next().unwrap_or_default().to_owned())
}

fn rust(ask: &Ask<'_>) -> Result<String, String> {
    let library = PathBuf::from(ask(&RUST_TARGET)?);
    if !library.is_dir() {
        return Err("it has no standard library for wasm32-unknown-unknown".to_owned());
    }
    ask(&["--version"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_go_that_cannot_export_is_none() {
        assert!(go("go1.23.4").is_err());
        assert!(go("go1.24").is_ok() && go("go1.26.8").is_ok());
        assert!(go("devel go1.27-abcdef").is_ok());
    }

    #[test]
    fn what_is_missing_is_said() {
        let folder = std::env::temp_dir();
        let starter = Starter::default();
        let asking = Asking { folder: &folder, cache: &folder, starter };
        for toolchain in Toolchain::ALL {
            let why = find(toolchain, OsStr::new("/nonexistent"), asking).expect_err("none");
            assert!(why.contains("on the path"), "{why}");
        }
    }
}
