//! The configuration that a playbook gives for the recognised server. The test adds it to a faulty
//! deployment: that repairs the deployment, and the command of the finding shows the fault before.
//!
//! The lines come from the catalogue. Each is tried here, or `untried.rs` says why not.

mod apache;
mod caddy;
mod express;
mod go;
mod lighttpd;
mod nginx;
mod policy;
mod s3;
mod untried;
mod varnish;

use std::path::Path;
use std::process::Command;

use gauntlet::load;
use wasm_gauntlet_model::record::{Outcome, Record};
use wasm_gauntlet_model::scenario::{Fixes, Scenario};
use wasm_gauntlet_model::verdict::{Severity, Verdict};

use crate::files::Files;
use crate::servers::{Nginx, Server};
use crate::{run, run_target};

/// Starts a deployment with the lines of the playbook. Empty lines leave it faulty.
type Start = fn(&Path, &str) -> Option<Vec<Server>>;

/// A faulty deployment that accepts lines of a playbook.
pub(crate) struct Broken {
    about: &'static str,
    files: Files,
    start: Start,
}

/// A deployment of `files` that shows the topic `about`: an incident, or one of its claims that has
/// separate lines, as in `delivery/cross-origin: page.isolated`.
pub(crate) const fn broken(about: &'static str, files: Files, start: Start) -> Broken {
    Broken { about, files, start }
}

impl Broken {
    fn incident(&self) -> &'static str {
        self.about.split(':').next().unwrap_or(self.about)
    }
}

/// The lines of the playbook, or the faulty lines that they replace.
pub(crate) fn instead<'a>(fix: &'a str, wrong: &'a str) -> &'a str {
    if fix.is_empty() { wrong } else { fix }
}

/// Servers that do not name themselves. Go is recognised by the order of its fields if there are
/// enough of them. s3rver sends nothing that Amazon's store sends.
const NAMELESS: [&str; 2] = ["go", "s3"];

const YEAR: &str = "public, max-age=31536000, immutable";

/// Every server with its faulty deployments.
const SERVERS: &[(&str, &[Broken])] = &[
    ("nginx", nginx::BROKEN),
    ("apache", apache::BROKEN),
    ("caddy", caddy::BROKEN),
    ("lighttpd", lighttpd::BROKEN),
    ("varnish", varnish::BROKEN),
    ("express", express::BROKEN),
    ("go", go::BROKEN),
    ("s3", s3::BROKEN),
];

/// Every topic for which the catalogue has lines, with these lines.
fn fixes(scenarios: &[Scenario]) -> Vec<(String, &Fixes)> {
    let mut all = Vec::new();
    for Scenario { incident, playbook, expect, .. } in scenarios {
        all.push((incident.clone(), &playbook.fix));
        for block in expect {
            let (Some(fixes), Some(claim)) = (&block.fix, block.claims.first()) else { continue };
            all.push((format!("{incident}: {}.{}", claim.step, claim.field), fixes));
        }
    }
    all
}

fn fix<'a>(fixes: &[(String, &'a Fixes)], about: &str, server: &str) -> Option<&'a str> {
    fixes.iter().find(|(one, _)| one == about)?.1.of(server)
}

