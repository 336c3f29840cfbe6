//! The gauntlet's incident catalogue: one YAML file an incident, by family.

use include_dir::{Dir, include_dir};

static CATALOGUE: Dir = include_dir!("$CARGO_MANIFEST_DIR/catalogue");

/// Every scenario file as `(path, text)`, sorted by path, as in `delivery/mime-type.yaml`.
pub fn all() -> Vec<(&'static str, &'static str)> {
    let mut files = Vec::new();
    collect(&CATALOGUE, &mut files);
    files.sort_unstable();
    files
}

fn collect(dir: &'static Dir, files: &mut Vec<(&'static str, &'static str)>) {
    for file in dir.files() {
        if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8()) {
            files.push((path, text));
        }
    }
    for inner in dir.dirs() {
        collect(inner, files);
    }
}
