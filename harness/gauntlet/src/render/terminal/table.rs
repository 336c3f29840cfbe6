//! The table: a row for each incident, a column for each subject, counts of outcomes in each cell.

use std::collections::BTreeMap;

use wasm_gauntlet_model::record::{Outcome, Record, Tally};
use wasm_gauntlet_model::source::printable;
use wasm_gauntlet_model::verdict::Verdict;

use super::page::ReportPage;
use crate::render::paint::{CONSEQUENCE_SIGN, GAP_SIGN, sign};

/// Blanks between columns.
const BETWEEN: usize = 2;

/// Outcomes by incident and subject.
type Cells<'a> = BTreeMap<(&'a str, &'a str), Tally>;

/// Write it, in several parts if the subjects do not fit side by side.
pub(super) fn write(record: &Record, page: &mut ReportPage) {
    let cells = cells(&record.outcomes);
    let mut incidents: Vec<&str> = cells.keys().map(|(incident, _)| *incident).collect();
    incidents.dedup();
    let subjects = subjects(record);
    let widths = incidents.iter().map(|one| printable(one).chars().count());
    let Some(left) = widths.max() else { return };
    let mut rest = subjects.as_slice();
    while !rest.is_empty() {
        let (part, after) = rest.split_at(fitting(rest, &cells, left, page.look.columns));
        write_part(part, &incidents, &cells, left, page);
        rest = after;
    }
    let paint = page.look.paint;
    let legend = [Verdict::Pass, Verdict::Fail, Verdict::Inconclusive, Verdict::Skipped];
    let mut legend = legend.map(|one| format!("{} {}", sign(one), one.word())).join("   ");
    if cells.values().any(|tally| tally.consequence > 0) {
        legend += &format!("   {CONSEQUENCE_SIGN} consequence");
    }
    if cells.values().any(|tally| tally.gap > 0) {
        legend += &format!("   {GAP_SIGN} known gap");
    }
    page.line(&paint.faint(&legend));
    page.gap();
}

fn cells(outcomes: &[Outcome]) -> Cells<'_> {
    let mut grouped: BTreeMap<(&str, &str), Vec<&Outcome>> = BTreeMap::new();
    for one in outcomes {
        grouped.entry((&one.incident, &one.subject)).or_default().push(one);
    }
    grouped.into_iter().map(|(key, list)| (key, Tally::of(list))).collect()
}

/// The subjects in the order of the plan, then any that only outcomes name.
fn subjects(record: &Record) -> Vec<&str> {
    let planned = record.subjects.iter().map(|subject| subject.name.as_str());
    let named = record.outcomes.iter().map(|outcome| outcome.subject.as_str());
    let mut subjects: Vec<&str> = Vec::new();
    for name in planned.chain(named) {
        if !subjects.contains(&name) {
            subjects.push(name);
        }
    }
    subjects
}

/// How many of `subjects` fit beside the incidents; one always does.
fn fitting(subjects: &[&str], cells: &Cells, left: usize, columns: usize) -> usize {
    let mut used = left;
    let fits = subjects.iter().take_while(|subject| {
        used += BETWEEN + width(subject, cells);
        used <= columns
    });
    fits.count().max(1)
}

/// The width of a subject's column.
fn width(subject: &str, cells: &Cells) -> usize {
    let counts = cells.iter().filter(|((_, of), _)| *of == subject);
    let widest = counts.map(|(_, tally)| plain(tally).chars().count()).max().unwrap_or(0);
    widest.max(printable(subject).chars().count())
}

fn write_part(
    subjects: &[&str],
    incidents: &[&str],
    cells: &Cells,
    left: usize,
    page: &mut ReportPage,
) {
    let paint = page.look.paint;
    let mut head = " ".repeat(left);
    for subject in subjects {
        let name = printable(subject);
        let pad = width(subject, cells) - name.chars().count();
        head += &format!("{:BETWEEN$}{}{:pad$}", "", paint.strong(&name), "");
    }
    page.line(&head);
    for incident in incidents {
        let name = printable(incident);
        let mut line = format!("{name}{:1$}", "", left - name.chars().count());
        for subject in subjects {
            let tally = cells.get(&(*incident, *subject)).copied().unwrap_or_default();
            let pad = width(subject, cells) - plain(&tally).chars().count();
            let shown = parts(&tally)
                .map(|(verdict, text)| paint.verdict(verdict, &text))
                .collect::<Vec<_>>();
            line += &format!("{:BETWEEN$}{}{:pad$}", "", shown.join(" "), "");
        }
        page.line(&line);
    }
    page.gap();
}

/// A cell's counts, the worst first. Zeros are left out.
fn parts(tally: &Tally) -> impl Iterator<Item = (Verdict, String)> {
    let counts = [
        (Verdict::Fail, sign(Verdict::Fail), tally.fail),
        (Verdict::Fail, CONSEQUENCE_SIGN, tally.consequence),
        (Verdict::Inconclusive, sign(Verdict::Inconclusive), tally.inconclusive),
        (Verdict::Inconclusive, GAP_SIGN, tally.gap),
        (Verdict::Pass, sign(Verdict::Pass), tally.pass),
        (Verdict::Skipped, sign(Verdict::Skipped), tally.skipped),
    ];
    let some = counts.into_iter().filter(|(.., count)| *count > 0);
    some.map(|(style, sign, count)| (style, format!("{sign}{count}")))
}

fn plain(tally: &Tally) -> String {
    parts(tally).map(|(_, text)| text).collect::<Vec<_>>().join(" ")
}
