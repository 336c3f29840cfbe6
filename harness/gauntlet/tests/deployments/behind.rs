//! Deployments that take a target file to be seen whole: an edge and its origin, several addresses,
//! TLS by a certificate of one's own, modules of earlier builds, assets on another origin.

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;

use crate::builds::Wrong;
use crate::files::Files;
use crate::servers::{Server, is_there};
use crate::{PASSES_MIN, held, nginx, run_on, varnish};

/// What runs, and the text of the target file under `site:`, without its indentation.
pub struct Running {
    /// Stopped when they are dropped.
    _servers: Vec<Server>,
    /// The target file.
    pub target: String,
}

impl Running {
    /// The first of `servers` serves the page; `lines` are further lines of the target file.
    pub fn new(servers: Vec<Server>, lines: &str) -> Self {
        let url = servers[0].url("/");
        Self { _servers: servers, target: format!("site:\n  url: \"{url}\"\n{lines}") }
    }
}

/// One deployment.
pub struct Behind {
    /// Says what is special about it.
    pub name: &'static str,
    /// What it serves.
    pub files: Files,
    /// Starts it; none where a program is not installed.
    pub start: fn(&Path) -> Option<Running>,
    /// `severity incident` of everything of severity minor and above, and of the notes that it is
    /// there for.
    pub incidents: &'static [&'static str],
}

