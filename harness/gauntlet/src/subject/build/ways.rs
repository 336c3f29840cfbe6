//! How the pages of a directory load their scripts: imports that no browser follows, and integrity
//! that no longer fits.

use url::Url;
use wasm_gauntlet_model::action::{Asset, Inspect};
use wasm_gauntlet_model::observation::{Fact, Inspection};
use wasm_gauntlet_web::anatomy::shown;
use wasm_gauntlet_web::discovery::loads::Loads;
use wasm_gauntlet_web::discovery::local;

use super::files::Files;
use super::page_texts::{SCRIPT_BYTES_MAX, TEXTS_MAX};
use super::references::{self, LoadPlace};
use crate::subject::Inability;

/// The loads of each page among the files beside the one of `inspect`.
///
/// # Errors
/// When a page cannot be read.
pub(crate) fn of_pages(files: &Files, inspect: &Inspect) -> Result<Vec<Loads>, Inability> {
    let pages = inspect.beside.iter().filter(|found| found.asset == Asset::Entry);
    let mut all = Vec::new();
    for page in pages.take(TEXTS_MAX) {
        let html = files.read(&page.url)?;
        let Some(address) = references::address(&page.url) else { continue };
        let read = |url: &Url| {
            let name = name(files, url)?;
            let fits = files.size(&name).is_some_and(|size| size <= SCRIPT_BYTES_MAX);
            fits.then(|| files.read(&name).ok()).flatten()
        };
        all.push(local::of(&String::from_utf8_lossy(&html), &address, read));
    }
    Ok(all)
}

/// Add what `pages` show of the file of `inspect`.
pub(crate) fn look(files: &Files, inspect: &Inspect, pages: &[Loads], facts: &mut Inspection) {
    let wrong = pages.iter().flat_map(Loads::integrity_wrong).next();
    let wrong = wrong.map(|(url, why)| format!("{}: {why}", shown(url.path())));
    facts.integrity_wrong = Fact::looked(wrong);
    let is_it = |url: &Url| name(files, url).is_some_and(|name| name == inspect.url);
    let is_module = facts.module_readable == true.into();
    let from = pages.iter().find_map(|loads| loads.import_as_script(is_it));
    let from = from.filter(|_| is_module).map(|url| shown(url.path()));
    facts.imported_as_script = Fact::looked(from);
}

/// The file at an address of the directory.
fn name(files: &Files, url: &Url) -> Option<String> {
    match references::place(files, url) {
        LoadPlace::There(name) => Some(name),
        LoadPlace::Missing(_) | LoadPlace::Elsewhere => None,
    }
}
