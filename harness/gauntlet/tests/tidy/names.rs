//! Names: no type twice in a crate, and no name that the project gave up.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};

use super::{code, is_cfg_test, root};

/// Retired words in code and text, and their replacements. A word in lower case is refused in any
/// case, and inside longer words too.
const GIVEN_UP: &[(&str, &str)] = &[
    ("twin", "fault, or counterpart of a hostile guest"),
    ("defect", "fault"),
    ("Deaf", "NullListener"),
    ("Vigil", "ResourceUsage"),
    ("Arena", "NeighbourRun"),
    ("Desk", "Dispatcher"),
    ("Blot", "Redactor"),
    ("Doors", "AddressClients"),
    ("Unheard", "NoResponse"),
    ("Heard", "Response"),
    ("Deed", "StepAct"),
    ("Reached", "ProfiledSubject"),
    ("hurry", "shutdown"),
    ("may_play", "check_cache_isolation"),
    ("tests_of", "matcher"),
    ("told_rounds", "rounds_evidence"),
    ("RawContest", "RawNoisyNeighbour"),
];

/// Files that may hold a retired word, and why.
const HOLDERS: &[(&str, &str)] = &[
    ("harness/model/src/renamed.rs", "who writes an old key is told the new one"),
    ("harness/model/tests/renamed_keys.rs", "the test of that"),
    ("hostile-guests/src/header.rs", "who writes an old key is told the new one"),
    ("harness/gauntlet/tests/tidy/names.rs", "this list"),
];

/// Types of a crate by name, each with the places where it is declared.
#[derive(Default)]
struct Types {
    path: String,
    found: BTreeMap<String, Vec<String>>,
}

impl Types {
    fn keep(&mut self, name: &syn::Ident) {
        let place = format!("{}:{}", self.path, name.span().start().line);
        self.found.entry(name.to_string()).or_default().push(place);
    }
}

impl<'ast> Visit<'ast> for Types {
    fn visit_item_mod(&mut self, one: &'ast syn::ItemMod) {
        if !is_cfg_test(&one.attrs) {
            visit::visit_item_mod(self, one);
        }
    }

    fn visit_item_struct(&mut self, one: &'ast syn::ItemStruct) {
        self.keep(&one.ident);
    }

    fn visit_item_enum(&mut self, one: &'ast syn::ItemEnum) {
        self.keep(&one.ident);
    }

    fn visit_item_union(&mut self, one: &'ast syn::ItemUnion) {
        self.keep(&one.ident);
    }

    fn visit_item_type(&mut self, one: &'ast syn::ItemType) {
        self.keep(&one.ident);
    }

    fn visit_item_trait(&mut self, one: &'ast syn::ItemTrait) {
        self.keep(&one.ident);
        visit::visit_item_trait(self, one);
    }
}

/// The folder of the crate with this file.
fn crate_of(path: &str) -> &str {
    path.split_once("/src/").map_or(path, |(folder, _)| folder)
}

/// Test modules may repeat a name: it is private to one file, and readers never see it next to the
/// types of the crate.
#[test]
fn no_crate_has_two_types_of_one_name() {
    let mut crates: BTreeMap<String, Types> = BTreeMap::new();
    for one in code().into_iter().filter(|one| !one.is_test) {
        let types = crates.entry(crate_of(&one.path).to_owned()).or_default();
        types.path.clone_from(&one.path);
        types.visit_file(&one.syntax);
    }
    let twice: Vec<String> = crates
        .values()
        .flat_map(|types| types.found.iter())
        .filter(|(_, places)| places.len() > 1)
        .map(|(name, places)| format!("{name}: {}", places.join(", ")))
        .collect();
    assert!(!crates.is_empty() && twice.is_empty(), "named twice: {twice:#?}");
}

/// Every text file below `folder`, with its path from the root of the workspace.
fn texts(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder of the workspace is readable") {
        let path = entry.expect("an entry is readable").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if matches!(&*name, "target" | ".git" | "node_modules" | "Cargo.lock") {
            continue;
        }
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            texts(&path, found);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let path = path.strip_prefix(root()).expect("below the root");
            found.push((path.to_string_lossy().into_owned(), text));
        }
    }
}

/// The first retired word in a line, and its replacement.
fn given_up(line: &str) -> Option<&'static (&'static str, &'static str)> {
    let words = || line.split(|c: char| !c.is_alphanumeric() && c != '_');
    GIVEN_UP.iter().find(|(old, _)| match old.bytes().all(|b| b.is_ascii_lowercase()) {
        true => words().any(|word| word.to_ascii_lowercase().contains(old)),
        false => words().any(|word| word == *old),
    })
}

#[test]
fn words_that_were_given_up_stand_nowhere() {
    let mut files = Vec::new();
    texts(&root(), &mut files);
    files.sort();
    let (mut wrong, mut used) = (Vec::new(), Vec::new());
    for (path, text) in &files {
        for (number, line) in text.lines().enumerate() {
            let Some((old, new)) = given_up(line) else { continue };
            match HOLDERS.iter().position(|(holder, _)| holder == path) {
                Some(index) => used.push(index),
                None => wrong.push(format!("{path}:{}: `{old}`; write {new}", number + 1)),
            }
        }
    }
    assert!(wrong.is_empty(), "words that were given up: {wrong:#?}");
    let idle: Vec<_> = (0..HOLDERS.len()).filter(|index| !used.contains(index)).collect();
    assert!(idle.is_empty(), "remove the holders that hold none: {idle:?}");
}
