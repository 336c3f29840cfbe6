//! Checks that a reviewer need not make: sizes, widths, and which part names which.
//!
//! A table lists every exception with its reason. An exception that is no longer needed is red.

mod names;
mod rooms;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// Files, or folders with a `/` at the end, that may break a rule, and why.
const EXCEPTIONS: &[(&str, Rule, &str)] = &[
    (
        "harness/gauntlet/src/main.rs",
        Rule::Environment,
        "the one place where arguments are taken, to hand them to `cli`",
    ),
    (
        "harness/host/src/wasmtime/wasi.rs",
        Rule::Environment,
        "the fault `ambient-env` gives guests the worker's own environment, canary included",
    ),
    ("harness/host/src/wasmi/wasi.rs", Rule::Environment, "the same fault on wasmi"),
    ("harness/example-host/src/", Rule::Clock, "a host holds deadlines"),
    ("hostile-guests/src/toolchain/run.rs", Rule::Clock, "a compiler that hangs is ended"),
    ("hostile-guests/src/toolchain/", Rule::Environment, "compilers are on the user's path"),
    (
        "harness/gauntlet/src/subject/",
        Rule::Clock,
        "a subject holds deadlines and times what it sees, on the spot",
    ),
    ("harness/web/src/", Rule::Clock, "an exchange has deadlines, and its time is a fact"),
    (
        "harness/browser/src/",
        Rule::Clock,
        "a browser has so much time to answer, and a page to rest",
    ),
    ("harness/browser/src/find.rs", Rule::Environment, "a browser is on the user's path"),
    ("harness/browser/src/launch.rs", Rule::Environment, "a browser finds its helpers by the path"),
    ("harness/host/src/", Rule::Clock, "a host holds deadlines, and processes are waited for"),
    ("harness/gauntlet/src/conformance/", Rule::Clock, "an adapter has so much time to answer"),
    (
        "harness/gauntlet/src/host_test.rs",
        Rule::Environment,
        "the test binary starts itself again, and knows that by a variable",
    ),
    (
        "harness/gauntlet/src/testbed/",
        Rule::Clock,
        "the testbed's cache ages what it stores, as the edge of a deployment does",
    ),
    (
        "harness/gauntlet/src/engine/budget.rs",
        Rule::Clock,
        "a subject has so much time and no more, whatever it answers",
    ),
    (
        "harness/gauntlet/src/cli/replay.rs",
        Rule::Clock,
        "the wall time of a run, which no verdict depends on",
    ),
];

/// The rules that have exceptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rule {
    /// Only `cli` reads the environment and the arguments.
    Environment,
    /// No code reads a clock.
    Clock,
}

/// One Rust file of the workspace.
struct Code {
    path: String,
    text: String,
    syntax: syn::File,
    /// Whether it is compiled only for tests or benchmarks.
    is_test: bool,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every Rust file of the workspace, sorted.
fn code() -> Vec<Code> {
    let mut paths = Vec::new();
    for folder in ["harness", "scenarios", "hostile-guests"] {
        walk(&root().join(folder), &mut paths);
    }
    paths.sort();
    let files: Vec<(PathBuf, String, syn::File)> = paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a source is text");
            let syntax = syn::parse_file(&text).expect("a source is Rust");
            (path, text, syntax)
        })
        .collect();
    let tests: BTreeSet<PathBuf> =
        files.iter().flat_map(|(path, _, syntax)| test_modules(path, syntax)).collect();
    let code = files.into_iter().map(|(path, text, syntax)| {
        let of_test = tests.iter().any(|test| path.starts_with(test));
        let of_test = of_test || tests.contains(&path.with_extension(""));
        let path = path.strip_prefix(root()).expect("below the root").to_owned();
        let path = path.to_string_lossy().into_owned();
        let is_test = of_test || path.contains("/tests/") || path.contains("/benches/");
        Code { path, text, syntax, is_test }
    });
    code.collect()
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("a folder of the workspace is readable");
    for entry in entries {
        let path = entry.expect("an entry is readable").path();
        if path.is_dir() && !path.ends_with("target") {
            walk(&path, paths);
        } else if path.extension().is_some_and(|end| end == "rs") {
            paths.push(path);
        }
    }
}

