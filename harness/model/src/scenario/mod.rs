//! Scenarios: the incident catalogue as data, from text to what is meant.
//!
//! A scenario is read as it was written (`raw`), then checked (`check`); past the check nothing
//! is half-parsed. Every complaint about a text is given at once.

mod cases;
mod check;
mod expect;
mod matrix;
mod raw;
mod scalar;
mod step;
mod template;

pub use cases::Case;
pub use check::Vocabulary;
pub use raw::RawScenario;
pub use scalar::Scalar;
pub use step::{CaseContext, Step};
pub use template::{Params, Template};

use crate::action::Asset;
use crate::limits::Limits;
use crate::profile::{Need, SubjectKind};
use crate::reading::{Log, Read};
use crate::source::{Complaints, Source, Span};
use crate::twin::Twin;
use crate::verdict::Severity;
use crate::yaml;

/// One incident: its claim, its playbook, its cases, its twins.
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
    /// Switches on each of which this must be red.
    pub twins: Vec<Twin>,
    /// Other switches on which this is rightly red too.
    pub implied_by: Vec<Twin>,
    /// What to do about it.
    pub playbook: Playbook,
    /// What a subject must be able to do.
    pub needs: Vec<Need>,
    /// The assets for each of which the steps are done; empty for hosts.
    pub each: Vec<Asset>,
    /// Parameters with their values, in the order written.
    pub matrix: Vec<(String, Vec<Scalar>)>,
    /// Whether nothing else may run meanwhile.
    pub timing: bool,
    /// Limits of the guests.
    pub limits: Limits,
    /// What to do, in order.
    pub steps: Vec<Step>,
    /// What must then be seen.
    pub expect: Vec<Block>,
}

impl Scenario {
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
    /// What mends it, by the name of a server or runtime; `any` is always there.
    pub fix: Vec<(String, String)>,
    /// Clauses and advisories.
    pub see: Vec<String>,
}

impl Playbook {
    /// The fixes for `software`, by name, what is nearest to the client first: any of them may be
    /// where it is mended. None where the playbook has none of the names.
    pub fn fix_at(&self, software: &[String]) -> Option<String> {
        let known =
            software.iter().filter_map(|name| self.fix.iter().find(|(have, _)| have == name));
        let known: Vec<&(String, String)> = known.collect();
        match known.as_slice() {
            [] => None,
            [(_, fix)] => Some(fix.clone()),
            many => {
                let each = many.iter().map(|(name, fix)| format!("at {name}:\n{fix}"));
                Some(each.collect::<Vec<_>>().join("\n"))
            }
        }
    }

    /// The fix for whatever calls itself `about`; the one for `any` where none is nearer.
    pub fn fix_for(&self, about: &str) -> &str {
        let about = about.to_ascii_lowercase();
        let near = self.fix.iter().find(|(name, _)| about.contains(&name.to_ascii_lowercase()));
        let any = || self.fix.iter().find(|(name, _)| name == "any");
        near.or_else(any).map_or("", |(_, fix)| fix)
    }
}

/// Claims that hold together.
#[derive(Debug, Clone)]
pub struct Block {
    /// The block applies where all of these hold.
    pub condition: Vec<Claim>,
    /// How bad it is when the block fails, where that differs from the scenario.
    pub severity: Option<Severity>,
    /// What to say when it fails.
    pub says: Option<Template>,
    /// The claims.
    pub claims: Vec<Claim>,
}

/// The name that stands for the subject itself in paths, as in `subject.host-memory`.
pub const SUBJECT: &str = "subject";

/// One claim: a path, and what must be seen there.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The step's name.
    pub step: String,
    /// The field of what the step gave.
    pub field: String,
    /// What must hold of it; all of them.
    pub tests: Vec<Test>,
    /// Where the claim was written.
    pub span: Span,
}

/// One thing that must hold of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Equal (`true`) or different (`false`).
    Equals(ScalarTemplate, bool),
    /// One of these (`true`) or none (`false`).
    OneOf(Vec<Scalar>, bool),
    /// Compared with a number.
    Compare(Comparison, Bound),
    /// The list holds the token (`true`) or lacks it (`false`), in any ASCII case.
    Token(Template, bool),
    /// The text holds the text (`true`) or lacks it (`false`).
    Contains(Template, bool),
    /// There is a value (`true`) or there is none (`false`).
    Present(bool),
    /// The text or list is empty (`true`) or not (`false`).
    Empty(bool),
    /// Equal to a field of another step (`true`) or different (`false`).
    Same(String, String, bool),
}

/// A value that a parameter may give.
#[derive(Debug, Clone, PartialEq)]
pub enum ScalarTemplate {
    /// This value.
    Is(Scalar),
    /// A text with parameters in it.
    Text(Template),
}

/// A comparison of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `>`
    Above,
}

/// A number that a claim compares with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// This number.
    Number(f64),
    /// Milliseconds past a deadline that are still in time for the subject.
    Grace,
    /// The deadline, milliseconds.
    Deadline,
    /// The memory cap, pages.
    MemoryPages,
    /// The cap of a table, elements.
    TableElements,
    /// The factor by which a neighbour may move a p99.
    NoiseFactor,
}

impl Bound {
    /// The bounds that have names.
    pub const NAMED: &[(&str, Bound)] = &[
        ("grace", Self::Grace),
        ("deadline", Self::Deadline),
        ("memory-pages", Self::MemoryPages),
        ("table-elements", Self::TableElements),
        ("noise-factor", Self::NoiseFactor),
    ];
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
