//! The judge compares observations with expectations. It is pure and total: it never panics.
//!
//! A fact that nobody looked at makes a claim inconclusive, never true. A scenario in which no
//! block applied is skipped, never passed.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::limits::Limits;
use crate::observation::{Facts, Value};
use crate::profile::{Need, within_a_sentence};
use crate::scenario::{Block, Bound, Claim, Params, SUBJECT, Scenario};
use crate::source::Span;
use crate::verdict::{Severity, Verdict};

mod matcher;

/// What the judge knows besides the observations.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The case's parameters.
    pub params: &'a Params,
    /// The limits that the guests were held to.
    pub limits: &'a Limits,
    /// Grace: milliseconds after a deadline that still count as in time.
    pub grace_ms: u32,
    /// The largest factor by which a neighbour may raise a p99.
    pub noise_factor: f64,
}

impl Context<'_> {
    fn number(&self, bound: Bound) -> f64 {
        match bound {
            Bound::Number(number) => number,
            Bound::Grace => f64::from(self.grace_ms),
            Bound::Deadline => self.limits.deadline_ms as f64,
            Bound::MemoryPages => f64::from(self.limits.memory_pages),
            Bound::TableElements => f64::from(self.limits.table_elements),
            Bound::OutputBytes => f64::from(self.limits.output_bytes_max),
            Bound::LogLines => f64::from(self.limits.log_lines_max),
            Bound::LogLineBytes => f64::from(self.limits.log_line_bytes_max),
            Bound::ThreeDeadlines => 3.0 * self.limits.deadline_ms as f64,
            Bound::Instances => self.limits.instances.map_or(f64::INFINITY, f64::from),
            Bound::NoiseFactor => self.noise_factor,
        }
    }
}

/// Facts of each step by the step's name.
pub type StepFacts = BTreeMap<String, Arc<Facts>>;

/// The judgement of a trial, and its reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// How bad it is, if it is a failure.
    pub severity: Severity,
    /// The reason, one sentence. It may contain hostile text.
    pub reason: String,
    /// The field that decided, and its value.
    pub observed: String,
    /// What was expected of it.
    pub expected: String,
    /// Where the claim that decided was written.
    pub span: Option<Span>,
    /// The step whose observation decided.
    pub step: Option<String>,
    /// For each failed block, the incidents that explain it. The block that decided comes first.
    pub explained_by: Vec<Vec<String>>,
}

/// One claim after looking.
#[derive(Debug, Clone, PartialEq)]
enum Finding {
    Holds,
    Fails { observed: String, expected: String },
    Unknown { reason: String },
}

/// Judge what was seen by what was expected.
pub fn judge(scenario: &Scenario, seen: &StepFacts, context: Context) -> Judgement {
    let mut applied = Vec::new();
    for block in &scenario.expect {
        match condition(&block.condition, seen, context) {
            Finding::Holds => applied.push(judge_block(block, scenario, seen, context)),
            Finding::Fails { .. } => {}
            Finding::Unknown { reason } => applied.push(inconclusive(scenario, reason, None)),
        }
    }
    // The sort is stable: of equal claims, the first one written decides.
    applied.sort_by_key(|one| (rank(one.verdict), reverse(one.severity)));
    let explained_by = applied.iter().flat_map(|one| one.explained_by.clone()).collect();
    let worst = applied.into_iter().next().map(|worst| Judgement { explained_by, ..worst });
    worst.unwrap_or_else(|| Judgement {
        verdict: Verdict::Skipped,
        severity: scenario.severity,
        reason: format!("does not apply: {}", unmet(scenario, seen, context)),
        observed: String::new(),
        expected: String::new(),
        span: None,
        step: None,
        explained_by: Vec::new(),
    })
}

/// Failures decide before doubts, doubts before passes.
fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Fail => 0,
        Verdict::Inconclusive => 1,
        Verdict::Pass => 2,
        Verdict::Skipped => 3,
    }
}

fn reverse(severity: Severity) -> std::cmp::Reverse<Severity> {
    std::cmp::Reverse(severity)
}

