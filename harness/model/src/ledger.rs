//! The ledger: known gaps of a runtime, as data. A known gap is reported and does not fail a gate.
//! When a gap closes, the run fails until its line is removed.

use crate::reading::{Log, Read, written};
use crate::record::{Gap, Outcome};
use crate::scenario::Scenario;
use crate::source::{At, Complaint, Complaints, Source, Span};
use crate::verdict::Verdict;
use crate::yaml;

written! {
    /// The gaps of one runtime.
    "a ledger" RawLedger {
        /// What is known.
        gaps: Vec<RawGap>,
    }
}

written! {
    /// One gap.
    "a gap" RawGap {
        /// The incident that happens.
        incident: At<String>,
        /// Its cases, as reports name them. Empty for an incident without cases.
        cases: Vec<At<String>>,
        /// The runtimes on which it happens.
        runtimes: Vec<At<String>>,
        /// `known-gap` if not written; `unsteady`, where it shows in some runs only; or
        /// `unsupported`, where the runtime has no means at all.
        state: Option<At<String>>,
        /// Why, and what it costs.
        reason: String,
        /// Where it is known from: a link, or a section.
        see: String,
    }
}

/// How a gap shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The runtime is meant to do it and does not.
    KnownGap,
    /// As above, but only in some runs. A pass does not mean that the gap has closed.
    Unsteady,
    /// The runtime cannot do it at all. Trying it shows nothing new.
    Unsupported,
}

/// One case of one incident on one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The incident.
    pub incident: String,
    /// Its case, `-` where there is but one.
    pub case: String,
    /// The subject.
    pub subject: String,
    /// What is known.
    pub state: State,
    /// The reason and its source.
    pub gap: Gap,
    /// `file:line:column` of the line.
    pub place: String,
}

/// Everything that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger(pub Vec<Entry>);

/// What the lines of a ledger may refer to.
#[derive(Debug, Clone, Copy)]
pub struct LedgerScope<'a> {
    /// Every scenario.
    pub scenarios: &'a [Scenario],
    /// Subjects.
    pub subjects: &'a [&'a str],
}

/// The ledger that `source` says.
///
/// # Errors
/// Every complaint about the text, in its order.
pub fn parse(source: &Source) -> Result<Ledger, Complaints> {
    read(source, None)
}

/// The same, where every line must refer to something in `known`. A line about a case that no
/// longer exists hides nothing, although it seems to.
///
/// # Errors
/// Every complaint about the text, in its order.
pub fn parse_knowing(source: &Source, known: LedgerScope<'_>) -> Result<Ledger, Complaints> {
    read(source, Some(known))
}

fn read(source: &Source, about: Option<LedgerScope<'_>>) -> Result<Ledger, Complaints> {
    let complain = |list| Complaints::new(source.clone(), list);
    let tree = yaml::parse(source).map_err(|complaint| complain(vec![complaint]))?;
    let mut log = Log::default();
    let raw = RawLedger::read(&tree, &mut log);
    let mut entries = Vec::new();
    for gap in raw.iter().flat_map(|raw| &raw.gaps) {
        let known = entries.len();
        entries.extend(meant(gap, source, &mut log));
        if let Some(about) = about {
            check(gap, about, &mut log);
        }
        if gap.runtimes.is_empty() {
            let problem = "the gap names no runtime";
            log.add(
                Complaint::new(gap.incident.span, problem).help("expected `runtimes: [wazero]`"),
            );
        }
        let twice = |one: &Entry| entries[..known].iter().any(|other| same(one, other));
        if entries[known..].iter().any(twice) {
            let problem = "a case of this gap is already in the ledger";
            log.add(Complaint::new(gap.incident.span, problem));
        }
    }
    if log.0.is_empty() { Ok(Ledger(entries)) } else { Err(complain(log.0)) }
}

/// Whether there is what the lines of a gap are about.
fn check(gap: &RawGap, about: LedgerScope<'_>, log: &mut Log) {
    for subject in gap.runtimes.iter().filter(|one| !about.subjects.contains(&one.value.as_str())) {
        log.unknown("runtime", subject, about.subjects);
    }
    let Some(scenario) = about.scenarios.iter().find(|one| one.incident == gap.incident.value)
    else {
        let all: Vec<&str> = about.scenarios.iter().map(|one| one.incident.as_str()).collect();
        return log.unknown("incident", &gap.incident, &all);
    };
    let wrong = |case: &&At<String>| !scenario.has_case(&case.value);
    for case in gap.cases.iter().filter(wrong) {
        let problem = format!("{} has no case `{}`", scenario.incident, case.value);
        log.add(Complaint::new(case.span, problem).help("expected a case name from a report"));
    }
    if gap.cases.is_empty() && !scenario.has_case("-") {
        let problem = format!("{} has more than one case", scenario.incident);
        log.add(Complaint::new(gap.incident.span, problem).help("expected `cases: […]`"));
    }
}

fn same(one: &Entry, other: &Entry) -> bool {
    (&one.incident, &one.case, &one.subject) == (&other.incident, &other.case, &other.subject)
}

/// The entries of a gap: one for each case and subject.
fn meant(raw: &RawGap, source: &Source, log: &mut Log) -> Vec<Entry> {
    let state = state(raw.state.as_ref(), log);
    let only = [At { value: "-".to_owned(), span: raw.incident.span }];
    let cases = if raw.cases.is_empty() { &only[..] } else { &raw.cases };
    let gap = Gap { reason: raw.reason.trim().to_owned(), see: raw.see.trim().to_owned() };
    let place = |span: Span| format!("{}:{}:{}", source.name, span.line, span.column);
    let entry = |case: &At<String>, subject: &At<String>| Entry {
        incident: raw.incident.value.clone(),
        case: case.value.clone(),
        subject: subject.value.clone(),
        state,
        gap: gap.clone(),
        place: place(case.span),
    };
    cases.iter().flat_map(|case| raw.runtimes.iter().map(move |on| entry(case, on))).collect()
}

