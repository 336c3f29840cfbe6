//! Deployments that need a target file: an edge and its origin, several addresses, private
//! certificates, modules of earlier builds, assets on another origin.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::files::Files;
use crate::servers::{Server, is_there};
use crate::{PASSES_MIN, held, nginx, run_on};

/// The running servers, and the text of the target file under `site:`, without its indentation.
pub(crate) struct Running {
    /// The servers stop when they are dropped.
    _servers: Vec<Server>,
    /// The target file.
    pub(crate) target: String,
}

impl Running {
    /// The first of `servers` serves the page; `lines` are further lines of the target file.
    pub(crate) fn new(servers: Vec<Server>, lines: &str) -> Self {
        let url = servers[0].url("/");
        Self { _servers: servers, target: format!("site:\n  url: \"{url}\"\n{lines}") }
    }
}

/// One deployment.
pub(crate) struct Behind {
    /// Its special property.
    pub(crate) name: &'static str,
    /// The files that it serves.
    pub(crate) files: Files,
    /// Starts it, or returns `None` if a program is not installed.
    pub(crate) start: fn(&Path) -> Option<Running>,
    /// `severity incident` for each finding of severity minor or above, and for the notes that this
    /// deployment exists to show.
    pub(crate) incidents: &'static [&'static str],
}

/// Starts each of `deployments` in turn and checks that it gives exactly its incidents.
pub(crate) fn check(deployments: &[Behind]) {
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

/// Commands of the findings and notes that fail, or that send a different request than ours.
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

/// Hashed names are kept forever; the page is revalidated each time.
pub(crate) fn variants(site: &Path, lines: &str) -> Option<Vec<Server>> {
    nginx::serving(site, nginx::STATIC, &format!("{lines}\n{}", nginx::CACHING))
}

/// nginx with these lines, compressing on the fly.
pub(crate) fn files(site: &Path, lines: &str) -> Option<Vec<Server>> {
    nginx::serving(site, nginx::COMPRESSING, lines)
}

/// Everything is revalidated each time.
pub(crate) const NO_CACHE: &str = "add_header Cache-Control no-cache;";
