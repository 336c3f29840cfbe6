//! The table of `field.md` names tests and files that exist.

use std::collections::BTreeSet;
use std::path::Path;

use crate::markdown::{document, root};

/// Names of tests are sentences: with at least this many underscores, a word is one.
const UNDERSCORES_MIN: usize = 3;

/// The sources below `folder`, as one text.
fn sources(folder: &Path, all: &mut String) {
    for entry in std::fs::read_dir(folder).expect("it is there") {
        let path = entry.expect("it is readable").path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|end| end == "rs") {
            all.push_str(&std::fs::read_to_string(&path).expect("it is text"));
        }
    }
}

#[test]
fn every_test_and_file_of_the_field_table_exists() {
    let table = document("harness/docs/field.md").text;
    let words: BTreeSet<&str> = table
        .split(|letter: char| !(letter.is_alphanumeric() || "_/.…-".contains(letter)))
        .collect();
    let mut code = String::new();
    sources(&root().join("harness"), &mut code);
    let tests = words.iter().filter(|word| word.matches('_').count() >= UNDERSCORES_MIN);
    let tests: Vec<&&str> = tests.filter(|word| !word.contains(['/', '.'])).collect();
    assert!(tests.len() > 30, "the table names few tests: {tests:?}");
    for test in tests {
        assert!(code.contains(&format!("fn {test}(")), "no test is called {test}");
    }
    for file in words.iter().filter(|word| word.ends_with(".rs") || word.ends_with(".sh")) {
        let places = ["", "harness/", "harness/gauntlet/tests/"];
        let file = file.trim_start_matches("…/");
        let exists = places.iter().any(|place| root().join(place).join(file).exists());
        assert!(exists, "there is no file {file}");
    }
}
