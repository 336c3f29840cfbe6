//! What stayed inconclusive, known gaps, and what was not tried. Each has its reason, and each
//! reason is shown once.

use std::collections::{BTreeMap, BTreeSet};

use wasm_gauntlet_model::record::{Outcome, Record};
use wasm_gauntlet_model::source::printable;
use wasm_gauntlet_model::verdict::Verdict;

use super::page::{ReportPage, counted, first_few};
use crate::render::paint::{GAP_SIGN, sign};

/// Most incidents that are named under one reason. The rest is counted.
const INCIDENTS_SHOWN: usize = 8;

/// Write what stayed inconclusive.
pub(super) fn write_inconclusive(record: &Record, page: &mut ReportPage) {
    write_verdict(Verdict::Inconclusive, record, page);
    if let Some(aborted) = &record.aborted {
        page.gap();
        let mark = page.look.paint.verdict(Verdict::Inconclusive, "?");
        page.line(&format!("{mark} the run ended early: {}", printable(aborted)));
    }
}

/// Write the failures that the ledger knows: each gap once, with its cases.
pub(super) fn write_gaps(record: &Record, page: &mut ReportPage) {
    let mut gaps: BTreeMap<(&str, &str, &str), Vec<&Outcome>> = BTreeMap::new();
    for one in record.outcomes.iter().filter(|one| one.verdict == Verdict::Fail) {
        if let Some(gap) = &one.gap {
            gaps.entry((&one.subject, &gap.reason, &gap.see)).or_default().push(one);
        }
    }
    if gaps.is_empty() {
        return;
    }
    page.gap();
    let total = counted(gaps.values().map(Vec::len).sum(), "known gap");
    let mark = page.look.paint.verdict(Verdict::Inconclusive, GAP_SIGN);
    page.line(&format!("{mark} {}", page.look.paint.strong(&total)));
    for ((subject, reason, see), outcomes) in gaps {
        let count = counted(outcomes.len(), "case");
        page.words(2, &format!("{subject}, {count}: {reason} ({see})"));
        let name = |one: &&Outcome| match one.case.as_str() {
            "-" => one.incident.clone(),
            case => format!("{} {case}", one.incident),
        };
        let names: Vec<String> = outcomes.iter().map(name).collect();
        page.words(4, &first_few(&names, INCIDENTS_SHOWN, ", "));
    }
}

/// Write what was not tried.
pub(super) fn write_skipped(record: &Record, page: &mut ReportPage) {
    write_verdict(Verdict::Skipped, record, page);
}

fn write_verdict(verdict: Verdict, record: &Record, page: &mut ReportPage) {
    let mut reasons: BTreeMap<(&str, &str), Vec<&Outcome>> = BTreeMap::new();
    for one in record.outcomes.iter().filter(|one| one.verdict == verdict) {
        reasons.entry((&one.subject, &one.reason)).or_default().push(one);
    }
    if reasons.is_empty() {
        return;
    }
    let paint = page.look.paint;
    page.gap();
    let total: usize = reasons.values().map(Vec::len).sum();
    let mark = paint.verdict(verdict, sign(verdict));
    page.line(&format!("{mark} {}", paint.strong(&format!("{total} {}", verdict.word()))));
    for ((subject, reason), outcomes) in reasons {
        let count = counted(outcomes.len(), "case");
        page.words(2, &format!("{subject}, {count}: {reason}"));
        let incidents: BTreeSet<&str> = outcomes.iter().map(|one| one.incident.as_str()).collect();
        let incidents: Vec<String> = incidents.into_iter().map(str::to_owned).collect();
        page.words(4, &first_few(&incidents, INCIDENTS_SHOWN, ", "));
    }
}
