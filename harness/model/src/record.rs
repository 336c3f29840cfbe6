//! The record of a run: the content of `run.json`. Reports are made from it alone.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::observation::Evidence;
use crate::profile::Profile;
use crate::verdict::{Severity, Verdict};

/// The format version of the record. A reader refuses a version that it does not know.
pub const RECORD_VERSION: u32 = 1;

/// A run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    /// `RECORD_VERSION`.
    pub version: u32,
    /// The tool's version.
    pub tool: String,
    /// The seed, which replays the run.
    pub seed: u64,
    /// Failures at or above this severity give exit code 1.
    pub gate: Severity,
    /// The selected part of the catalogue, and the settings of the judge.
    #[serde(default)]
    pub selection: Selected,
    /// The plan, and how long it could have taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<RunBound>,
    /// The machine that ran it.
    pub machine: Machine,
    /// The subjects, in the order of the plan.
    pub subjects: Vec<SubjectRecord>,
    /// One object an outcome, sorted by subject, incident and case.
    pub outcomes: Vec<Outcome>,
    /// Why the run ended early, if it did.
    pub aborted: Option<String>,
    /// Wall time, milliseconds.
    pub wall_ms: u64,
    /// The exit code that the run had.
    pub exit_code: u8,
}

/// A plan, and the longest time it can take: every request as slow as we tolerate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunBound {
    /// Trials that were planned.
    pub trials: usize,
    /// Longest time that they take together, milliseconds.
    pub worst_case_ms: u64,
}

/// The selected part of the catalogue, and the settings that decide a verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Selected {
    /// Whether a part of the catalogue was left out by an option.
    pub filtered: bool,
    /// The filters of `--only`; empty for all.
    pub only: Vec<String>,
    /// The part of several, as in `1/4`.
    pub shard: Option<String>,
    /// The factor by which a neighbour may move a p99.
    pub noise_factor: f64,
}

impl Default for Selected {
    fn default() -> Self {
        let noise_factor = crate::target::NOISE_FACTOR_USUAL;
        Self { filtered: false, only: Vec::new(), shard: None, noise_factor }
    }
}

/// The machine and its load. Readers of timings need them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Machine {
    /// Operating system and architecture.
    pub os: String,
    /// Processors that the run could use.
    pub cores: usize,
    /// Load average of the last minute, where the system tells.
    pub load_1m: Option<f64>,
}

/// A subject and what was found there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SubjectRecord {
    /// Its name in outcomes.
    pub name: String,
    /// Its profile; none if it could not be reached.
    pub profile: Option<Profile>,
}

/// The result of one trial, or the reason why there was none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Outcome {
    /// `family/name`.
    pub incident: String,
    /// The case; `-` where there is but one.
    pub case: String,
    /// The subject's name.
    pub subject: String,
    /// The verdict.
    pub verdict: Verdict,
    /// How bad it is, if it is a failure.
    pub severity: Severity,
    /// What should hold.
    pub claim: String,
    /// The reason for the verdict; empty for a pass.
    pub reason: String,
    /// The field that decided, and its value.
    pub observed: String,
    /// What was expected of it.
    pub expected: String,
    /// A command that shows it again.
    pub reproduce: Option<String>,
    /// `file:line:column` of the expectation that decided.
    pub r#where: Option<String>,
    /// What to do; only for failures.
    pub advice: Option<Advice>,
    /// The evidence; only for failures and doubts.
    pub evidence: Vec<Evidence>,
    /// The entry of the ledger for this failure. The failure then fails no gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<Gap>,
    /// The failure that this failure follows from, if any. That one is the finding.
    #[serde(rename = "caused-by", default, skip_serializing_if = "Option::is_none")]
    pub caused_by: Option<Cause>,
}

/// Names the outcome of the same subject from which a failure follows. That outcome is in the
/// same record, is a failure, is at least as severe, and follows from nothing itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Cause {
    /// `family/name`.
    pub incident: String,
    /// The case.
    pub case: String,
}

/// A known gap of a runtime.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// Why, and what it costs.
    pub reason: String,
    /// Where it is known from.
    pub see: String,
}

