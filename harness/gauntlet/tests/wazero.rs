//! The adapter for wazero with the real binary. The test builds it from the embedded sources and
//! checks the rules of the protocol. Its gaps are reported as known, and its mitigations close
//! them.
//!
//! If wazero is not available, the tests say so and pass. With `GAUNTLET_REQUIRE_ALL=1` they fail.
//! `ci/wazero.sh` runs the whole catalogue on both engines.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output};

/// The path of the program. Builds it if necessary.
fn wazero() -> Option<PathBuf> {
    let required = std::env::var("GAUNTLET_REQUIRE_ALL").is_ok_and(|value| value == "1");
    match gauntlet::cli::adapters::wazero() {
        Ok(program) => Some(program),
        Err(why) => {
            assert!(!required, "{why}");
            writeln!(std::io::stderr(), "skipped: {why}").expect("stderr takes a line");
            None
        }
    }
}

fn gauntlet(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
    command.args(arguments).envs(variables.iter().copied());
    command.env_remove("CLICOLOR_FORCE").output().expect("the binary starts")
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn both_engines_keep_every_rule_of_the_protocol() {
    let Some(program) = wazero() else { return };
    let program = program.to_str().expect("the path is text");
    for engine in ["--engine=compiler", "--engine=interpreter"] {
        for mitigate in ["", "--mitigate=all"] {
            let mut arguments = vec!["doctor", "--adapter", program, engine];
            arguments.extend((!mitigate.is_empty()).then_some(mitigate));
            let seen = gauntlet(&arguments, &[]);
            assert_eq!(code(&seen), Some(0), "{engine} {mitigate}: {}", stdout(&seen));
        }
    }
}

#[test]
fn gaps_are_told_as_known_and_its_mitigations_close_them() {
    if wazero().is_none() {
        return;
    }
    // Incidents that measure no time, because other tests keep the machine busy.
    let only = ["--only", "host/memory-cap", "--only", "host/capabilities-granted"];
    let run = |runtime: &str| {
        let seen = gauntlet(&[&["run", "--runtime", runtime][..], &only[..]].concat(), &[]);
        assert_eq!(code(&seen), Some(0), "{}", stdout(&seen));
        stdout(&seen)
    };
    let bare = run("wazero");
    for known in ["known gaps", "issue 2321", "no limit on tables"] {
        assert!(bare.contains(known), "{known}: {bare}");
    }
    let mitigated = run("wazero-mitigated");
    for closed in ["issue 2321", "no limit on tables"] {
        assert!(!mitigated.contains(closed), "{closed}: {mitigated}");
    }
}

#[test]
fn an_adapter_that_breaks_the_rules_is_told_which() {
    let broken = r#"read -r x; echo '{"id":1,"answer":"hello","protocol":1,"name":"broken"}'
        while read -r x; do echo 'Traceback (most recent call last):'; done"#;
    let seen = gauntlet(&["doctor", "--adapter", "/bin/sh", "-c", broken], &[]);
    let text = stdout(&seen);
    assert_eq!(code(&seen), Some(1), "{text}");
    assert!(
        text.contains("not ok a trap is reported with its kind") && text.contains("Traceback"),
        "{text}"
    );
    assert!(text.contains("skip   a log line carries the tenant"), "{text}");
    let silent = gauntlet(&["doctor", "--adapter", "/bin/false"], &[]);
    assert_eq!(code(&silent), Some(3));
}

#[test]
fn a_program_that_is_none_leaves_the_runtime_untold_and_never_passed() {
    for (named, saying) in [("/nonexistent", "not a file"), ("/bin/false", "no hello")] {
        let variables = [("GAUNTLET_WAZERO", named)];
        let seen = gauntlet(&["run", "--runtime", "wazero", "--only", "host/"], &variables);
        assert_eq!(code(&seen), Some(3), "{}", stdout(&seen));
        assert!(stdout(&seen).replace("\n  ", " ").contains(saying), "{}", stdout(&seen));
    }
}
