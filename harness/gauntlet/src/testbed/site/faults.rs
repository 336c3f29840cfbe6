//! The switches of the site, and what else goes wrong for an honest observer of each.
//!
//! | switch | besides its own incident, red by consequence |
//! |---|---|
//! | `mime-*` | nothing: the module alone changes its type |
//! | `no-compression` | nothing: `Vary` stays, as it may |
//! | `no-vary` | `cache-ignores-vary`: a right cache cannot know that variants differ |
//! | `no-vary-on-identity` | `cache-ignores-vary` and `uncompressed` at the edge (1) |
//! | `no-vary-on-304` | nothing: the edge relays the origin's 304 and keeps the stored `Vary` |
//! | `gzip-over-br` | `module-is-valid` for who offers br; `negotiation` (2) |
//! | `coding-undeclared` | `module-is-valid` and `same-bytes-everywhere` for who believes headers |
//! | `coding-declared-only` | the same; `uncompressed` by wire bytes |
//! | `immutable-unhashed` | `shim-hashed-as-pair`: it is the shim that lost its hash too |
//! | `entry-long-cache` | the edge keeps the page for its day, as it is told |
//! | `truncated` | `hash-matches-content`: the name is of the whole module |
//! | `html-fallback` | `mime-type`, `short-cache-hashed`: the page's own headers come with it |
//! | `edge-ignores-vary` | `uncompressed` and `negotiation` at the edge, by who came first |
//!
//! (1) Once the raw variant was stored, it matches everybody (RFC 9111 §4.1). (2) One decoding
//! does not give a module, and the gzip layer may not have been offered.

use wasm_gauntlet_model::twin::{Part, Twin};

/// The switches that are on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<Twin>);

impl Faults {
    /// Those of `twins` that belong to the site; the host's are the host's business.
    pub fn new(twins: &[Twin]) -> Self {
        let ours = |twin: &&Twin| matches!(twin.part(), Part::Origin | Part::Edge);
        Self(twins.iter().filter(ours).copied().collect())
    }

    /// Whether `twin` is on.
    pub fn has(&self, twin: Twin) -> bool {
        self.0.contains(&twin)
    }
}
