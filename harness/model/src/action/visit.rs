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
    /// Whether modules arrive in small parts, as on a slow link.
    pub slow: bool,
    /// Whether the engine traces what it compiles. The browser may take 5 s to hand a trace over.
    pub traced: bool,
}

/// Loads of a page with and without its module, in turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Loads {
    /// The page.
    pub url: String,
    /// How many of each.
    pub times: u32,
}

/// A visit of a page, of which another build is deployed meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deploy {
    /// The page of the build under test. The previous one is known by the target file.
    pub url: String,
    /// Whether the previous build follows the one under test, as after a rollback.
    pub rollback: bool,
    /// Who meets the new deployment.
    pub visitor: Visitor,
}

crate::words! {
    /// Who meets a new deployment.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    pub enum Visitor {
        /// A tab that was open before, and whose feature was not used yet.
        OpenTab = "open-tab",
        /// A person who used the feature before, and opens the page again, twice.
        Returning = "returning",
    }
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
