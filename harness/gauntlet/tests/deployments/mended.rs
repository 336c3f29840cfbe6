//! The configuration that a playbook offers for the server that was recognised: added to a
//! deployment that is wrong, it mends it, and the command that shows the defect shows it.

use std::path::Path;
use std::process::Command;

use gauntlet::load;
use wasm_gauntlet_model::record::Outcome;
use wasm_gauntlet_model::verdict::{Severity, Verdict};

use crate::files::Files;
use crate::servers::Server;
use crate::{apache, caddy, express, lighttpd, nginx, run};

/// A deployment that is wrong, to which lines can be added.
struct Broken {
    server: &'static str,
    incident: &'static str,
    files: Files,
    /// Starts it with these further lines.
    start: fn(&Path, &str) -> Option<Vec<Server>>,
}

const fn broken(
    server: &'static str,
    incident: &'static str,
    files: Files,
    start: fn(&Path, &str) -> Option<Vec<Server>>,
) -> Broken {
    Broken { server, incident, files, start }
}

const YEAR: &str = "public, max-age=31536000, immutable";

const BROKEN: &[Broken] = &[
    broken("nginx", "delivery/missing-vary", Files::Plain, |site, fix| {
        let http = "gzip on; gzip_types application/wasm application/javascript;";
        nginx::serving(site, &format!("{http}\n{fix}"), "")
    }),
    broken("nginx", "delivery/uncompressed", Files::Plain, |site, fix| {
        nginx::serving(site, fix, "")
    }),
    broken("nginx", "delivery/mime-type", Files::Plain, |site, fix| {
        let types = "types { text/html html; application/javascript js; }";
        nginx::serving(site, "", &format!("{types}\n{fix}"))
    }),
    broken("nginx", "delivery/entry-not-revalidated", Files::Plain, |site, fix| {
        nginx::serving(site, "gzip on;", fix)
    }),
    broken("nginx", "delivery/long-cache-unhashed", Files::Plain, |site, fix| {
        nginx::serving(site, "", &format!("add_header Cache-Control \"{YEAR}\";\n{fix}"))
    }),
    broken("apache", "delivery/missing-vary", Files::Hashed, |site, fix| {
        let lines = format!("{}{}", apache::VARIANTS, apache::CODINGS);
        // mod_rewrite says `Vary` by itself; people take it away for the sake of a cache.
        apache::serving(site, &format!("{lines}\nHeader unset Vary\n{fix}"))
    }),
    broken("apache", "delivery/uncompressed", Files::Plain, apache::serving),
    broken("apache", "delivery/mime-type", Files::Plain, |site, fix| {
        apache::serving(site, &format!("AddCharset UTF-8 .html .js .wasm\n{fix}"))
    }),
    broken("apache", "delivery/entry-not-revalidated", Files::Plain, |site, fix| {
        apache::serving(site, &format!("{}\n{fix}", apache::DEBIAN))
    }),
    broken("apache", "delivery/long-cache-unhashed", Files::Plain, |site, fix| {
        apache::serving(site, &format!("Header set Cache-Control \"{YEAR}\"\n{fix}"))
    }),
    broken("apache", "delivery/double-compression", Files::Hashed, |site, fix| {
        let deflate = "AddOutputFilterByType DEFLATE application/wasm text/javascript";
        apache::serving(site, &format!("{}\n{deflate}\n{fix}", apache::VARIANTS))
    }),
    broken("caddy", "delivery/missing-vary", Files::Hashed, |site, fix| {
        caddy::serving(site, &format!("{}\n{fix}", caddy::VARIANTS))
    }),
    broken("caddy", "delivery/uncompressed", Files::Plain, |site, fix| {
        caddy::serving(site, &format!("file_server\n{fix}"))
    }),
    broken("caddy", "delivery/entry-not-revalidated", Files::Plain, |site, fix| {
        caddy::serving(site, &format!("file_server\n{fix}"))
    }),
    broken("caddy", "delivery/mime-type", Files::Plain, |site, fix| {
        let text = "@text path *.wasm\n\
                    header @text {\nContent-Type application/octet-stream\ndefer\n}";
        // What is put off is done last first.
        caddy::serving(site, &format!("{fix}\n{text}\nfile_server"))
    }),
    broken("lighttpd", "delivery/missing-vary", Files::Plain, |site, fix| {
        lighttpd::serving(site, &[lighttpd::TYPES, lighttpd::DEFLATE, fix].join("\n"))
    }),
    broken("lighttpd", "delivery/uncompressed", Files::Plain, |site, fix| {
        lighttpd::serving(site, &format!("{}\n{fix}", lighttpd::TYPES))
    }),
    broken("lighttpd", "delivery/mime-type", Files::Plain, |site, fix| {
        let types = "mimetype.assign = ( \".html\" => \"text/html\" )";
        lighttpd::serving(site, &format!("{types}\n{fix}"))
    }),
    broken("lighttpd", "delivery/entry-not-revalidated", Files::Plain, |site, fix| {
        lighttpd::serving(site, &format!("{}\n{fix}", lighttpd::TYPES))
    }),
    broken("express", "delivery/uncompressed", Files::Plain, |site, fix| {
        // `require` finds what is installed beside the program; here that is elsewhere.
        let fix = fix.replace("require('compression')", "compression");
        express::serving(site, &format!("{fix}\napp.use(express.static(root));"))
    }),
    broken("express", "delivery/entry-not-revalidated", Files::Plain, |site, fix| {
        let lines = "app.use(express.static(root, { maxAge: '1y' }));";
        express::serving(site, &format!("{fix}\n{lines}"))
    }),
    broken("express", "delivery/long-cache-unhashed", Files::Plain, |site, fix| {
        let lines = "app.use(express.static(root, { maxAge: '1y', immutable: true }));";
        express::serving(site, &format!("{fix}\n{lines}"))
    }),
];

