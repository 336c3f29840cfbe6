//! The failures: one block for each incident, with equal failures of its cases shown once. A
//! failure that follows from another is counted in the block of that one.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use wasm_gauntlet_model::record::{Advice, Outcome, Record};
use wasm_gauntlet_model::source::printable;
use wasm_gauntlet_model::verdict::{Severity, Verdict};

use super::page::{ReportPage, counted, first_few};
use crate::render::paint::sign;

/// Most cases that are named in one group. The rest is counted.
const CASES_SHOWN: usize = 6;
/// Most different values that are shown in one group. The rest is counted.
const VALUES_SHOWN: usize = 3;

/// Write every block, the worst first.
pub(super) fn write(record: &Record, page: &mut ReportPage) {
    let mut blocks: BTreeMap<&str, Vec<&Outcome>> = BTreeMap::new();
    for one in record.outcomes.iter().filter(|one| one.is_finding()) {
        blocks.entry(&one.incident).or_default().push(one);
    }
    let mut blocks: Vec<_> = blocks.into_iter().collect();
    blocks.sort_by_key(|(incident, failed)| (Reverse(worst(failed)), *incident));
    for (incident, failed) in blocks {
        write_block(incident, &failed, record, page);
    }
}

fn worst(failed: &[&Outcome]) -> Severity {
    failed.iter().map(|one| one.severity).max().unwrap_or(Severity::Note)
}

fn write_block(incident: &str, failed: &[&Outcome], record: &Record, page: &mut ReportPage) {
    let paint = page.look.paint;
    page.gap();
    let mark = paint.verdict(Verdict::Fail, sign(Verdict::Fail));
    let severity = paint.severity(worst(failed));
    page.line(&format!("{mark} {}  {severity}", paint.strong(&printable(incident))));
    if let Some(first) = failed.first() {
        page.words(2, &first.claim);
    }
    for group in groups(failed) {
        write_group(&group, record, page);
    }
    write_consequences(incident, record, page);
    write_advice(failed, page);
}

/// Say which other incidents failed because of this one, each with its number of cases.
fn write_consequences(incident: &str, record: &Record, page: &mut ReportPage) {
    let of = |one: &&Outcome| one.caused_by.as_ref().is_some_and(|by| by.incident == incident);
    let mut cases: BTreeMap<&str, usize> = BTreeMap::new();
    for one in record.outcomes.iter().filter(of) {
        *cases.entry(&one.incident).or_default() += 1;
    }
    if cases.is_empty() {
        return;
    }
    let total = counted(cases.values().sum(), "consequence");
    let each = cases
        .iter()
        .map(|(incident, count)| format!("{} ({})", printable(incident), counted(*count, "case")));
    page.gap();
    page.words(2, &format!("and {total}: {}", each.collect::<Vec<_>>().join(", ")));
}

/// Failures of one incident on one subject, decided at one place of the scenario.
fn groups<'a>(failed: &[&'a Outcome]) -> Vec<Vec<&'a Outcome>> {
    let mut groups: BTreeMap<_, Vec<&Outcome>> = BTreeMap::new();
    for one in failed {
        let key = (Reverse(one.severity), &one.subject, &one.r#where);
        groups.entry(key).or_default().push(one);
    }
    groups.into_values().collect()
}

fn write_group(group: &[&Outcome], record: &Record, page: &mut ReportPage) {
    let Some(first) = group.first() else { return };
    let paint = page.look.paint;
    page.gap();
    let tried = record.outcomes.iter().filter(|one| {
        one.incident == first.incident
            && one.subject == first.subject
            && one.verdict != Verdict::Skipped
    });
    let share = format!("{} of {}", group.len(), counted(tried.count(), "case"));
    let subject = paint.strong(&printable(&first.subject));
    page.line(&format!("  {subject}: {share} ({})", first.severity.word()));
    let values = |pick: fn(&Outcome) -> &str| {
        first_few(&distinct(group.iter().map(|one| pick(one))), VALUES_SHOWN, "; ")
    };
    let cases = distinct(group.iter().map(|one| one.case.as_str()).filter(|case| *case != "-"));
    page.field(4, "cases", &first_few(&cases, CASES_SHOWN, "; "));
    page.field(4, "because", &values(|one| &one.reason));
    page.field(4, "observed", &values(|one| &one.observed));
    page.field(4, "expected", &values(|one| &one.expected));
    page.field_as_is(4, "where", first.r#where.as_deref().unwrap_or_default());
    let reproduce = group.iter().find_map(|one| one.reproduce.as_deref());
    page.field_as_is(4, "reproduce", reproduce.unwrap_or_default());
}

/// Values in the order in which they were first seen, each once, without empty ones.
fn distinct<'a>(values: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for value in values.filter(|value| !value.is_empty()) {
        if !seen.iter().any(|one| one == value) {
            seen.push(value.to_owned());
        }
    }
    seen
}

fn write_advice(failed: &[&Outcome], page: &mut ReportPage) {
    let advice: Vec<&Advice> = failed.iter().filter_map(|one| one.advice.as_ref()).collect();
    let Some(first) = advice.first() else { return };
    page.gap();
    page.field(2, "symptom", &first.symptom);
    page.field(2, "first check", &first.first_check);
    page.field(2, "cause", &first.cause);
    for fix in distinct(advice.iter().map(|one| one.fix.as_str())) {
        page.field_lines(2, "fix", &fix);
    }
    page.field(2, "see", &first.see.join(", "));
    page.gap();
}
