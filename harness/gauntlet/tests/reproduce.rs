//! Every failure on a faulty site has a command line that a user can paste. The test runs each: it
//! succeeds and shows the failure.

mod servers {
    //! Whether a program is installed. Reports its absence, and fails in CI.
    pub(crate) fn is_there(program: &str) -> bool {
        let search = std::env::var_os("PATH").unwrap_or_default();
        let there = std::env::split_paths(&search).any(|dir| dir.join(program).is_file());
        let required = std::env::var("GAUNTLET_REQUIRE_ALL").is_ok_and(|value| value == "1");
        assert!(there || !required, "{program} is required and not installed");
        there
    }
}

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use gauntlet::engine::{Engine, reach};
use gauntlet::load;
use gauntlet::subject::Subject;
use gauntlet::subject::site::Site;
use gauntlet::testbed::site::TestbedSite;
use url::Url;
use wasm_gauntlet_model::fault::{Fault, Part};
use wasm_gauntlet_model::plan::plan;
use wasm_gauntlet_model::record::Outcome;
use wasm_gauntlet_model::scenario::Scenario;
use wasm_gauntlet_model::selection::Selection;
use wasm_gauntlet_model::target::{OriginTarget, SiteTarget};
use wasm_gauntlet_model::verdict::{Severity, Verdict};

/// SHA-256 of no bytes.
const DIGEST_OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The output of a command in lower case: its header fields, and all of it.
struct Said {
    fields: Vec<(String, String)>,
    all: String,
    words: Vec<String>,
}

impl Said {
    fn of(text: &str) -> Self {
        let all = text.to_ascii_lowercase();
        let fields = all.lines().filter_map(|line| line.split_once(": "));
        let fields = fields.map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
        let words = all.split_whitespace().map(str::to_owned).collect();
        Self { fields: fields.collect(), words, all }
    }

    /// Every value of the field `name`, in the order of the exchanges.
    fn field(&self, name: &str) -> Vec<&str> {
        let own = self.fields.iter().filter(|(have, _)| have == name);
        own.map(|(_, value)| value.as_str()).collect()
    }

    /// The digests that `sha256sum` prints, without the digest of no bytes.
    fn digests(&self) -> Vec<&str> {
        let digest = |word: &&String| {
            let hex = word.bytes().all(|byte| byte.is_ascii_hexdigit());
            word.len() == 64 && hex && *word != DIGEST_OF_NOTHING
        };
        self.words.iter().filter(digest).map(String::as_str).collect()
    }

    /// The statuses, in order.
    fn statuses(&self) -> Vec<&str> {
        let lines = self.all.lines().filter(|line| line.starts_with("http/"));
        lines.filter_map(|line| line.split(' ').nth(1)).collect()
    }

    /// Whether there is an answer with another status than 200.
    fn refused(&self) -> bool {
        !self.statuses().is_empty() && self.statuses() != ["200"]
    }

    /// Whether there is an answer without exactly this value in the field `name`.
    fn lacks(&self, name: &str, value: &str) -> bool {
        !self.statuses().is_empty() && self.field(name) != [value]
    }

    /// Rows of bytes, in the format of `od`.
    fn rows(&self) -> Vec<&str> {
        let hex = |word: &str| word.len() == 2 && word.bytes().all(|b| b.is_ascii_hexdigit());
        let row = |line: &&str| line.starts_with(' ') && line.split_whitespace().all(hex);
        self.all.lines().filter(row).map(str::trim).collect()
    }

    fn has(&self, text: &str) -> bool {
        self.all.contains(text)
    }
}

