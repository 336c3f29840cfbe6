//! Reports of a hand-written record: snapshots for reviews, a schema that the output matches, and a
//! record that survives writing and reading.

use std::path::{Path, PathBuf};

use gauntlet::render::terminal::{self, Appearance};
use gauntlet::render::{junit, matrix, run_json};
use wasm_gauntlet_model::action::Asset;
use wasm_gauntlet_model::detection::{
    Cell, DETECTION_VERSION, Detection, FaultSight, Repeat, Row, Sight,
};
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::observation::Evidence;
use wasm_gauntlet_model::profile::{Found, Need, Profile, SubjectKind};
use wasm_gauntlet_model::record::{
    Advice, Cause, Gap, Machine, Outcome, RECORD_VERSION, Record, RunBound, Selected,
    SubjectRecord, exit_code, schema,
};
use wasm_gauntlet_model::verdict::{Severity, Verdict};

fn snapshots(check: impl FnOnce()) {
    let mut settings = insta::Settings::clone_current();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    settings.set_snapshot_path(root.join("reports/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(check);
}

fn outcome(incident: &str, case: &str, subject: &str, verdict: Verdict) -> Outcome {
    Outcome {
        verdict,
        claim: "A response chosen by Accept-Encoding says so in Vary".to_owned(),
        ..Outcome::unknown(incident, case, subject, Severity::Critical)
    }
}

fn failed(incident: &str, case: &str, subject: &str) -> Outcome {
    Outcome {
        reason: "no `Vary` names accept-encoding, so a shared cache keeps one variant".to_owned(),
        observed: "nothing".to_owned(),
        expected: "a list with `accept-encoding`".to_owned(),
        reproduce: Some(format!("curl -sS -D- -o/dev/null -H 'Accept-Encoding: {case}' URL")),
        r#where: Some("catalogue/delivery/missing-vary.yaml:20:5".to_owned()),
        advice: Some(Advice {
            symptom: "Some people get a corrupt module and others do not, and a cache stands in \
                      front"
                .to_owned(),
            first_check: "the Vary header of each variant, at the edge".to_owned(),
            cause: "a shared cache keeps one variant for everybody".to_owned(),
            fix: "gzip_vary on;".to_owned(),
            see: vec!["RFC 9110 §12.5.5".to_owned(), "RFC 9111 §4.1".to_owned()],
        }),
        evidence: vec![Evidence { what: "request".to_owned(), text: "GET /a.wasm".to_owned() }],
        ..outcome(incident, case, subject, Verdict::Fail)
    }
}

fn because(outcome: Outcome, reason: &str) -> Outcome {
    Outcome { reason: reason.to_owned(), ..outcome }
}

/// One of everything, and many of one kind.
fn outcomes() -> Vec<Outcome> {
    let vary = "delivery/missing-vary";
    let mut all: Vec<Outcome> =
        (0..20).map(|n| failed(vary, &format!("offer={n}"), "site")).collect();
    all.push(outcome(vary, "offer=br", "site", Verdict::Pass));
    let hostile = "says \u{1b}[31mred\u{1b}[0m, \u{202e}backwards\u{fffe} & <b>bold</b>\r\nok";
    all.push(Outcome {
        incident: "delivery/uncompressed".to_owned(),
        severity: Severity::Minor,
        observed: hostile.to_owned(),
        ..because(failed("", "-", "site"), hostile)
    });
    let (vary, offer) = (vary.to_owned(), "offer=7".to_owned());
    all.push(Outcome {
        severity: Severity::Major,
        caused_by: Some(Cause { incident: vary, case: offer }),
        ..because(
            failed("delivery/cache-ignores-vary", "ask=br", "site"),
            "a client that offers nothing was handed `br`",
        )
    });
    let timed = outcome("host/deadline", "hostile=cpu-loop", "wasmtime", Verdict::Inconclusive);
    all.push(because(timed, "attack.overrun-ms was 3 to 90, which does not decide"));
    all.push(outcome("host/deadline", "hostile=inst-start-loop", "wasmtime", Verdict::Pass));
    let fuel = outcome("host/fuel", "-", "wazero", Verdict::Skipped);
    all.push(because(fuel, "this subject is not: A host that meters instructions."));
    let gap = Gap { reason: "tables have no limit".to_owned(), see: "issue 1".to_owned() };
    all.push(Outcome { gap: Some(gap), ..failed("host/memory-cap", "-", "wazero") });
    let lost = outcome("host/deadline", "-", "wazero", Verdict::Inconclusive);
    all.push(because(lost, "cannot be reached: connection refused"));
    all
}

fn record(outcomes: Vec<Outcome>) -> Record {
    let site = Profile {
        kind: SubjectKind::Site,
        about: "nginx/1.26".to_owned(),
        can: vec![Need::SiteEntry, Need::SiteModule],
        left_out: Vec::new(),
        found: vec![Found {
            asset: Asset::Module,
            url: "http://127.0.0.1:8080/app.3f2a9c.wasm".to_owned(),
            label: "/app.3f2a9c.wasm".to_owned(),
            how: "fetch in /main.js".to_owned(),
        }],
        limits: None,
        held: Vec::new(),
        deployed: None,
        grace_ms: 0,
    };
    let host = Profile { kind: SubjectKind::Host, found: Vec::new(), ..site.clone() };
    let host = Profile { about: "wasmtime 48.0.8 (cranelift)".to_owned(), ..host };
    let subject = |name: &str, profile| SubjectRecord { name: name.to_owned(), profile };
    Record {
        version: RECORD_VERSION,
        tool: "0.1.0".to_owned(),
        seed: 42,
        gate: Severity::Major,
        selection: Selected::default(),
        bound: Some(RunBound { trials: 25, worst_case_ms: 29 * 60_000 }),
        machine: Machine { os: "linux x86_64".to_owned(), cores: 2, load_1m: Some(0.31) },
        subjects: vec![
            subject("site", Some(site)),
            subject("wasmtime", Some(host)),
            subject("wazero", None),
        ],
        exit_code: exit_code(&outcomes, Severity::Major, false),
        outcomes,
        aborted: None,
        wall_ms: 12_345,
    }
}

#[test]
fn a_run_that_was_stopped_before_its_first_outcome_says_so() {
    let aborted = Some("stopped after 0 of 12 trials".to_owned());
    let stopped = Record { aborted, exit_code: 3, ..record(Vec::new()) };
    let text = terminal::render(&stopped, Appearance::PLAIN);
    assert!(text.contains("the run ended early: stopped after 0 of 12 trials"), "{text}");
    assert!(text.contains("INCONCLUSIVE: the run ended before all trials were done"), "{text}");
    assert!(!text.contains("no scenario is for these subjects"), "{text}");
}

#[test]
fn the_summary_tells_everything_once() {
    snapshots(|| {
        insta::assert_snapshot!(
            "summary",
            terminal::render(&record(outcomes()), Appearance::PLAIN)
        );
    });
}

#[test]
fn the_last_lines_say_what_the_exit_code_says() {
    let pass = || outcome("host/deadline", "-", "wasmtime", Verdict::Pass);
    let minor = Outcome { severity: Severity::Minor, ..failed("a/b", "-", "site") };
    let table = [
        (vec![pass()], "READY: no incident at or above major"),
        (vec![pass(), minor], "READY: no incident at or above major, 1 finding below major"),
        (vec![failed("a/b", "-", "site")], "NOT READY: 1 incident at or above major"),
        (vec![pass(), pass_not(pass())], "INCONCLUSIVE: 1 outcome could not be decided"),
        (Vec::new(), "INCONCLUSIVE: nothing ran: no scenario is for these subjects"),
    ];
    for (outcomes, line) in table {
        let record = record(outcomes);
        let shown = terminal::render(&record, Appearance::PLAIN);
        assert!(shown.lines().any(|one| one == line), "{line}\n{shown}");
        assert!(shown.ends_with(&format!("exit code {}\n", record.exit_code)), "{shown}");
    }
    let only = vec!["host/deadline".to_owned()];
    let selection = Selected { filtered: true, only, ..Selected::default() };
    let part = Record { selection, ..record(vec![pass()]) };
    let shown = terminal::render(&part, Appearance::PLAIN);
    assert!(shown.contains("at or above major (of host/deadline only)"), "{shown}");
}

fn pass_not(pass: Outcome) -> Outcome {
    Outcome { verdict: Verdict::Inconclusive, ..pass }
}

#[test]
fn no_line_of_the_summary_is_wider_than_the_terminal_but_what_is_to_be_copied() {
    let shown = terminal::render(&record(outcomes()), Appearance::PLAIN);
    let wide = shown.lines().filter(|line| line.chars().count() > 80);
    let wide: Vec<&str> = wide.filter(|line| !line.trim_start().starts_with("reproduce")).collect();
    assert!(wide.is_empty(), "{wide:#?}");
    assert!(!shown.contains(['\u{1b}', '\u{202e}', '\r']), "hostile text stays text");
}

#[test]
fn junit_tells_failures_doubts_and_skips_apart() {
    let mut some = outcomes();
    some.retain(|one| one.case.len() < 8 || one.verdict != Verdict::Fail);
    let text = junit::render(&record(some)).expect("the record can be said in XML");
    let invalid = |c: char| c.is_control() && c != '\n' || c == '\u{fffe}';
    assert!(!text.contains(invalid), "XML 1.0 forbids it");
    snapshots(|| insta::assert_snapshot!("junit", text));
}

#[test]
fn a_record_survives_the_disk_in_a_fixed_order() {
    let dir = tempfile::tempdir().expect("a directory can be made");
    let mut shuffled = outcomes();
    shuffled.reverse();
    run_json::write(dir.path(), &record(shuffled)).expect("it is written");
    let read = run_json::read(dir.path()).expect("it is read");
    let order = |one: &Outcome| (one.subject.clone(), one.incident.clone(), one.case.clone());
    assert!(read.outcomes.is_sorted_by_key(order));
    assert_eq!(read.outcomes.len(), outcomes().len());
    assert_eq!(run_json::text(&read), run_json::text(&record(outcomes())));
    let left: Vec<PathBuf> = (std::fs::read_dir(dir.path()).expect("readable"))
        .map(|entry| entry.expect("an entry").path())
        .collect();
    assert_eq!(left, [dir.path().join("run.json")], "nothing half-written is left");
    let plain = dir.path().join("plain");
    std::fs::write(&plain, "").expect("it is written");
    let [mode, plain] =
        [&left[0], &plain].map(|path| path.metadata().expect("it is there").permissions());
    assert_eq!(mode, plain, "whoever may read other files may read it");
}

#[test]
fn a_record_that_is_none_or_lies_is_refused() {
    let dir = tempfile::tempdir().expect("a directory can be made");
    let path = dir.path().join("run.json");
    let green = Record { exit_code: 0, ..record(outcomes()) };
    let future = Record { version: RECORD_VERSION + 1, ..record(outcomes()) };
    let table = [
        ("{".to_owned(), "is not the record of a run"),
        ("{\"version\": 1}".to_owned(), "is not the record of a run"),
        (run_json::text(&future), "this tool reads version 1"),
        (run_json::text(&green), "says exit code 0, but its outcomes say 1"),
    ];
    for (text, problem) in table {
        std::fs::write(&path, text).expect("it is written");
        let error = run_json::read(&path).expect_err("it is refused").to_string();
        assert!(error.contains(problem), "{error}");
    }
}

#[test]
fn what_is_written_fits_the_published_schema() {
    let validator = jsonschema::validator_for(&schema()).expect("the schema is one");
    let text = run_json::text(&record(outcomes()));
    let mut value: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let errors: Vec<String> =
        validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    value["outcomes"][0]["verdict"] = "perhaps".into();
    assert!(!validator.is_valid(&value), "the schema can say no");
}

#[test]
fn the_detection_matrix_shows_what_was_missed() {
    let sight = |cell, detail: &str| Sight { cell, detail: detail.to_owned() };
    let row = |incident: &str, cells: &[(Fault, Cell)]| Row {
        incident: incident.to_owned(),
        healthy: sight(Cell::Green, ""),
        faults: (cells.iter())
            .map(|(fault, cell)| {
                let detail = if cell.is_wrong() { "offer=br: observed `br`" } else { "" };
                FaultSight { fault: *fault, sight: sight(*cell, detail) }
            })
            .collect(),
    };
    let matrix = Detection {
        version: DETECTION_VERSION,
        rows: vec![
            row(
                "delivery/mime-type",
                &[(Fault::MimeText, Cell::Red), (Fault::NoVary, Cell::FalseAlarm)],
            ),
            row(
                "delivery/missing-vary",
                &[(Fault::MimeText, Cell::ImpliedRed), (Fault::NoVary, Cell::MissedFault)],
            ),
        ],
        repeats: vec![Repeat {
            incident: "delivery/mime-type".to_owned(),
            fault: Some(Fault::NoVary),
            first: sight(Cell::Doubt, "the machine was busy"),
        }],
    };
    snapshots(|| {
        insta::assert_snapshot!("detection-text", matrix::text(&matrix));
        insta::assert_snapshot!("detection-markdown", matrix::markdown(&matrix));
    });
}
