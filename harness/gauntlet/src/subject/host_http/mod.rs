//! A deployed plugin host, over the host contract (`testbed/plugins/openapi.yaml`).
//!
//! Nothing here starts, stops or looks into the host: what it answers, and when, is all there
//! is. A connection that is cut and a 5xx that carries no outcome are host faults; a host that
//! cannot be reached at all before anything was done to it is an [`Inability`].

mod curl;
mod exchange;
mod reading;
#[cfg(test)]
mod tests;
mod trial;

use std::sync::{Arc, OnceLock};

use serde::Deserialize;
use tokio::runtime::Runtime;
use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::profile::{Need, Profile, SubjectKind};

use crate::subject::adapter::References;
use crate::subject::calls::module::Source;
use crate::subject::protocol::feature;
use crate::subject::{Inability, Session, Subject};
use exchange::{Exchange, Sent};
use trial::Trial;

/// Milliseconds past a deadline that are in time where the target says nothing: 20 that a host
/// is granted, and 10 for a connection of its own, the front and the pipe behind it. It fits a
/// machine's own network; a target further away names its own.
pub const GRACE_MS: u32 = 30;

/// The threads of the client.
const THREADS: usize = 2;

/// Longest part of what a host says of itself.
const ABOUT_CHARS_MAX: usize = 80;

/// A plugin host over HTTP.
pub struct HostHttp {
    name: String,
    flags: String,
    url: String,
    limits: Limits,
    grace_ms: u32,
    source: Box<Source>,
    exchange: Exchange,
    runtime: Option<Runtime>,
    spins_per_ms: OnceLock<f64>,
    references: Option<Arc<References>>,
}

/// What a host says of itself; every member may be missing, from strangers all of them are.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct Health {
    name: String,
    version: String,
    engine: String,
    features: Vec<String>,
    processes_lost: Option<u64>,
}

impl HostHttp {
    /// The host at `url`, which holds every guest to `limits`; guests come from `source`.
    ///
    /// # Errors
    /// When the address is none, or no client can be made.
    pub fn new(
        name: &str,
        url: &str,
        limits: Limits,
        grace_ms: Option<u32>,
        source: Box<Source>,
    ) -> Result<Self, Inability> {
        let cannot = |error: &dyn std::fmt::Display| Inability(format!("{url}: {error}"));
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(THREADS).thread_name("host-http").enable_all();
        let runtime = builder.build().map_err(|error| cannot(&error))?;
        let base = url::Url::parse(url).map_err(|error| cannot(&error))?;
        Ok(Self {
            name: name.to_owned(),
            flags: String::new(),
            url: base.as_str().trim_end_matches('/').to_owned(),
            exchange: Exchange::new(runtime.handle().clone())?,
            limits,
            grace_ms: grace_ms.unwrap_or(GRACE_MS),
            source,
            runtime: Some(runtime),
            spins_per_ms: OnceLock::new(),
            references: None,
        })
    }

    /// The same, its answers compared with those of `references` where a scenario asks for it.
    pub fn compared_with(mut self, references: Arc<References>) -> Self {
        self.references = Some(references);
        self
    }

    /// The same, named on the command line by `flags` (see [`Subject::flags`]).
    pub fn called_by(mut self, flags: String) -> Self {
        self.flags = flags;
        self
    }

    fn health(&self) -> Result<Health, Inability> {
        let url = format!("{}/healthz", self.url);
        match self.exchange.get(&url, None) {
            Sent::Answer(answer) if (200..300).contains(&answer.status) => {
                Ok(serde_json::from_slice(&answer.body).unwrap_or_default())
            }
            Sent::Answer(answer) => Err(Inability(format!(
                "{url}: status {}, so nothing here speaks the host contract; expected the address \
                 of a plugin host, as `gauntlet testbed` prints one beside `host`",
                answer.status
            ))),
            Sent::Cut { detail, .. } if detail.contains("Connection refused") => {
                Err(Inability(format!(
                    "{}: connection refused: nothing listens there; check the port, and whether \
                     the host runs",
                    self.url
                )))
            }
            Sent::Cut { detail, .. } => Err(Inability(format!("{url}: {detail}"))),
            Sent::Never(why) => Err(Inability(why)),
        }
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
        let health = self.health()?;
        let has = |word: &str| health.features.iter().any(|feature| feature == word);
        let needs = [
            (feature::WASI, Need::HostWasi),
            (feature::LOG, Need::HostLog),
            (feature::TENANTS, Need::HostTenants),
        ];
        let mut can = vec![Need::HostCall];
        can.extend(needs.iter().filter(|(word, _)| has(word)).map(|(_, need)| *need));
        let short = |text: &str| text.chars().take(ABOUT_CHARS_MAX).collect::<String>();
        let (name, version) = (short(&health.name), short(&health.version));
        let about = match &*name {
            "" => "a host over HTTP that says nothing of itself".to_owned(),
            name => format!("{name} {version} ({}) over HTTP", short(&health.engine)),
        };
        let (kind, limits) = (SubjectKind::Host, Some(self.limits.clone()));
        Ok(Profile {
            kind,
            about,
            can,
            found: Vec::new(),
            left_out: Vec::new(),
            limits,
            grace_ms: self.grace_ms,
        })
    }

    fn open(&self, seed: u64) -> Result<Box<dyn Session + '_>, Inability> {
        Ok(Box::new(Trial::new(self, seed)))
    }
}

impl Drop for HostHttp {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
