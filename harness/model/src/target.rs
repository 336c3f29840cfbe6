//! Target files: what to test and how to reach it, from text to what is meant.

mod adapter;
mod credential;
mod mapping;
mod module;
mod pattern;
mod preset;
mod rule;
mod site;
mod written;

pub use adapter::AdapterTarget;
pub use credential::Credential;
pub use module::{Budget, Form, NameDigest};
pub use site::{ONE_OFF_WORD_USUAL, OriginTarget, SiteTarget};

use self::adapter::RawAdapter;
use self::module::RawBudget;
use self::site::RawSite;
use crate::host_limits::{HostLimit, StatedLimits};
use crate::reading::{Log, Read, written};
use crate::source::{At, Complaint, Complaints, Source};
use crate::yaml;
use mapping::{RawMapping, RawSpeech};
use written::Texts;

pub use mapping::{Mapping, RequestTemplate, Speech};
pub use pattern::Pattern;
pub use rule::{Encoding, Finds, Gives, Rule};

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
        /// Other runtimes, each behind a program that speaks the adapter protocol.
        adapters: Vec<RawAdapter>,
        /// The factor by which a neighbour may move a p99, 1 to 10; 2 if not written.
        noise_factor: Option<At<u32>>,
        /// Hosts, as in `plugins.staging.example:8443`, that may be sent hostile guests and load.
        authorize: Vec<At<String>>,
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
        /// A CSS selector of the control that uses the feature of the page, as in `#run`. The only
        /// button if not written.
        trigger: Option<String>,
        /// Another build, with which a deploy is tried: the address of its page, or a directory.
        previous_build: Option<String>,
        /// What each module may weigh.
        budget: Option<RawBudget>,
        /// The digest of the content that names carry, as in `sha256-raw`; guessed from the files
        /// if not written.
        name_digest: Option<At<String>>,
    }
}

written! {
    /// A plugin host over HTTP.
    "a host" RawHost {
        /// Where the contract is served.
        url: At<String>,
        /// The deadline that the host holds calls to, milliseconds. This limit and those below
        /// count more than what the host announces; where neither says one, 50 is assumed.
        deadline_ms: Option<At<u64>>,
        /// The cap of memory that it holds guests to, pages of 64 KiB; else announced, or 256.
        memory_pages: Option<At<u64>>,
        /// The cap of a table, elements; else announced, or 10000.
        table_elements: Option<At<u64>>,
        /// The longest output that it takes, bytes; else announced, or 1048576.
        output_bytes_max: Option<At<u64>>,
        /// The most log lines that it keeps of a call; else announced, or 256.
        log_lines_max: Option<At<u64>>,
        /// The longest log line that it keeps, bytes; else announced, or 4096.
        log_line_bytes_max: Option<At<u64>>,
        /// Calls a second of one tenant; else announced.
        calls_per_s: Option<At<u64>>,
        /// Calls at once of one tenant; else announced.
        calls_at_once: Option<At<u64>>,
        /// Milliseconds past a deadline that are still in time, the way to the host included.
        grace_ms: Option<u32>,
        /// A mapping of the package, for a host that does not speak the contract: `viceroy`,
        /// `wasi-http`, `workerd`.
        preset: Option<At<String>>,
        /// How the host is spoken to, where it does not speak the contract.
        mapping: Option<At<RawMapping>>,
        /// The guests that are deployed on a host to which none can be uploaded, and for each the
        /// word `{deployed}` of its requests: a path, a name, an address.
        guests: Option<At<Texts>>,
        /// Header fields that each request carries, each with a secret from an environment
        /// variable, as in `Authorization: "Bearer {env.STAGING_TOKEN}"`; no report shows them.
        credentials: Option<Texts>,
    }
}

