//! How the module of a guest is built from the folder of its toolchain: the same bytes from the
//! same compiler, whatever the folder is called (`-trimpath`, no symbols, no build id).

use std::process::Command;

use super::Toolchain;

/// What is built. Guests that share a recipe share a module, and their input says who is meant.
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
pub(super) const MODULE: &str = "guest.wasm";

impl Recipe {
    pub(super) fn of(toolchain: Toolchain, stem: &'static str) -> Self {
        match (toolchain, stem) {
            (Toolchain::Go, "command") => Self::GoCommand,
            (Toolchain::Go, "js-target") => Self::GoJs,
            (Toolchain::Go, "reactor-no-init") => Self::GoReactorNoInit,
            (Toolchain::Go, _) => Self::GoReactor,
            (Toolchain::C, stem) => Self::C(stem),
            (Toolchain::Rust, stem) => Self::Rust(stem),
        }
    }

    pub(super) fn toolchain(self) -> Toolchain {
        match self {
            Self::GoReactor | Self::GoReactorNoInit | Self::GoCommand | Self::GoJs => Toolchain::Go,
            Self::C(_) => Toolchain::C,
            Self::Rust(_) => Toolchain::Rust,
        }
    }

    /// The name under which the module is kept.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::GoReactor | Self::GoReactorNoInit => "reactor",
            Self::GoCommand => "command",
            Self::GoJs => "js",
            Self::C(stem) | Self::Rust(stem) => stem,
        }
    }

    /// The input that starts the guest `stem`.
    pub(super) fn input(self, stem: &str) -> Option<String> {
        match self {
            Self::GoReactor => Some(stem.to_owned()),
            Self::GoReactorNoInit | Self::GoCommand => Some("echo".to_owned()),
            Self::GoJs | Self::C(_) | Self::Rust(_) => None,
        }
    }

    /// `command`, which runs the compiler, made to build [`MODULE`] in a folder that holds the
    /// sources.
    pub(super) fn command(self, mut command: Command) -> Command {
        match self {
            Self::GoReactor | Self::GoReactorNoInit => {
                go(&mut command, "wasip1").arg("-buildmode=c-shared")
            }
            Self::GoCommand => go(&mut command, "wasip1"),
            Self::GoJs => go(&mut command, "js"),
            Self::C(stem) => command
                .args(["--target=wasm32", "-nostdlib", "-O2", "-Wl,--no-entry", "-Wl,--strip-all"])
                // The stack before the data, whatever this linker's own default is.
                .args(["-Wl,--stack-first", "-o", MODULE, &format!("{stem}.c")]),
            Self::Rust(stem) => command
                .args(["--edition=2021", "--target=wasm32-unknown-unknown", "--crate-type=cdylib"])
                .args(["-Copt-level=s", "-Cpanic=abort", "-Cstrip=symbols", "--crate-name=guest"])
                .args(["-o", MODULE, &format!("{stem}.rs")]),
        };
        command
    }

    /// What the compiler gave, made the guest's module.
    pub(super) fn finish(self, mut module: Vec<u8>) -> Vec<u8> {
        if self == Self::GoReactorNoInit {
            rename_export(&mut module);
        }
        module
    }
}

/// What every build for Go has in common. Nothing of the user's settings changes the bytes, and no
/// other Go is fetched.
fn go<'a>(command: &'a mut Command, system: &str) -> &'a mut Command {
    command
        .args(["build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", MODULE])
        .env("GOOS", system)
        .env("GOARCH", "wasm")
        .envs([("CGO_ENABLED", "0"), ("GOFLAGS", ""), ("GOWASM", "")])
        .envs([("GOWORK", "off"), ("GOTOOLCHAIN", "local")])
}

/// The export `_initialize` under a name of the same length, so that nothing else moves.
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
