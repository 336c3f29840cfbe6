//! `ci/slow-tests.sh` runs every test that `cargo test` leaves out to end in five minutes.

use std::path::Path;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The tests of a package that `cargo test` leaves out: `name` and `test = false` in a `[[test]]`.
fn left_out(manifest: &str) -> Vec<String> {
    let targets = manifest.split("[[test]]").skip(1);
    let own = targets.map(|text| text.split("\n[").next().unwrap_or_default());
    let of = own.filter(|text| text.lines().any(|line| line.trim() == "test = false"));
    let name = |text: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix("name = "));
        line.expect("a test has a name").trim().trim_matches('"').to_owned()
    };
    of.map(name).collect()
}

#[test]
fn what_cargo_test_leaves_out_is_run_by_the_slow_tests() {
    let script = std::fs::read_to_string(root().join("ci/slow-tests.sh")).expect("it is there");
    let words: Vec<&str> = script.split_ascii_whitespace().collect();
    let mut seen = 0;
    for package in ["harness/gauntlet", "harness/example-host", "hostile-guests"] {
        let manifest = std::fs::read_to_string(root().join(package).join("Cargo.toml"));
        for name in left_out(&manifest.expect("a package has a manifest")) {
            assert!(words.windows(2).any(|two| two == ["--test", &name]), "{name} is run nowhere");
            seen += 1;
        }
    }
    assert!(seen > 0, "nothing is left out, so this test looks in the wrong place");
}
