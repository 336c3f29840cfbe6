//! The order of crates, parts and rooms: which part may name which, and what no code may name.

use std::collections::BTreeSet;

use super::{code, paths};

/// The import order. A part names only parts to its left, so there is no cycle between parts.
///
/// The crates `wasm-gauntlet-web` and `wasm-gauntlet-host` are parts too.
const ORDER: [&str; 18] = [
    "locks",
    "event",
    "load",
    "process",
    "protocol",
    "web",
    "host",
    "worker",
    "subject",
    "conformance",
    "interruption",
    "testbed",
    "chaos",
    "engine",
    "host_test",
    "render",
    "cli",
    "main",
];

/// The order inside a room where it matters. An unlisted module may name anything.
const ROOMS: [(&[&str], &[&str]); 5] = [
    (
        &["web"],
        &["text", "shell", "coding", "headers", "wire", "anatomy", "discovery", "inspection"],
    ),
    (
        &["host"],
        &[
            "process",
            "protocol",
            "static_limits",
            "host",
            "guest_abi",
            "faults",
            "instance_reuse",
            "view",
            "off_by_one",
            "compile_trial",
            "isolation",
            "embedded",
            "wasmtime",
            "wasmi",
            "tenants",
            "runtimes",
            "worker",
        ],
    ),
    (&["gauntlet", "subject"], &["tools", "absent", "scripted", "site", "build", "plugin_host"]),
    (
        &["gauntlet", "subject", "plugin_host"],
        &["actions", "adapter", "external", "http", "runtimes"],
    ),
    (&["gauntlet", "testbed"], &["site", "build", "plugins"]),
];

/// Folders of the tree whose production code may not name something, and why.
const FORBIDDEN: [(&str, &[&str], &str); 9] = [
    ("harness/gauntlet/src/subject/", &["judge", "verdict", "render"], "a subject never judges"),
    ("harness/gauntlet/src/chaos/", &["judge", "verdict", "render"], "chaos never judges"),
    (
        "harness/gauntlet/src/testbed/",
        &["subject", "judge", "verdict", "scenario"],
        "the testbed is judged like any stranger's",
    ),
    (
        "harness/gauntlet/src/engine/",
        &["wasm_gauntlet_host", "wasm_gauntlet_web", "site", "build", "plugin_host"],
        "the engine knows no concrete subject",
    ),
    (
        "harness/gauntlet/src/render/",
        &["event", "load", "subject", "testbed", "engine", "hostile_guests"],
        "a report is made of a record and of nothing else",
    ),
    ("harness/gauntlet/src/load/", &["tokio", "reqwest", "hyper"], "loading opens no socket"),
    ("harness/web/src/coding/", &["tokio", "reqwest", "hyper"], "coding is pure"),
    ("harness/web/", &["judge", "verdict", "scenario"], "who reads a site never judges"),
    ("harness/host/", &["judge", "verdict", "scenario"], "who runs a guest never judges"),
];

/// The module of a file, its crate first: `["web", "wire", "plain"]`.
fn place(file: &str) -> Option<Vec<String>> {
    let (name, inner) = file.strip_prefix("harness/")?.split_once("/src/")?;
    if !["gauntlet", "web", "host"].contains(&name) {
        return None;
    }
    let inner = inner.strip_suffix(".rs")?;
    let mut path = vec![name.to_owned()];
    path.extend(inner.split('/').map(str::to_owned));
    if path.last().is_some_and(|last| ["mod", "lib"].contains(&last.as_str())) {
        path.pop();
    }
    Some(path)
}

/// The module or item of ours that a path in the module `here` leads to, if any.
fn leads_to(path: &[String], here: &[String]) -> Option<Vec<String>> {
    let up = path.iter().take_while(|word| *word == "super").count();
    let (base, rest) = match path.first().map(String::as_str) {
        Some("crate") => (&here[..1], &path[1..]),
        Some("self") => (here, &path[1..]),
        Some("super") => (here.get(..here.len().checked_sub(up)?)?, &path[up..]),
        Some("wasm_gauntlet_web") => return Some(under("web", &path[1..])),
        Some("wasm_gauntlet_host") => return Some(under("host", &path[1..])),
        Some("gauntlet") => return Some(under("gauntlet", &path[1..])),
        _ => return None,
    };
    Some([base, rest].concat())
}

fn under(name: &str, rest: &[String]) -> Vec<String> {
    [&[name.to_owned()], rest].concat()
}

/// The part of [`ORDER`] with this module or item. `None` for items at the root of a crate.
fn part(path: &[String]) -> Option<&str> {
    let second = path.get(1).map(String::as_str);
    match path.first()?.as_str() {
        "web" => Some("web"),
        "host" => Some(second.filter(|one| ORDER.contains(one)).unwrap_or("host")),
        _ => second.filter(|one| one.starts_with(|c: char| c.is_ascii_lowercase())),
    }
}

/// Every use of our crates in their production code: file, module, and path.
fn named() -> Vec<(String, Vec<String>, Vec<String>)> {
    let mut found = Vec::new();
    for one in code().iter().filter(|one| !one.is_test) {
        // A re-export at the root of a crate is no import.
        let Some(here) = place(&one.path).filter(|here| here.len() > 1) else { continue };
        for path in paths(one) {
            if let Some(to) = leads_to(&path, &here) {
                found.push((one.path.clone(), here.clone(), to));
            }
        }
    }
    found
}

#[test]
fn parts_name_only_parts_to_their_left() {
    let place = |part: &str| {
        let found = ORDER.iter().position(|one| *one == part);
        found.unwrap_or_else(|| panic!("`{part}` has no place in ORDER"))
    };
    let named = named();
    let mut wrong = BTreeSet::new();
    for (file, here, to) in &named {
        let (Some(from), Some(to)) = (part(here), part(to)) else { continue };
        // `host` and `static_limits` are re-exported at the root of `wasm-gauntlet` for its users.
        if from != to && place(to) > place(from) {
            wrong.insert(format!("{file} names {to}"));
        }
    }
    assert!(wrong.is_empty(), "the order is {ORDER:?}: {wrong:#?}");
    let crossed = |from: &str, to: &str| named.iter().any(|(_, a, b)| a[0] == from && b[0] == to);
    assert!(crossed("gauntlet", "web") && crossed("gauntlet", "host"), "no path is read rightly");
}

#[test]
fn rooms_name_only_what_stands_to_its_left_in_them() {
    let mut wrong = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for (file, here, to) in named() {
        for (room, order) in ROOMS {
            let inside = |path: &[String]| {
                let is_in = path.iter().zip(room).filter(|(a, b)| a == b).count() == room.len();
                let child = path.get(room.len()).filter(|_| is_in)?;
                order.iter().position(|one| one == child)
            };
            let (Some(from), Some(to)) = (inside(&here), inside(&to)) else { continue };
            seen.insert(room);
            if to > from {
                wrong.insert(format!("{file} names {}", order[to]));
            }
        }
    }
    assert!(wrong.is_empty(), "the order is {ROOMS:?}: {wrong:#?}");
    assert_eq!(seen.len(), ROOMS.len(), "a room is called otherwise now");
}

#[test]
fn code_does_not_name_what_it_must_not_know() {
    let mut wrong = Vec::new();
    for one in code().iter().filter(|one| !one.is_test) {
        for (folder, words, why) in FORBIDDEN {
            for path in paths(one).iter().filter(|_| one.path.starts_with(folder)) {
                if let Some(word) = words.iter().find(|word| path.iter().any(|one| one == *word)) {
                    wrong.push(format!("{} names {word}, but {why}", one.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
