//! Caddy serving files.

use std::path::Path;
use std::process::Command;

use crate::Deployment;
use crate::files::Files;
use crate::servers::{Place, Server, is_there};

const CADDY: &str = "/usr/bin/caddy";

/// Caddy with `lines` for the site.
pub fn serving(site: &Path, lines: &str) -> Option<Vec<Server>> {
    if !is_there(CADDY) {
        return None;
    }
    let place = Place::new(site);
    let (root, port) = (place.path("site"), place.port);
    let file = format!(
        "{{\n\tadmin off\n\tauto_https off\n}}\n\
         http://127.0.0.1:{port} {{\n\tbind 127.0.0.1\n\troot * {root}\n{lines}\n}}\n"
    );
    let file = place.put("Caddyfile", &file);
    let mut command = Command::new(CADDY);
    command.args(["run", "--adapter", "caddyfile", "--config", &file]);
    command.env("XDG_DATA_HOME", place.path("data")).env("XDG_CONFIG_HOME", place.path("config"));
    Some(vec![place.start(&mut command)])
}

/// `file` keeps what is not there from being told to be missing for a year.
pub const CACHING: &str = r#"
    @page path / *.html
    header @page Cache-Control no-cache
    @hashed {
        path_regexp \.[0-9a-f]{16}\.(wasm|js)$
        file
    }
    header @hashed Cache-Control "public, max-age=31536000, immutable""#;

/// As people write it first.
const CACHING_ALL: &str = r#"
    @page path / *.html
    header @page Cache-Control no-cache
    @hashed path_regexp \.[0-9a-f]{16}\.(wasm|js)$
    header @hashed Cache-Control "public, max-age=31536000, immutable""#;

/// Caddy says `Vary` only where it compresses; the raw variant needs it as much.
pub const VARY: &str = "header Vary Accept-Encoding";

/// The files that the build made.
pub const VARIANTS: &str = "file_server {\nprecompressed br gzip\n}";

/// Compressing as it sends, modules too.
pub const ENCODE: &str = "encode {\ngzip 6\nmatch {\n\
                      header Content-Type application/wasm*\n\
                      header Content-Type *javascript*\n}\n}";

/// Each of them.
pub const DEPLOYMENTS: &[Deployment] = &[
    Deployment {
        name: "file_server alone",
        page: "/",
        files: Files::Plain,
        start: |site| serving(site, "file_server"),
        incidents: &["critical delivery/entry-not-revalidated", "major delivery/uncompressed"],
    },
    Deployment {
        name: "variants made by the build",
        page: "/",
        files: Files::Hashed,
        start: |site| serving(site, &format!("{CACHING}\n{VARY}\n{VARIANTS}")),
        incidents: &[],
    },
    Deployment {
        name: "variants made by the build, and no more said than that",
        page: "/",
        files: Files::Hashed,
        start: |site| serving(site, &format!("{CACHING_ALL}\n{VARIANTS}")),
        // The raw variant alone lacks Vary: nobody gets bytes that do not decode.
        incidents: &["major delivery/missing-is-404", "minor delivery/missing-vary"],
    },
    Deployment {
        // Caddy 2.6 keeps the strong tag of the raw file, for parts of it too. No browser resumes
        // what it compresses, as that has no Content-Length: `resumed.rs` shows it.
        name: "compressing as it sends",
        page: "/",
        files: Files::Hashed,
        start: |site| serving(site, &format!("{CACHING}\n{VARY}\n{ENCODE}\nfile_server")),
        incidents: &["follows delivery/head-and-range", "minor delivery/validators"],
    },
    Deployment {
        // Caddy 2.6 has no application/wasm among the types that `encode` takes by itself.
        name: "compressing as it sends, and no more said than that",
        page: "/",
        files: Files::Hashed,
        start: |site| serving(site, &format!("{CACHING}\nencode gzip\nfile_server")),
        incidents: &[
            "major delivery/uncompressed",
            "minor delivery/missing-vary",
            "minor delivery/validators",
        ],
    },
    Deployment {
        name: "a single-page fallback for everything, and the module forgotten",
        page: "/",
        files: Files::WithoutModule,
        start: |site| {
            let lines = "header Cache-Control no-cache\nheader Vary Accept-Encoding\nencode gzip\n\
                         try_files {path} /index.html\nfile_server";
            serving(site, lines)
        },
        incidents: &[
            "critical delivery/module-is-valid",
            "follows delivery/mime-type",
            "major delivery/missing-is-404",
            "minor delivery/validators",
        ],
    },
];
