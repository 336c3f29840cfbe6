//! One cause, one finding: which failure of a run follows from which other one.
//!
//! A scenario names the incidents that explain a failure (`follows-from`). The rule here decides
//! whether one of them really explains it in this run. It marks a failure and never removes one.

use std::collections::BTreeMap;

use crate::record::{Cause, Outcome};
use crate::scenario::Params;
use crate::verdict::Verdict;

/// What the rule knows in addition to the outcome.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trace {
    /// The asset of the case, as discovery calls it; none where the case has none.
    pub asset: Option<String>,
    /// Whether the case is a visit with a browser. It is about all that the page loads.
    pub visit: bool,
    /// The values of the case's parameters.
    pub params: Params,
    /// The field that decided, without its step.
    pub field: Option<String>,
    /// For each failed block, the incidents that explain it. The block that decided comes first.
    pub explained_by: Vec<Vec<String>>,
}

/// One trial that was judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// What it came to.
    pub outcome: Outcome,
    /// What else the rule needs.
    pub trace: Trace,
}

/// Mark each failure that follows from another failure of the same run.
///
/// Failure B follows from failure A where all of this holds:
/// - B's scenario names A's incident in each block that failed, and the conditions there held;
/// - both are of the same subject, and of the same asset where the cases have one. A visit with a
///   browser is about all assets;
/// - where both were decided on a field of the same name, the same was seen there: a 404 does not
///   explain a 500;
/// - A is at least as severe as B;
/// - the ledger knows neither.
///
/// Where several cases of A fit, the one that shares the most parameters with B is named. Where A
/// follows from a third failure itself, that one is named. Failures that explain one another in a
/// circle all stay findings.
pub fn attribute(all: &mut [Judged]) {
    let index = by_incident(all);
    let direct: Vec<Option<usize>> = (0..all.len()).map(|one| cause_of(one, all, &index)).collect();
    for one in 0..all.len() {
        let Some(root) = root(one, &direct) else { continue };
        let Outcome { incident, case, .. } = &all[root].outcome;
        let cause = Cause { incident: incident.clone(), case: case.clone() };
        all[one].outcome.caused_by = Some(cause);
    }
}

/// The failures that may explain another, by subject and incident.
type Index = BTreeMap<(String, String), Vec<usize>>;

fn by_incident(all: &[Judged]) -> Index {
    let mut index = Index::new();
    for (at, Judged { outcome, .. }) in all.iter().enumerate().filter(|(_, one)| counts(one)) {
        let key = (outcome.subject.clone(), outcome.incident.clone());
        index.entry(key).or_default().push(at);
    }
    index
}

/// Whether this is a failure that the ledger does not know.
fn counts(one: &Judged) -> bool {
    one.outcome.verdict == Verdict::Fail && one.outcome.gap.is_none()
}

/// The failure that explains `one`. None unless every failed block is explained.
fn cause_of(one: usize, all: &[Judged], index: &Index) -> Option<usize> {
    if !counts(&all[one]) {
        return None;
    }
    let best = |incidents: &Vec<String>| best(one, incidents, all, index);
    let causes: Option<Vec<usize>> = all[one].trace.explained_by.iter().map(best).collect();
    causes?.first().copied()
}

fn best(one: usize, incidents: &[String], all: &[Judged], index: &Index) -> Option<usize> {
    let subject = &all[one].outcome.subject;
    let of = |incident: &String| index.get(&(subject.clone(), incident.clone()));
    let fitting = incidents.iter().filter_map(of).flatten().copied();
    let fitting = fitting.filter(|other| explains(&all[*other], &all[one]));
    // `max_by_key` returns the last of equal items, so the preferred one must come last.
    let shared = |other: &usize| shared(&all[*other].trace.params, &all[one].trace.params);
    fitting.collect::<Vec<_>>().into_iter().rev().max_by_key(shared)
}

