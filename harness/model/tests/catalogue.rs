//! The catalogue of this repository parses, each file under its own name.

use std::path::Path;

use wasm_gauntlet_model::scenario::{Vocabulary, parse};
use wasm_gauntlet_model::source::Source;

#[test]
fn every_scenario_of_the_catalogue_is_meant() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/catalogue");
    let mut seen = 0;
    let mut wrong = String::new();
    for family in std::fs::read_dir(&root).expect("the catalogue is there") {
        let family = family.expect("an entry").path();
        for file in std::fs::read_dir(&family).expect("a family") {
            let path = file.expect("an entry").path();
            let inner = path.strip_prefix(&root).expect("inside").display().to_string();
            let text = std::fs::read_to_string(&path).expect("readable");
            let source = Source::new(format!("catalogue/{inner}"), text);
            if let Err(complaints) = parse(&source, &Vocabulary::default()) {
                wrong += &complaints.to_string();
            }
            seen += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(seen >= 17, "only {seen} scenarios");
}
