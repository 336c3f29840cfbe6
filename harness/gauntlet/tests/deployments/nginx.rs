//! nginx serving files.

use std::path::Path;

use crate::Deployment;
use crate::files::Files;
use crate::servers::{Nginx, Server};

/// The page is revalidated each time; hashed names are kept forever.
pub(crate) const CACHING: &str = r#"
    location / { add_header Cache-Control "no-cache"; }
    location ~ "\.[0-9a-f]{16}\.(wasm|js)$" {
        add_header Cache-Control "public, max-age=31536000, immutable";
    }"#;

/// Both codings, made on the fly.
pub(crate) const COMPRESSING: &str = r#"
    gzip on; gzip_vary on; gzip_comp_level 6;
    gzip_types application/wasm application/javascript;
    brotli on; brotli_comp_level 5;
    brotli_types application/wasm application/javascript;"#;

/// Both codings, made by the build.
pub(crate) const STATIC: &str = "gzip_static on; brotli_static on; gzip_vary on;";

/// nginx with these lines inside `http` and these inside `server`.
pub(crate) fn serving(site: &Path, http: &str, server: &str) -> Option<Vec<Server>> {
    Nginx::serving(site, http, server).map(|server| vec![server])
}

/// Every deployment of this server.
pub(crate) const DEPLOYMENTS: &[Deployment] = &[
    Deployment {
        name: "as Debian ships it",
        page: "/",
        files: Files::Plain,
        start: |site| Nginx::debian_default(site).map(|server| vec![server]),
        incidents: &[
            "critical delivery/entry-not-revalidated",
            "critical delivery/missing-vary",
            "major delivery/uncompressed",
        ],
    },
    Deployment {
        name: "variants made by the build",
        page: "/",
        files: Files::Hashed,
        start: |site| serving(site, STATIC, CACHING),
        incidents: &[],
    },
    Deployment {
        name: "compressing as it sends",
        page: "/",
        files: Files::Hashed,
        start: |site| serving(site, COMPRESSING, CACHING),
        incidents: &[],
    },
    Deployment {
        name: "plain names that are asked for each time",
        page: "/",
        files: Files::Plain,
        start: |site| serving(site, COMPRESSING, r#"add_header Cache-Control "no-cache";"#),
        incidents: &[],
    },
    Deployment {
        name: "a cheap compression level, and no gzip_vary",
        page: "/",
        files: Files::Hashed,
        start: |site| {
            serving(site, "gzip on; gzip_types application/wasm application/javascript;", CACHING)
        },
        incidents: &["critical delivery/missing-vary", "minor delivery/uncompressed"],
    },
    Deployment {
        name: "a .br file under another name, by add_header alone, and gzip on",
        page: "/",
        files: Files::Hashed,
        start: |site| {
            let variant = r#"
                location ~ \.wasm$ {
                    add_header Cache-Control "public, max-age=31536000, immutable";
                    add_header Content-Encoding br;
                    add_header Vary Accept-Encoding;
                    types { application/wasm br wasm; }
                    try_files $uri.br =404;
                }"#;
            serving(site, COMPRESSING, &format!("{variant}{CACHING}"))
        },
        incidents: &[
            "major delivery/double-compression",
            "major delivery/negotiation",
            "minor delivery/negotiation",
        ],
    },
    Deployment {
        name: "a types block that replaces the list",
        page: "/",
        files: Files::Hashed,
        start: |site| {
            let types = "types { text/html html; application/javascript js; }";
            serving(site, STATIC, &format!("{types}{CACHING}"))
        },
        incidents: &["critical delivery/mime-type"],
    },
    Deployment {
        name: "a charset for everything",
        page: "/",
        files: Files::Hashed,
        start: |site| {
            let charset = "charset utf-8; charset_types application/wasm application/javascript;";
            serving(site, STATIC, &format!("{charset}{CACHING}"))
        },
        incidents: &["critical delivery/mime-type"],
    },
    Deployment {
        name: "everything for a year",
        page: "/",
        files: Files::Plain,
        start: |site| {
            let year = r#"add_header Cache-Control "public, max-age=31536000, immutable";"#;
            serving(site, COMPRESSING, year)
        },
        incidents: &[
            "critical delivery/entry-not-revalidated",
            "critical delivery/long-cache-unhashed",
        ],
    },
    Deployment {
        name: "a single-page fallback for everything, and the module forgotten",
        page: "/",
        files: Files::WithoutModule,
        start: |site| {
            let fallback = r#"
                add_header Cache-Control "no-cache";
                try_files $uri /index.html;"#;
            serving(site, COMPRESSING, fallback)
        },
        incidents: &[
            "critical delivery/module-is-valid",
            "follows delivery/mime-type",
            "major delivery/missing-is-404",
        ],
    },
];
