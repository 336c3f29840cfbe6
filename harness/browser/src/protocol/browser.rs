//! The domain `Browser`.

use serde::{Deserialize, Serialize};

use super::{Command, plain_commands};

plain_commands! { Close = "Browser.close" }

/// `Browser.getVersion`.
#[derive(Debug, Serialize)]
pub struct GetVersion {}

impl Command for GetVersion {
    const METHOD: &'static str = "Browser.getVersion";
    type Reply = Version;
}

/// What it is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    /// Name and version, as `HeadlessChrome/156.0.8078.108`.
    pub product: String,
}
