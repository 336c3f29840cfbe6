//! The domain `Audits`: what the browser refused, in a form that is made to be read by programs.

use serde::Deserialize;
use serde_json::Value;

use super::plain_commands;

plain_commands! { Enable = "Audits.enable" }

/// `Audits.issueAdded`.
#[derive(Debug, Clone, Deserialize)]
pub struct IssueAdded {
    /// The issue.
    pub issue: Issue,
}

/// An issue.
#[derive(Debug, Clone, Deserialize)]
pub struct Issue {
    /// As `ContentSecurityPolicyIssue`, `CorsIssue`, `MixedContentIssue`, `SharedArrayBufferIssue`.
    pub code: String,
    /// Its details; which fields there are depends on the code.
    pub details: Value,
}
