//! The output of the built program about itself.

use std::process::Command;

/// The standard output of `gauntlet` with these arguments.
fn said(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
    command.args(arguments).env_remove("CLICOLOR_FORCE");
    let output = command.output().expect("the binary starts");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).expect("it is text")
}

/// The names under `Commands:` in a help text, in its order.
fn commands_of(help: &str) -> Vec<&str> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let lines = lines.take_while(|line| !line.is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect()
}

/// One section for each command, with its long help.
pub(crate) fn commands() -> String {
    let whole = said(&["--help"]);
    let names = commands_of(&whole);
    assert!(names.len() >= 10, "{names:?}");
    let mut page = format!(
        "Each command answers `--help` with what stands here. \
         The [exit codes](exit-codes.md) are the same for all.\n\n```text\n{}\n```\n",
        whole.trim_end()
    );
    for name in names {
        let help = said(&[name, "--help"]);
        page += &format!("\n## `gauntlet {name}`\n\n```text\n{}\n```\n", without_values(&help));
        for inner in commands_of(&help) {
            let help = said(&[name, inner, "--help"]);
            let help = without_values(&help);
            page += &format!("\n### `gauntlet {name} {inner}`\n\n```text\n{help}\n```\n");
        }
    }
    page
}

/// The help without the list of faults, which has a separate page.
fn without_values(help: &str) -> String {
    let Some((before, rest)) = help.split_once("          Possible values:\n") else {
        return help.trim_end().to_owned();
    };
    if !rest.contains("- no-vary:") {
        return help.trim_end().to_owned();
    }
    let after = rest.split_once("\n\n").map_or("", |(_, after)| after);
    format!("{before}          Possible values: see the page of faults\n\n{}", after.trim_end())
}

/// The table of exit codes.
pub(crate) fn exit_codes() -> String {
    let help = said(&["--help"]);
    let lines = help.lines().skip_while(|line| *line != "Exit codes:").skip(1);
    let rows = lines.filter_map(|line| line.trim().split_once("  "));
    let rows: String =
        rows.map(|(code, meaning)| format!("| {code} | {} |\n", meaning.trim())).collect();
    assert_eq!(rows.lines().count(), 5, "{rows}");
    format!(
        "A code never changes its meaning. `gauntlet report` ends with the code that its run had. \
         `gauntlet doctor --adapter` ends with 0 if every rule is kept, 1 if one is broken, and 3 \
         if nobody answers.\n\n| code | meaning |\n|---|---|\n{rows}"
    )
}

/// The table of incidents, from the output of `gauntlet list`.
pub(crate) fn incidents() -> String {
    let list = said(&["list"]);
    let rows = list.lines().filter_map(|line| {
        let (id, rest) = line.trim().split_once("  ")?;
        let (severity, claim) = rest.trim().split_once("  ")?;
        // The number of faults stands behind the claim.
        let claim = claim.rsplit_once(" (").map_or(claim, |(claim, _)| claim);
        Some(format!("| `{id}` | {severity} | {} |\n", cell(claim)))
    });
    let rows: String = rows.collect();
    assert!(rows.lines().count() >= 50, "{list}");
    format!(
        "`gauntlet explain ID` says more about each: cause, fix, references and faults.\n\n\
         | incident | severity | claim that must hold |\n|---|---|---|\n{rows}"
    )
}

/// The table of faults, from `gauntlet testbed --help`.
pub(crate) fn faults() -> String {
    let help = said(&["testbed", "--help"]);
    let list = help.split_once("Possible values:\n").expect("they are listed").1;
    let list = list.split("\n\n").next().unwrap_or_default();
    let mut faults: Vec<(String, String)> = Vec::new();
    for line in list.lines().map(str::trim) {
        match (line.strip_prefix("- "), faults.last_mut()) {
            (Some(start), _) => {
                let (id, text) = start.split_once(':').expect("an id and a sentence");
                faults.push((id.to_owned(), text.trim().to_owned()));
            }
            (None, Some((_, text))) => *text = format!("{text} {line}"),
            (None, None) => {}
        }
    }
    assert!(faults.len() >= 90, "{}", faults.len());
    let row = |(id, text): &(String, String)| format!("| `{id}` | {} |\n", cell(text));
    let rows: String = faults.iter().map(row).collect();
    format!(
        "A fault is one switch of the reference deployment that causes exactly one problem. \
         `gauntlet testbed --fault ID` turns it on.\n\n| fault | what it does |\n|---|---|\n{rows}"
    )
}

/// A text in a cell of a table.
pub(crate) fn cell(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|").replace('<', "&lt;")
}
