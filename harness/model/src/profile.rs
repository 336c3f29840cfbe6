//! What a subject said of itself before anything was planned.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::found::Found;
use crate::host_limits::HeldLimit;
use crate::limits::Limits;
use crate::observation::{Facts, Field, Value, ValueKind};

/// A sentence as part of another one: no capital letter at the start, no full stop.
pub(crate) fn within_a_sentence(sentence: &str) -> String {
    let sentence = sentence.trim_end_matches('.');
    let head = sentence.chars().take(1).flat_map(char::to_lowercase);
    head.chain(sentence.chars().skip(1)).collect()
}

macro_rules! needs {
    ($($(#[doc = $doc:literal])+ $variant:ident = $word:literal as $field:literal;)+) => {
        crate::words! {
            /// Something that a scenario needs of a subject.
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            #[derive(Serialize, Deserialize, JsonSchema)]
            pub enum Need {
                $($(#[doc = $doc])+ #[serde(rename = $word)] $variant = $word,)+
            }
        }

        impl Need {
            /// One boolean field for each need: `site-entry` for `site/entry`. What a subject can
            /// do is a fact, and expectations may use it.
            pub const FIELDS: &[Field] = &[$(Field {
                name: $field,
                kind: ValueKind::Bool,
                words: &[],
                doc: concat!($($doc),+).trim_ascii(),
            }),+];

            /// What it means.
            pub fn doc(self) -> &'static str {
                match self { $(Need::$variant => concat!($($doc),+).trim_ascii()),+ }
            }
        }
    };
}

needs! {
    /// A page that answers.
    SiteEntry = "site/entry" as "site-entry";
    /// At least one module that the page loads, or a loader that cannot be read.
    SiteModule = "site/module" as "site-module";
    /// At least one script that names or instantiates a module.
    SiteShim = "site/shim" as "site-shim";
    /// A module of an earlier build, named in the target file or known from an earlier run.
    SitePrevious = "site/previous" as "site-previous";
    /// A directory with at least one module.
    ArtefactModule = "artefact/module" as "artefact-module";
    /// A directory with a script that names or instantiates a module.
    ArtefactShim = "artefact/shim" as "artefact-shim";
    /// A second build of the same sources, which a target file names as `second-build`.
    ArtefactSecond = "artefact/second-build" as "artefact-second-build";
    /// A manifest of SHA-256 digests: `SHA256SUMS` in the directory, or named in the target file.
    ArtefactManifest = "artefact/manifest" as "artefact-manifest";
    /// A site whose origin server is named in the target file.
    SiteOrigin = "site/origin" as "site-origin";
    /// A site whose caches may be tested with a one-off query parameter.
    SiteOneOff = "site/one-off" as "site-one-off";
    /// A site that is served over TLS.
    SiteTls = "site/tls" as "site-tls";
    /// A Chromium on this machine, which can show the page.
    BrowserPage = "browser/page" as "browser-page";
    /// A page that tries to load a module in a browser, by itself or by a control that is known:
    /// its only button, or the one that the target file names as `trigger`.
    BrowserFeature = "browser/feature" as "browser-feature";
    /// A page whose module starts in a browser.
    BrowserStarted = "browser/started" as "browser-started";
    /// A page whose module starts when a control is used: its only button, or the one that the
    /// target file names as `trigger`.
    BrowserTrigger = "browser/trigger" as "browser-trigger";
    /// A page of which the target file names another build as `previous-build`.
    BrowserPrevious = "browser/previous" as "browser-previous";
    /// A host that takes guests and calls them.
    HostCall = "host/call" as "host-call";
    /// A host whose limits the scenario may set.
    HostLimits = "host/limits" as "host-limits";
    /// A host whose grants the scenario may set.
    HostGrants = "host/grants" as "host-grants";
    /// A host that offers WASI preview 1.
    HostWasi = "host/wasi" as "host-wasi";
    /// A host whose process memory can be measured from outside.
    HostMemory = "host/memory" as "host-memory";
    /// A host that returns the log lines of a guest.
    HostLog = "host/log" as "host-log";
    /// A host that meters instructions.
    HostFuel = "host/fuel" as "host-fuel";
    /// A host that separates tenants and limits each of them.
    HostTenants = "host/tenants" as "host-tenants";
    /// A host that limits the calls per second of each tenant, and announces the limit.
    HostRate = "host/rate" as "host-rate";
    /// A host that limits how many instances run at once.
    HostCapacity = "host/capacity" as "host-capacity";
    /// A host with a registry of modules by digest, one of them active.
    HostRegistry = "host/registry" as "host-registry";
    /// A host that publishes counters of its calls.
    HostMetrics = "host/metrics" as "host-metrics";
    /// Go 1.24 or later on this machine, to build guests.
    ToolchainGo = "toolchain/go" as "toolchain-go";
    /// Clang with its WebAssembly target on this machine, to build guests.
    ToolchainC = "toolchain/c" as "toolchain-c";
    /// Rust with wasm32-unknown-unknown on this machine, to build guests.
    ToolchainRust = "toolchain/rust" as "toolchain-rust";
}

/// What kind of thing a subject is; scenarios of a family are planned for its kind only.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    /// A deployed site and its CDN.
    Site,
    /// A plugin host, embedded, by adapter or over HTTP.
    Host,
    /// A directory that a build produced.
    Artefact,
}

/// What a subject is and can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Profile {
    /// Site, host or build directory.
    pub kind: SubjectKind,
    /// Its own words: server, engine, version.
    pub about: String,
    /// What it can do.
    pub can: Vec<Need>,
    /// What discovery found, sorted.
    pub found: Vec<Found>,
    /// What discovery did not look at because of a bound of ours. Then a run without failures is
    /// not a success.
    pub left_out: Vec<String>,
    /// The limits it holds every guest to, where a scenario cannot set them.
    pub limits: Option<Limits>,
    /// Where each of those limits comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<HeldLimit>,
    /// The guests that are deployed on a host to which none can be uploaded, sorted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployed: Option<Vec<String>>,
    /// Milliseconds after a deadline that still count as in time for this subject: its own grace
    /// plus the time to reach it.
    pub grace_ms: u32,
}

impl Profile {
    /// What the subject can do, as facts of the step `subject`.
    pub fn facts(&self) -> Facts {
        let name = |need: &Need| Cow::Owned(need.word().replace('/', "-"));
        let fact = |need: &Need| (name(need), Value::Bool(self.can(*need)));
        Need::ALL.iter().map(fact).collect()
    }

    /// Whether the subject can do what is needed.
    pub fn can(&self, need: Need) -> bool {
        self.can.contains(&need)
    }

    /// Whether this guest is available here.
    pub fn has_guest(&self, id: &str) -> bool {
        self.deployed.as_ref().is_none_or(|all| all.iter().any(|one| one == id))
    }
}
