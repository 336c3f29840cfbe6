//! Guests of real compilers are built if the compiler is installed. Otherwise the test says so.
//! With `GAUNTLET_REQUIRE_ALL=1` that is a failure.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use hostile_guests::toolchain::{Toolchain, Workshop, all};
use hostile_guests::{Contained, Stage, find};
use wasmparser::Validator;

/// Whether this machine has the compiler. If it is required and missing, the test fails.
#[expect(clippy::print_stderr, reason = "what is skipped is said where the test runs")]
fn has(workshop: &Workshop, toolchain: Toolchain) -> bool {
    let required = std::env::var("GAUNTLET_REQUIRE_ALL").is_ok_and(|value| value == "1");
    match workshop.compiler(toolchain) {
        Ok(_) => true,
        Err(why) if required => panic!("required, and not there: {why}"),
        Err(why) => {
            eprintln!("skipped: {why}");
            false
        }
    }
}

#[test]
fn every_guest_builds_to_a_valid_module_with_its_own_compiler() {
    let workshop = Workshop::of_user();
    for toolchain in Toolchain::ALL {
        if !has(&workshop, toolchain) {
            continue;
        }
        for guest in all().iter().filter(|guest| guest.toolchain == Some(toolchain)) {
            let bytes = workshop.bytes(guest).unwrap_or_else(|error| panic!("{error}"));
            Validator::new().validate_all(&bytes).unwrap_or_else(|error| panic!("{error}"));
            let says = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
            let page_only = guest.contained_if.contains(&Contained::Rejected(Stage::Import));
            assert_eq!(says(b"\x07process"), !page_only, "{}", guest.id);
            assert!(guest.bytes(&[]).is_err(), "{}", guest.id);
        }
    }
}

#[test]
fn the_same_compiler_makes_the_same_bytes_in_any_folder() {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let [one, other] = ["one", "the-other"].map(|name| built_in(&scratch(name), &path));
    assert_eq!(one, other);
}

/// The bytes of the smallest guests of each toolchain, from an empty folder.
fn built_in(cache: &Path, path: &OsStr) -> Vec<Vec<u8>> {
    let workshop = Workshop::new(cache, path);
    let smallest =
        [Toolchain::Go, Toolchain::C, Toolchain::Rust].into_iter().filter(|t| has(&workshop, *t));
    let echoes = smallest.map(|toolchain| format!("{}-echo", toolchain.word()));
    let built = echoes.map(|id| workshop.bytes(find(&id).expect("the guest is there")));
    let built = built.map(|bytes| bytes.unwrap_or_else(|error| panic!("{error}"))).collect();
    std::fs::remove_dir_all(cache).expect("it is ours");
    built
}

fn scratch(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("hostile-guests-{}-{name}", std::process::id()))
}

#[test]
fn a_source_answers_to_its_own_name_and_has_an_honest_counterpart() {
    let ids: Vec<&str> = all().iter().map(|guest| guest.id.as_str()).collect();
    assert!(ids.is_sorted_by(|one, other| one < other), "duplicate or unsorted: {ids:?}");
    for guest in all() {
        let source = guest.source().expect("it has a source");
        let long = source.lines().find(|line| line.chars().count() > 100);
        assert_eq!(long, None, "{}", guest.id);
        let stem = guest.id.split_once('-').expect("a family").1;
        if guest.input.as_deref() == Some(stem) {
            let named = format!("behaviours[\"{stem}\"] = ");
            assert!(source.contains(&named), "{} does not say {named}", guest.id);
        }
        let counterpart =
            guest.counterpart.as_deref().map(|id| find(id).expect("its counterpart is there"));
        assert!(counterpart.is_none_or(|counterpart| counterpart.benign), "{}", guest.id);
        assert_eq!(guest.benign, guest.counterpart.is_none(), "{}", guest.id);
        let ends_ok = guest.contained_if.contains(&Contained::Ok);
        assert_eq!(ends_ok, guest.returns.is_some(), "{}", guest.id);
    }
}
