//! `gauntlet run --target FILE` with the real binary. The site has two edge addresses of one name
//! and one port, and an origin behind them. The run names the edge that differs. It skips what it
//! cannot request, and gives the reason.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::SocketAddr;
use std::process::Command;

use gauntlet::testbed::site::TestbedSite;
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::record::{Outcome, Record};
use wasm_gauntlet_model::verdict::{Severity, Verdict};

/// Two edges at one port of 127.0.0.1 and 127.0.0.2, the second with a fault.
struct Edges {
    first: TestbedSite,
    _second: TestbedSite,
    port: u16,
}

impl Edges {
    fn start(second: &[Fault]) -> Self {
        let first = TestbedSite::start(&[], None).expect("a site");
        let url = first.site_url();
        let port = url.trim_end_matches('/').rsplit(':').next().and_then(|p| p.parse().ok());
        let port = port.expect("a port");
        // On Linux, all of 127.0.0.0/8 is this machine, so the port is free at 127.0.0.2 too.
        let address = SocketAddr::from(([127, 0, 0, 2], port));
        let second = TestbedSite::start(second, Some(address)).expect("a second address");
        Self { first, _second: second, port }
    }

    /// A target file that names both addresses and the origin of the first.
    fn target(&self, host: &str, more: &str) -> String {
        let (port, origin) = (self.port, self.first.origin_url());
        format!(
            "site:\n  url: http://{host}:{port}/\n  origin: {{ url: \"{origin}\" }}\n  \
             addresses: [127.0.0.1, 127.0.0.2]\n{more}"
        )
    }
}

/// Exit code and record of a run of `only` with these arguments.
fn run(arguments: &[&str], only: &str) -> (Option<i32>, Record) {
    let out = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_gauntlet"));
    command.arg("run").args(arguments).args(["--only", only, "--out"]).arg(out.path());
    let ran = command.output().expect("the program runs");
    let text = std::fs::read_to_string(out.path().join("run.json"));
    let text = text.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&ran.stderr)));
    (ran.status.code(), serde_json::from_str(&text).expect("a record"))
}

fn run_target(target: &str, only: &str) -> (Option<i32>, Record) {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(target.as_bytes()).expect("it is written");
    run(&["--target", &file.path().display().to_string()], only)
}

fn failed(record: &Record) -> Vec<&Outcome> {
    record.outcomes.iter().filter(|one| one.verdict == Verdict::Fail).collect()
}

#[test]
fn the_address_that_holds_another_build_is_named() {
    for host in ["localhost", "127.0.0.1"] {
        for (fault, coding) in [(Fault::EdgeStale, "identity"), (Fault::BrOfOldBuild, "br")] {
            let edges = Edges::start(&[fault]);
            let only = "delivery/same-bytes-everywhere";
            let (code, record) = run_target(&edges.target(host, ""), only);
            let failed = failed(&record);
            assert_eq!((code, failed.len()), (Some(1), 1), "{host} {fault:?}");
            let reason = &failed[0].reason;
            assert!(reason.contains(&format!("{coding} at 127.0.0.2")), "{reason}");
            assert!(!reason.contains("127.0.0.1") && !reason.contains("origin"), "{reason}");
            shows_the_other_address(failed[0]);
        }
    }
}

/// The command line reaches the second address under the name of the first. It prints two digests,
/// and the outcome names both. A failed download would have the digest of no bytes.
fn shows_the_other_address(outcome: &Outcome) {
    let line = outcome.reproduce.as_deref().expect("a command line");
    assert!(line.contains("::127.0.0.2:'"), "{line}");
    if !curl_is_there() {
        return;
    }
    let mut shell = Command::new("bash");
    let ran = shell.args(["-o", "pipefail", "-c", line]).output().expect("a shell runs");
    let (said, complaint) =
        (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success() && complaint.is_empty(), "{line}\n{complaint}");
    let digests: BTreeSet<&str> =
        said.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(digests.len(), 2, "{line}\n{said}");
    for digest in digests {
        let named = outcome.evidence.iter().any(|piece| piece.text.contains(digest));
        assert!(named, "{line}\n{digest} is in no answer of {:?}", outcome.evidence);
    }
}

/// Whether `curl` is installed. CI requires it.
fn curl_is_there() -> bool {
    let search = std::env::var_os("PATH").unwrap_or_default();
    let there = std::env::split_paths(&search).any(|folder| folder.join("curl").is_file());
    let required = std::env::var("GAUNTLET_REQUIRE_ALL").is_ok_and(|value| value == "1");
    assert!(there || !required, "curl is required and not installed");
    there
}

#[test]
fn edges_that_agree_with_the_origin_have_no_incident() {
    let edges = Edges::start(&[]);
    let (code, record) = run_target(&edges.target("localhost", ""), "delivery/");
    let failed: Vec<_> = failed(&record).iter().map(|one| &one.reason).collect();
    assert_eq!((code, failed.len()), (Some(0), 0), "{failed:?}");
    for incident in ["delivery/cdn-rewrites-type", "delivery/edge-skips-compression"] {
        let own = record.outcomes.iter().filter(|one| one.incident == incident);
        let passed = own.filter(|one| one.verdict == Verdict::Pass).count();
        assert!(passed >= 2, "{incident}: {passed}");
    }
}

#[test]
fn what_cannot_be_asked_is_skipped_with_the_reason() {
    let edges = Edges::start(&[]);
    let no_play = edges.target("localhost", "  one-off: false\n");
    let (_, record) = run_target(&no_play, "delivery/cache-ignores-vary");
    let reasons: Vec<_> = record.outcomes.iter().map(|one| (one.verdict, &one.reason)).collect();
    assert_eq!(reasons.len(), 1, "{reasons:?}");
    assert_eq!(reasons[0].0, Verdict::Skipped);
    assert!(reasons[0].1.contains("one-off"), "{reasons:?}");

    let (_, record) = run(&["--site", &edges.first.site_url()], "delivery/cdn-rewrites-type");
    let skipped = &record.outcomes[0];
    assert_eq!(skipped.verdict, Verdict::Skipped);
    assert!(skipped.reason.contains("whose origin server is named"), "{}", skipped.reason);
}

/// Tests each second site as an edge with the first site as its origin. Their fields differ.
#[test]
fn every_field_is_compared_and_the_severe_one_decides() {
    let origin = TestbedSite::start(&[], None).expect("a site");
    let edge = TestbedSite::start(&[Fault::EdgeRewritesType], None).expect("a site");
    let other = TestbedSite::start(&[Fault::NoVary], None).expect("a site");
    for (site, severity, says) in [
        (&edge, Severity::Critical, "application/octet-stream"),
        (&other, Severity::Note, "removes `vary`"),
    ] {
        let (url, origin) = (site.site_url(), origin.origin_url());
        let target =
            format!("site: {{ url: \"{url}\", origin: {{ url: \"{origin}\", host: s.test }} }}");
        let (_, record) = run_target(&target, "delivery/cdn-rewrites-type");
        let failed = failed(&record);
        assert!(!failed.is_empty(), "{says}");
        for outcome in failed {
            assert_eq!(outcome.severity, severity, "{}", outcome.reason);
            assert!(outcome.reason.contains(says), "{}", outcome.reason);
            let compared = outcome.evidence.iter().any(|piece| piece.what == "compared with");
            assert!(compared || says != "removes `vary`", "{:?}", outcome.evidence);
        }
    }
}
