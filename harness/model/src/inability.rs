//! Why nothing could be seen.

/// What kept us from looking. Never a finding about the subject; it makes a trial inconclusive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Inability(pub String);
