//! What a subject can be asked to do. A step of a scenario becomes an action when its
//! parameters are filled in; a subject performs it and never judges.

mod control;
mod visit;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::excuse::Excuse;
pub use crate::found::Asset;
use crate::found::Found;
use crate::limits::{Grants, Limits};
use crate::observation::{
    Agreement, Exchange, Field, GuestCall, Inspection, Lattice, Pace, PageLoads, PageSkew,
    PageVisit, TenantLatency,
};

pub use control::{Control, Naming, Task, Verb};
pub use visit::{Deploy, Loads, ModuleFailure, Visit, Visitor};

/// One action, every parameter filled in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Action {
    /// One HTTP exchange with the site.
    Fetch(Fetch),
    /// Read one file, and what stands around it.
    Inspect(Inspect),
    /// One asset in every coding, from every address, several times.
    Everywhere(Everywhere),
    /// Visit a page with a browser.
    Visit(Visit),
    /// Load a page with and without its module.
    Loads(Loads),
    /// Visit a page across a deploy.
    Deploy(Deploy),
    /// Load a guest (cached by digest) and call it.
    Call(Call),
    /// Time two guests in interleaved pairs.
    Compare(Compare),
    /// Polite tenants alone and beside a noisy one.
    NoisyNeighbour(NoisyNeighbour),
    /// Run guests here and on the reference runtimes, and compare the answers.
    Differ(Differ),
    /// Ask something of the host as a whole.
    Control(Control),
}

impl Action {
    /// The fields that the observation of this action can have.
    pub fn fields(&self) -> &'static [Field] {
        match self {
            Self::Fetch(_) => Exchange::FIELDS,
            Self::Inspect(_) => Inspection::FIELDS,
            Self::Everywhere(_) => Lattice::FIELDS,
            Self::Visit(_) => PageVisit::FIELDS,
            Self::Loads(_) => PageLoads::FIELDS,
            Self::Deploy(_) => PageSkew::FIELDS,
            Self::Call(_) => GuestCall::FIELDS,
            Self::Compare(_) => Pace::FIELDS,
            Self::NoisyNeighbour(_) => TenantLatency::FIELDS,
            Self::Differ(_) => Agreement::FIELDS,
            Self::Control(control) => control.task.fields(),
        }
    }
}

/// The request method of a fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// RFC 9110 §9.3.1.
    Get,
    /// RFC 9110 §9.3.2.
    Head,
}

/// One HTTP exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fetch {
    /// GET or HEAD.
    pub method: Method,
    /// What to fetch: the URL, as discovery found it.
    pub url: String,
    /// `Accept-Encoding` to send; none sends no such field, "" sends an empty one.
    pub accept_encoding: Option<String>,
    /// Name of an earlier step whose `ETag` (or else `Last-Modified`) makes this conditional.
    pub revalidates: Option<String>,
    /// Whether a one-off query word keeps this off every cache entry that others use.
    pub one_off: Option<OneOff>,
    /// How this differs from fetching the asset at the address that people use.
    pub special: Special,
}

/// How a fetch may differ from the usual one. By default it does not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Special {
    /// Whom to ask.
    pub place: Place,
    /// Whether to ask for an invented name next to the name of the asset.
    pub invented: bool,
    /// Name of an earlier step. Its header fields are compared with these.
    pub against: Option<String>,
    /// Name of an earlier step. A part of its bytes is requested.
    pub part_of: Option<String>,
    /// Name of an earlier step whose first part we have. The rest is requested, as a browser
    /// resumes a broken download.
    pub resumes: Option<String>,
    /// Name of an earlier step that fetched a page. This fetch is made on behalf of that page.
    pub for_page: Option<String>,
}

crate::words! {
    /// Whom to ask for an asset.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    pub enum Place {
        /// Whoever people load it from.
        #[default]
        Edge = "edge",
        /// What stands behind that.
        Origin = "origin",
        /// Whoever people load it from over TLS.
        Secure = "secure",
    }
}

