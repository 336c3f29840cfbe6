//! The last line: the verdict, its reason, and the exit code.

use std::collections::BTreeSet;

use wasm_gauntlet_model::profile::{Need, SubjectKind};
use wasm_gauntlet_model::record::{Outcome, Record, Selected, Tally};
use wasm_gauntlet_model::source::printable;
use wasm_gauntlet_model::verdict::Verdict;

use super::page::{ReportPage, counted};

/// The family of incidents that only a browser sees.
const BROWSER_FAMILY: &str = "browser/";

/// Write it.
pub(super) fn write(record: &Record, page: &mut ReportPage) {
    let paint = page.look.paint;
    let tally = Tally::of(&record.outcomes);
    let (verdict, sentence) = sentence(record, &tally);
    page.gap();
    let Tally { pass, fail, consequence, inconclusive, skipped, gap } = tally;
    let gaps = if gap > 0 { format!(", {}", counted(gap, "known gap")) } else { String::new() };
    let code = record.exit_code;
    let counts = format!(
        "{pass} passed, {fail} failed{gaps}, {inconclusive} inconclusive, {skipped} skipped; \
         exit code {code}"
    );
    page.line(&paint.verdict(verdict, &sentence));
    page.line(&paint.faint(&counts));
    if consequence > 0 {
        let follow = counted(consequence, "more failure");
        page.line(&paint.faint(&format!("{follow} as a consequence, listed under the cause")));
    }
}

fn sentence(record: &Record, tally: &Tally) -> (Verdict, String) {
    let gate = record.gate.word();
    let failed = |at_gate: bool| {
        let of = record.outcomes.iter().filter(|one: &&Outcome| one.is_finding());
        let of = of.filter(|one| (one.severity >= record.gate) == at_gate);
        let incidents: BTreeSet<&str> = of.map(|one| one.incident.as_str()).collect();
        incidents.len()
    };
    let below = match failed(false) {
        0 => String::new(),
        count => format!(", {} below {gate}", counted(count, "finding")),
    };
    match record.exit_code {
        0 => {
            let (of, blind) = (of(record), unseen(record));
            (Verdict::Pass, format!("READY: no incident at or above {gate}{below}{of}{blind}"))
        }
        1 => {
            let incidents = counted(failed(true), "incident");
            let blind = unseen(record);
            (Verdict::Fail, format!("NOT READY: {incidents} at or above {gate}{below}{blind}"))
        }
        3 => {
            let (doubt, blind) = (doubt(record, tally), unseen(record));
            (Verdict::Inconclusive, format!("INCONCLUSIVE: {doubt}{below}{blind}"))
        }
        _ => (Verdict::Fail, "THE HARNESS FAILED: there is no verdict on the subjects".to_owned()),
    }
}

/// That no browser looked at a site, or that it saw no module there, where scenarios for browsers
/// were selected.
fn unseen(record: &Record) -> &'static str {
    let skipped =
        |one: &Outcome| one.verdict == Verdict::Skipped && one.incident.starts_with(BROWSER_FAMILY);
    let lacks = |need: Need| {
        record.subjects.iter().any(|subject| {
            let profile = subject.profile.as_ref();
            profile.is_some_and(|one| one.kind == SubjectKind::Site && !one.can(need))
                && record.outcomes.iter().any(|one| one.subject == subject.name && skipped(one))
        })
    };
    match (lacks(Need::BrowserPage), lacks(Need::BrowserFeature)) {
        (true, _) => "; no browser looked (`apt-get install chromium` installs one)",
        (_, true) => "; the browser saw no module start (see `trigger` in the target file)",
        _ => "",
    }
}

/// The selection, if not everything was selected.
fn of(record: &Record) -> String {
    let Selected { filtered, only, shard, .. } = &record.selection;
    if !filtered {
        return String::new();
    }
    let only = if only.is_empty() { "everything".to_owned() } else { only.join(", ") };
    let shard = shard.iter().map(|shard| format!(", part {shard}")).collect::<String>();
    printable(&format!(" (of {only}{shard} only)"))
}

fn doubt(record: &Record, tally: &Tally) -> String {
    if record.aborted.is_some() {
        "the run ended before all trials were done".to_owned()
    } else if tally.pass + tally.fail + tally.gap + tally.inconclusive == 0 {
        let why = match tally.skipped {
            0 => "no scenario is for these subjects",
            _ => "every scenario was skipped, for the reasons above",
        };
        format!("nothing ran{}: {why}", of(record))
    } else {
        format!("{} could not be decided", counted(tally.inconclusive, "outcome"))
    }
}
