//! A deployed plugin host, over the host contract (`testbed/plugins/openapi.yaml`), or as the
//! mapping of a target file says.
//!
//! Nothing here starts, stops or inspects the host: only its answers and their times are seen. A
//! connection that is cut and a 5xx without an outcome are host faults. A host that cannot be
//! reached before anything was done to it is an [`Inability`].

mod curl;
mod exchange;
mod health;
pub(crate) mod mapped;
mod presence;
mod reading;
mod redactor;
mod registry;
mod rules;
mod secrets;
#[cfg(test)]
mod tests;
mod trial;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::runtime::Runtime;
use wasm_gauntlet_host::protocol::feature;
use wasm_gauntlet_model::action::Action;
use wasm_gauntlet_model::host_limits::{self, StatedLimits};
use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::profile::{Need, Profile, SubjectKind};
use wasm_gauntlet_model::target::Speech;

use crate::subject::plugin_host::actions::bound;
use crate::subject::plugin_host::actions::module::{self, Source};
use crate::subject::plugin_host::adapter::ReferenceRuntimes;
use crate::subject::{Inability, Session, Subject};
use exchange::Exchange;
use mapped::Mapped;
use presence::Presence;
pub(crate) use secrets::{Secrets, Unfit};
use trial::HttpSession;

/// Milliseconds past a deadline that still count as in time, where the target file says nothing: 20
/// for the host, and 10 for the connection, the front and the pipe behind it. That is right for
/// loopback. A target file for a host further away names its own.
pub(crate) const GRACE_MS: u32 = 30;

/// The threads of the client.
const THREADS: usize = 2;

/// Most characters shown of a host's own description.
const ABOUT_CHARS_MAX: usize = 80;

/// A plugin host over HTTP.
pub struct HostHttp {
    name: String,
    flags: String,
    url: String,
    mapped: Option<Mapped>,
    written: StatedLimits,
    /// What it is held to, once it was asked what it announces.
    limits: OnceLock<Limits>,
    grace_ms: u32,
    source: Box<Source>,
    exchange: Exchange,
    runtime: Option<Runtime>,
    presence: Presence,
    spins_per_ms: OnceLock<f64>,
    references: Option<Arc<ReferenceRuntimes>>,
}

impl HostHttp {
    /// The host at `url`; guests come from `source`. It holds every guest to `written`, else to
    /// what it announces, else to the usual limits.
    ///
    /// # Errors
    /// When the address is none, or no client can be made.
    pub fn new(
        name: &str,
        url: &str,
        written: impl Into<StatedLimits>,
        grace_ms: Option<u32>,
        source: Box<Source>,
    ) -> Result<Self, Inability> {
        let cannot = |error: &dyn std::fmt::Display| Inability::setup(format!("{url}: {error}"));
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(THREADS).thread_name("host-http").enable_all();
        let runtime = builder.build().map_err(|error| cannot(&error))?;
        let base = url::Url::parse(url).map_err(|error| cannot(&error))?;
        Ok(Self {
            name: name.to_owned(),
            flags: String::new(),
            url: base.as_str().trim_end_matches('/').to_owned(),
            mapped: None,
            exchange: Exchange::new(runtime.handle().clone())?,
            written: written.into(),
            limits: OnceLock::new(),
            grace_ms: grace_ms.unwrap_or(GRACE_MS),
            source,
            runtime: Some(runtime),
            presence: Presence::default(),
            spins_per_ms: OnceLock::new(),
            references: None,
        })
    }

    /// The same, its answers compared with those of `references` where a scenario asks for it.
    pub fn compared_with(mut self, references: Arc<ReferenceRuntimes>) -> Self {
        self.references = Some(references);
        self
    }

    /// The same, named on the command line by `flags` (see [`Subject::flags`]).
    pub(crate) fn called_by(mut self, flags: String) -> Self {
        self.flags = flags;
        self
    }

    /// The same, spoken to as the target file says.
    ///
    /// # Errors
    /// When a guest is deployed at an address that is none.
    pub(crate) fn speaking(mut self, speech: &Speech) -> Result<Self, Inability> {
        let cannot = |error: url::ParseError| Inability::setup(format!("{}: {error}", self.url));
        self.mapped = match speech {
            Speech::Contract => None,
            Speech::Mapped(mapping) => {
                let base = url::Url::parse(&self.url).map_err(cannot)?;
                Some(Mapped::new((**mapping).clone(), base)?)
            }
        };
        Ok(self)
    }

    /// The same, each request with these credentials, and no answer with their secrets.
    pub(crate) fn with_secrets(mut self, secrets: Secrets) -> Self {
        self.exchange.secrets = secrets;
        self
    }

    /// What it is held to; before it was asked, what is known without.
    fn limits(&self) -> Limits {
        let usual = || host_limits::held(&self.written, &StatedLimits::default()).0;
        self.limits.get().cloned().unwrap_or_else(usual)
    }
}

impl Subject for HostHttp {
    /// One host serves all trials: a death or a name in one would be seen in another.
    fn one_at_a_time(&self) -> bool {
        true
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn flags(&self) -> String {
        self.flags.clone()
    }

    fn profile(&self) -> Result<Profile, Inability> {
        self.exchange.secrets.out_of_profile(self.looked_at())
    }

    fn bound(&self, action: &Action) -> Duration {
        bound::of(action, Self::patience())
    }

    fn lost(&self) -> Option<String> {
        self.lost_since()
            .map(|why| self.exchange.secrets.out_of_inability(Inability::unreachable(why)).text)
    }

    fn open(&self, seed: u64) -> Result<Box<dyn Session + '_>, Inability> {
        Ok(Box::new(HttpSession::new(self, seed)))
    }
}

impl HostHttp {
    fn looked_at(&self) -> Result<Profile, Inability> {
        let health = self.health()?;
        let has = |word: &str| health.features.iter().any(|feature| feature == word);
        let needs = [
            (feature::WASI, Need::HostWasi),
            (feature::LOG, Need::HostLog),
            (feature::TENANTS, Need::HostTenants),
            (feature::RATE, Need::HostRate),
            (feature::REGISTRY, Need::HostRegistry),
            (feature::METRICS, Need::HostMetrics),
        ];
        let announced = health::announced(&health.limits, &self.written)
            .map_err(|wrong| Inability::unreadable(format!("{}/healthz: {wrong}", self.url)))?;
        let (limits, held) = host_limits::held(&self.written, &announced);
        let limits = self.limits.get_or_init(|| limits).clone();
        let mut can = vec![Need::HostCall];
        can.extend(self.mapped.iter().flat_map(|mapped| &mapped.mapping().features));
        can.extend(needs.iter().filter(|(word, _)| has(word)).map(|(_, need)| *need));
        can.extend(module::toolchains());
        let short = |text: &str| text.chars().take(ABOUT_CHARS_MAX).collect::<String>();
        let (name, version) = (short(&health.name), short(&health.version));
        let about = match &*name {
            "" => "a host over HTTP, by the mapping of the target file".to_owned(),
            name => format!("{name} {version} ({}) over HTTP", short(&health.engine)),
        };
        Ok(Profile {
            kind: SubjectKind::Host,
            about,
            can,
            found: Vec::new(),
            left_out: Vec::new(),
            limits: Some(limits),
            held,
            deployed: self.mapped.as_ref().and_then(Mapped::deployed),
            grace_ms: self.grace_ms,
        })
    }
}

impl Drop for HostHttp {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
