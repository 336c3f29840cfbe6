//! Scenarios: the incident catalogue as data, from text to what is meant.
//!
//! A scenario is read as written (`raw`), then checked (`check`). After the check nothing is
//! half-parsed. All complaints about a text are given at once.

mod cases;
mod check;
mod claim;
mod decided;
mod expect;
mod fixes;
mod matrix;
mod named;
mod raw;
mod reach;
mod scalar;
mod step;
mod template;
mod vocabulary;

pub use cases::Case;
pub use claim::{Block, Bound, Claim, Comparison, Follows, SUBJECT, ScalarTemplate, Test};
pub use decided::Decided;
pub use fixes::Fixes;
pub use reach::Reach;
pub use scalar::Scalar;
pub use step::{CaseContext, Step};
pub use template::{Params, Template};
pub use vocabulary::{Vocabulary, Words};

use crate::action::Asset;
use crate::fault::Fault;
use crate::limits::Limits;
use crate::profile::{Need, SubjectKind};
use crate::reading::{Log, Read};
use crate::source::{Complaints, Source};
use crate::verdict::Severity;
use crate::yaml;
use raw::RawScenario;

/// One incident: its claim, its playbook, its cases, its faults.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The file's name, for `where`.
    pub file: String,
    /// `family/name`.
    pub incident: String,
    /// What must hold.
    pub claim: String,
    /// How bad it is when it does not.
    pub severity: Severity,
    /// Faults on each of which this must be red.
    pub faults: Vec<Fault>,
    /// Other faults on which this is rightly red too.
    pub implied_by: Vec<Fault>,
    /// What to do about it.
    pub playbook: Playbook,
    /// What a subject must be able to do.
    pub needs: Vec<Need>,
    /// The assets for each of which the steps are done; empty for hosts.
    pub each: Vec<Asset>,
    /// Parameters with their values, in the order written.
    pub matrix: Vec<(String, Vec<Scalar>)>,
    /// Guests of the steps that can exhaust a machine, whatever their names. Cases that use one
    /// belong to the heavy tier.
    pub heavy: Vec<String>,
    /// Guests of the steps with their growth limits.
    pub reaches: Vec<(String, Reach)>,
    /// Guests of the matrix with their benign counterparts.
    pub counterparts: Vec<(String, String)>,
    /// Whether nothing else may run meanwhile.
    pub timing: bool,
    /// Whether it may run next to one other measurement. It then runs alone only to resolve a
    /// doubt.
    pub steady: bool,
    /// Limits of the guests.
    pub limits: Limits,
    /// What to do, in order.
    pub steps: Vec<Step>,
    /// What must then be seen.
    pub expect: Vec<Block>,
}

impl Scenario {
    /// Whether a step visits a page with a browser.
    pub fn visits(&self) -> bool {
        self.steps.iter().any(Step::is_visit)
    }

    /// Whether it is planned for subjects of this kind. A browser looks at build directories too.
    pub fn fits(&self, kind: SubjectKind) -> bool {
        self.kind() == kind || kind == SubjectKind::Artefact && self.visits()
    }

    /// The kind of subject that the steps are for; a need such as `artefact/module` says that
    /// it is a build directory.
    pub fn kind(&self) -> SubjectKind {
        let of_build = |need: &Need| need.word().starts_with("artefact/");
        match self.each.is_empty() {
            true => SubjectKind::Host,
            false if self.needs.iter().any(of_build) => SubjectKind::Artefact,
            false => SubjectKind::Site,
        }
    }
}

/// What a person does about an incident.
#[derive(Debug, Clone)]
pub struct Playbook {
    /// What people see.
    pub symptom: String,
    /// Where to look first.
    pub first_check: String,
    /// Why it happens.
    pub cause: String,
    /// The fix, where the failed block has none of its own.
    pub fix: Fixes,
    /// Clauses and advisories.
    pub see: Vec<String>,
}

/// The scenario that `source` says.
///
/// # Errors
/// Every complaint about the text, in its order.
pub fn parse(source: &Source, vocabulary: &Vocabulary) -> Result<Scenario, Complaints> {
    let complain = |list| Complaints::new(source.clone(), list);
    let tree = yaml::parse(source).map_err(|complaint| complain(vec![complaint]))?;
    let mut log = Log::default();
    let read = RawScenario::read(&tree, &mut log);
    let scenario = read.map(|raw| check::check(raw, &source.name, vocabulary, &mut log));
    match scenario {
        Some(scenario) if log.0.is_empty() => Ok(scenario),
        _ => Err(complain(log.0)),
    }
}

/// The JSON schema of a scenario file.
pub fn schema() -> serde_json::Value {
    serde_json::Value::from(schemars::schema_for!(RawScenario))
}
