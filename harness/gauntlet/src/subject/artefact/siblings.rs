//! The encoded siblings of a file, as `gzip_static` and its kin serve them.

use std::collections::BTreeSet;

use wasm_gauntlet_model::observation::Inspection;

use super::files::{Files, TOTAL_BYTES_MAX};
use crate::coding::{self, Layer};
use crate::subject::Inability;
use crate::subject::anatomy::first;

/// Endings of siblings, and what is in them.
const ENDINGS: &[(&str, Layer)] = &[("br", Layer::Br), ("gz", Layer::Gzip), ("zst", Layer::Zstd)];

/// The bytes of the sibling of `name` in this coding, where there is one.
pub fn form(files: &Files, name: &str, layer: Layer) -> Option<Vec<u8>> {
    let (ending, _) = ENDINGS.iter().find(|(_, have)| *have == layer)?;
    let sibling = format!("{name}.{ending}");
    files.has(&sibling).then(|| files.read(&sibling).ok()).flatten()
}

/// The facts of the siblings of `name`, whose bytes are `raw`.
pub fn look(
    files: &Files,
    name: &str,
    raw: &[u8],
    facts: &mut Inspection,
) -> Result<(), Inability> {
    let (mut there, mut wrong, mut missing, mut fat) = (vec![], vec![], vec![], vec![]);
    for (ending, layer) in ENDINGS {
        let sibling = format!("{name}.{ending}");
        if !files.has(&sibling) {
            if is_made_for_others(files, name, ending) {
                missing.push(sibling);
            }
            continue;
        }
        let bytes = files.read(&sibling)?;
        if let Some(why) = complaint(&bytes, raw, *layer)? {
            wrong.push(format!("{sibling} {why}"));
        }
        if bytes.len() >= raw.len() && !raw.is_empty() {
            fat.push(format!("{sibling} has {} bytes, the file {}", bytes.len(), raw.len()));
        }
        there.push(sibling);
    }
    facts.siblings = first(there).into();
    facts.siblings_wrong = first(wrong).into();
    facts.siblings_missing = first(missing).into();
    facts.siblings_fat = first(fat).into();
    Ok(())
}

/// Bytes below which a file travels in one packet in any form, so that nothing is wasted.
const SMALL_BYTES: u64 = 1024;

/// Endings of text: where a build encodes one file of such a kind, it encodes them all.
const TEXTS: &[&str] = &["html", "htm", "css", "js", "mjs", "json", "svg", "xml", "txt", "map"];

/// What is wrong with the siblings of the files that are not looked at by themselves.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// Siblings that do not decode to their file, each with why.
    pub wrong: Vec<String>,
    /// Siblings that are not there, while smaller files of the kind have theirs.
    pub missing: Vec<String>,
    /// Siblings that are no smaller than their file.
    pub fat: Vec<String>,
}

/// The siblings of every file but `own`; none if they are too much to be read.
pub fn beside(files: &Files, own: &BTreeSet<&str>) -> Option<Beside> {
    let mut found = Beside::default();
    let mut budget = TOTAL_BYTES_MAX;
    for name in files.names().filter(|name| !own.contains(name)) {
        for (ending, layer) in ENDINGS {
            let sibling = format!("{name}.{ending}");
            let size = files.size(name).unwrap_or(0);
            let Some(coded) = files.size(&sibling) else {
                if TEXTS.contains(&super::extension(name)) && smaller_has(files, name, ending) {
                    found.missing.push(sibling);
                }
                continue;
            };
            budget = budget.checked_sub(size.checked_add(coded)?)?;
            let (raw, bytes) = (files.read(name).ok()?, files.read(&sibling).ok()?);
            if let Some(why) = complaint(&bytes, &raw, *layer).ok()? {
                found.wrong.push(format!("{sibling} {why}"));
            }
            if coded >= size && size >= SMALL_BYTES {
                found.fat.push(format!("{sibling} has {coded} bytes, the file {size}"));
            }
        }
    }
    Some(found)
}

/// Whether a smaller file of the same kind has this sibling.
fn smaller_has(files: &Files, name: &str, ending: &str) -> bool {
    files.names().any(|other| {
        super::extension(other) == super::extension(name)
            && files.size(other) < files.size(name)
            && files.has(&format!("{other}.{ending}"))
    })
}

/// Whether another file of the same kind, or a larger one of any kind, has its sibling: builds
/// leave out small files and pictures on purpose.
fn is_made_for_others(files: &Files, name: &str, ending: &str) -> bool {
    let size = files.size(name).unwrap_or(0);
    files.names().filter(|other| *other != name).any(|other| {
        let alike = super::extension(other) == super::extension(name);
        let at_least = files.size(other).is_some_and(|other| other <= size);
        (alike || at_least) && files.has(&format!("{other}.{ending}"))
    })
}

/// What is wrong with a sibling.
///
/// # Errors
/// When a bound of ours was met, so that nothing can be said.
fn complaint(bytes: &[u8], raw: &[u8], layer: Layer) -> Result<Option<String>, Inability> {
    let codings = [layer.word().to_owned()];
    match coding::decode_declared(bytes, &codings, &coding::Bounds::default()) {
        Ok(content) if content == raw => Ok(None),
        Ok(content) => Ok(Some(format!("holds other bytes ({} of them)", content.len()))),
        Err(coding::DecodeError::Stopped(stop)) if stop.is_bound() => {
            Err(Inability(stop.to_string()))
        }
        Err(error) => Ok(Some(format!("cannot be decoded: {error}"))),
    }
}