impl Outcome {
    /// An outcome that is not known yet.
    pub fn unknown(incident: &str, case: &str, subject: &str, severity: Severity) -> Self {
        Self {
            incident: incident.to_owned(),
            case: case.to_owned(),
            subject: subject.to_owned(),
            verdict: Verdict::Inconclusive,
            severity,
            claim: String::new(),
            reason: String::new(),
            observed: String::new(),
            expected: String::new(),
            reproduce: None,
            r#where: None,
            advice: None,
            evidence: Vec::new(),
            gap: None,
            caused_by: None,
        }
    }

    /// Whether this failure counts by itself: it does not follow from another failure, and the
    /// ledger does not know it.
    pub fn is_finding(&self) -> bool {
        self.verdict == Verdict::Fail && self.gap.is_none() && self.caused_by.is_none()
    }
}

/// What a person does about a failure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Advice {
    /// What people see.
    pub symptom: String,
    /// Where to look first.
    pub first_check: String,
    /// Why it happens.
    pub cause: String,
    /// What mends it, for the server or runtime that was recognised.
    pub fix: String,
    /// Clauses and advisories.
    pub see: Vec<String>,
}

/// How many outcomes there are of each verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Passes.
    pub pass: usize,
    /// Failures that follow from no other.
    pub fail: usize,
    /// Failures that follow from another; they are counted here alone.
    pub consequence: usize,
    /// Doubts.
    pub inconclusive: usize,
    /// Skips.
    pub skipped: usize,
    /// Failures that the ledger knows; they are counted here alone.
    pub gap: usize,
}

impl Tally {
    /// Count outcomes.
    pub fn of<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> Self {
        let mut tally = Self::default();
        for outcome in outcomes {
            match outcome.verdict {
                Verdict::Pass => tally.pass += 1,
                Verdict::Fail if outcome.gap.is_some() => tally.gap += 1,
                Verdict::Fail if outcome.caused_by.is_some() => tally.consequence += 1,
                Verdict::Fail => tally.fail += 1,
                Verdict::Inconclusive => tally.inconclusive += 1,
                Verdict::Skipped => tally.skipped += 1,
            }
        }
        tally
    }
}

/// The exit code of a run, from its incidents: failures decide before doubts, and a run of nothing
/// is a doubt. A failure that follows from another one counts too. It is never more severe than its
/// cause, so it does not change the code, and a wrong `caused-by` cannot make a run green.
pub fn exit_code(outcomes: &[Outcome], gate: Severity, aborted: bool) -> u8 {
    let gated =
        |one: &Outcome| one.verdict == Verdict::Fail && one.gap.is_none() && one.severity >= gate;
    let tally = Tally::of(outcomes);
    if outcomes.iter().any(gated) {
        1
    } else if aborted
        || tally.inconclusive > 0
        || tally.pass + tally.fail + tally.consequence + tally.gap == 0
    {
        3
    } else {
        0
    }
}

/// The JSON schema of `run.json`.
pub fn schema() -> serde_json::Value {
    serde_json::Value::from(schemars::schema_for!(Record))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(verdict: Verdict, severity: Severity) -> Outcome {
        Outcome { verdict, ..Outcome::unknown("a/b", "-", "s", severity) }
    }

    #[test]
    fn exit_codes_follow_the_design() {
        use Severity::{Critical, Major, Minor};
        use Verdict::{Fail, Inconclusive, Pass, Skipped};
        type Row<'a> = (&'a [(Verdict, Severity)], bool, u8);
        let table: &[Row] = &[
            (&[], false, 3),
            (&[(Skipped, Critical)], false, 3),
            (&[(Pass, Critical)], false, 0),
            (&[(Pass, Critical)], true, 3),
            (&[(Pass, Critical), (Skipped, Major)], false, 0),
            (&[(Pass, Critical), (Inconclusive, Minor)], false, 3),
            (&[(Fail, Minor)], false, 0),
            (&[(Fail, Major)], false, 1),
            (&[(Fail, Critical), (Inconclusive, Major)], false, 1),
        ];
        for (outcomes, aborted, code) in table {
            let outcomes: Vec<Outcome> =
                outcomes.iter().map(|(verdict, severity)| outcome(*verdict, *severity)).collect();
            assert_eq!(exit_code(&outcomes, Major, *aborted), *code, "{outcomes:?}");
        }
    }
}