fn condition(claims: &[Claim], seen: &StepFacts, context: Context) -> Finding {
    let findings = claims.iter().map(|claim| look(claim, seen, context));
    findings.fold(Finding::Holds, |all, one| match (all, one) {
        (fails @ Finding::Fails { .. }, _) | (_, fails @ Finding::Fails { .. }) => fails,
        (unknown @ Finding::Unknown { .. }, _) | (_, unknown @ Finding::Unknown { .. }) => unknown,
        (Finding::Holds, Finding::Holds) => Finding::Holds,
    })
}

/// Most reasons shown why nothing applied. A reader wants one.
const UNMET_MAX: usize = 3;

/// Why no block applied: the first condition of each block that did not hold, without repetition.
fn unmet(scenario: &Scenario, seen: &StepFacts, context: Context) -> String {
    let first = scenario.expect.iter().filter_map(|block| {
        block.condition.iter().find_map(|claim| match look(claim, seen, context) {
            Finding::Fails { observed, expected } => Some(not_met(claim, &observed, &expected)),
            _ => None,
        })
    });
    let mut why: Vec<String> = Vec::new();
    for one in first {
        if !why.contains(&one) {
            why.push(one);
        }
    }
    let more = why.len().saturating_sub(UNMET_MAX);
    why.truncate(UNMET_MAX);
    let shown = why.join("; ");
    if more == 0 { shown } else { format!("{shown}; and {more} more conditions") }
}

/// A condition that does not hold. What a subject cannot do is shown by its meaning.
fn not_met(claim: &Claim, observed: &str, expected: &str) -> String {
    let Claim { step, field, .. } = claim;
    let need = Need::FIELDS.iter().find(|need| step == SUBJECT && need.name == field);
    match need {
        Some(need) if observed == "false" => format!("needs {}", within_a_sentence(need.doc)),
        _ => {
            format!(
                "{step}.{field} was {observed}, and the scenario applies only if it is {expected}"
            )
        }
    }
}

fn judge_block(
    block: &Block,
    scenario: &Scenario,
    seen: &StepFacts,
    context: Context,
) -> Judgement {
    let severity = block.severity.unwrap_or(scenario.severity);
    let mut doubt = None;
    for claim in &block.claims {
        match look(claim, seen, context) {
            Finding::Holds => {}
            Finding::Fails { observed, expected } => {
                let reason = says(block, claim, &observed, &expected, seen, context);
                if let Some(less) = less_room(scenario, claim, seen, context) {
                    let reason = format!("{reason}; {less}, so this shows no fault of the host");
                    doubt =
                        doubt.or_else(|| Some(inconclusive(scenario, reason, Some(claim.span))));
                    continue;
                }
                let span = Some(claim.span);
                let verdict = Verdict::Fail;
                let step = Some(claim.step.clone());
                let explained_by = vec![explained(block, seen, context)];
                return Judgement {
                    verdict,
                    severity,
                    reason,
                    observed: format!("{}: {observed}", claim.field),
                    expected,
                    span,
                    step,
                    explained_by,
                };
            }
            Finding::Unknown { reason } => {
                doubt = doubt.or_else(|| Some(inconclusive(scenario, reason, Some(claim.span))));
            }
        }
    }
    doubt.unwrap_or_else(|| Judgement {
        verdict: Verdict::Pass,
        severity,
        reason: String::new(),
        observed: String::new(),
        expected: String::new(),
        span: None,
        step: None,
        explained_by: Vec::new(),
    })
}

/// The incidents that explain a failure of `block`: those whose conditions certainly hold.
fn explained(block: &Block, seen: &StepFacts, context: Context) -> Vec<String> {
    let holds = |claims: &[Claim]| condition(claims, seen, context) == Finding::Holds;
    let explains = block.follows_from.iter().filter(|follows| holds(&follows.condition));
    explains.map(|follows| follows.incident.clone()).collect()
}

