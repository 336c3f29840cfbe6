//! Real deployments, right ones and ones with mistakes that people really make. Each is a server
//! with a configuration. `gauntlet run --site` reports exactly its incidents.
//!
//! A snapshot made by `curl` records what each deployment really sends. It shows whether a server
//! changed after an upgrade, or a check.

mod apache;
mod artefacts;
mod behind;
mod builds;
mod caddy;
mod curl;
mod express;
mod files;
mod found;
mod go;
mod handled;
mod lighttpd;
mod limited;
mod loaded;
mod mended;
mod nginx;
mod policies;
mod proxy_cache;
mod python;
mod rebuilt;
mod resumed;
mod s3;
mod served;
#[path = "../servers/mod.rs"]
mod servers;
mod shown;
mod varnish;
mod ways;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use files::Files;
use servers::{Server, is_there};
use wasm_gauntlet_model::record::Record;
use wasm_gauntlet_model::verdict::{Severity, Verdict};

/// One server with one configuration.
pub(crate) struct Deployment {
    /// Its special property.
    pub(crate) name: &'static str,
    /// The path of the page.
    pub(crate) page: &'static str,
    /// The files that it serves.
    pub(crate) files: Files,
    /// Starts it, or returns `None` if a program is not installed.
    pub(crate) start: fn(&Path) -> Option<Vec<Server>>,
    /// `severity incident` for each finding of severity minor or above, sorted, and `follows
    /// incident` for what a finding causes. Empty means clean.
    pub(crate) incidents: &'static [&'static str],
}

/// Least passes of a correct deployment. With fewer, the run checked too little.
const PASSES_MIN: usize = 30;

/// Starts each of `deployments` in turn and compares it with the snapshot of `curl` and with its
/// incidents.
fn check(server: &str, deployments: &[Deployment]) {
    let (mut seen, mut wrong) = (String::new(), Vec::new());
    if !is_there("curl") {
        return;
    }
    for deployment in deployments {
        let site = deployment.files.folder();
        let Some(running) = (deployment.start)(site.path()) else { return };
        let url = running[0].url(deployment.page);
        seen += &format!("# {}\n{}\n", deployment.name, curl::table(&url, &deployment.files));
        wrong.extend(differs(deployment, &url));
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(server, seen);
    });
    assert!(wrong.is_empty(), "{server}\n{}", wrong.join("\n"));
}

/// The unexpected findings of a run, and the expected ones that are missing.
fn differs(deployment: &Deployment, url: &str) -> Vec<String> {
    let (code, record) = run(url, "delivery/");
    held(deployment.name, (deployment.incidents, PASSES_MIN), code, &record)
}

/// The differences between a run that ended with `code` and `incidents`. An expected note must be
/// present; any other note may be. A clean deployment has at least `passes_min` passes.
fn held(
    name: &str,
    (incidents, passes_min): (&[&str], usize),
    code: Option<i32>,
    record: &Record,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let found = self::incidents(record, incidents);
    let expected: BTreeSet<String> = incidents.iter().map(|one| (*one).to_owned()).collect();
    wrong.extend(found.difference(&expected).map(|one| format!("{name}: not expected: {one}")));
    wrong.extend(expected.difference(&found).map(|one| format!("{name}: not found: {one}")));
    let of = |verdict| record.outcomes.iter().filter(move |one| one.verdict == verdict);
    for one in of(Verdict::Fail).filter(|one| one.severity >= Severity::Minor) {
        if one.is_finding() && !expected.contains(&worded(&one.incident, one.severity)) {
            wrong.push(format!("  {} {}: {}", one.incident, one.case, one.reason));
        }
    }
    for one in of(Verdict::Inconclusive) {
        wrong.push(format!("{name}: doubt: {} {}: {}", one.incident, one.case, one.reason));
    }
    let gates = |one: &&str| one.starts_with("major") || one.starts_with("critical");
    let gated = incidents.iter().any(gates);
    if code != Some(i32::from(gated)) {
        wrong.push(format!("{name}: exit code {code:?}"));
    }
    let passes = of(Verdict::Pass).count();
    if expected.is_empty() && passes < passes_min {
        wrong.push(format!("{name}: only {passes} passes"));
    }
    wrong
}

/// Exit code and record of a run of the scenarios `only` on the site at `url`.
fn run(url: &str, only: &str) -> (Option<i32>, Record) {
    run_on(&["--site", url], only)
}

/// The same on the subjects that a target file with this text names.
fn run_target(target: &str, only: &str) -> (Option<i32>, Record) {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), target).expect("it is written");
    run_on(&["--target", &file.path().display().to_string()], only)
}

