//! A case of a scenario uses every guest, heavy guests included.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use gauntlet::load;
use wasm_gauntlet_model::profile::{Profile, SubjectKind};

fn host() -> Profile {
    Profile {
        kind: SubjectKind::Host,
        about: String::new(),
        can: Vec::new(),
        found: Vec::new(),
        left_out: Vec::new(),
        limits: None,
        held: Vec::new(),
        deployed: None,
        grace_ms: 0,
    }
}

/// The names of the guest files. Generated guests have no file.
fn written() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../hostile-guests/guests");
    let mut names = Vec::new();
    for folder in fs::read_dir(&root).expect("the guests are here") {
        let folder = folder.expect("an entry").path();
        for file in fs::read_dir(folder).expect("a folder of guests") {
            let path = file.expect("an entry").path();
            let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
            names.push(name);
        }
    }
    names
}

#[test]
fn every_guest_is_used_by_a_scenario() {
    let scenarios = load::catalogue().expect("the catalogue is right");
    let mut used: BTreeSet<String> = BTreeSet::new();
    for scenario in scenarios.iter().filter(|one| one.kind() == SubjectKind::Host) {
        for case in scenario.cases_of(&host(), true) {
            used.extend(scenario.steps.iter().flat_map(|step| step.guest_ids(&case.params)));
        }
    }
    let all: BTreeSet<&str> = hostile_guests::all().iter().map(|guest| guest.id.as_str()).collect();
    let written = written();
    assert!(!written.is_empty(), "no guest file is found");
    for id in &written {
        assert!(all.contains(id.as_str()), "the file of `{id}` is no guest of the crate");
    }
    let unused: Vec<&str> = all.into_iter().filter(|id| !used.contains(*id)).collect();
    assert!(unused.is_empty(), "{} guests in no scenario: {unused:#?}", unused.len());
}
