//! How to build the module of a guest from the folder of its toolchain. The same compiler gives the
//! same bytes, whatever the name of the folder (`-trimpath`, no symbols, no build id).

use std::process::Command;

use crate::words::Toolchain;

/// What is built. Guests with the same recipe share a module, and their input selects the guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Recipe {
    /// The Go folder as a reactor: `_initialize`, then its exports.
    GoReactor,
    /// The reactor with `_initialize` renamed.
    GoReactorNoInit,
    /// The Go folder as a command.
    GoCommand,
    /// The Go folder for a page.
    GoJs,
    /// One C file of this stem.
    C(&'static str),
    /// One Rust file of this stem.
    Rust(&'static str),
}

/// The name of the module beside the sources.
pub(crate) const MODULE: &str = "guest.wasm";

impl Recipe {
    pub(crate) fn of(toolchain: Toolchain, stem: &'static str) -> Self {
        match (toolchain, stem) {
            (Toolchain::Go, "command") => Self::GoCommand,
            (Toolchain::Go, "js-target") => Self::GoJs,
            (Toolchain::Go, "reactor-no-init") => Self::GoReactorNoInit,
            (Toolchain::Go, _) => Self::GoReactor,
            (Toolchain::C, stem) => Self::C(stem),
            (Toolchain::Rust, stem) => Self::Rust(stem),
        }
    }

    pub(crate) fn toolchain(self) -> Toolchain {
        match self {
            Self::GoReactor | Self::GoReactorNoInit | Self::GoCommand | Self::GoJs => Toolchain::Go,
            Self::C(_) => Toolchain::C,
            Self::Rust(_) => Toolchain::Rust,
        }
    }

    /// The file name of the kept module.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::GoReactor | Self::GoReactorNoInit => "reactor",
            Self::GoCommand => "command",
            Self::GoJs => "js",
            Self::C(stem) | Self::Rust(stem) => stem,
        }
    }

    /// The input that starts the guest `stem`.
    pub(crate) fn input(self, stem: &str) -> Option<String> {
        match self {
            Self::GoReactor => Some(stem.to_owned()),
            Self::GoReactorNoInit | Self::GoCommand => Some("echo".to_owned()),
            Self::GoJs | Self::C(_) | Self::Rust(_) => None,
        }
    }

    /// `command`, which runs the compiler, made to build [`MODULE`] in a folder that holds the
    /// sources.
    pub(crate) fn command(self, mut command: Command) -> Command {
        match self {
            Self::GoReactor | Self::GoReactorNoInit => {
                go(&mut command, "wasip1").arg("-buildmode=c-shared")
            }
            Self::GoCommand => go(&mut command, "wasip1"),
            Self::GoJs => go(&mut command, "js"),
            Self::C(stem) => command
                .args(["--target=wasm32", "-nostdlib", "-O2", "-Wl,--no-entry", "-Wl,--strip-all"])
                // The stack comes before the data, whatever the default of this linker is.
                .args(["-Wl,--stack-first", "-o", MODULE, &format!("{stem}.c")]),
            Self::Rust(stem) => command
                .args(["--edition=2021", "--target=wasm32-unknown-unknown", "--crate-type=cdylib"])
                .args(["-Copt-level=s", "-Cpanic=abort", "-Cstrip=symbols", "--crate-name=guest"])
                .args(["-o", MODULE, &format!("{stem}.rs")]),
        };
        command
    }

    /// The output of the compiler as the module of the guest.
    pub(crate) fn finish(self, mut module: Vec<u8>) -> Vec<u8> {
        if self == Self::GoReactorNoInit {
            rename_export(&mut module);
        }
        module
    }
}

/// The common settings of every Go build. The settings of the user do not change the bytes, and no
/// other Go is fetched.
fn go<'a>(command: &'a mut Command, system: &str) -> &'a mut Command {
    command
        .args(["build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", MODULE])
        .env("GOOS", system)
        .env("GOARCH", "wasm")
        .envs([("CGO_ENABLED", "0"), ("GOFLAGS", ""), ("GOWASM", "")])
        .envs([("GOWORK", "off"), ("GOTOOLCHAIN", "local")])
}

/// Rename the export `_initialize` to a name of the same length, so that no offset changes.
fn rename_export(module: &mut [u8]) {
    const NAMED: &[u8] = b"\x0b_initialize";
    let found = module.windows(NAMED.len()).position(|window| window == NAMED);
    if let Some(at) = found {
        module[at + 1..at + NAMED.len()].copy_from_slice(b"_never_call");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_of_the_export_changes() {
        let built = b"..\x0b_initialize\x00\x07_initialize".to_vec();
        let renamed = Recipe::GoReactorNoInit.finish(built.clone());
        assert_eq!(renamed, b"..\x0b_never_call\x00\x07_initialize");
        assert_eq!(Recipe::GoReactor.finish(built.clone()), built);
    }
}
