//! Handlers and rules written by hand.

use std::path::Path;
use std::process::Command;

use crate::behind::{Behind, Running};
use crate::files::Files;
use crate::servers::{Place, Server, is_there};
use crate::{apache, caddy, express, go, nginx};

/// Python with a handler that sends both lengths, as a program does that sets one by hand while a
/// library sets the other.
fn both_lengths(site: &Path) -> Option<Running> {
    if !is_there("python3") {
        return None;
    }
    let place = Place::new(site);
    let program = include_str!("programs/both_lengths.py");
    let file = place.put("server.py", program);
    let (root, port) = (place.path("site"), place.port.to_string());
    let server = place.start(Command::new("python3").args(["-u", &file, &root, &port]));
    Some(Running::new(vec![server], ""))
}

fn of(servers: Option<Vec<Server>>) -> Option<Running> {
    Some(Running::new(servers?, ""))
}

/// Every deployment with a handler.
pub(crate) const HANDLED: &[Behind] = &[
    Behind {
        name: "Go: Content-Length of the file, and then the .gz of it",
        files: Files::Hashed,
        start: |site| of(go::serving(site, "length")),
        incidents: &["critical delivery/length"],
    },
    Behind {
        name: "Apache: every page and script rewritten to a .gz that not all of them have",
        files: Files::Plain,
        start: |site| {
            let lines = "RewriteEngine On\n\
                         RewriteCond %{HTTP:Accept-Encoding} gzip\n\
                         RewriteRule \"^(.+\\.(?:html|js))$\" \"$1.gz\" [L]\n\
                         AddOutputFilterByType BROTLI_COMPRESS;DEFLATE application/wasm\n\
                         Header merge Vary Accept-Encoding\n\
                         Header set Cache-Control no-cache";
            of(apache::serving(site, lines))
        },
        // mod_deflate does not recognise its own ETag in a later request.
        incidents: &["critical delivery/answers", "minor delivery/validators"],
    },
    Behind {
        name: "Python: Content-Length and Transfer-Encoding",
        files: Files::Plain,
        start: both_lengths,
        incidents: &["minor delivery/length", "major delivery/uncompressed"],
    },
    Behind {
        name: "Express: a module for everybody from the cache of a service that gzips it",
        files: Files::Hashed,
        start: |site| of(express::serving(site, GZIPPED_ONLY)),
        incidents: &[],
    },
    Behind {
        // It replaces the whole table, so pages and scripts have no type.
        name: "nginx: a types block for .wasm in the server block",
        files: Files::Hashed,
        start: |site| {
            let lines = format!("types {{ application/wasm wasm; }}\n{}", nginx::CACHING);
            of(nginx::serving(site, nginx::STATIC, &lines))
        },
        incidents: &["critical delivery/page-is-shown"],
    },
    Behind {
        name: "nginx: a fallback for the page's own addresses alone",
        files: Files::Hashed,
        start: |site| {
            let lines = r#"
                location / { add_header Cache-Control no-cache; try_files $uri $uri/ /index.html; }
                location ~ \.(wasm|js)$ {
                    add_header Cache-Control "public, max-age=31536000, immutable";
                    try_files $uri =404;
                }"#;
            of(nginx::serving(site, nginx::STATIC, lines))
        },
        incidents: &[],
    },
    Behind {
        // A block that has its own `add_header` does not inherit those of the outer block.
        name: "nginx: caching for the server, and a field of its own for modules",
        files: Files::Hashed,
        start: |site| {
            let lines = r#"
                add_header Cache-Control "public, max-age=31536000, immutable";
                location ~ (/|\.html)$ { add_header Cache-Control no-cache; }
                location ~ \.wasm$ { add_header X-Build 7; }"#;
            of(nginx::serving(site, nginx::STATIC, lines))
        },
        incidents: &["minor delivery/short-cache-hashed"],
    },
    Behind {
        name: "nginx: immutable for the minute that a plain name is kept",
        files: Files::Plain,
        start: |site| {
            let lines = r#"
                location / { add_header Cache-Control no-cache; }
                location ~ \.(wasm|js)$ { add_header Cache-Control "max-age=60, immutable"; }"#;
            of(nginx::serving(site, nginx::COMPRESSING, lines))
        },
        incidents: &["minor delivery/long-cache-unhashed"],
    },
    Behind {
        // One rule for page, module and script. Severity depends on how long users keep the old
        // files.
        name: "nginx: half a minute for everything",
        files: Files::Plain,
        start: |site| of(nginx::serving(site, nginx::COMPRESSING, "expires 30s;")),
        incidents: &["minor delivery/entry-not-revalidated", "minor delivery/long-cache-unhashed"],
    },
    Behind {
        name: "nginx: an hour for everything",
        files: Files::Plain,
        start: |site| of(nginx::serving(site, nginx::COMPRESSING, "expires 1h;")),
        incidents: &["major delivery/entry-not-revalidated", "major delivery/long-cache-unhashed"],
    },
    Behind {
        name: "nginx: two days for everything",
        files: Files::Plain,
        start: |site| of(nginx::serving(site, nginx::COMPRESSING, "expires 2d;")),
        incidents: &[
            "critical delivery/entry-not-revalidated",
            "critical delivery/long-cache-unhashed",
        ],
    },
    Behind {
        // The edge in the target file would cache that answer.
        name: "Caddy: variants made by the build, without Vary on the raw one, behind an edge",
        files: Files::Hashed,
        start: |site| {
            let lines = format!("{}\n{}", caddy::CACHING, caddy::VARIANTS);
            let servers = caddy::serving(site, &lines)?;
            let origin = format!("  origin: {{ url: \"{}\" }}\n", servers[0].url("/"));
            Some(Running::new(servers, &origin))
        },
        incidents: &["major delivery/missing-vary"],
    },
    Behind {
        name: "Caddy: the same, where answers tell of a cache",
        files: Files::Hashed,
        start: |site| {
            let cache = "header X-Cache MISS";
            of(caddy::serving(site, &format!("{}\n{cache}\n{}", caddy::CACHING, caddy::VARIANTS)))
        },
        incidents: &["major delivery/missing-vary"],
    },
    Behind {
        name: "Go: one strong ETag for all variants, and parts of the raw file",
        files: Files::Hashed,
        start: |site| of(go::serving(site, "one-tag")),
        incidents: &["follows delivery/head-and-range", "major delivery/validators"],
    },
    Behind {
        name: "Caddy: a policy with a word for WebAssembly",
        files: Files::Hashed,
        start: |site| {
            let policy = "header Content-Security-Policy \
                          \"script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'\"";
            let lines =
                format!("{}\n{}\n{policy}\n{}", caddy::CACHING, caddy::VARY, caddy::VARIANTS);
            of(caddy::serving(site, &lines))
        },
        incidents: &[],
    },
];

/// Stores without negotiation send the uploaded bytes to every client.
const GZIPPED_ONLY: &str = r"
    app.get(/\.(wasm|js)$/, (request, response) => {
        response.set('Content-Encoding', 'gzip');
        response.sendFile(path.join(root, request.path + '.gz'),
            { maxAge: '1y', immutable: true, headers: { 'Content-Type':
                request.path.endsWith('.js') ? 'text/javascript' : 'application/wasm' } });
    });
    app.use(express.static(root, { setHeaders: (response) =>
        response.setHeader('Cache-Control', 'no-cache') }));";
