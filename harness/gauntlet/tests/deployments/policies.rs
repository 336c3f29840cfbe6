//! What the policy of a page allows, and what another origin lets it read.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use sha2::{Digest, Sha256};

use crate::behind::{Behind, NO_CACHE, Running, files, variants};
use crate::files::Files;
use crate::nginx;

/// The page on one server, and its module on another that adds `fields`.
fn elsewhere(site: &Path, fields: &str) -> Option<Running> {
    let caching = nginx::CACHING.replace("immutable\";", &format!("immutable\";\n{fields}"));
    let assets = nginx::serving(site, nginx::STATIC, &caching)?;
    let pages = tempfile::tempdir().expect("a site");
    for file in fs::read_dir(site).expect("the site is there").flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        if !name.contains(".wasm") && !name.starts_with("index.html.") {
            fs::copy(file.path(), pages.path().join(&name)).expect("a file of the site");
        }
    }
    let page = fs::read_to_string(site.join("index.html")).expect("a page");
    let page = page.replace("fetch(\"", &format!("fetch(\"{}", assets[0].url("/")));
    fs::write(pages.path().join("index.html"), page).expect("a page");
    let mut servers = variants(pages.path(), "")?;
    servers.extend(assets);
    Some(Running::new(servers, ""))
}

/// The page under this policy.
fn policed(site: &Path, policy: &str) -> Option<Running> {
    let policy = format!("add_header Content-Security-Policy \"{policy}\";");
    // nginx uses `add_header` of the innermost block only.
    let caching = nginx::CACHING.replace("\"no-cache\";", &format!("\"no-cache\"; {policy}"));
    Some(Running::new(nginx::serving(site, nginx::STATIC, &caching)?, ""))
}

/// Every deployment with a policy.
pub(crate) const POLICIES: &[Behind] = &[
    Behind {
        name: "a strict policy that was written without WebAssembly in mind",
        files: Files::Hashed,
        start: |site| policed(site, "default-src 'self'; script-src 'self' 'unsafe-inline'"),
        incidents: &["critical delivery/cross-origin"],
    },
    Behind {
        name: "a policy with a word for WebAssembly, and none for the script inside of the page",
        files: Files::Hashed,
        start: |site| policed(site, "script-src 'self' 'wasm-unsafe-eval'"),
        incidents: &["critical delivery/cross-origin"],
    },
    Behind {
        name: "a policy that knows the script inside of the page by its digest",
        files: Files::Hashed,
        start: |site| {
            let page = fs::read_to_string(site.join("index.html")).expect("a page");
            let script = page.split_once("<script>").and_then(|(_, rest)| rest.split_once("</"));
            let digest = Sha256::digest(script.expect("an inline script").0);
            let digest = base64::engine::general_purpose::STANDARD.encode(digest);
            let own = format!("default-src 'self' 'wasm-unsafe-eval' 'sha256-{digest}'");
            policed(site, &own)
        },
        incidents: &[],
    },
    Behind {
        name: "the module on a host for assets that lets nobody read it",
        files: Files::Hashed,
        start: |site| elsewhere(site, ""),
        incidents: &["critical delivery/cross-origin"],
    },
    Behind {
        name: "the module on a host for assets that lets everybody read it",
        files: Files::Hashed,
        start: |site| elsewhere(site, "add_header Access-Control-Allow-Origin \"*\";"),
        incidents: &[],
    },
    Behind {
        name: "Vary: Origin by add_header, which nginx puts on a 304 too, and gzip_vary not",
        files: Files::Plain,
        start: |site| {
            let lines = format!("{NO_CACHE} add_header Vary Origin;");
            Some(Running::new(files(site, &lines)?, ""))
        },
        incidents: &["major delivery/missing-vary"],
    },
];
