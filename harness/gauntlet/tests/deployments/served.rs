//! Faulty builds on correctly configured servers.

use std::path::Path;

use crate::behind::{Behind, Running, variants};
use crate::builds::Wrong;
use crate::files::Files;
use crate::nginx;

fn served(site: &Path, lines: &str) -> Option<Running> {
    Some(Running::new(variants(site, "")?, lines))
}

/// Every faulty build.
pub(crate) const SERVED: &[Behind] = &[
    Behind {
        name: "a module that was stripped after it was named",
        files: Files::Wrong(Wrong::Patched),
        start: |site| served(site, ""),
        incidents: &["major delivery/hash-matches-content"],
    },
    Behind {
        name: "the same, where the target file knows how names are made",
        files: Files::Wrong(Wrong::Patched),
        start: |site| served(site, "  name-digest: sha256-raw\n"),
        incidents: &["critical delivery/hash-matches-content"],
    },
    Behind {
        name: "names that are right, and the target file knows how they are made",
        files: Files::Hashed,
        start: |site| served(site, "  name-digest: sha256-raw\n"),
        incidents: &[],
    },
    Behind {
        name: "a script that the step which names files leaves out",
        files: Files::Wrong(Wrong::PlainShim),
        start: |site| served(site, ""),
        incidents: &["major delivery/shim-hashed-as-pair"],
    },
    Behind {
        name: "a single-page fallback for everything, and the script forgotten",
        files: Files::Wrong(Wrong::WithoutShim),
        start: |site| {
            let fallback = "add_header Cache-Control no-cache;\ntry_files $uri /index.html;";
            Some(Running::new(nginx::serving(site, nginx::COMPRESSING, fallback)?, ""))
        },
        incidents: &[
            "critical delivery/shim-is-script",
            "critical delivery/shim-matches-binary",
            "major delivery/missing-is-404",
            "minor delivery/short-cache-hashed",
        ],
    },
    Behind {
        name: "a script that was copied once, from a Go before 1.21",
        files: Files::Wrong(Wrong::OldShim),
        start: |site| served(site, ""),
        incidents: &["critical delivery/shim-matches-binary"],
    },
    Behind {
        name: "a module for WASI in a page",
        files: Files::Wrong(Wrong::ForWasi),
        start: |site| served(site, ""),
        incidents: &["critical delivery/right-flavour"],
    },
    Behind {
        name: "a module with all that the toolchain knows of it",
        files: Files::Wrong(Wrong::Unstripped),
        start: |site| served(site, ""),
        incidents: &["minor delivery/stripped"],
    },
    Behind {
        name: "a file of 4 MB in the module that nothing compresses",
        files: Files::Wrong(Wrong::Large),
        start: |site| served(site, ""),
        incidents: &["minor delivery/budget"],
    },
    Behind {
        name: "a module past the budget of the target file",
        files: Files::Hashed,
        start: |site| served(site, "  budget: { wire-bytes: 100000 }\n"),
        incidents: &["minor delivery/budget"],
    },
];