/// Start each of `deployments` in turn, and hold it to its incidents.
pub fn check(deployments: &[Behind]) {
    let mut wrong = Vec::new();
    if !is_there("go") {
        return;
    }
    for deployment in deployments {
        let site = deployment.files.folder();
        let Some(running) = (deployment.start)(site.path()) else { continue };
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("gauntlet.yaml");
        fs::write(&file, &running.target).expect("a target file");
        let (code, record) = run_on(&["--target", &file.display().to_string()], "delivery/");
        let expected = (deployment.incidents, PASSES_MIN);
        wrong.extend(held(deployment.name, expected, code, &record));
        if deployment.name.contains("certificate") {
            wrong.extend(unshown(&record));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Commands of the findings, notes too, that fail or ask something else than was asked.
fn unshown(record: &wasm_gauntlet_model::record::Record) -> Vec<String> {
    let lines = record.outcomes.iter().filter_map(|one| one.reproduce.as_deref());
    let lines: std::collections::BTreeSet<&str> =
        lines.filter(|line| line.starts_with("curl ") && line.contains("https://")).collect();
    let mut wrong = Vec::new();
    for line in lines {
        let ran = Command::new("sh").args(["-c", line]).output().expect("a shell");
        if !ran.status.success() || !line.contains("--cacert ") {
            wrong.push(format!("`{line}`: {}", String::from_utf8_lossy(&ran.stderr)));
        }
    }
    wrong
}

/// The origin's address as a line of the target file.
fn origin(servers: &[Server]) -> String {
    format!("  origin: {{ url: \"{}\" }}\n", servers[1].url("/"))
}

fn edge(site: &Path, vcl: &str) -> Option<Running> {
    let servers = varnish::before(site, vcl, &["http_gzip_support=off"])?;
    let origin = origin(&servers);
    Some(Running::new(servers, &origin))
}

/// nginx that compresses as it sends, with these lines.
fn files(site: &Path, lines: &str) -> Option<Vec<Server>> {
    nginx::serving(site, nginx::COMPRESSING, lines)
}

/// Names that carry a hash for ever, the page asked for each time.
pub fn variants(site: &Path, lines: &str) -> Option<Vec<Server>> {
    nginx::serving(site, nginx::STATIC, &format!("{lines}\n{}", nginx::CACHING))
}

const NO_CACHE: &str = "add_header Cache-Control no-cache;";

/// Two addresses of one edge, of which the second holds what the build before put there.
const TWO_ADDRESSES: &str = r#"
    listen 127.0.0.1:@PORT@; listen 127.0.0.2:@PORT@;
    add_header Cache-Control no-cache;
    location = /main.wasm {
        add_header Cache-Control no-cache;
        types { application/wasm wasm; }
        if ($server_addr = 127.0.0.2) { rewrite ^ /main.old.wasm last; }
    }"#;

/// A certificate for the loopback address that nobody signed but itself, and nginx with it.
fn secured(site: &Path, listen: &str) -> Option<Running> {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("made");
    let folder = tempfile::tempdir().expect("a folder").keep();
    let put = |name: &str, what: &str, bytes: &[u8]| {
        let text = base64::engine::general_purpose::STANDARD.encode(bytes);
        let file = folder.join(name);
        let text = format!("-----BEGIN {what}-----\n{text}\n-----END {what}-----\n");
        fs::write(&file, text).expect("a file of the certificate");
        file.display().to_string()
    };
    let certificate = put("it's own.pem", "CERTIFICATE", made.cert.der());
    let key = put("key.pem", "PRIVATE KEY", &made.signing_key.serialize_der());
    let lines = format!(
        "listen 127.0.0.1:@PORT@ {listen};\n\
         ssl_certificate \"{certificate}\"; ssl_certificate_key \"{key}\";"
    );
    let servers = variants(site, &lines)?;
    let mut running = Running::new(servers, &format!("  certificate: \"{certificate}\"\n"));
    running.target = running.target.replace("http://", "https://");
    Some(running)
}

/// The page at one server, its module at another that adds `fields`.
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

/// Edges, addresses, TLS, earlier builds.
pub const WAYS: &[Behind] = &[
    Behind {
        name: "Varnish before nginx, each named",
        files: Files::Hashed,
        start: |site| edge(site, ""),
        incidents: &[],
    },
    Behind {
        name: "Varnish puts a charset on everything",
        files: Files::Hashed,
        start: |site| {
            edge(
                site,
                "sub vcl_backend_response { set beresp.http.Content-Type = \
                 regsub(beresp.http.Content-Type, \";.*\", \"\") + \"; charset=utf-8\"; }",
            )
        },
        incidents: &["critical delivery/cdn-rewrites-type", "critical delivery/mime-type"],
    },
    Behind {
        name: "Varnish asks the origin for no coding",
        files: Files::Hashed,
        start: |site| edge(site, "sub vcl_backend_fetch { unset bereq.http.Accept-Encoding; }"),
        incidents: &["major delivery/edge-skips-compression", "major delivery/uncompressed"],
    },
    Behind {
        name: "two addresses, of which one holds the build before",
        files: Files::Wrong(Wrong::WithOld),
        start: |site| {
            let addresses = "  addresses: [\"127.0.0.1\", \"127.0.0.2\"]\n";
            Some(Running::new(files(site, TWO_ADDRESSES)?, addresses))
        },
        incidents: &["critical delivery/same-bytes-everywhere"],
    },
    Behind {
        name: "a .br of the build before, served by brotli_static",
        files: Files::Wrong(Wrong::StaleBr),
        start: |site| Some(Running::new(nginx::serving(site, nginx::STATIC, NO_CACHE)?, "")),
        incidents: &["critical delivery/same-bytes-everywhere"],
    },
    Behind {
        name: "a deploy that deletes what the new build has not",
        files: Files::Hashed,
        start: |site| {
            Some(Running::new(variants(site, "")?, "  previous: [main.0123456789abcdef.wasm]\n"))
        },
        incidents: &["major delivery/previous-still-served"],
    },
    Behind {
        name: "HTTP/1.1 alone over TLS, by a certificate of its own",
        files: Files::Hashed,
        start: |site| secured(site, "ssl"),
        incidents: &["note delivery/transport"],
    },
    Behind {
        name: "HTTP/2 over TLS, by a certificate of its own",
        files: Files::Hashed,
        start: |site| secured(site, "ssl http2"),
        incidents: &[],
    },
];

/// What pages may do, and what may be read from elsewhere.
pub const POLICIES: &[Behind] = &[
    Behind {
        name: "a strict policy that was written without WebAssembly in mind",
        files: Files::Hashed,
        start: |site| {
            let policy = "add_header Content-Security-Policy \
                          \"default-src 'self'; script-src 'self' 'unsafe-inline'\";";
            // Of add_header those of the innermost block count.
            let caching =
                nginx::CACHING.replace("\"no-cache\";", &format!("\"no-cache\"; {policy}"));
            Some(Running::new(nginx::serving(site, nginx::STATIC, &caching)?, ""))
        },
        incidents: &["critical delivery/cross-origin"],
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
