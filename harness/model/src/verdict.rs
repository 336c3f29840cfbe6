//! The closed vocabulary of judgement.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How bad an incident is; ordered, `Note` least.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; never fails a gate by itself.
    Note,
    /// Waste, or a practice to mend.
    Minor,
    /// Real cost, or a latent outage.
    Major,
    /// Users are broken, or a tenant can hurt another.
    Critical,
}

impl Severity {
    /// Every severity, least first.
    pub const ALL: &[Severity] = &[Self::Note, Self::Minor, Self::Major, Self::Critical];

    /// The word in scenarios, reports and `--gate`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Critical => "critical",
        }
    }
}

/// What a trial came to. Disagreement is a value; not knowing is its own value.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The claim held, and something was really looked at.
    Pass,
    /// The claim did not hold.
    Fail,
    /// It could not be told, and why is in the reason.
    Inconclusive,
    /// It was not tried, and why is in the reason.
    Skipped,
}

impl Verdict {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
            Self::Skipped => "skipped",
        }
    }
}