/// Exit code and record of a run of the scenarios `only` on the subjects in `named`.
fn run_on(named: &[&str], only: &str) -> (Option<i32>, Record) {
    let out = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
    command.arg("run").args(named).args(["--only", only, "--out"]);
    let ran = command.arg(out.path()).output();
    let ran = ran.expect("the program runs");
    let text = std::fs::read_to_string(out.path().join("run.json"));
    let text = text.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&ran.stderr)));
    (ran.status.code(), serde_json::from_str(&text).expect("a record"))
}

/// Every failed incident with its severity, if that is minor or above or if `expected` names it. An
/// incident that follows from another finding is written as such.
fn incidents(record: &Record, expected: &[&str]) -> BTreeSet<String> {
    let failed = record.outcomes.iter().filter(|one| one.verdict == Verdict::Fail);
    let failed = failed.map(|one| match one.caused_by {
        Some(_) => (one.severity, format!("follows {}", one.incident)),
        None => (one.severity, worded(&one.incident, one.severity)),
    });
    let counts = |(severity, worded): &(Severity, String)| {
        *severity >= Severity::Minor || expected.contains(&worded.as_str())
    };
    failed.filter(counts).map(|(_, worded)| worded).collect()
}

fn worded(incident: &str, severity: Severity) -> String {
    format!("{} {incident}", severity.word())
}

#[test]
fn nginx_with_files() {
    check("nginx", nginx::DEPLOYMENTS);
}

#[test]
fn nginx_as_a_shared_cache() {
    check("proxy_cache", proxy_cache::DEPLOYMENTS);
}

#[test]
fn varnish_before_nginx() {
    check("varnish", varnish::DEPLOYMENTS);
}

#[test]
fn apache() {
    check("apache", apache::DEPLOYMENTS);
}

#[test]
fn caddy() {
    check("caddy", caddy::DEPLOYMENTS);
}

#[test]
fn lighttpd() {
    check("lighttpd", lighttpd::DEPLOYMENTS);
}

#[test]
fn express_with_compression() {
    check("express", express::DEPLOYMENTS);
}

#[test]
fn go_net_http() {
    check("go", go::DEPLOYMENTS);
}

#[test]
fn python_http_server() {
    check("python", python::DEPLOYMENTS);
}

#[test]
fn an_object_store() {
    check("s3", s3::DEPLOYMENTS);
}

#[test]
fn the_lines_for_nginx_mend() {
    mended::check("nginx");
}

#[test]
fn the_lines_for_apache_mend() {
    mended::check("apache");
}

#[test]
fn the_lines_for_caddy_mend() {
    mended::check("caddy");
}

#[test]
fn the_lines_for_lighttpd_mend() {
    mended::check("lighttpd");
}

#[test]
fn the_lines_for_varnish_mend() {
    mended::check("varnish");
}

#[test]
fn the_lines_for_express_mend() {
    mended::check("express");
}

#[test]
fn the_lines_for_go_mend() {
    mended::check("go");
}

#[test]
fn the_lines_for_s3_mend() {
    mended::check("s3");
}

#[test]
fn the_commands_for_builds_mend() {
    rebuilt::check();
}

#[test]
fn no_line_of_a_playbook_is_untried_without_a_reason() {
    mended::all_are_tried();
}

#[test]
fn ways_to_a_site_that_a_target_file_names() {
    behind::check(ways::WAYS);
}

#[test]
fn policies_and_other_origins() {
    behind::check(policies::POLICIES);
}

#[test]
fn builds_that_went_wrong_as_they_are_served() {
    behind::check(served::SERVED);
}

#[test]
fn loaders_that_run_and_that_cannot() {
    behind::check(loaded::LOADED);
}

#[test]
fn what_is_refused_for_a_moment_is_a_doubt() {
    limited::is_a_doubt();
}

#[test]
fn an_entry_that_is_shared_is_not_played_with() {
    limited::is_not_played_with();
}

#[test]
fn handlers_that_went_wrong() {
    behind::check(handled::HANDLED);
}

#[test]
fn a_resumed_download_mixes_variants_where_no_browser_asks_for_it() {
    resumed::mixes_and_nobody_asks();
}

#[test]
fn build_directories() {
    artefacts::check();
}

#[test]
fn every_incident_is_shown_by_something_real() {
    shown::every_incident_is();
}

#[test]
fn a_target_file_is_written_from_what_is_found() {
    found::is_written();
}

#[test]
fn the_rule_of_names_is_written_where_it_is_kept() {
    found::rule_of_names_is_written();
}

#[test]
fn where_nothing_is_found_that_is_no_success() {
    found::nothing_is_no_success();
}