/// Whether the output shows the claim of `outcome`.
fn shows(outcome: &Outcome, said: &Said) -> bool {
    let long = |values: &[&str]| {
        values.iter().any(|value| value.contains("max-age=") && !value.contains("no-cache"))
    };
    let answered = !said.statuses().is_empty();
    let (codings, reason) = (said.field("content-encoding"), outcome.reason.as_str());
    let differ = |values: &[&str]| values.iter().any(|value| *value != values[0]);
    match outcome.incident.as_str() {
        "delivery/answers" => said.refused() || given_up(&said.all),
        "delivery/budget" => came(said) > Some(3 << 20),
        "delivery/cache-ignores-vary" => {
            let last = said.statuses().len() >= 2;
            last && reason.contains(codings.last().unwrap_or(&"nothing"))
        }
        // A body with a wrong length never ends, so the command does not ask the origin after it.
        "delivery/cdn-rewrites-type" if reason.contains("content-length") => given_up(&said.all),
        "delivery/cdn-rewrites-type" => differ(&said.field("content-type")),
        "delivery/cross-origin" => match reason.contains("policy") {
            true => said.has("content-security-policy"),
            false => answered && said.field("access-control-allow-origin").is_empty(),
        },
        "delivery/double-compression" => {
            let rows = said.rows();
            !rows.is_empty() && rows.last().is_none_or(|row| !row.starts_with("00 61 73 6d"))
                || said.has("curl: (61)")
                || said.has("curl: (23)")
                || answered && codings.is_empty()
                || codings.iter().any(|one| one.contains(','))
                || answered && codings.len() > said.statuses().len()
        }
        "delivery/edge-skips-compression" => codings.len() == 1 && said.statuses().len() == 2,
        "delivery/entry-not-revalidated" | "delivery/long-cache-unhashed" => {
            long(&said.field("cache-control"))
        }
        "delivery/hash-matches-content" => {
            let url = outcome.reproduce.as_deref().unwrap_or_default();
            said.digests().len() == 1 && !url.contains(&said.digests()[0][..8])
        }
        "delivery/head-and-range" => match outcome.case.as_str() {
            _ if reason.contains("answered with 206") => said.statuses() == ["206"],
            _ if reason.contains("HEAD gets") => given_up(&said.all),
            _ if reason.contains("range") || reason.contains("resumes") => {
                let digests = said.digests();
                digests.len() == 2 && digests[0] != digests[1]
            }
            _ => differ(&said.field("content-length")) || differ(&said.field("etag")),
        },
        "delivery/length" => {
            let announced = said.field("content-length").first().and_then(|n| n.parse().ok());
            // Two lengths: clients differ in which one they use.
            let two = said.all.matches("\ncontent-length:").count() >= 2;
            two || given_up(&said.all) && announced > came(said)
        }
        "delivery/mime-type" => said.lacks("content-type", "application/wasm"),
        "delivery/missing-is-404" => {
            said.statuses() == ["200"] || long(&said.field("cache-control"))
        }
        // The output has each answer that the claim depends on, and one of them lacks the field.
        "delivery/missing-vary" => {
            let named = said.field("vary");
            let named = named.iter().filter(|vary| vary.contains("accept-encoding"));
            named.count() < said.statuses().len()
        }
        "delivery/module-is-valid" => {
            let refused = said.statuses() == ["404"];
            let page = said.has("<   !   d   o   c") || said.has("text/html");
            // Node got bytes, and they are no module.
            let invalid = said.has("compileerror") && !said.has("argument is empty");
            refused || page || invalid
        }
        "delivery/negotiation" => answered && !codings.is_empty() || said.refused(),
        "delivery/page-is-shown" => {
            answered && !said.field("content-type").concat().contains("html")
        }
        "delivery/previous-still-served" => said.refused() || said.has("text/html"),
        "delivery/right-flavour" => said.has("wasi_snapshot_preview1."),
        "delivery/same-bytes-everywhere" => {
            let digests = said.digests();
            digests.len() == 2 && digests[0] != digests[1]
        }
        "delivery/shim-hashed-as-pair" => said.statuses().len() >= 2,
        "delivery/shim-is-script" => said.has("text/html"),
        "delivery/shim-matches-binary" => {
            said.has("gojs.") && said.all.lines().any(|line| line.starts_with("go:"))
        }
        "delivery/short-cache-hashed" => said.field("cache-control") == ["no-cache"],
        // The sizes of sections, or how often the module contains a path of the build machine.
        "delivery/stripped" => {
            let count = said.words.first().is_some_and(|word| word.parse::<u64>().is_ok());
            said.has(" bytes") || count && said.has("/")
        }
        "delivery/transport" => said.words.last().is_some_and(|word| word == "http/1.1"),
        "delivery/uncompressed" if reason.contains(" left ") => {
            let raw = said.words.last().and_then(|word| word.parse().ok());
            raw > came(said) && came(said).is_some()
        }
        "delivery/uncompressed" if !codings.is_empty() => {
            said.rows().first().is_some_and(|row| row.starts_with("00 61 73 6d"))
        }
        "delivery/uncompressed" => came(said) > Some(1400),
        "delivery/validators" => {
            let etags = said.field("etag");
            etags.len() >= 2 && !differ(&etags)
        }
        _ => false,
    }
}

