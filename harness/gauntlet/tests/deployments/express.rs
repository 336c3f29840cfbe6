//! Express with `compression`, as `ci/setup.sh` installs them from npm.

use std::path::Path;
use std::process::Command;

use crate::Deployment;
use crate::files::Files;
use crate::servers::{Place, Server, is_there};

/// The folder with `node_modules`. `None`, and a message, if it is not installed.
pub(crate) fn npm(package: &str) -> Option<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../npm/node_modules");
    let there = is_there(&folder.join(package).join("package.json").display().to_string());
    (is_there("node") && there).then(|| folder.display().to_string())
}

/// Express with `lines` between its creation and its start.
pub(crate) fn serving(site: &Path, lines: &str) -> Option<Vec<Server>> {
    let modules = npm("express").and(npm("compression"))?;
    let place = Place::new(site);
    let (root, port) = (place.path("site"), place.port);
    let program = format!(
        "const express = require('{modules}/express');\n\
         const compression = require('{modules}/compression');\n\
         const path = require('path');\n\
         const root = '{root}';\nconst app = express();\n{lines}\n\
         app.listen({port}, '127.0.0.1');\n"
    );
    let file = place.put("server.js", &program);
    Some(vec![place.start(Command::new("node").arg(file))])
}

/// Every deployment of this server.
pub(crate) const DEPLOYMENTS: &[Deployment] = &[
    Deployment {
        name: "static files alone",
        page: "/",
        files: Files::Plain,
        start: |site| serving(site, "app.use(express.static(root));"),
        incidents: &["major delivery/uncompressed"],
    },
    Deployment {
        name: "compressing as it sends",
        page: "/",
        files: Files::Plain,
        start: |site| serving(site, "app.use(compression());\napp.use(express.static(root));"),
        incidents: &[],
    },
    Deployment {
        name: "hashed names for ever",
        page: "/",
        files: Files::Hashed,
        start: |site| {
            let lines = r"
                app.use(compression());
                app.use(express.static(root, { setHeaders: (response, file) => {
                    const hashed = /\.[0-9a-f]{16}\.(wasm|js)$/.test(file);
                    response.setHeader('Cache-Control',
                        hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
                } }));";
            serving(site, lines)
        },
        incidents: &[],
    },
    Deployment {
        name: "everything for a year",
        page: "/",
        files: Files::Plain,
        start: |site| {
            let lines = "app.use(compression());\n\
                         app.use(express.static(root, { maxAge: '1y', immutable: true }));";
            serving(site, lines)
        },
        incidents: &[
            "critical delivery/entry-not-revalidated",
            "critical delivery/long-cache-unhashed",
        ],
    },
    Deployment {
        name: "a variant sent by hand, its coding not said",
        page: "/",
        files: Files::Hashed,
        start: |site| {
            let lines = r"
                app.get(/\.wasm$/, (request, response) => {
                    response.type('application/wasm');
                    response.vary('Accept-Encoding');
                    response.sendFile(path.join(root, request.path + '.br'),
                        { maxAge: '1y', immutable: true,
                          headers: { 'Content-Type': 'application/wasm' } });
                });
                app.use(compression());
                app.use(express.static(root));";
            serving(site, lines)
        },
        incidents: &[
            "critical delivery/double-compression",
            "follows delivery/negotiation",
            "minor delivery/short-cache-hashed",
        ],
    },
    Deployment {
        // It takes `*` as its first available coding, and it ignores weights.
        name: "variants made by the build, by express-static-gzip",
        page: "/",
        files: Files::Hashed,
        start: |site| {
            let modules = npm("express-static-gzip")?;
            let lines = format!(
                "const variants = require('{modules}/express-static-gzip');\n\
                 app.use((_, response, next) => {{ response.vary('Accept-Encoding'); next(); }});\n\
                 app.use(variants(root, {{ enableBrotli: true, orderPreference: ['br', 'gz'],\n\
                   serveStatic: {{ setHeaders: (response, file) => response.setHeader(\n\
                     'Cache-Control', /\\.[0-9a-f]{{16}}\\.(wasm|js)/.test(file)\n\
                       ? 'public, max-age=31536000, immutable' : 'no-cache') }} }}));"
            );
            serving(site, &lines)
        },
        incidents: &["minor delivery/negotiation"],
    },
    Deployment {
        name: "a single-page fallback for everything, and the module forgotten",
        page: "/",
        files: Files::WithoutModule,
        start: |site| {
            let lines = "app.use(compression());\napp.use(express.static(root));\n\
                         app.get('*', (_, response) => \
                             response.sendFile(path.join(root, 'index.html')));";
            serving(site, lines)
        },
        incidents: &[
            "critical delivery/module-is-valid",
            "follows delivery/mime-type",
            "major delivery/missing-is-404",
        ],
    },
];
