//! A build directory as a target file names it. A named file that does not exist is an error: a
//! check that is skipped for it would look like a check that passed.

use std::fs;
use std::path::{Path, PathBuf};

use wasm_gauntlet_model::target::ArtefactTarget;

use super::exit::Failure;
use crate::subject::build::{Artefact, Build, MANIFEST_USUAL, manifest};

/// The build directory of `target`, which `flags` name on the command line.
///
/// # Errors
/// A named file that does not exist, or that cannot be checked because something else is missing.
pub(super) fn of(target: &ArtefactTarget, flags: String) -> Result<Artefact, Failure> {
    directories(target)?;
    let dir = PathBuf::from(&target.dir);
    let path = |path: &Option<String>| path.as_ref().map(PathBuf::from);
    let build = Build {
        second: path(&target.second_build),
        manifest: path(&target.manifest),
        signature: path(&target.signature),
        public_key: target.public_key.as_deref().map(key).transpose()?,
        destination: target.destination.clone(),
        exports: target.exports.clone(),
        node: target.run_in_node.then(node).transpose()?,
        budget: target.budget,
        name_digest: target.name_digest,
        dir,
    };
    signed(&build)?;
    Ok(Artefact::new(build, flags))
}

/// Both builds exist, and are different directories.
fn directories(target: &ArtefactTarget) -> Result<(), Failure> {
    for dir in std::iter::once(&target.dir).chain(&target.second_build) {
        if !Path::new(dir).is_dir() {
            return Err(Failure::usage(format!("{dir} is not a directory")));
        }
    }
    let place = |dir: &String| fs::canonicalize(dir).ok();
    let second = target.second_build.as_ref();
    match second.filter(|second| place(second) == place(&target.dir)) {
        Some(second) => Err(Failure::usage(format!(
            "`second-build` is {second}, the same directory as `dir`; build into two directories"
        ))),
        None => Ok(()),
    }
}

/// The named manifest and signature exist, and a signature has its key.
fn signed(build: &Build) -> Result<(), Failure> {
    let named = [("manifest", &build.manifest), ("signature", &build.signature)];
    let files = named.iter().filter_map(|(key, path)| Some((*key, path.as_deref()?)));
    if let Some((key, path)) = files.clone().find(|(_, path)| !path.is_file()) {
        let path = path.display();
        return Err(Failure::usage(format!(
            "`{key}` is {path}, but there is no such file; paths start at the current directory"
        )));
    }
    if build.signature.is_some() && build.public_key.is_none() {
        let help = "`signature` needs a `public-key` to verify it";
        return Err(Failure::usage(help));
    }
    let usual = build.dir.join(MANIFEST_USUAL);
    if build.public_key.is_some() && build.manifest.is_none() && !usual.is_file() {
        return Err(Failure::usage(format!(
            "`public-key` is given, but there is no manifest to verify: expected {}, or another \
             file as `manifest`",
            usual.display()
        )));
    }
    Ok(())
}

/// Node, which the target file asks for.
fn node() -> Result<PathBuf, Failure> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found =
        std::env::split_paths(&path).map(|dir| dir.join("node")).find(|node| node.is_file());
    found.ok_or_else(|| Failure::usage("`run-in-node` is set, but there is no `node` on the PATH"))
}

/// What stands before the 32 bytes of an ed25519 key where OpenSSL writes one (RFC 8410 §4).
const KEY_INFO: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0];

fn key(text: &str) -> Result<[u8; 32], Failure> {
    let of_openssl = || manifest::fixed::<44>(text)?.strip_prefix(&KEY_INFO)?.try_into().ok();
    manifest::fixed(text).or_else(of_openssl).ok_or_else(|| {
        Failure::usage(
            "`public-key` is not an ed25519 key: expected 32 bytes in base64 or hexadecimal, or \
             the line between BEGIN and END that `openssl pkey -in KEY.pem -pubout` prints",
        )
    })
}
