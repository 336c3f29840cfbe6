//! The closed vocabulary of judgement.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

crate::words! {
    /// How bad an incident is; ordered, `Note` least.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    pub enum Severity {
        /// Worth knowing; never fails a gate by itself.
        Note = "note",
        /// Waste, or a practice to mend.
        Minor = "minor",
        /// Real cost, or a latent outage.
        Major = "major",
        /// Users are broken, or a tenant can hurt another.
        Critical = "critical",
    }
}

crate::words! {
    /// What a trial came to. Disagreement is a value; not knowing is its own value.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    pub enum Verdict {
        /// The claim held, and something was really looked at.
        Pass = "pass",
        /// The claim did not hold.
        Fail = "fail",
        /// It could not be told, and why is in the reason.
        Inconclusive = "inconclusive",
        /// It was not tried, and why is in the reason.
        Skipped = "skipped",
    }
}