/// The files that a `#[cfg(test)] mod name;` brings in, without their ending.
fn test_modules(path: &Path, syntax: &syn::File) -> Vec<PathBuf> {
    let is_root = ["mod.rs", "lib.rs", "main.rs"].iter().any(|name| path.ends_with(name));
    let folder = match is_root {
        true => path.parent().expect("a file is in a folder").to_owned(),
        false => path.with_extension(""),
    };
    let declared = syntax.items.iter().filter_map(|item| match item {
        syn::Item::Mod(one) if one.content.is_none() && is_cfg_test(&one.attrs) => {
            Some(folder.join(one.ident.to_string()))
        }
        _ => None,
    });
    declared.collect()
}

fn is_cfg_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|one| {
        one.path().is_ident("cfg")
            && one.meta.require_list().is_ok_and(|list| list.tokens.to_string().contains("test"))
    })
}

/// The value of sorted numbers that nine tenths are below.
fn tenth(numbers: &[usize]) -> usize {
    numbers.get(numbers.len() * 9 / 10).copied().unwrap_or(0)
}

#[test]
fn no_line_is_wider_than_100_columns() {
    let mut wide = Vec::new();
    for one in code() {
        for (index, line) in one.text.lines().enumerate() {
            if line.chars().count() > 100 {
                wide.push(format!("{}:{}", one.path, index + 1));
            }
        }
    }
    assert!(wide.is_empty(), "wider than 100 columns: {wide:#?}");
}

#[test]
fn files_are_short() {
    let mut sizes: Vec<(usize, String)> =
        code().into_iter().map(|one| (one.text.lines().count(), one.path)).collect();
    sizes.sort();
    let lines: Vec<usize> = sizes.iter().map(|(lines, _)| *lines).collect();
    let longest = &sizes[sizes.len().saturating_sub(8)..];
    let median = lines[lines.len() / 2];
    assert!(median <= 120, "the median file has {median} lines");
    assert!(tenth(&lines) <= 300, "p90 is {} lines: {longest:#?}", tenth(&lines));
    assert!(longest.iter().all(|(lines, _)| *lines <= 400), "too long: {longest:#?}");
}

/// The lines of each function of production code, and its place.
#[derive(Default)]
struct Functions {
    path: String,
    found: Vec<(usize, String)>,
}

impl Functions {
    fn keep(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let begin = signature.fn_token.span.start().line;
        let end = block.brace_token.span.close().end().line;
        self.found.push((end - begin + 1, format!("{}:{begin} {}", self.path, signature.ident)));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_mod(&mut self, one: &'ast syn::ItemMod) {
        if !is_cfg_test(&one.attrs) {
            visit::visit_item_mod(self, one);
        }
    }

    fn visit_item_fn(&mut self, one: &'ast syn::ItemFn) {
        self.keep(&one.sig, &one.block);
        visit::visit_item_fn(self, one);
    }

    fn visit_impl_item_fn(&mut self, one: &'ast syn::ImplItemFn) {
        self.keep(&one.sig, &one.block);
        visit::visit_impl_item_fn(self, one);
    }

    fn visit_trait_item_fn(&mut self, one: &'ast syn::TraitItemFn) {
        if let Some(block) = &one.default {
            self.keep(&one.sig, block);
        }
        visit::visit_trait_item_fn(self, one);
    }
}

#[test]
fn functions_are_short() {
    let mut functions = Functions::default();
    for one in code().into_iter().filter(|one| !one.is_test) {
        functions.path = one.path;
        functions.visit_file(&one.syntax);
    }
    let mut found = functions.found;
    found.sort();
    let lines: Vec<usize> = found.iter().map(|(lines, _)| *lines).collect();
    let longest = &found[found.len().saturating_sub(8)..];
    assert!(tenth(&lines) <= 25, "p90 is {} lines: {longest:#?}", tenth(&lines));
    assert!(longest.iter().all(|(lines, _)| *lines <= 70), "too long: {longest:#?}");
}

/// Every path that production code of a file names, also in macros and groups.
fn paths(one: &Code) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for item in &one.syntax.items {
        let is_test = matches!(item, syn::Item::Mod(inner) if is_cfg_test(&inner.attrs));
        if !is_test {
            gather(quote::ToTokens::to_token_stream(item), &[], &mut found);
        }
    }
    found
}