/// One asset in every coding, from every address, several times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Everywhere {
    /// What to fetch: the URL, as discovery found it.
    pub url: String,
    /// Values of `Accept-Encoding`, each of which is sent to each address.
    pub offers: Vec<String>,
    /// How often each is asked for at each address.
    pub repeats: u32,
}

/// One file of a site or of a build directory, to be read with what stands around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inspect {
    /// What it is.
    pub asset: Asset,
    /// Its address, or its path below the directory, as discovery found it.
    pub url: String,
    /// Everything that discovery found: the scripts and pages that belong to it.
    pub beside: Vec<Found>,
}

crate::words! {
    /// How far a one-off query word reaches.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    pub enum OneOff {
        /// One word for all steps of a trial. They share cache entries with each other only.
        Trial = "trial",
        /// A word for this step alone, so that no cache has the answer.
        Step = "step",
    }
}

/// One or several calls of a guest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Call {
    /// Id of the guest in `hostile-guests`.
    pub guest: String,
    /// Parameters of the guest's text, `name=value`.
    pub guest_params: Vec<(String, String)>,
    /// The input bytes.
    pub input: Input,
    /// The tenant in whose name.
    pub tenant: String,
    /// How many calls, one after another, or all at once.
    pub times: u32,
    /// Whether the calls are made at once.
    pub at_once: bool,
    /// A guest that another tenant calls over and over meanwhile.
    pub meanwhile: Option<String>,
    /// Load only; do not call.
    pub load_only: bool,
    /// The limits that the host is to hold the guest to.
    pub limits: Limits,
    /// What the guest is given.
    pub grants: Grants,
}

impl Call {
    /// The usual call of `guest`: once, with a word as its input, under the usual limits, given
    /// nothing.
    pub fn usual(guest: &str, tenant: &str) -> Self {
        Self {
            guest: guest.to_owned(),
            guest_params: Vec::new(),
            input: Input::Bytes(b"ping".to_vec()),
            tenant: tenant.to_owned(),
            times: 1,
            at_once: false,
            meanwhile: None,
            load_only: false,
            limits: Limits::default(),
            grants: Grants::default(),
        }
    }
}

/// The input of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Input {
    /// These bytes.
    Bytes(Vec<u8>),
    /// For `benign-spin`: the little-endian `u32` count that keeps this host busy for about so
    /// many milliseconds; the performer calibrates it once.
    SpinMs(u32),
}

/// Two guests, timed in turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compare {
    /// The guest under question.
    pub guest: String,
    /// The guest it is compared with.
    pub control: String,
    /// Pairs to time.
    pub pairs: u32,
    /// The limits of both.
    pub limits: Limits,
}

/// Polite tenants against a noisy one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NoisyNeighbour {
    /// Milliseconds of work of one polite call.
    pub polite_ms: u32,
    /// Number of polite tenants.
    pub polite_tenants: u32,
    /// Calls a second of each polite tenant, open loop.
    pub polite_per_s: u32,
    /// The guest of the noisy tenant.
    pub noise: String,
    /// Calls that the noisy tenant keeps in flight.
    pub noise_at_once: u32,
    /// Milliseconds of each phase.
    pub phase_ms: u32,
    /// Rounds of alone and beside.
    pub rounds: u32,
    /// Milliseconds added to both p99 before the ratio, so that very short times do not matter.
    pub floor_ms: u32,
    /// The largest ratio that passes. Rounds stop early when the first ratio is far below it.
    pub factor: f64,
    /// The limits of all.
    pub limits: Limits,
}

/// Guests whose answers are compared with those of the reference runtimes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Differ {
    /// Id of the guest.
    pub guest: String,
    /// How many modules are drawn, where the guest is drawn from a seed.
    pub seeds: u32,
    /// What is excused.
    pub excuses: Vec<Excuse>,
    /// The tenant in whose name.
    pub tenant: String,
    /// The limits of all.
    pub limits: Limits,
}
