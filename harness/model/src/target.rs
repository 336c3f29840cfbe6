//! Target files: what to test and how to reach it, from text to what is meant.

use crate::limits::Limits;
use crate::reading::{Log, Read, written};
use crate::source::{At, Complaint, Complaints, Source};
use crate::yaml;

written! {
    /// What to test.
    "a target file" RawTarget {
        /// A deployed site.
        site: Option<RawSite>,
        /// A plugin host that speaks the contract over HTTP.
        host: Option<RawHost>,
        /// Directories that builds produced.
        artefacts: Vec<RawArtefact>,
        /// Embedded runtimes: `wasmtime`, `wasmi`.
        runtimes: Vec<At<String>>,
        /// The factor by which a neighbour may move a p99; 2 if not written.
        noise_factor: Option<u32>,
        /// Hosts, as in `plugins.staging.example:8443`, that may be sent hostile guests and load.
        authorize: Vec<At<String>>,
    }
}

written! {
    /// A deployed site.
    "a site" RawSite {
        /// The page.
        url: At<String>,
        /// Modules of earlier builds that are to be served still: addresses, or names relative
        /// to the page.
        previous: Vec<String>,
    }
}

written! {
    /// A directory that a build produced.
    "a build directory" RawArtefact {
        /// The directory.
        dir: At<String>,
        /// The directory of a second build of the same sources.
        second_build: Option<String>,
        /// A manifest of SHA-256 digests; `SHA256SUMS` in the directory if not written.
        manifest: Option<String>,
        /// The ed25519 signature over the manifest; the manifest's name and `.sig` if not written.
        signature: Option<String>,
        /// The public key of the signature, 32 bytes in base64 or hexadecimal.
        public_key: Option<String>,
        /// Where the modules go: `page` or `wasi`; `page` if the directory has a page.
        destination: Option<At<String>>,
        /// Exports that each module must have.
        exports: Vec<String>,
        /// Whether pairs of Go's shim and module are started in Node, which runs the build's own
        /// code; not if not written.
        run_in_node: Option<bool>,
    }
}

written! {
    /// A plugin host over HTTP.
    "a host" RawHost {
        /// Where the contract is served.
        url: At<String>,
        /// The deadline that the host holds calls to, milliseconds; 50 if not written.
        deadline_ms: Option<u64>,
        /// The cap of memory that it holds guests to, pages of 64 KiB; 256 if not written.
        memory_pages: Option<u32>,
        /// The cap of a table, elements; 10000 if not written.
        table_elements: Option<u32>,
        /// Milliseconds past a deadline that are still in time, the way to the host included.
        grace_ms: Option<u32>,
    }
}

/// What to test, and how to reach it.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Address of the page of a site.
    pub site: Option<String>,
    /// A plugin host over HTTP.
    pub host: Option<HostTarget>,
    /// Modules of earlier builds that the site is to serve still.
    pub previous: Vec<String>,
    /// Directories that builds produced.
    pub artefacts: Vec<ArtefactTarget>,
    /// Embedded runtimes by name.
    pub runtimes: Vec<String>,
    /// The factor by which a neighbour may move a p99.
    pub noise_factor: f64,
    /// Hosts and ports that may be sent hostile guests and load.
    pub authorize: Vec<String>,
}

/// A plugin host over HTTP.
#[derive(Debug, Clone, PartialEq)]
pub struct HostTarget {
    /// Where the contract is served.
    pub url: String,
    /// The limits that it holds guests to.
    pub limits: Limits,
    /// Milliseconds past a deadline that are still in time; none for the usual.
    pub grace_ms: Option<u32>,
}

/// A directory that a build produced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArtefactTarget {
    /// The directory.
    pub dir: String,
    /// The directory of a second build of the same sources.
    pub second_build: Option<String>,
    /// A manifest of SHA-256 digests.
    pub manifest: Option<String>,
    /// The ed25519 signature over the manifest.
    pub signature: Option<String>,
    /// The public key of the signature, as text.
    pub public_key: Option<String>,
    /// Where the modules go: `page` or `wasi`.
    pub destination: Option<String>,
    /// Exports that each module must have.
    pub exports: Vec<String>,
    /// Whether pairs of Go's shim and module are started in Node.
    pub run_in_node: bool,
}

/// Where the modules of a build may go.
const DESTINATIONS: &[&str] = &["page", "wasi"];

/// The factor by which a neighbour may move a p99 where nothing is said.
pub const NOISE_FACTOR_USUAL: f64 = 2.0;

