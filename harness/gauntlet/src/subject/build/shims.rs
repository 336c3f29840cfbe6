//! The scripts that pages load: whether a browser can run them, and whether one of them is the shim
//! that a Go module needs.

use std::collections::BTreeSet;

use wasm_gauntlet_model::action::{Asset, Inspect};
use wasm_gauntlet_model::observation::{Fact, Inspection};
use wasm_gauntlet_web::anatomy::flavour::Flavour;
use wasm_gauntlet_web::anatomy::{first, shown, unfit};
use wasm_gauntlet_web::discovery::broken;

use super::files::Files;
use super::page_texts::{SCRIPT_BYTES_MAX, TEXTS_MAX, Texts};
use crate::subject::Inability;

/// The facts of the scripts around the file of `inspect`.
///
/// # Errors
/// When a script cannot be read.
pub(crate) fn look(
    files: &Files,
    inspect: &Inspect,
    texts: &Texts,
    facts: &mut Inspection,
) -> Result<(), Inability> {
    let shims = inspect.beside.iter().filter(|found| found.asset == Asset::Shim);
    let mut due: BTreeSet<&str> = shims.map(|found| found.url.as_str()).collect();
    due.extend(texts.loaded.iter().map(String::as_str));
    facts.namespaces_nowhere = nowhere(files, texts, facts);
    // An empty script is an error where nothing else defines what it should. Otherwise it is a
    // placeholder that is filled in later.
    let lacks = matches!(&facts.namespaces_nowhere, Fact::Is(names) if !names.is_empty());
    let mut wrong = Vec::new();
    for name in due.into_iter().take(TEXTS_MAX) {
        if files.size(name).is_none_or(|size| size > SCRIPT_BYTES_MAX) {
            continue;
        }
        let bytes = files.read(name)?;
        let text = String::from_utf8_lossy(&bytes);
        let why = match broken::is_bare(&text) {
            true => lacks.then(|| " is empty".to_owned()),
            false => unfit::stranger(&bytes)
                .map(|what| format!(" {what}"))
                .or_else(|| broken::complaint(&text).map(|why| format!(": {why}"))),
        };
        wrong.extend(why.map(|why| shown(&format!("{name}{why}"))));
    }
    facts.scripts_wrong = first(wrong).into();
    Ok(())
}

/// Namespaces that are named nowhere, not even in a script that does not deal with modules.
fn nowhere(files: &Files, texts: &Texts, facts: &Inspection) -> Fact<Vec<String>> {
    let Fact::Is(undefined) = &facts.namespaces_undefined else { return Fact::Absent };
    let of_go = [Flavour::GoJs.word(), Flavour::TinyGoJs.word()];
    let is_of_go = matches!(&facts.flavour, Fact::Is(flavour) if of_go.contains(&flavour.as_str()));
    let is_for_page = matches!(&facts.destination, Fact::Is(place) if place == "page");
    if !is_of_go || !is_for_page || texts.elsewhere {
        return Fact::Absent;
    }
    let mut left = undefined.clone();
    let scripts = files.names().filter(|name| super::is_script(name));
    for name in scripts.take(TEXTS_MAX) {
        if left.is_empty() {
            break;
        }
        if files.size(name).is_none_or(|size| size > SCRIPT_BYTES_MAX) {
            return Fact::Absent;
        }
        let Ok(bytes) = files.read(name) else { return Fact::Absent };
        let text = String::from_utf8_lossy(&bytes);
        left.retain(|space| !is_named(&text, space));
    }
    left.into()
}

/// Whether the name is a whole word in the text: many words contain `go`.
fn is_named(text: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}
