//! A manifest of SHA-256 digests, as `sha256sum` writes it, and the signature over it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use ed25519_compact::{PublicKey, Signature};
use sha2::{Digest, Sha256};
use wasm_gauntlet_model::observation::{Fact, Inspection};
use wasm_gauntlet_web::anatomy::hash::hex;
use wasm_gauntlet_web::anatomy::{first, shown};

use super::Build;
use super::files::{self, Files, TOTAL_BYTES_MAX};
use super::listing::{Listing, parse};
use crate::subject::Inability;

/// The digest of each file.
///
/// # Errors
/// When a file cannot be read, or all together are too large.
pub(crate) fn digests(files: &Files) -> Result<BTreeMap<String, String>, Inability> {
    let total: u64 = files.names().filter_map(|name| files.size(name)).sum();
    if total > TOTAL_BYTES_MAX {
        let why = format!("the files have {total} bytes, the limit is {TOTAL_BYTES_MAX}");
        return Err(Inability::too_large(why));
    }
    let digest = |name: &str| Ok((name.to_owned(), hex(&Sha256::digest(files.read(name)?))));
    files.names().map(digest).collect()
}

/// The facts of the manifest at `path` and of its signature. `here` has the digest of each file.
///
/// # Errors
/// When a named file cannot be read.
pub(crate) fn look(
    build: &Build,
    here: &BTreeMap<String, String>,
    path: &Path,
    facts: &mut Inspection,
) -> Result<(), Inability> {
    let bytes = files::read(path, &path.display().to_string())?;
    let Listing { named, unread } = parse(&String::from_utf8_lossy(&bytes));
    facts.manifest_unread = first(unread).into();
    let wrong = named.iter().filter_map(|(name, digest)| match here.get(name) {
        Some(have) if have == digest => None,
        Some(_) => Some(format!("{} has another digest", shown(name))),
        None => Some(format!("{} is missing", shown(name))),
    });
    facts.manifest_wrong = first(wrong).into();
    let own = own(build, path);
    let lacks = here.keys().filter(|name| !named.contains_key(*name) && !own.contains(*name));
    let (code, others): (Vec<&String>, Vec<&String>) = lacks.partition(|name| is_code(name));
    facts.manifest_lacks = first(others.into_iter().map(|name| shown(name))).into();
    facts.manifest_lacks_code = first(code.into_iter().map(|name| shown(name))).into();
    facts.signature_right = match build.public_key {
        Some(key) => signature_right(build, path, &bytes, key)?.into(),
        None => Fact::Absent,
    };
    Ok(())
}

/// Whether a page would run the file.
fn is_code(name: &str) -> bool {
    super::extension(name) == "wasm" || super::is_script(name)
}

/// Endings of the usual signatures: of this one, OpenPGP's, minisign's, sigstore's.
const SIGNATURES: &[&str] = &["sig", "asc", "gpg", "minisig", "sigstore", "pem"];

/// The manifest at `path` and its signatures, by their names in the directory. They cannot contain
/// their own digests, and often only one of two builds is released and has them.
pub(crate) fn own(build: &Build, path: &Path) -> BTreeSet<String> {
    let signatures = SIGNATURES.iter().map(|ending| {
        let mut signature = path.as_os_str().to_owned();
        signature.push(".");
        signature.push(ending);
        PathBuf::from(signature)
    });
    let all = std::iter::once(path.to_owned()).chain(signatures).chain(build.signature.clone());
    let root = build.dir.canonicalize().unwrap_or_else(|_| build.dir.clone());
    let inside = |path: PathBuf| {
        let path = path.canonicalize().unwrap_or(path);
        let inside = path.strip_prefix(&root).ok()?;
        let names: Option<Vec<&str>> = inside.iter().map(|part| part.to_str()).collect();
        Some(names?.join("/"))
    };
    all.filter_map(inside).collect()
}

/// Whether the signature over `bytes`, the manifest at `path`, is by `key`.
fn signature_right(
    build: &Build,
    path: &Path,
    bytes: &[u8],
    key: [u8; 32],
) -> Result<bool, Inability> {
    let mut usual = path.as_os_str().to_owned();
    usual.push(".sig");
    let place = build.signature.clone().unwrap_or_else(|| usual.into());
    if !place.is_file() {
        return Ok(false);
    }
    let signature = files::read(&place, &place.display().to_string())?;
    let Some(signature) = signature_of(&signature) else { return Ok(false) };
    Ok(PublicKey::new(key).verify(bytes, &Signature::new(signature)).is_ok())
}

/// 64 bytes as they are, in hexadecimal or in base64.
fn signature_of(bytes: &[u8]) -> Option<[u8; 64]> {
    if let Ok(raw) = bytes.try_into() {
        return Some(raw);
    }
    fixed(std::str::from_utf8(bytes).ok()?)
}

/// A number of bytes, in hexadecimal or in base64: a key has 32 and a signature 64.
pub(crate) fn fixed<const BYTES: usize>(text: &str) -> Option<[u8; BYTES]> {
    let text = text.trim();
    let digits =
        || (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok());
    let bytes = match text.len() == 2 * BYTES {
        true => digits().collect::<Option<Vec<u8>>>()?,
        false => base64::engine::general_purpose::STANDARD.decode(text).ok()?,
    };
    bytes.try_into().ok()
}
