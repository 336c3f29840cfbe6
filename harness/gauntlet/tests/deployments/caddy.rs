//! Caddy serving files.

use std::path::Path;
use std::process::Command;

use crate::Deployment;
use crate::files::Files;
use crate::servers::{Place, Server, is_there};

const CADDY: &str = "/usr/bin/caddy";

/// Caddy with `lines` for the site.
pub(crate) fn serving(site: &Path, lines: &str) -> Option<Vec<Server>> {
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

/// `file` leaves out missing files, so that a 404 is not cached for a year.
pub(crate) const CACHING: &str = r#"
    @page path / *.html
    header @page Cache-Control no-cache
    @hashed {
        path_regexp \.[0-9a-f]{16}\.(wasm|js)$
        file
    }
    header @hashed Cache-Control "public, max-age=31536000, immutable""#;

/// A first attempt, as people write it.
const CACHING_ALL: &str = r#"
    @page path / *.html
    header @page Cache-Control no-cache
    @hashed path_regexp \.[0-9a-f]{16}\.(wasm|js)$
    header @hashed Cache-Control "public, max-age=31536000, immutable""#;

/// Caddy sends `Vary` only where it compresses. The raw variant needs it too.
pub(crate) const VARY: &str = "header Vary Accept-Encoding";

/// Serves the variants that the build made.
pub(crate) const VARIANTS: &str = "file_server {\nprecompressed br gzip\n}";

/// Compresses on the fly, modules too.
pub(crate) const ENCODE: &str = "encode {\ngzip 6\nmatch {\n\
                      header Content-Type application/wasm*\n\
                      header Content-Type *javascript*\n}\n}";

/// Every deployment of this server.
pub(crate) const DEPLOYMENTS: &[Deployment] = &[
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
        // Only the raw variant lacks Vary: no client gets bytes that it cannot decode.
        incidents: &["major delivery/missing-is-404", "minor delivery/missing-vary"],
    },
    Deployment {
        // Caddy 2.6 keeps the strong tag of the raw file, for ranges too. No browser resumes a
        // compressed download here, because it has no Content-Length: `resumed.rs` shows it.
        name: "compressing as it sends",
        page: "/",
        files: Files::Hashed,
        start: |site| serving(site, &format!("{CACHING}\n{VARY}\n{ENCODE}\nfile_server")),
        incidents: &["follows delivery/head-and-range", "minor delivery/validators"],
    },
    Deployment {
        // The default types of `encode` in Caddy 2.6 do not include application/wasm.
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