/// What to test, and how to reach it.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// A deployed site.
    pub site: Option<SiteTarget>,
    /// A plugin host over HTTP.
    pub host: Option<HostTarget>,
    /// Directories that builds produced.
    pub artefacts: Vec<ArtefactTarget>,
    /// Embedded runtimes by name.
    pub runtimes: Vec<String>,
    /// Other runtimes, behind programs of a user's own.
    pub adapters: Vec<AdapterTarget>,
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
    /// The limits that it holds guests to, as far as they are written.
    pub limits: StatedLimits,
    /// Milliseconds past a deadline that are still in time; none for the usual.
    pub grace_ms: Option<u32>,
    /// How it is spoken to.
    pub speech: Speech,
    /// What each request carries, and nothing shows.
    pub credentials: Vec<Credential>,
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
    /// The selector of the control that uses the feature of the page.
    pub trigger: Option<String>,
    /// Another build: an address or a directory.
    pub previous_build: Option<String>,
    /// What each module may weigh.
    pub budget: Budget,
    /// The digest that names carry.
    pub name_digest: Option<NameDigest>,
}

/// Where the modules of a build may go.
const DESTINATIONS: &[&str] = &["page", "wasi"];

/// The factor by which a neighbour may move a p99 where nothing is said.
pub const NOISE_FACTOR_USUAL: f64 = 2.0;

/// The largest accepted factor. A p99 of ten times its value is an outage.
pub(crate) const NOISE_FACTOR_MAX: u32 = 10;

impl Default for Target {
    fn default() -> Self {
        Self {
            site: None,
            host: None,
            artefacts: Vec::new(),
            runtimes: Vec::new(),
            adapters: Vec::new(),
            noise_factor: NOISE_FACTOR_USUAL,
            authorize: Vec::new(),
        }
    }
}

/// Names that exist outside of the file.
#[derive(Debug, Clone, Copy, Default)]
pub struct KnownNames<'a> {
    /// Embedded runtimes.
    pub runtimes: &'a [&'a str],
    /// Guests; none where nobody knows.
    pub guests: &'a [&'a str],
}

/// The target that `source` says; `runtimes` are the embedded ones that exist.
///
/// # Errors
/// Every complaint about the text, in its order.
pub fn parse(source: &Source, runtimes: &[&str]) -> Result<Target, Complaints> {
    parse_knowing(source, KnownNames { runtimes, guests: &[] })
}

/// The same, where the guests that exist are known too.
///
/// # Errors
/// Every complaint about the text, in its order.
pub fn parse_knowing(source: &Source, known: KnownNames<'_>) -> Result<Target, Complaints> {
    let complain = |list| Complaints::new(source.clone(), list);
    let tree = yaml::parse(source).map_err(|complaint| complain(vec![complaint]))?;
    let mut log = Log::default();
    let target = RawTarget::read(&tree, &mut log).map(|raw| {
        check(&raw, tree.span, known.runtimes, &mut log);
        meant(raw, known.guests, &mut log)
    });
    match target {
        Some(target) if log.0.is_empty() => Ok(target),
        _ => Err(complain(log.0)),
    }
}

