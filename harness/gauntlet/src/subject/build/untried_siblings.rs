//! The encoded siblings of the files without a trial of their own: pages, styles, data.

use std::collections::BTreeSet;

use super::files::{Files, TOTAL_BYTES_MAX};
use super::siblings::{ENDINGS, complaint};

/// A smaller file fits one packet in any form, so a coding saves nothing.
const SMALL_BYTES: u64 = 1024;

/// Endings of text: where a build encodes one file of such a kind, it encodes them all.
const TEXTS: &[&str] = &["html", "htm", "css", "js", "mjs", "json", "svg", "xml", "txt", "map"];

/// Problems of the siblings of these files.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct SiblingProblems {
    /// Siblings that do not decode to their file, each with why.
    pub(crate) wrong: Vec<String>,
    /// Siblings that are not there, while smaller files of the kind have theirs.
    pub(crate) missing: Vec<String>,
    /// Siblings that are no smaller than their file.
    pub(crate) fat: Vec<String>,
}

/// The siblings of every file but `own`; none if they are too large to read.
pub(crate) fn beside(files: &Files, own: &BTreeSet<&str>) -> Option<SiblingProblems> {
    let mut found = SiblingProblems::default();
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
                found.fat.push(format!("{sibling} has {coded} bytes, the file has {size}"));
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
