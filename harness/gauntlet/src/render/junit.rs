//! JUnit XML: one suite for each subject, one case for each outcome.
//!
//! A failure below the gate is a failure here too, with its severity as its type. A failure that
//! follows from another one says so, and stays a failure. Doubts are errors, never successes. A
//! known gap is skipped, with its reason.

use std::collections::BTreeMap;

use quick_junit::{
    NonSuccessKind, Property, Report, SerializeError, TestCase, TestCaseStatus, TestSuite,
};
use wasm_gauntlet_model::record::{Outcome, Record};
use wasm_gauntlet_model::source::printable;
use wasm_gauntlet_model::verdict::Verdict;

/// The document.
///
/// # Errors
/// When the record cannot be written as XML.
pub fn render(record: &Record) -> Result<String, SerializeError> {
    let mut report = Report::new("gauntlet");
    let mut suites: BTreeMap<&str, Vec<&Outcome>> = BTreeMap::new();
    for subject in &record.subjects {
        suites.entry(&subject.name).or_default();
    }
    for outcome in &record.outcomes {
        suites.entry(&outcome.subject).or_default().push(outcome);
    }
    for (subject, mut outcomes) in suites {
        outcomes.sort_by_key(|one| (&one.incident, &one.case));
        report.add_test_suite(suite(subject, &outcomes, record));
    }
    report.to_string()
}

fn suite(subject: &str, outcomes: &[&Outcome], record: &Record) -> TestSuite {
    let mut suite = TestSuite::new(legible(subject));
    suite.add_property(Property::new("seed", record.seed.to_string()));
    suite.add_property(Property::new("gate", record.gate.word()));
    suite.add_property(Property::new("exit-code", record.exit_code.to_string()));
    let about = record.subjects.iter().find(|one| one.name == subject);
    if let Some(profile) = about.and_then(|one| one.profile.as_ref()) {
        suite.add_property(Property::new("about", legible(&profile.about)));
    }
    suite.add_test_cases(outcomes.iter().map(|outcome| case(outcome)));
    suite
}

fn case(outcome: &Outcome) -> TestCase {
    let mut status = match outcome.verdict {
        _ if outcome.gap.is_some() => TestCaseStatus::skipped(),
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Inconclusive => TestCaseStatus::non_success(NonSuccessKind::Error),
        Verdict::Skipped => TestCaseStatus::skipped(),
    };
    match outcome.verdict {
        _ if outcome.gap.is_some() => {
            let gap = outcome.gap.as_ref().map(|gap| format!("{} ({})", gap.reason, gap.see));
            status.set_message(legible(&format!("known gap: {}", gap.unwrap_or_default())));
        }
        Verdict::Pass => {}
        Verdict::Skipped => {
            status.set_message(legible(&outcome.reason));
        }
        Verdict::Fail => {
            let follows = outcome.caused_by.as_ref().map(|by| match by.case.as_str() {
                "-" => format!("follows from {}: ", by.incident),
                case => format!("follows from {} {case}: ", by.incident),
            });
            let message = format!("{}{}", follows.unwrap_or_default(), outcome.reason);
            status.set_message(legible(&message));
            status.set_type(outcome.severity.word());
            status.set_description(description(outcome));
        }
        Verdict::Inconclusive => {
            status.set_message(legible(&outcome.reason));
            status.set_type(Verdict::Inconclusive.word());
            status.set_description(description(outcome));
        }
    }
    let mut case = TestCase::new(legible(&outcome.case), status);
    case.set_classname(legible(&outcome.incident));
    case
}

/// The text that a CI system shows when somebody opens the case.
fn description(outcome: &Outcome) -> String {
    let advice = outcome.advice.as_ref();
    let see = advice.map(|advice| advice.see.join(", ")).unwrap_or_default();
    let lines = [
        ("claim", Some(outcome.claim.as_str())),
        ("observed", Some(outcome.observed.as_str())),
        ("expected", Some(outcome.expected.as_str())),
        ("where", outcome.r#where.as_deref()),
        ("symptom", advice.map(|advice| advice.symptom.as_str())),
        ("cause", advice.map(|advice| advice.cause.as_str())),
        ("fix", advice.map(|advice| advice.fix.as_str())),
        ("see", Some(see.as_str())),
        ("reproduce", outcome.reproduce.as_deref()),
    ];
    let said = lines.into_iter().filter_map(|(label, text)| Some((label, text?)));
    let said = said.filter(|(_, text)| !text.is_empty());
    said.map(|(label, text)| format!("\n{label}: {}", legible(text))).collect::<String>() + "\n"
}

/// `text` in the characters of XML 1.0: control characters are escaped, and the two noncharacters
/// that XML forbids (§2.2) are replaced.
fn legible(text: &str) -> String {
    printable(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