fn check(raw: &RawTarget, span: crate::source::Span, runtimes: &[&str], log: &mut Log) {
    let origin = raw.site.iter().filter_map(|site| site.origin.as_ref());
    let urls = raw.site.iter().map(|site| &site.url).chain(origin.map(|origin| &origin.url));
    for url in urls.chain(raw.host.iter().map(|host| &host.url)) {
        let plain = url.value.strip_prefix("http://").or(url.value.strip_prefix("https://"));
        if plain.is_none_or(str::is_empty) {
            let problem = format!("`{}` is not an address", url.value);
            log.add(Complaint::new(url.span, problem).help("expected http://… or https://…"));
        }
    }
    raw.site.iter().for_each(|site| site::check(site, log));
    for build in &raw.artefacts {
        module::check(build.budget.as_ref(), build.name_digest.as_ref(), log);
    }
    for runtime in &raw.runtimes {
        if !runtimes.contains(&runtime.value.as_str()) {
            log.unknown("runtime", runtime, runtimes);
        }
    }
    adapter::check(&raw.adapters, runtimes, log);
    for destination in raw.artefacts.iter().filter_map(|build| build.destination.as_ref()) {
        if !DESTINATIONS.contains(&destination.value.as_str()) {
            log.unknown("destination", destination, DESTINATIONS);
        }
    }
    let named = raw.site.is_some() || raw.host.is_some() || !raw.adapters.is_empty();
    // Where something else is wrong, that is what kept it from being named.
    let whole = log.0.is_empty();
    if whole && !named && raw.runtimes.is_empty() && raw.artefacts.is_empty() {
        let help = "expected `site`, `host`, `artefacts`, `runtimes` or `adapters`";
        log.add(Complaint::new(span, "the file names nothing to test").help(help));
    }
    let unfit = |factor: &&At<u32>| !(1..=NOISE_FACTOR_MAX).contains(&factor.value);
    if let Some(factor) = raw.noise_factor.as_ref().filter(unfit) {
        let problem = format!("`noise-factor` is {}", factor.value);
        let help = format!("expected 1 to {NOISE_FACTOR_MAX}");
        log.add(Complaint::new(factor.span, problem).help(help));
    }
}

/// The limits that are written, each within its range.
fn limits(raw: &RawHost, log: &mut Log) -> StatedLimits {
    let written = [
        (HostLimit::DeadlineMs, &raw.deadline_ms),
        (HostLimit::MemoryPages, &raw.memory_pages),
        (HostLimit::TableElements, &raw.table_elements),
        (HostLimit::OutputBytesMax, &raw.output_bytes_max),
        (HostLimit::LogLinesMax, &raw.log_lines_max),
        (HostLimit::LogLineBytesMax, &raw.log_line_bytes_max),
        (HostLimit::CallsPerS, &raw.calls_per_s),
        (HostLimit::CallsAtOnce, &raw.calls_at_once),
    ];
    let said = written.into_iter().filter_map(|(limit, at)| Some((limit, at.as_ref()?)));
    said.fold(StatedLimits::default(), |limits, (limit, at)| {
        let range = limit.range();
        if !range.contains(&at.value) {
            let problem = format!("`{}` is {}", limit.word().replace('_', "-"), at.value);
            let help = format!("expected {} to {}", range.start(), range.end());
            log.add(Complaint::new(at.span, problem).help(help));
        }
        limits.with(limit, at.value)
    })
}

fn host(raw: RawHost, guests: &[&str], log: &mut Log) -> HostTarget {
    let limits = limits(&raw, log);
    let speech = RawSpeech { preset: raw.preset, mapping: raw.mapping, guests: raw.guests };
    HostTarget {
        url: raw.url.value,
        limits,
        grace_ms: raw.grace_ms,
        speech: mapping::speech(speech, guests, log),
        credentials: credential::meant(raw.credentials.unwrap_or_default(), log),
    }
}

fn meant(raw: RawTarget, guests: &[&str], log: &mut Log) -> Target {
    Target {
        artefacts: raw.artefacts.into_iter().map(artefact).collect(),
        site: raw.site.map(site::meant),
        host: raw.host.map(|raw| host(raw, guests, log)),
        runtimes: raw.runtimes.into_iter().map(|runtime| runtime.value).collect(),
        adapters: raw.adapters.into_iter().map(adapter::meant).collect(),
        noise_factor: raw.noise_factor.map_or(NOISE_FACTOR_USUAL, |factor| f64::from(factor.value)),
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
        trigger: raw.trigger,
        previous_build: raw.previous_build,
        budget: module::budget(raw.budget),
        name_digest: module::name_digest(raw.name_digest),
    }
}

/// The JSON schema of a target file.
pub fn schema() -> serde_json::Value {
    serde_json::Value::from(schemars::schema_for!(RawTarget))
}

#[cfg(test)]
mod tests;