/// Each of them is red with the right advice, its command shows it, and mended it is green.
pub fn check() {
    let scenarios = load::catalogue().expect("the catalogue loads");
    let mut wrong = Vec::new();
    for one in BROKEN {
        let scenario = scenarios.iter().find(|scenario| scenario.incident == one.incident);
        let fixes = &scenario.expect("an incident of the catalogue").playbook.fix;
        let fix = fixes.iter().find(|(name, _)| name == one.server).map(|(_, fix)| fix);
        let fix = fix.expect("the playbook has a fix for this server");
        let Some(problem) = mend(one, fix) else { continue };
        wrong.push(format!("{} {}: {problem}", one.server, one.incident));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is not as it should be; none where all is, or where the server is not installed.
fn mend(one: &Broken, fix: &str) -> Option<String> {
    let site = one.files.folder();
    let running = (one.start)(site.path(), "")?;
    let (_, record) = run(&running[0].url("/"), one.incident);
    let of = |outcome: &&Outcome| {
        outcome.verdict == Verdict::Fail && outcome.severity >= Severity::Minor
    };
    let Some(failed) = record.outcomes.iter().find(of) else {
        return Some("is not red".to_owned());
    };
    let advice = failed.advice.as_ref().map(|advice| advice.fix.as_str());
    if advice != Some(fix) {
        return Some(format!("advises {advice:?}"));
    }
    let line = failed.reproduce.as_deref().unwrap_or_default();
    if let Some(problem) = shows(one.incident, line) {
        return Some(problem);
    }
    drop(running);
    let running = (one.start)(site.path(), fix)?;
    let (_, record) = run(&running[0].url("/"), one.incident);
    let left = record.outcomes.iter().find(of);
    let looked = |one: &Outcome| matches!(one.verdict, Verdict::Pass | Verdict::Fail);
    match left {
        Some(left) => Some(format!("mended, still: {}: {}", left.case, left.reason)),
        None if record.outcomes.iter().any(looked) => None,
        None => Some("mended, nothing was looked at".to_owned()),
    }
}

/// What is wrong with `line`; none where its output shows the defect.
fn shows(incident: &str, line: &str) -> Option<String> {
    let ran = Command::new("sh").args(["-c", line]).output().expect("a shell");
    let said = String::from_utf8_lossy(&ran.stdout).to_ascii_lowercase();
    let lines = |name: &str| -> Vec<&str> {
        let start = format!("{name}: ");
        said.lines().filter_map(|line| line.strip_prefix(&start)).map(str::trim).collect()
    };
    let cached = lines("cache-control").join(", ");
    let shown = match incident {
        "delivery/missing-vary" => lines("vary").is_empty(),
        "delivery/uncompressed" => lines("content-encoding").is_empty(),
        "delivery/mime-type" => lines("content-type") != ["application/wasm"],
        "delivery/entry-not-revalidated" => !cached.contains("no-cache"),
        "delivery/long-cache-unhashed" => cached.contains("max-age=31536000"),
        // What is inside is not shown by header fields; the answer itself is.
        _ => said.starts_with("http/1.1 200"),
    };
    let ok = ran.status.success() && line.starts_with("curl ") && shown;
    (!ok).then(|| format!("`{line}` shows\n{said}"))
}
