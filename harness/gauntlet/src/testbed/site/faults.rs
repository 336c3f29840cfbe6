//! The faults of the site, and which other incidents each causes, seen through the edge.
//!
//! | fault | red besides its own incident, and why |
//! |---|---|
//! | `mime-*` | - |
//! | `no-compression` | -; `Vary` stays, as it may |
//! | `no-vary` | `cache-ignores-vary`: a right cache cannot know that variants differ; note 1 |
//! | `no-vary-on-identity` | -; note 1 |
//! | `no-vary-on-304`, `other-vary-on-304` | -; the edge hands the origin's 304 on |
//! | `gzip-over-br` | `cache-ignores-vary`: who offers br is handed gzip too |
//! | `coding-undeclared` | - |
//! | `coding-declared-only` | `uncompressed`; `cache-ignores-vary`: gzip is declared to all |
//! | `immutable-unhashed` | `shim-hashed-as-pair`: the shim lost its hash too |
//! | `entry-long-cache` | - |
//! | `truncated` | `hash-matches-content`: the name is that of the whole module |
//! | `html-fallback` | `mime-type`, `short-cache-hashed`: the page's own headers come along |
//! | `hashed-no-cache` | - |
//! | `wrong-hash` | - |
//! | `stale-shim` | - |
//! | `shim-unhashed` | - |
//! | `wasip1-in-page` | - |
//! | `previous-gone` | - |
//! | `over-budget` | `uncompressed`: what cannot be compressed is not small |
//! | `not-stripped` | - |
//! | `edge-ignores-vary` | note 1 |
//! | `edge-rewrites-type` | `mime-type`: people load it from the edge |
//! | `edge-identity-only` | `uncompressed`: likewise |
//! | `negotiate-by-substring`, `dictionary-unasked` | - |
//! | `edge-stale`, `br-of-old-build` | `hash-matches-content`: the name is that of the new module |
//! | `soft-404`, `long-cached-404` | - |
//! | `length-of-raw` | -; what came is whole; Chromium takes it if the length is the raw one |
//! | `length-kept-open` | `cdn-rewrites-type`: the edge changes the length |
//! | `length-twice`, `module-closes` | -; what is not answered says no more |
//! | `coding-twice`, `unasked-206`, `head-never-answers` | - |
//! | `etag-shared`, `head-differs`, `range-of-raw` | - |
//! | `http1-only` | - |
//! | `csp-blocks-wasm`, `no-cors` | -; only a browser refuses |
//! | `eager`, `loads-every-click`, `no-loading-state` | -; only a browser runs the script |
//! | `no-catch`, `no-retry`, `progress-overshoot`, `skew-breaks` | -; likewise |
//! | `blocks-paint` | -; likewise |
//!
//! Note 1: once the raw variant is stored for an address, it is right for everybody as far as
//! such a cache can know (RFC 9111 §4.1), so that `uncompressed` and `negotiation` depend on who
//! came first, unless each trial asks for an address of its own (`one-off`). The page is not
//! touched: it is asked for each time, and its `ETag` tells the variants apart.
//!
//! Note 2: `browser/shim-runs` is red with each fault that keeps Chromium from running the module,
//! and `browser/streaming-compiles` with each for which it refuses the type. Their `implied-by`
//! lists these faults, and the table does not repeat them.

use wasm_gauntlet_model::fault::{Fault, Part};

/// The faults that are on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SiteFaults(Vec<Fault>);

impl SiteFaults {
    /// Those of `faults` that belong to the site. The host's are ignored.
    pub(crate) fn new(faults: &[Fault]) -> Self {
        let ours = |fault: &&Fault| matches!(fault.part(), Part::Origin | Part::Edge);
        Self(faults.iter().filter(ours).copied().collect())
    }

    /// Whether `fault` is on.
    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }
}
