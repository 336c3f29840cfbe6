//! `CATALOGUE.md` lists exactly the guests of this crate. `UPDATE_CATALOGUE=1` rewrites it.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use hostile_guests::{Guest, all, toolchain};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn the_catalogue_is_up_to_date() {
    let path = Path::new(ROOT).join("CATALOGUE.md");
    let now = catalogue();
    if std::env::var_os("UPDATE_CATALOGUE").is_some() {
        std::fs::write(&path, now).expect("the catalogue can be written");
        return;
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == now, "stale: run the test with UPDATE_CATALOGUE=1 and commit");
}

#[test]
fn the_package_holds_the_guests() {
    let listed = Command::new(env!("CARGO"))
        .args(["package", "--list", "--allow-dirty", "--offline"])
        .current_dir(ROOT)
        .output()
        .expect("cargo runs");
    let listed = String::from_utf8_lossy(&listed.stdout).replace('\\', "/");
    for guest in all().iter().filter(|guest| guest.source().is_some()) {
        let file = format!("guests/{}/{}.wat", guest.family, guest.id);
        assert!(listed.lines().any(|line| line == file), "{file} is not in the package");
    }
    for file in ["toolchain/go/go.mod", "toolchain/go/echo.go", "toolchain/c/abi.h"] {
        assert!(listed.lines().any(|line| line == file), "{file} is not in the package");
    }
}

fn catalogue() -> String {
    let heavy = all().iter().filter(|g| g.tier == hostile_guests::Tier::Heavy).count();
    let mut text = String::from("# Hostile guests\n\n");
    let count = format!(
        "{} guests, {} of them heavy, and {} that a compiler builds.",
        all().len(),
        heavy,
        toolchain::all().len()
    );
    text.push_str(&count);
    text.push_str(" Made from their headers by `tests/catalogue.rs`; do not edit.\n");
    let mut families: Vec<&str> = all().iter().map(|guest| guest.family.as_str()).collect();
    families.sort_unstable();
    families.dedup();
    for family in families {
        let _ = write!(text, "\n## {family}\n\n{HEAD}");
        for guest in all().iter().filter(|guest| guest.family == family) {
            text.push_str(&row(guest));
        }
    }
    for one in toolchain::Toolchain::ALL {
        let (word, needs) = (one.word(), one.needs());
        let _ =
            write!(text, "\n## {word}\n\nBuilt by {needs}, from `toolchain/{word}/`.\n\n{HEAD}");
        for guest in toolchain::all().iter().filter(|guest| guest.toolchain == Some(one)) {
            text.push_str(&row(guest));
        }
    }
    text
}

const HEAD: &str = "| id | what it does | contained if | right output | counterpart | tier \
    | needs |\n\
    |---|---|---|---|---|---|---|\n";

fn row(guest: &Guest) -> String {
    let outcomes: Vec<String> = guest.contained_if.iter().map(ToString::to_string).collect();
    let mut needs: Vec<String> =
        guest.features.iter().map(|feature| feature.word().to_owned()).collect();
    needs.extend(guest.params.iter().map(|(name, value)| format!("`{name}={value}`")));
    needs.extend(guest.input.iter().map(|input| format!("input `{input}`")));
    let cells = [
        format!("`{}`", guest.id),
        guest.attack.clone(),
        outcomes.join(", "),
        guest.returns.clone().unwrap_or_default(),
        guest.counterpart.clone().unwrap_or_default(),
        guest.tier.word().to_owned(),
        needs.join(", "),
    ];
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}
