//! The files that a deployment serves.

use std::fs;
use std::path::Path;

use crate::builds::Wrong;
use crate::servers::pair;

/// Which files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Files {
    /// As in Go's own example: plain names, no variants.
    Plain,
    /// Names with a hash, with both variants next to every file.
    Hashed,
    /// As `Plain`, but without the module.
    WithoutModule,
    /// A faulty build.
    Wrong(Wrong),
}

impl Files {
    /// A folder with the files, removed at the end.
    pub(crate) fn folder(self) -> tempfile::TempDir {
        match self {
            Self::Plain => pair::plain_site(),
            Self::Hashed => pair::right_site(),
            Self::WithoutModule => {
                let site = pair::plain_site();
                fs::remove_file(site.path().join("main.wasm")).expect("the module was there");
                site
            }
            Self::Wrong(wrong) => wrong.site(),
        }
    }

    /// Paths of the page, the module and the shim.
    pub(crate) fn paths(self) -> [(&'static str, String); 3] {
        let folder = self.folder();
        let page = fs::read_to_string(folder.path().join("index.html")).expect("a page");
        let between = |before: &str| {
            let rest = page.split_once(before).map_or("", |(_, rest)| rest);
            format!("/{}", rest.split('"').next().unwrap_or_default())
        };
        let (module, shim) = (between("fetch(\""), between("src=\""));
        [("page", "/".to_owned()), ("module", module), ("shim", shim)]
    }
}

/// Whether browsers ask for `name`: it is a file of this site and no variant.
pub(crate) fn is_asset(name: &Path) -> bool {
    name.extension().is_some_and(|e| ["html", "js", "wasm"].iter().any(|want| e == *want))
}
