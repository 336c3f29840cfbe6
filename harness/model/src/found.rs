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

/// The page that people open first: `index.html` with the shortest path, else the first page.
pub fn first_page(found: &[Found]) -> Option<&Found> {
    let pages = || found.iter().filter(|found| found.asset == Asset::Entry);
    let path = |found: &Found| found.url.split('?').next().unwrap_or_default().to_owned();
    let is_index = |found: &&Found| path(found).rsplit('/').next() == Some("index.html");
    pages().filter(is_index).min_by_key(|found| found.url.len()).or_else(|| pages().next())
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
