//! The pages and scripts of a directory: the files that they name, and which of them are missing.

use std::collections::BTreeSet;

use wasm_gauntlet_model::action::Asset;
use wasm_gauntlet_model::profile::Found;
use wasm_gauntlet_web::discovery::page::PageReferences;
use wasm_gauntlet_web::discovery::script;
use wasm_gauntlet_web::headers::name::without_hash;

use super::files::Files;
use super::references;
use crate::subject::Inability;

/// Most bytes of a script that are read. Emscripten's largest glue has 1 MB.
pub(crate) const SCRIPT_BYTES_MAX: u64 = 8 << 20;

/// Most texts that are read around one file.
pub(crate) const TEXTS_MAX: usize = 256;

/// Whether a script deals with modules.
pub(crate) fn is_shim(files: &Files, name: &str) -> bool {
    let fits = files.size(name).is_some_and(|size| size <= SCRIPT_BYTES_MAX);
    let read = || files.read(name).ok();
    fits && read().is_some_and(|bytes| script::read(&String::from_utf8_lossy(&bytes)).is_shim())
}

/// Pages and shims with their texts. Of pages, only the inline scripts.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    /// Name and script of each.
    pub(crate) scripts: Vec<(String, String)>,
    /// Whether none was left out.
    pub(crate) complete: bool,
    /// The last segments of everything that pages, and the scripts that they name, name.
    pub(crate) named: BTreeSet<String>,
    /// Missing files, with the page that names them: all that pages load, and of other names those
    /// of which the directory has the file of another build.
    pub(crate) dangling: Vec<String>,
    /// Scripts of the directory that pages load by tags.
    pub(crate) loaded: BTreeSet<String>,
    /// Whether a page loads a script that lies elsewhere.
    pub(crate) elsewhere: bool,
}

impl Texts {
    /// Read the pages and shims of `found`.
    ///
    /// # Errors
    /// When one cannot be read.
    pub(crate) fn read(files: &Files, found: &[Found]) -> Result<Self, Inability> {
        let mut texts = Self { complete: found.len() <= TEXTS_MAX, ..Self::default() };
        let mut mentions: Vec<(String, BTreeSet<String>)> = Vec::new();
        let mut open: Vec<String> = Vec::new();
        for one in found.iter().take(TEXTS_MAX) {
            let text = match one.asset {
                Asset::Entry | Asset::Shim => files.read(&one.url)?,
                Asset::Module | Asset::Previous => continue,
            };
            let text = String::from_utf8_lossy(&text).into_owned();
            let page = match one.asset {
                Asset::Entry => references::page(&one.url, &text),
                _ => None,
            };
            let (script, names) = match &page {
                Some(page) => (page.inline.join("\n"), of_page(page)),
                None => (text.clone(), of_script(&text)),
            };
            if let Some(page) = &page {
                open.push(one.url.clone());
                texts.load(references::of(files, page), &one.url);
            }
            mentions.push((one.url.clone(), names));
            texts.scripts.push((one.url.clone(), script));
        }
        texts.follow(files, &mentions, open);
        Ok(texts)
    }

    /// Add what the page `at` loads.
    fn load(&mut self, found: references::PageLoads, at: &str) {
        self.dangling.extend(found.missing.iter().map(|name| format!("{name} in {at}")));
        self.loaded.extend(found.scripts);
        self.elsewhere |= found.elsewhere;
    }

    /// Follow names from the pages to their scripts, and from script to script.
    fn follow(
        &mut self,
        files: &Files,
        mentions: &[(String, BTreeSet<String>)],
        mut open: Vec<String>,
    ) {
        let patterns: BTreeSet<String> =
            files.names().map(|name| without_hash(last(name))).collect();
        let there: BTreeSet<&str> = files.names().map(last).collect();
        let mut seen = BTreeSet::new();
        while let Some(at) = open.pop() {
            if !seen.insert(at.clone()) {
                continue;
            }
            for (_, names) in mentions.iter().filter(|(name, _)| *name == at) {
                for name in names {
                    let pattern = without_hash(name);
                    let hashed = pattern != *name;
                    let told = format!("{name} in {at}");
                    let is_told = self.dangling.iter().any(|one| last_named(one) == told);
                    let other = hashed && patterns.contains(&pattern);
                    if !there.contains(name.as_str()) && other && !is_told {
                        self.dangling.push(told);
                    }
                    let next = mentions.iter().filter(|(own, _)| last(own) == name);
                    open.extend(next.map(|(own, _)| own.clone()));
                    self.named.insert(name.clone());
                }
            }
        }
    }
}

/// The last segment of a path.
pub(crate) fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// `DIR/NAME in PAGE` without the folders of the name.
fn last_named(told: &str) -> String {
    told.split_once(" in ").map_or(String::new(), |(name, at)| format!("{} in {at}", last(name)))
}

/// The last segments of what a page names.
fn of_page(page: &PageReferences) -> BTreeSet<String> {
    let urls = page.scripts.iter().chain(&page.modules).map(|(url, _)| last(url.path()).to_owned());
    let attributes = page.named.iter().map(|name| last(bare(name)).to_owned());
    urls.chain(attributes).chain(of_script(&page.inline.join("\n"))).collect()
}

fn of_script(text: &str) -> BTreeSet<String> {
    script::read(text).mentions.iter().map(|one| last(bare(&one.name)).to_owned()).collect()
}

/// A name without query and fragment.
fn bare(name: &str) -> &str {
    name.split(['?', '#']).next().unwrap_or(name)
}