/// Why a guest that ended at a limit may be right: the host has a lower limit than the scenario
/// gives. Such an end is reported as that limit, and the header of the guest does not list it.
fn less_room(
    scenario: &Scenario,
    claim: &Claim,
    seen: &StepFacts,
    context: Context,
) -> Option<String> {
    let facts = seen.get(&claim.step)?;
    let Some(Value::Texts(outcomes)) = facts.get("outcomes") else { return None };
    let ended = |words: &[&str]| outcomes.iter().any(|one| words.contains(&one.as_str()));
    let (asked, held) = (&scenario.limits, context.limits);
    if facts.get("contained") != Some(&Value::Bool(false)) {
        return None;
    }
    if held.deadline_ms < asked.deadline_ms && ended(&["deadline"]) {
        let (less, more) = (held.deadline_ms, asked.deadline_ms);
        return Some(format!("the host's deadline is {less} ms, the scenario allows {more} ms"));
    }
    if held.memory_pages < asked.memory_pages && ended(&["memory-cap", "rejected"]) {
        let (less, more) = (held.memory_pages, asked.memory_pages);
        return Some(format!("the host's memory cap is {less} pages, the scenario allows {more}"));
    }
    if held.output_bytes_max < asked.output_bytes_max && ended(&["guest-error"]) {
        let (less, more) = (held.output_bytes_max, asked.output_bytes_max);
        return Some(format!("the host allows {less} bytes of output, the scenario allows {more}"));
    }
    None
}

fn inconclusive(scenario: &Scenario, reason: String, span: Option<Span>) -> Judgement {
    Judgement {
        verdict: Verdict::Inconclusive,
        severity: scenario.severity,
        reason,
        observed: String::new(),
        expected: String::new(),
        span,
        step: None,
        explained_by: Vec::new(),
    }
}

/// The sentence of a failure: from the block, or made from what was seen.
fn says(
    block: &Block,
    claim: &Claim,
    observed: &str,
    expected: &str,
    seen: &StepFacts,
    context: Context,
) -> String {
    let Some(template) = &block.says else {
        return format!("{}.{} was {observed}, expected {expected}", claim.step, claim.field);
    };
    let filled = template.fill(|name| match name.split_once('.') {
        None => {
            let found = context.params.iter().find(|(param, _)| param == name);
            found.map(|(_, value)| value.label())
        }
        Some((step, field)) => Some(shown(seen.get(step).and_then(|facts| facts.get(field)))),
    });
    // The label of an empty text is a pair of quotes, and sentences add quotes themselves.
    filled.replace("\"\"\"\"", "\"\"")
}

/// A value as a report shows it.
fn shown(value: Option<&Value>) -> String {
    match value {
        None => "unknown".to_owned(),
        Some(Value::Absent) => "(absent)".to_owned(),
        Some(Value::Bool(value)) => value.to_string(),
        Some(Value::Int(value)) => value.to_string(),
        Some(Value::Float(value)) => matcher::number(*value),
        Some(Value::Text(value)) => format!("`{value}`"),
        Some(Value::Texts(list)) if list.is_empty() => "(empty)".to_owned(),
        Some(Value::Texts(list)) => format!("`{}`", list.join(", ")),
        Some(Value::Interval { low, high }) => {
            format!("{} to {}", matcher::number(*low), matcher::number(*high))
        }
    }
}

fn look(claim: &Claim, seen: &StepFacts, context: Context) -> Finding {
    let value = seen.get(&claim.step).and_then(|facts| facts.get(claim.field.as_str()));
    let Some(value) = value else {
        let reason = format!("{}.{} could not be observed", claim.step, claim.field);
        return Finding::Unknown { reason };
    };
    let mut doubt = Finding::Holds;
    for test in &claim.tests {
        match matcher::apply(test, value, seen, context) {
            Some(true) => {}
            Some(false) => {
                let expected = matcher::expected(test, seen, context);
                return Finding::Fails { observed: shown(Some(value)), expected };
            }
            None => {
                let expected = matcher::expected(test, seen, context);
                let reason = format!(
                    "{}.{} was {}, which does not show whether it is {expected}",
                    claim.step,
                    claim.field,
                    shown(Some(value))
                );
                doubt = Finding::Unknown { reason };
            }
        }
    }
    doubt
}
