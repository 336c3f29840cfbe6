//! The domain `Security`.

use serde::Serialize;

use super::{Command, Done};

/// `Security.setIgnoreCertificateErrors`.
#[derive(Debug, Serialize)]
pub struct SetIgnoreCertificateErrors {
    /// Whether any certificate is accepted.
    pub ignore: bool,
}

impl Command for SetIgnoreCertificateErrors {
    const METHOD: &'static str = "Security.setIgnoreCertificateErrors";
    type Reply = Done;
}
