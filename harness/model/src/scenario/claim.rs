//! What is expected, as it is meant: blocks of claims, each a path and what must be seen there.

use crate::source::Span;
use crate::verdict::Severity;

use super::fixes::Fixes;
use super::scalar::Scalar;
use super::template::Template;

/// Claims that hold together.
#[derive(Debug, Clone)]
pub struct Block {
    /// The block applies where all of these hold.
    pub condition: Vec<Claim>,
    /// How bad it is when the block fails, where that differs from the scenario.
    pub severity: Option<Severity>,
    /// What to say when it fails.
    pub says: Option<Template>,
    /// What mends it, where that differs from the playbook.
    pub fix: Option<Fixes>,
    /// Other incidents that explain a failure of the block.
    pub follows_from: Vec<Follows>,
    /// The claims.
    pub claims: Vec<Claim>,
}

/// Another incident that explains a failure, if it failed on the same subject and asset.
#[derive(Debug, Clone)]
pub struct Follows {
    /// `family/name`.
    pub incident: String,
    /// What must hold, so that the other incident explains the failure.
    pub condition: Vec<Claim>,
    /// Where it was written.
    pub span: Span,
}

/// The step name that means the subject itself, as in `subject.host-memory`.
pub const SUBJECT: &str = "subject";

/// One claim: a path and the tests of its value.
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

/// A value, which may come from a parameter.
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
    /// The longest output that is taken, bytes.
    OutputBytes,
    /// The most log lines that are kept of a call.
    LogLines,
    /// The longest log line that is kept, bytes.
    LogLineBytes,
    /// Three deadlines, milliseconds.
    ThreeDeadlines,
    /// Instances at once that the whole host takes.
    Instances,
    /// The factor by which a neighbour may move a p99.
    NoiseFactor,
}

impl Bound {
    /// The bounds that have names.
    pub(crate) const NAMED: &[(&str, Bound)] = &[
        ("grace", Self::Grace),
        ("deadline", Self::Deadline),
        ("memory-pages", Self::MemoryPages),
        ("table-elements", Self::TableElements),
        ("output-bytes", Self::OutputBytes),
        ("log-lines", Self::LogLines),
        ("log-line-bytes", Self::LogLineBytes),
        ("three-deadlines", Self::ThreeDeadlines),
        ("instances", Self::Instances),
        ("noise-factor", Self::NoiseFactor),
    ];
}
