//! `reports/interruption.md` says which mechanism stops which kind of endless guest, in words and
//! without times. `UPDATE_INTERRUPTION=1` rewrites the table and keeps the costs, which `cargo
//! bench --bench interruption_cost` measures. Where two mechanisms race, the committed cell names
//! both, as in `context or listener`.

use std::io::Write;
use std::path::Path;
use std::process::Command;

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../reports/interruption.md");

/// The heading of the part that this test never rewrites.
const COSTS: &str = "## What each costs";

/// The cells of a Markdown table by column, header first.
fn columns(text: &str) -> Vec<Vec<String>> {
    let own = text.split(COSTS).next().unwrap_or_default();
    let lines = own.lines().filter(|line| line.starts_with("| "));
    let rows: Vec<Vec<String>> = lines
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect();
    let width = rows.first().map_or(0, Vec::len);
    (0..width).map(|index| rows.iter().map(|row| row[index].clone()).collect()).collect()
}

fn measured() -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_gauntlet"))
        .args(["interruption", "--words"])
        .output()
        .expect("the binary starts");
    let said = String::from_utf8_lossy(&output.stderr);
    let required = std::env::var("GAUNTLET_REQUIRE_ALL").is_ok_and(|value| value == "1");
    assert!(output.status.success(), "{said}");
    assert!(!required || !said.contains("wazero is not measured"), "{said}");
    String::from_utf8(output.stdout).expect("it is text")
}

/// Cells where the measurement differs from the committed report.
fn differences(measured: &str, committed: &str) -> Vec<String> {
    let committed = columns(committed);
    let known = |name: &str| committed.iter().find(|column| column[0] == name);
    let mut wrong = Vec::new();
    for column in columns(measured) {
        let Some(said) = known(&column[0]) else {
            wrong.push(format!("no column `{}`", column[0]));
            continue;
        };
        if said.len() != column.len() {
            wrong.push(format!("`{}` has {} rows, not {}", column[0], column.len(), said.len()));
        }
        for (row, (is, said)) in column.iter().zip(said).enumerate() {
            if !said.split(" or ").any(|word| word == is) {
                wrong.push(format!("{}, row {row}: {is}, committed is {said}", column[0]));
            }
        }
    }
    wrong
}

/// Reports a repeated measurement where CI counts them (`ci/again.sh`).
fn again(wrong: &[String]) {
    let Some(path) = std::env::var_os("GAUNTLET_CI_REPEATS") else { return };
    let file = std::fs::File::options().append(true).open(path);
    let told = file.and_then(|mut file| writeln!(file, "interruption: {}", wrong.join("; ")));
    told.expect("the list of repeats takes a line");
}

/// `new`, followed by the costs of the old report.
fn rewritten(new: &str, old: &str) -> String {
    let kept = old.find(COSTS).map_or("", |at| &old[at..]);
    let gap = if kept.is_empty() { "" } else { "\n" };
    format!("{}\n{gap}{kept}", new.trim_end())
}

#[test]
fn each_shape_is_stopped_by_what_the_report_says() {
    let table = measured();
    if std::env::var_os("UPDATE_INTERRUPTION").is_some() {
        let head = "# What stops which endless guest\n\nMechanisms in words, from \
            `gauntlet interruption --words`; times are in its own output.\n\n";
        let old = std::fs::read_to_string(COMMITTED).unwrap_or_default();
        let made = rewritten(&format!("{head}{table}"), &old);
        std::fs::write(Path::new(COMMITTED), made).expect("it is written");
        return;
    }
    let committed = std::fs::read_to_string(COMMITTED).expect("the report is committed");
    let mut wrong = differences(&table, &committed);
    if !wrong.is_empty() {
        // On a busy machine another mechanism can win. CI counts the repeat.
        again(&wrong);
        wrong = differences(&measured(), &committed);
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_cell_may_name_two_mechanisms_and_no_third() {
    let committed = "| shape | wasmi |\n|---|---|\n| loop | fuel-slice or host-call |\n";
    let table = |word: &str| format!("| shape | wasmi |\n|---|---|\n| loop | {word} |\n");
    assert!(differences(&table("host-call"), committed).is_empty());
    assert_eq!(differences(&table("watchdog"), committed).len(), 1);
    assert_eq!(differences("| shape | new |\n| loop | x |\n", committed).len(), 1);
}

#[test]
fn a_table_made_anew_keeps_the_costs() {
    let committed = std::fs::read_to_string(COMMITTED).expect("the report is committed");
    let made = rewritten("# Anew\n\n| shape |\n", &committed);
    assert!(made.starts_with("# Anew\n\n| shape |\n\n## What each costs"), "{made}");
    assert!(committed.ends_with(&made[made.find(COSTS).expect("costs")..]));
    assert_eq!(rewritten("# Anew\n", "# Old\n"), "# Anew\n");
}