/// Each faulty deployment of `server` is red with the right advice, its command shows the fault,
/// and the lines of the playbook make it green.
pub(crate) fn check(server: &str) {
    let scenarios = load::catalogue().expect("the catalogue loads");
    let fixes = fixes(&scenarios);
    let (_, tried) = SERVERS.iter().find(|(name, _)| *name == server).expect("a server");
    let only = std::env::var("MENDED_ONLY").unwrap_or_default();
    let mut wrong = Vec::new();
    for one in tried.iter().filter(|one| one.about.contains(&only)) {
        let fix = fix(&fixes, one.about, server).expect("the playbook has lines for it");
        let Some(problem) = mend(server, one, fix) else { continue };
        wrong.push(format!("{server} {}: {problem}", one.about));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every line of a playbook is either tried or listed with a reason.
pub(crate) fn all_are_tried() {
    let scenarios = load::catalogue().expect("the catalogue loads");
    let fixes = fixes(&scenarios);
    let tried = |about: &str, server: &str| {
        let own = SERVERS.iter().filter(|(name, _)| *name == server);
        own.flat_map(|(_, tried)| *tried).any(|one| one.about == about)
    };
    let mut wrong = Vec::new();
    for (about, texts) in fixes.iter().filter(|(about, _)| about.starts_with("delivery/")) {
        for (server, text) in texts.0.iter().filter(|(server, _)| server != "any") {
            let ways = [
                tried(about, server),
                untried::reason(about, server).is_some(),
                untried::alike(about, server).is_some_and(|other| {
                    tried(other, server) && fix(&fixes, other, server) == Some(text)
                }),
            ];
            let known = ways.iter().filter(|way| **way).count();
            if known != 1 {
                wrong.push(format!("{about} {server}: known in {known} ways: {ways:?}"));
            }
        }
    }
    for (incident, server) in untried::all() {
        if fix(&fixes, incident, server).is_none() {
            wrong.push(format!("{incident} {server}: the playbook has no such lines"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The record of the deployment in `running`. Incidents between an edge and its origin need both;
/// the incident about other origins needs a page on another origin.
fn looked_at(server: &str, one: &Broken, running: &[Server]) -> Option<Record> {
    let (about, incident, files) = (one.about, one.incident(), one.files);
    // An object store has its site in a bucket.
    let url = running[0].url(if server == "s3" { "/site/" } else { "/" });
    let record = match (about, running) {
        ("delivery/cdn-rewrites-type" | "delivery/edge-skips-compression", [_, origin, ..]) => {
            let origin = origin.url("/");
            let target = format!("site:\n  url: \"{url}\"\n  origin: {{ url: \"{origin}\" }}\n");
            run_target(&target, incident).1
        }
        ("delivery/cross-origin", _) => {
            let page = tempfile::tempdir().expect("a folder");
            let [_, (_, module), (_, shim)] = files.paths();
            let text = format!(
                "<!doctype html><title>page</title><script src=\"{}\"></script>\
                 <script>WebAssembly.instantiateStreaming(fetch(\"{}\"))</script>",
                running[0].url(&shim),
                running[0].url(&module)
            );
            std::fs::write(page.path().join("index.html"), text).expect("a page");
            let elsewhere = Nginx::serving(page.path(), "", "")?;
            run(&elsewhere.url("/"), incident).1
        }
        _ => run(&url, incident).1,
    };
    Some(record)
}

/// The first problem. `None` if there is none, or if the server is not installed.
fn mend(server: &str, one: &Broken, fix: &str) -> Option<String> {
    let site = one.files.folder();
    let running = (one.start)(site.path(), "")?;
    let record = looked_at(server, one, &running)?;
    let of = |outcome: &&Outcome| {
        outcome.verdict == Verdict::Fail && outcome.severity >= Severity::Minor
    };
    let Some(failed) = record.outcomes.iter().find(of) else {
        return Some("is not red".to_owned());
    };
    let advice = failed.advice.as_ref().map(|advice| advice.fix.as_str());
    // Several programs may take part in the answer. The advice covers each.
    let named = !NAMELESS.contains(&server);
    if named && !advice.is_some_and(|advice| advice.contains(fix)) {
        return Some(format!("advises {advice:?}"));
    }
    let line = failed.reproduce.as_deref().unwrap_or_default();
    if let Some(problem) = shows(one.about, line) {
        return Some(problem);
    }
    drop(running);
    let running = (one.start)(site.path(), fix)?;
    let record = looked_at(server, one, &running)?;
    let left = record.outcomes.iter().find(of);
    let looked = |one: &Outcome| matches!(one.verdict, Verdict::Pass | Verdict::Fail);
    match left {
        Some(left) => Some(format!("mended, still: {}: {}", left.case, left.reason)),
        None if record.outcomes.iter().any(looked) => None,
        None => Some("mended, nothing was looked at".to_owned()),
    }
}

/// The problem with the command `line`. `None` if its output shows the fault.
fn shows(about: &str, line: &str) -> Option<String> {
    let ran = Command::new("sh").args(["-c", line]).output().expect("a shell");
    let said = String::from_utf8_lossy(&ran.stdout).to_ascii_lowercase();
    let lines = |name: &str| -> Vec<&str> {
        let start = format!("{name}: ");
        said.lines().filter_map(|line| line.strip_prefix(&start)).map(str::trim).collect()
    };
    let cached = lines("cache-control").join(", ");
    let shown = match about {
        // The output has both variants, and one of them may have the field.
        "delivery/missing-vary" => lines("vary").len() < said.matches("http/1.1 ").count(),
        "delivery/uncompressed" => lines("content-encoding").is_empty(),
        "delivery/page-is-shown" => !lines("content-type").concat().contains("html"),
        "delivery/mime-type" => lines("content-type") != ["application/wasm"],
        "delivery/entry-not-revalidated" => !cached.contains("no-cache"),
        "delivery/long-cache-unhashed" => cached.contains("max-age=31536000"),
        "delivery/short-cache-hashed" => !cached.contains("max-age=31536000"),
        policy::ABOUT => lines("content-security-policy") == [policy::STRICT],
        "delivery/cross-origin" => lines("access-control-allow-origin").is_empty(),
        // `tests/reproduce.rs` checks the command of every incident in this way.
        _ => said.contains("http/1.1 "),
    };
    // `curl` rejects a body that is shorter than announced, as browsers do.
    let given_up = about == "delivery/length" && ran.status.code() == Some(18);
    let ok = (ran.status.success() || given_up) && line.starts_with("curl ") && shown;
    (!ok).then(|| format!("`{line}` shows\n{said}"))
}