/// Whether `curl` rejected a transfer, by its exit codes for HTTP/1.1 and HTTP/2.
fn given_up(said: &str) -> bool {
    // Two lengths, no answer, a closed connection, or a stalled transfer.
    let codes = [8, 18, 28, 52, 56, 92];
    codes.iter().any(|code| said.contains(&format!("curl: ({code})")))
}

/// The number of received bytes that `curl` prints.
fn came(said: &Said) -> Option<u64> {
    let line = said.all.lines().find(|line| line.ends_with(" bytes came"))?;
    line.split(' ').next()?.parse().ok()
}

/// The site with one fault, as `gauntlet prove` tests it.
fn plain(testbed: &TestbedSite) -> Site {
    let mut target = SiteTarget::at(testbed.site_url());
    target.origin = Some(OriginTarget { url: testbed.origin_url(), host: None });
    target.previous = vec![testbed.previous_url()];
    let (url, certificate) = testbed.secure();
    let url = url.parse().expect("an address of the testbed");
    let site = Site::of(&target).and_then(|site| site.secured(url, certificate));
    site.expect("the site can be looked at")
}

/// The same site over TLS only, with its certificate in `file`.
fn over_tls(testbed: &TestbedSite, file: &Path) -> Site {
    let (url, certificate) = testbed.secure();
    let text = base64::engine::general_purpose::STANDARD.encode(certificate);
    let text = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
    std::fs::write(file, text).expect("a certificate");
    let previous = Url::parse(&testbed.previous_url()).expect("an address of the testbed");
    let mut target = SiteTarget::at(url);
    target.origin = Some(OriginTarget { url: testbed.origin_url(), host: None });
    target.previous = vec![previous.path().to_owned()];
    target.certificate = Some(file.display().to_string());
    Site::of(&target).expect("the site can be looked at")
}

/// The failures on `site` in the scenarios that know `fault`.
fn failures(fault: Fault, scenarios: &[Scenario], site: Site) -> Vec<Outcome> {
    let site: Box<dyn Subject> = Box::new(site);
    let (reached, _, unreachable) = reach(vec![site]);
    assert!(unreachable.is_empty(), "{unreachable:?}");
    let own = |one: &&Scenario| one.faults.contains(&fault) || one.implied_by.contains(&fault);
    let only = scenarios.iter().filter(own).map(|one| one.incident.clone()).collect();
    let selection = Selection { only, ..Selection::default() };
    let profiles: Vec<_> = reached.iter().map(|one| one.profile.clone()).collect();
    let plan = plan(scenarios, &profiles, &selection);
    let outcomes = Engine::new(scenarios, &reached).jobs(2).run(&plan).outcomes;
    outcomes.into_iter().filter(|one| one.verdict == Verdict::Fail).collect()
}

