//! The code generates the reference pages in `harness/docs/reference`: from the help of the real
//! binary, the schemas, and the tables of observation fields. `UPDATE_REFERENCE=1 cargo test --test
//! reference` writes them.

mod fields;
mod keys;
mod program;

use std::fs;
use std::path::{Path, PathBuf};

use wasm_gauntlet_model::{scenario, target};

/// The first lines of every page. They say that the page is generated.
const NOTICE: &str = "<!-- Made from the code by \
    `UPDATE_REFERENCE=1 cargo test --test reference`. Do not edit. -->";

fn page(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference");
    folder.join(name)
}

/// Compares the page `name` with `body`, or writes it.
fn committed(name: &str, title: &str, body: &str) {
    let text = format!("{NOTICE}\n\n# {title}\n\n{}\n", body.trim());
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        fs::write(page(name), &text).expect("the page is written");
    }
    let there = fs::read_to_string(page(name)).unwrap_or_default();
    assert!(
        there == text,
        "harness/docs/reference/{name} is out of date: \
         UPDATE_REFERENCE=1 cargo test --test reference writes it"
    );
}

#[test]
fn the_page_of_commands_is_the_help_of_the_program() {
    committed("commands.md", "Commands", &program::commands());
}

#[test]
fn the_page_of_exit_codes_is_what_the_help_says() {
    committed("exit-codes.md", "Exit codes", &program::exit_codes());
}

#[test]
fn the_page_of_incidents_is_the_catalogue() {
    committed("incidents.md", "Incidents", &program::incidents());
}

#[test]
fn the_page_of_faults_is_what_the_testbed_offers() {
    committed("faults.md", "Faults", &program::faults());
}

#[test]
fn the_page_of_scenario_keys_is_the_schema() {
    let body = keys::tables(&scenario::schema(), "a scenario file", "scenario");
    committed("scenario-keys.md", "Keys of a scenario file", &body);
}

#[test]
fn the_page_of_target_keys_is_the_schema() {
    let body = keys::tables(&target::schema(), "a target file", "target");
    committed("target-keys.md", "Keys of a target file", &body);
}

#[test]
fn the_page_of_observations_has_every_field() {
    committed("observations.md", "Observation fields", &fields::tables());
}