fn state(written: Option<&At<String>>, log: &mut Log) -> State {
    match written.map(|state| state.value.as_str()) {
        None | Some("known-gap") => return State::KnownGap,
        Some("unsteady") => return State::Unsteady,
        Some("unsupported") => return State::Unsupported,
        Some(_) => {}
    }
    if let Some(state) = written {
        log.unknown("state", state, &["known-gap", "unsteady", "unsupported"]);
    }
    State::KnownGap
}

impl Ledger {
    /// An outcome after the ledger was consulted. A doubt stays a doubt, except where a gap shows
    /// only in some runs: nothing more can be known there.
    pub fn weigh(&self, outcome: Outcome) -> Outcome {
        let known = self.0.iter().find(|entry| {
            entry.incident == outcome.incident
                && entry.case == outcome.case
                && entry.subject == outcome.subject
        });
        match (known, outcome.verdict) {
            (Some(entry), Verdict::Fail) if entry.state == State::Unsupported => {
                let reason = format!("unsupported: {}", entry.gap.reason);
                Outcome { verdict: Verdict::Skipped, reason, advice: None, ..outcome }
            }
            (Some(entry), Verdict::Inconclusive) if entry.state == State::Unsteady => {
                Outcome { verdict: Verdict::Fail, gap: Some(entry.gap.clone()), ..outcome }
            }
            (Some(entry), Verdict::Fail) => Outcome { gap: Some(entry.gap.clone()), ..outcome },
            (Some(entry), Verdict::Pass) if entry.state != State::Unsteady => {
                closed(entry, outcome)
            }
            _ => outcome,
        }
    }
}

/// A gap that has closed. Its line must be removed.
fn closed(entry: &Entry, outcome: Outcome) -> Outcome {
    let known = &entry.gap.reason;
    Outcome {
        verdict: Verdict::Fail,
        reason: format!("a known gap is closed; remove its line from the ledger: {known}"),
        observed: Verdict::Pass.word().to_owned(),
        expected: "the known gap".to_owned(),
        r#where: Some(entry.place.clone()),
        ..outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Tally, exit_code};
    use crate::verdict::Severity;

    const TEXT: &str = "
gaps:
  - incident: host/deadline
    cases: [hostile=fanout, hostile=tree]
    runtimes: [wazero, other]
    reason: calls are not interrupted
    see: PR 1
  - incident: host/fuel
    runtimes: [wazero]
    state: unsupported
    reason: no means
    see: none
";

    fn ledger(text: &str) -> Result<Ledger, String> {
        parse(&Source::new("ledger/x.yaml", text)).map_err(|wrong| wrong.to_string())
    }

    fn outcome(incident: &str, case: &str, verdict: Verdict) -> Outcome {
        let (incident, case) = (incident.to_owned(), case.to_owned());
        Outcome { verdict, ..Outcome::unknown(&incident, &case, "wazero", Severity::Critical) }
    }

    #[test]
    fn a_gap_is_no_failure_of_the_gate_and_a_closed_one_is() {
        let ledger = ledger(TEXT).expect("it is right");
        assert_eq!(ledger.0.len(), 5);
        let weigh = |case, verdict| ledger.weigh(outcome("host/deadline", case, verdict));
        let gap = weigh("hostile=tree", Verdict::Fail);
        assert_eq!(gap.gap.as_ref().map(|gap| gap.see.as_str()), Some("PR 1"));
        assert_eq!(exit_code(std::slice::from_ref(&gap), Severity::Note, false), 0);
        assert_eq!(Tally::of([&gap]), Tally { gap: 1, ..Tally::default() });
        let stranger = weigh("hostile=loop", Verdict::Fail);
        assert_eq!((stranger.gap, stranger.verdict), (None, Verdict::Fail));
        let closed = weigh("hostile=tree", Verdict::Pass);
        assert_eq!((closed.verdict, closed.gap.is_none()), (Verdict::Fail, true));
        assert_eq!(closed.r#where.as_deref(), Some("ledger/x.yaml:4:29"));
        assert_eq!(weigh("hostile=tree", Verdict::Inconclusive).verdict, Verdict::Inconclusive);
    }

    #[test]
    fn what_is_unsupported_is_skipped_where_it_fails() {
        let ledger = ledger(TEXT).expect("it is right");
        let weigh = |verdict| ledger.weigh(outcome("host/fuel", "-", verdict));
        assert_eq!(weigh(Verdict::Fail).reason, "unsupported: no means");
        assert_eq!(weigh(Verdict::Fail).verdict, Verdict::Skipped);
        assert_eq!(weigh(Verdict::Pass).verdict, Verdict::Fail);
        let unsteady = self::ledger(&TEXT.replace("unsupported", "unsteady")).expect("it is right");
        let weigh = |verdict| unsteady.weigh(outcome("host/fuel", "-", verdict));
        assert_eq!(weigh(Verdict::Pass).verdict, Verdict::Pass);
        assert!(weigh(Verdict::Fail).gap.is_some());
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let complaints = |text: &str| ledger(text).expect_err("it is wrong");
        assert!(complaints(&TEXT.replace("unsupported", "odd")).contains("unknown state `odd`"));
        assert!(complaints(&TEXT.replace("[wazero]", "[]")).contains("names no runtime"));
        assert!(complaints(&format!("{TEXT}{}", &TEXT[7..])).contains("already"));
        assert!(complaints("gaps: 1").contains("expected a list"));
    }
}
