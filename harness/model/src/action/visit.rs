//! A visit of a page with a browser.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One visit in a fresh profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Visit {
    /// The page.
    pub url: String,
    /// Addresses of the modules that discovery found.
    pub modules: Vec<String>,
    /// How often the feature is used. 0 only loads the page.
    pub uses: u32,
    /// What goes wrong with each request for a module.
    pub module_fails: Option<ModuleFailure>,
    /// Whether modules load again after the failure, and the feature is then used once more.
    pub retry: bool,
}

crate::words! {
    /// What goes wrong with a request for a module.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    pub enum ModuleFailure {
        /// The answer is 404 with a page, as servers send it.
        NotFound = "not-found",
        /// The answer is 500.
        ServerError = "server-error",
        /// The bytes are right, the type is `text/plain`.
        WrongType = "wrong-type",
        /// The connection is reset before any answer.
        Reset = "reset",
        /// The connection closes in the middle of the body.
        Cut = "cut",
        /// Some bytes in the middle of the module are wrong.
        Corrupt = "corrupt",
        /// The answer never comes.
        Stalled = "stalled",
    }
}