fn explains(cause: &Judged, one: &Judged) -> bool {
    let same_field = cause.trace.field.is_some() && cause.trace.field == one.trace.field;
    (one.trace.visit || cause.trace.asset == one.trace.asset)
        && cause.outcome.severity >= one.outcome.severity
        && (!same_field || cause.outcome.observed == one.outcome.observed)
}

/// How many parameters have the same value in both cases.
fn shared(some: &Params, others: &Params) -> usize {
    some.iter().filter(|param| others.contains(param)).count()
}

/// The failure at the end of the chain from `one`. None where `one` follows from nothing, or where
/// the chain is a circle.
fn root(one: usize, direct: &[Option<usize>]) -> Option<usize> {
    let mut at = direct[one]?;
    for _ in 0..direct.len() {
        match direct[at] {
            None => return Some(at),
            Some(next) => at = next,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::{Gap, exit_code};
    use crate::scenario::Scalar;
    use crate::verdict::Severity;

    /// A failure of `incident` on `asset`, decided on `status`.
    fn failed(incident: &str, asset: &str, severity: Severity, explained_by: &[&str]) -> Judged {
        let unknown = Outcome::unknown(incident, asset, "site", severity);
        let observed = "404".to_owned();
        let outcome = Outcome { verdict: Verdict::Fail, observed, ..unknown };
        let explained_by = explained_by.iter().map(|one| (*one).to_owned()).collect();
        let trace = Trace {
            asset: Some(asset.to_owned()),
            field: Some("status".to_owned()),
            explained_by: vec![explained_by],
            ..Trace::default()
        };
        Judged { outcome, trace }
    }

    fn causes(mut all: Vec<Judged>) -> Vec<Option<String>> {
        attribute(&mut all);
        all.into_iter().map(|one| one.outcome.caused_by.map(|cause| cause.incident)).collect()
    }

    use Severity::{Critical, Major, Minor};

    #[test]
    fn a_failure_follows_from_a_named_one_of_the_same_asset() {
        let cause = failed("d/answers", "/a.wasm", Critical, &[]);
        let follows = failed("d/valid", "/a.wasm", Major, &["d/answers"]);
        let found = causes(vec![cause.clone(), follows.clone()]);
        assert_eq!(found, [None, Some("d/answers".to_owned())]);
        let wrong = |change: &dyn Fn(&mut Judged, &mut Judged)| {
            let (mut cause, mut follows) = (cause.clone(), follows.clone());
            change(&mut cause, &mut follows);
            assert_eq!(causes(vec![cause, follows]), [None, None]);
        };
        wrong(&|cause, _| cause.trace.asset = Some("/b.wasm".to_owned()));
        wrong(&|cause, _| cause.trace.asset = None);
        wrong(&|cause, _| cause.outcome.subject = "another site".to_owned());
        wrong(&|cause, _| cause.outcome.verdict = Verdict::Inconclusive);
        wrong(&|cause, _| cause.outcome.severity = Minor);
        wrong(&|cause, _| cause.outcome.observed = "500".to_owned());
        let gap = Gap { reason: String::new(), see: String::new() };
        wrong(&|cause, _| cause.outcome.gap = Some(gap.clone()));
        wrong(&|_, follows| follows.outcome.gap = Some(gap.clone()));
        wrong(&|_, follows| follows.trace.explained_by = vec![vec!["d/other".to_owned()]]);
        wrong(&|_, follows| follows.trace.explained_by = Vec::new());
        // A second block failed too, and nothing explains that one.
        wrong(&|_, follows| follows.trace.explained_by.push(Vec::new()));
        wrong(&|_, follows| follows.trace.explained_by.push(vec!["d/other".to_owned()]));
    }

    #[test]
    fn what_was_seen_is_compared_only_on_the_same_field() {
        let mut cause = failed("d/answers", "/a.wasm", Critical, &[]);
        cause.trace.field = Some("content".to_owned());
        cause.outcome.observed = "`html`".to_owned();
        let follows = failed("d/valid", "/a.wasm", Critical, &["d/answers"]);
        assert_eq!(causes(vec![cause, follows])[1].as_deref(), Some("d/answers"));
    }

    #[test]
    fn the_end_of_a_chain_is_named_and_a_circle_is_not() {
        let chain = vec![
            failed("d/a", "/m", Critical, &["d/b"]),
            failed("d/b", "/m", Critical, &["d/c"]),
            failed("d/c", "/m", Critical, &[]),
        ];
        let last = Some("d/c".to_owned());
        assert_eq!(causes(chain), [last.clone(), last, None]);
        let circle = vec![
            failed("d/a", "/m", Critical, &["d/b"]),
            failed("d/b", "/m", Critical, &["d/a"]),
            failed("d/c", "/m", Critical, &["d/a"]),
        ];
        assert_eq!(causes(circle), [None, None, None]);
    }

    #[test]
    fn the_case_that_shares_most_is_named_and_of_equals_the_first() {
        let offered = |mut one: Judged, case: &str, offer: &str| {
            one.outcome.case = case.to_owned();
            one.trace.params = vec![("offer".to_owned(), Scalar::Text(offer.to_owned()))];
            one
        };
        let cause = |case, offer| offered(failed("d/a", "/m", Critical, &[]), case, offer);
        for (offer, named) in [("gzip", "one"), ("br", "two"), ("zstd", "one")] {
            let follows = offered(failed("d/b", "/m", Major, &["d/a"]), "b", offer);
            let mut all = [cause("one", "gzip"), cause("two", "br"), follows];
            attribute(&mut all);
            let found = all[2].outcome.caused_by.as_ref().map(|cause| cause.case.as_str());
            assert_eq!(found, Some(named), "{offer}");
        }
    }

    fn any_failure() -> impl Strategy<Value = Judged> {
        let severity = prop::sample::select(Severity::ALL.to_vec());
        let verdict = prop::sample::select(vec![Verdict::Fail, Verdict::Fail, Verdict::Pass]);
        let names = prop::collection::vec(prop::collection::vec(0..4_u8, 0..3), 0..3);
        (0..4_u8, 0..2_u8, severity, verdict, names).prop_map(
            |(of, asset, severity, verdict, by)| {
                let (incident, asset) = (format!("d/{of}"), format!("/{asset}"));
                let mut one = failed(&incident, &asset, severity, &[]);
                let named =
                    |block: Vec<u8>| block.into_iter().map(|of| format!("d/{of}")).collect();
                one.trace.explained_by = by.into_iter().map(named).collect();
                one.outcome.verdict = verdict;
                one
            },
        )
    }

    proptest! {
        #[test]
        fn a_cause_is_a_finding_of_the_record_and_no_code_changes(
            mut all in prop::collection::vec(any_failure(), 0..24),
        ) {
            let codes = |all: &[Judged]| {
                let outcomes: Vec<Outcome> = all.iter().map(|one| one.outcome.clone()).collect();
                let causes: Vec<Outcome> =
                    outcomes.iter().filter(|one| one.caused_by.is_none()).cloned().collect();
                Severity::ALL.iter().flat_map(|gate| {
                    [exit_code(&outcomes, *gate, false), exit_code(&causes, *gate, false)]
                }).collect::<Vec<u8>>()
            };
            let before = codes(&all);
            attribute(&mut all);
            // By all outcomes, and by the causes alone.
            prop_assert_eq!(codes(&all), before);
            for one in &all {
                let Some(cause) = &one.outcome.caused_by else { continue };
                let found = all.iter().any(|other| {
                    other.outcome.is_finding()
                        && other.outcome.incident == cause.incident
                        && other.outcome.case == cause.case
                        && other.outcome.severity >= one.outcome.severity
                });
                prop_assert!(found, "{:?}", one.outcome);
            }
        }
    }
}