/// The problem with the command of `outcome`. `None` if it shows the failure.
fn wrong(outcome: &Outcome, ran: &mut BTreeMap<String, (bool, String)>) -> Option<String> {
    let line = outcome.reproduce.as_deref().unwrap_or_default();
    if !line.starts_with("curl ") {
        return Some(format!("is no curl line: {line}"));
    }
    let (ended_well, text) = ran.entry(line.to_owned()).or_insert_with(|| {
        let done = Command::new("sh").args(["-c", line]).output().expect("a shell runs");
        let text = [done.stdout, done.stderr].map(|out| String::from_utf8_lossy(&out).into_owned());
        (done.status.success(), text.concat())
    });
    // For these incidents, a transfer that curl rejects is the failure itself.
    let about = [
        "delivery/answers",
        "delivery/cdn-rewrites-type",
        "delivery/head-and-range",
        "delivery/length",
    ];
    let told = about.contains(&&*outcome.incident) && given_up(&text.to_ascii_lowercase());
    let right = (*ended_well || told) && shows(outcome, &Said::of(text));
    (!right).then(|| format!("{}\n  $ {line}\n{text}", outcome.reason))
}

#[test]
fn every_failure_on_a_fault_is_shown_by_its_command() {
    if !["curl", "node", "sha256sum", "od"].into_iter().all(servers::is_there) {
        return;
    }
    let scenarios = load::catalogue().expect("the catalogue loads");
    let folder = tempfile::tempdir().expect("a folder");
    let certificate = folder.path().join("it's own.pem");
    let mut bad = Vec::new();
    for fault in Fault::ALL.iter().filter(|one| matches!(one.part(), Part::Origin | Part::Edge)) {
        // Some faults are seen by a browser alone.
        let by_http = |one: &&Scenario| !one.visits() && one.faults.contains(fault);
        if !scenarios.iter().any(|one| by_http(&one)) {
            continue;
        }
        let testbed = TestbedSite::start(&[*fault], None).expect("a site");
        for (way, site) in [("", plain(&testbed)), ("TLS ", over_tls(&testbed, &certificate))] {
            // The testbed produces these violations of HTTP/1.1 only without TLS.
            if !way.is_empty() && [Fault::LengthTwice, Fault::ModuleCloses].contains(fault) {
                continue;
            }
            let failed = failures(*fault, &scenarios, site);
            assert!(!failed.is_empty(), "{way}{} shows nothing", fault.word());
            let mut ran = BTreeMap::new();
            for outcome in &failed {
                let problem = wrong(outcome, &mut ran);
                let name = format!("{way}{} {} {}", fault.word(), outcome.incident, outcome.case);
                bad.extend(problem.map(|problem| format!("{name}: {problem}")));
            }
        }
    }
    assert!(bad.is_empty(), "{} commands:\n{}", bad.len(), bad.join("\n"));
}

/// Outputs of broken commands. None shows a failure: no output, a missing program, no server, an
/// unknown host, or the digest of no bytes.
const SHOWS_NOTHING: [&str; 6] = [
    "",
    "sh: 1: curl: not found",
    "curl: (7) Failed to connect to 127.0.0.1 port 1 after 0 ms: Could not connect to server",
    "curl: (6) Could not resolve host: s.test",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  -",
    "CompileError: WebAssembly.compile(): BufferSource argument is empty",
];

#[test]
fn a_broken_command_shows_no_failure() {
    let scenarios = load::catalogue().expect("the catalogue loads");
    let reasons =
        ["", "policy", "content-length", "answered with 206", "HEAD gets", "range", " left "];
    let delivery = scenarios.iter().filter(|one| one.incident.starts_with("delivery/"));
    let mut tried = 0;
    for incident in delivery.map(|one| &one.incident) {
        for (said, reason) in SHOWS_NOTHING.iter().flat_map(|said| reasons.map(|why| (said, why))) {
            let blank = Outcome::unknown(incident, "-", "site", Severity::Major);
            let reproduce = Some("curl 'http://s.test/a.0123abcd.wasm'".to_owned());
            let outcome = Outcome { reason: reason.to_owned(), reproduce, ..blank };
            assert!(!shows(&outcome, &Said::of(said)), "{incident} ({reason}): `{said}`");
            tried += 1;
        }
    }
    assert!(tried > 500, "{tried}");
}