impl Default for Target {
    fn default() -> Self {
        Self {
            site: None,
            host: None,
            previous: Vec::new(),
            artefacts: Vec::new(),
            runtimes: Vec::new(),
            noise_factor: NOISE_FACTOR_USUAL,
            authorize: Vec::new(),
        }
    }
}

/// The target that `source` says; `runtimes` are the embedded ones that exist.
///
/// # Errors
/// Every complaint about the text, in its order.
pub fn parse(source: &Source, runtimes: &[&str]) -> Result<Target, Complaints> {
    let complain = |list| Complaints::new(source.clone(), list);
    let tree = yaml::parse(source).map_err(|complaint| complain(vec![complaint]))?;
    let mut log = Log::default();
    let target = RawTarget::read(&tree, &mut log).map(|raw| {
        check(&raw, tree.span, runtimes, &mut log);
        meant(raw)
    });
    match target {
        Some(target) if log.0.is_empty() => Ok(target),
        _ => Err(complain(log.0)),
    }
}

fn check(raw: &RawTarget, span: crate::source::Span, runtimes: &[&str], log: &mut Log) {
    let urls = raw.site.iter().map(|site| &site.url).chain(raw.host.iter().map(|host| &host.url));
    for url in urls {
        let plain = url.value.strip_prefix("http://").or(url.value.strip_prefix("https://"));
        if plain.is_none_or(str::is_empty) {
            let problem = format!("`{}` is no address", url.value);
            log.add(Complaint::new(url.span, problem).help("expected http://… or https://…"));
        }
    }
    for runtime in &raw.runtimes {
        if !runtimes.contains(&runtime.value.as_str()) {
            log.unknown("runtime", runtime, runtimes);
        }
    }
    for destination in raw.artefacts.iter().filter_map(|build| build.destination.as_ref()) {
        if !DESTINATIONS.contains(&destination.value.as_str()) {
            log.unknown("destination", destination, DESTINATIONS);
        }
    }
    let named = raw.site.is_some() || raw.host.is_some();
    if !named && raw.runtimes.is_empty() && raw.artefacts.is_empty() {
        let help = "expected `site`, `host`, `artefacts` or `runtimes`";
        log.add(Complaint::new(span, "nothing is named that could be tested").help(help));
    }
    if raw.noise_factor == Some(0) {
        log.add(Complaint::new(span, "`noise-factor` is 0").help("expected 1 or more"));
    }
}

fn meant(raw: RawTarget) -> Target {
    let usual = Limits::default();
    let host = |host: RawHost| HostTarget {
        url: host.url.value,
        limits: Limits {
            deadline_ms: host.deadline_ms.unwrap_or(usual.deadline_ms),
            memory_pages: host.memory_pages.unwrap_or(usual.memory_pages),
            table_elements: host.table_elements.unwrap_or(usual.table_elements),
            ..usual.clone()
        },
        grace_ms: host.grace_ms,
    };
    let (site, previous) = raw.site.map(|site| (site.url.value, site.previous)).unzip();
    Target {
        site,
        previous: previous.unwrap_or_default(),
        artefacts: raw.artefacts.into_iter().map(artefact).collect(),
        host: raw.host.map(host),
        runtimes: raw.runtimes.into_iter().map(|runtime| runtime.value).collect(),
        noise_factor: raw.noise_factor.map_or(NOISE_FACTOR_USUAL, f64::from),
        authorize: raw.authorize.into_iter().map(|host| host.value).collect(),
    }
}

fn artefact(raw: RawArtefact) -> ArtefactTarget {
    ArtefactTarget {
        dir: raw.dir.value,
        second_build: raw.second_build,
        manifest: raw.manifest,
        signature: raw.signature,
        public_key: raw.public_key,
        destination: raw.destination.map(|at| at.value),
        exports: raw.exports,
        run_in_node: raw.run_in_node.unwrap_or(false),
    }
}

/// The JSON schema of a target file.
pub fn schema() -> serde_json::Value {
    serde_json::Value::from(schemars::schema_for!(RawTarget))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let text = "site: { url: example.org }\nruntimes: [wasmtme]\nnoise-factr: 3\n";
        let wrong = parse(&Source::new("t.yaml", text), &["wasmtime", "wasmi"]).expect_err("wrong");
        let shown = wrong.to_string();
        for part in ["t.yaml:1:14", "did you mean `wasmtime`?", "did you mean `noise-factor`?"] {
            assert!(shown.contains(part), "{part} is not in\n{shown}");
        }
    }

    proptest::proptest! {
        #[test]
        fn reading_never_panics(text in "(?s)(site|host|url|:|\\{|\\}| |\n|[a-z]){0,40}") {
            let _target = parse(&Source::new("t", text), &["wasmtime"]);
        }
    }
}
