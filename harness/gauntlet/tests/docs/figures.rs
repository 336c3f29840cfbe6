//! The figures of the README are those of the code.

use std::collections::BTreeMap;

use crate::markdown::document;

/// Incidents by family.
fn families() -> BTreeMap<String, usize> {
    let mut families = BTreeMap::new();
    for (path, _) in wasm_gauntlet_scenarios::all() {
        let family = path.rsplit('/').nth(1).expect("a scenario is in the folder of its family");
        *families.entry(family.to_owned()).or_default() += 1;
    }
    families
}

#[test]
fn the_table_of_families_is_whole() {
    let readme = document("README.md");
    let mut rows = BTreeMap::new();
    for line in readme.prose() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, family, count, ..] = cells[..] else { continue };
        if let (Some(family), Ok(count)) = (family.strip_suffix("/`"), count.parse::<usize>()) {
            rows.insert(family.trim_start_matches('`').to_owned(), count);
        }
    }
    assert_eq!(rows, families());
}

#[test]
fn the_figures_in_the_text_are_those_of_the_code() {
    let text = document("README.md").prose().join(" ");
    let incidents: usize = families().values().sum();
    let guests = hostile_guests::all().len() + hostile_guests::toolchain::all().len();
    for said in [format!("{incidents} incidents"), format!("{guests} hostile and benign guests")] {
        assert!(text.contains(&said), "the README does not say \"{said}\"");
    }
}