fn gather(tokens: TokenStream, prefix: &[String], found: &mut Vec<Vec<String>>) {
    let mut path = prefix.to_vec();
    let mut joined = !prefix.is_empty();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) => {
                if !joined {
                    found.push(std::mem::take(&mut path));
                }
                path.push(word.to_string());
                joined = false;
            }
            TokenTree::Punct(one) if one.as_char() == ':' && one.spacing() == Spacing::Joint => {
                tokens.next();
                joined = true;
            }
            TokenTree::Group(group) => {
                let is_tree = joined && group.delimiter() == Delimiter::Brace;
                gather(group.stream(), if is_tree { &path } else { &[] }, found);
                found.push(std::mem::replace(&mut path, prefix.to_vec()));
                joined = !prefix.is_empty();
            }
            _ => {
                found.push(std::mem::replace(&mut path, prefix.to_vec()));
                joined = !prefix.is_empty();
            }
        }
    }
    found.push(path);
    found.retain(|path| path.len() > 1);
}

fn breaks(path: &[String]) -> Option<Rule> {
    let words: Vec<&str> = path.iter().map(String::as_str).collect();
    let says = |pair: [&str; 2]| words.windows(2).any(|two| two == pair);
    if says(["std", "env"]) || (words[0] == "env" && words.len() > 1) {
        Some(Rule::Environment)
    } else if says(["Instant", "now"]) || says(["SystemTime", "now"]) {
        Some(Rule::Clock)
    } else {
        None
    }
}

#[test]
fn environment_and_clock_are_read_where_the_table_says() {
    let mut wrong = BTreeSet::new();
    let mut used = BTreeSet::new();
    for one in code().iter().filter(|one| !one.is_test && !one.path.ends_with("build.rs")) {
        for rule in paths(one).iter().filter_map(|path| breaks(path)) {
            let is_cli = one.path.starts_with("harness/gauntlet/src/cli/");
            let excused = EXCEPTIONS.iter().position(|(file, of, _)| {
                *of == rule
                    && (one.path == *file || (file.ends_with('/') && one.path.starts_with(file)))
            });
            match excused {
                Some(index) => drop(used.insert(index)),
                None if is_cli && rule == Rule::Environment => {}
                None => drop(wrong.insert((one.path.clone(), rule))),
            }
        }
    }
    assert!(wrong.is_empty(), "no reason is given for: {wrong:#?}");
    let unused: Vec<_> = (0..EXCEPTIONS.len()).filter(|index| !used.contains(index)).collect();
    assert!(unused.is_empty(), "remove what is no longer needed: {unused:?}");
}

#[test]
fn the_model_touches_nothing() {
    let outside = ["fs", "net", "thread", "process", "env", "time", "tokio", "Instant"];
    let mut wrong = Vec::new();
    for one in code().iter().filter(|one| one.path.starts_with("harness/model/src/")) {
        for path in paths(one).iter().filter(|_| !one.is_test) {
            let is_std = path.first().is_some_and(|first| first == "std" || first == "tokio");
            if is_std && path.iter().any(|word| outside.contains(&word.as_str())) {
                wrong.push(format!("{}: {}", one.path, path.join("::")));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
