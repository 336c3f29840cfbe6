//! The domain `Log`: what the browser itself says of a page.

use serde::Deserialize;

use super::plain_commands;

plain_commands! { Enable = "Log.enable" }

/// `Log.entryAdded`.
#[derive(Debug, Clone, Deserialize)]
pub struct EntryAdded {
    /// The entry.
    pub entry: LogEntry,
}

/// An entry.
#[derive(Debug, Clone, Deserialize)]
pub struct LogEntry {
    /// `network`, `security`, `javascript`, …
    pub source: String,
    /// `verbose`, `info`, `warning` or `error`.
    pub level: String,
    /// Its words.
    pub text: String,
    /// What it is about.
    pub url: Option<String>,
}
