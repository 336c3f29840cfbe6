//! What a deployment holds: the assets that were found, each with its kind.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

crate::words! {
    /// Which asset of a site.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    pub enum Asset {
        /// The page that was named.
        Entry = "entry",
        /// A WebAssembly module that the page loads.
        Module = "module",
        /// A script that the page loads and that names or instantiates a module.
        Shim = "shim",
        /// A module of an earlier build, which is to be served still.
        Previous = "previous",
    }
}

/// One asset that discovery found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Found {
    /// What it is.
    pub asset: Asset,
    /// Its absolute URL.
    pub url: String,
    /// Path and query, which name it in cases: no host, no port.
    pub label: String,
    /// How it was found, as in `script src of /`.
    pub how: String,
}
