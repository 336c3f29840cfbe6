//! The detection matrix is reviewed like code. `ci/prove.sh` makes a new one and names its folder
//! in `GAUNTLET_PROVED`. Without that, the test compares the committed matrix with its snapshot.

use std::path::{Path, PathBuf};

#[test]
fn the_matrix_is_as_reviewed() {
    let reports = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reports");
    let proved = std::env::var_os("GAUNTLET_PROVED").map(PathBuf::from);
    let made = proved.unwrap_or_else(|| reports.clone()).join("detection.md");
    let matrix = std::fs::read_to_string(&made);
    let matrix = matrix.unwrap_or_else(|error| panic!("{}: {error}", made.display()));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(reports.join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!("detection", matrix));
}
