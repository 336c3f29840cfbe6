//! The worker of this program keeps every rule, and each way to break a rule is seen.

use super::*;
use crate::subject::plugin_host::adapter::test_rig::{shell, worker};

fn broken(conformance: &Conformance) -> Vec<&'static str> {
    let of = conformance.checked.iter();
    of.filter(|one| matches!(one.came, Came::Broken(_))).map(|one| one.rule).collect()
}

#[test]
fn our_own_worker_keeps_every_rule() {
    let seen = check(&worker("wasmi", &[])).expect("it says hello");
    let all: Vec<_> = seen.checked.iter().filter(|one| one.came != Came::Kept).collect();
    assert!(all.is_empty() && seen.checked.len() > 20, "{all:?}");
}

/// Says hello, then answers whatever comes with `answer`, in which `$id` is the request's id.
fn answering(answer: &str) -> Launch {
    shell(&format!(
        r#"read -r hello; echo '{{"id":1,"answer":"hello","protocol":1,"name":"sh"}}'
        while read -r line; do
          id=${{line#*'"id":'}}; id=${{id%%,*}}
          echo "{answer}"
        done"#
    ))
}

#[test]
fn an_adapter_that_answers_everything_alike_breaks_nearly_every_rule() {
    let seen = check(&answering(r#"{\"id\":$id,\"answer\":\"loaded\"}"#)).expect("it says hello");
    let kept = seen.checked.iter().filter(|one| one.came == Came::Kept).count();
    assert!(kept <= 5, "{:?}", seen.checked);
    let skipped = |one: &&Checked| matches!(one.came, Came::Skipped("limits" | "grants"));
    assert_eq!(seen.checked.iter().filter(skipped).count(), 3, "{:?}", seen.checked);
}

#[test]
fn what_is_printed_between_answers_is_quoted() {
    let seen = check(&answering("oh no, a stack trace")).expect("it says hello");
    let complaints = seen.checked.iter().filter_map(|one| match &one.came {
        Came::Broken(wrong) => Some(wrong.as_str()),
        _ => None,
    });
    let quoted = complaints.filter(|wrong| wrong.contains("oh no, a stack trace")).count();
    assert!(quoted > 10, "{:?}", seen.checked);
}

#[test]
fn an_adapter_that_is_gone_after_hello_breaks_the_rules_on_calls() {
    let gone = r#"read -r x; echo '{"id":1,"answer":"hello","protocol":1,"name":"sh"}'; exit 3"#;
    let seen = check(&shell(gone)).expect("it says hello");
    assert!(broken(&seen).iter().any(|rule| rule.starts_with("a trap")), "{:?}", seen.checked);
    assert!(broken(&seen).iter().any(|rule| rule.starts_with("after bye")), "{:?}", seen.checked);
}

#[test]
fn who_says_no_hello_cannot_be_checked() {
    assert!(check(&shell("exit 1")).is_err());
    assert!(check(&shell("echo Welcome!; sleep 60")).is_err());
}

#[test]
fn a_process_that_runs_on_is_found_and_ended() {
    let daemon = r#"setsid sleep 1234 >/dev/null 2>&1 </dev/null &
        read -r x; echo '{"id":1,"answer":"hello","protocol":1,"name":"sh"}'
        read -r x; echo '{"id":2,"answer":"loaded"}'; read -r x"#;
    let seen = check(&shell(daemon)).expect("it says hello");
    let rule = |one: &&Checked| one.rule == "the adapter leaves no processes running when it ends";
    let came = &seen.checked.iter().find(rule).expect("the rule").came;
    let wrong = Came::Broken("1 processes still ran after its end; they were killed".to_owned());
    assert_eq!(*came, wrong);
}

#[test]
fn an_adapter_that_reads_nothing_more_stalls_nobody() {
    let deaf = r#"read -r x; echo '{"id":1,"answer":"hello","protocol":1,"name":"sh"}'; sleep 99"#;
    let launch = shell(deaf);
    let (mut talk, _) = Talk::greeted(&launch).expect("it says hello");
    // Longer than a pipe.
    let wrong = talk.write(&" ".repeat(1 << 20)).expect_err("nobody reads it");
    assert!(wrong.contains("did not read its stdin"), "{wrong}");
    assert!(talk.write("x").is_err());
}

/// Says hello after it has allocated and written 100 MB.
fn hungry() -> Launch {
    let takes = "x=$(head -c 100000000 /dev/zero | tr '\\0' x)";
    let mut launch = shell(&format!(
        r#"read -r hello; {takes}
        echo '{{"id":1,"answer":"hello","protocol":1,"name":"sh"}}'
        read -r x"#
    ));
    launch.confinement.data_bytes = 64 << 20;
    launch
}

#[test]
fn the_limit_that_an_adapter_fails_by_is_named() {
    let wrong = check(&hungry()).expect_err("it is stopped before it says hello").text;
    assert!(wrong.contains("kept without RLIMIT_DATA of 64 MiB (`memory-mib`)"), "{wrong}");
    let mut enough = hungry();
    enough.confinement.data_bytes = 1 << 30;
    assert!(check(&enough).is_ok());
    let wrong = check(&shell("exit 1")).expect_err("it says nothing").text;
    assert!(!wrong.contains("RLIMIT"), "{wrong}");
}
