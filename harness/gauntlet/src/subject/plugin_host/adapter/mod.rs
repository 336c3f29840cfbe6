//! The parent's side of the adapter protocol: a host in a process of its own, watched from
//! outside. Embedded runtimes run in a worker of ours, others in a program of theirs.
//!
//! Whatever the child does (dies, hangs, floods, lies) is an observation. Only a child that cannot
//! be started is an [`Inability`].

mod idle;
mod references;
mod trial;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

#[cfg(feature = "full")]
use wasm_gauntlet_host::process::confine::Confinement;
use wasm_gauntlet_host::process::launch::Launch;
use wasm_gauntlet_host::protocol::{Hello, feature};
use wasm_gauntlet_host::worker::parent::supervised::{Supervised, WaitLimits};
use wasm_gauntlet_model::action::Action;
use wasm_gauntlet_model::profile::{Need, Profile, SubjectKind};

use crate::subject::plugin_host::actions::bound;
use crate::subject::plugin_host::actions::module::{self, Source};
use crate::subject::{Inability, Session, Subject};
use idle::Idle;
use trial::AdapterSession;

pub use references::ReferenceRuntimes;

/// Milliseconds past a deadline that still count as in time: 20 for the host (the ticker of an
/// epoch, a slice of fuel, one bulk operation over 16 MiB), and 5 for the pipe, the JSON and three
/// thread switches each way.
pub(crate) const GRACE_MS: u32 = 25;

/// Most characters shown of an adapter's own description.
const ABOUT_CHARS_MAX: usize = 80;

/// A host behind the adapter protocol.
pub struct Adapter {
    name: String,
    flags: String,
    launch: Launch,
    patience: WaitLimits,
    source: Box<Source>,
    idle: Idle,
    spins_per_ms: OnceLock<f64>,
    references: Option<Arc<ReferenceRuntimes>>,
}

impl Adapter {
    /// A host that `launch` starts, its guests from `source`.
    pub(crate) fn new(name: &str, launch: Launch, source: Box<Source>) -> Self {
        Self {
            name: name.to_owned(),
            flags: String::new(),
            launch,
            patience: WaitLimits::default(),
            source,
            idle: Idle::default(),
            spins_per_ms: OnceLock::new(),
            references: None,
        }
    }

    /// The same, its answers compared with those of `references` where a scenario asks for it.
    pub fn compared_with(mut self, references: Arc<ReferenceRuntimes>) -> Self {
        self.references = Some(references);
        self
    }

    /// The same, its guests from `source`.
    pub fn with_guests(mut self, source: Box<Source>) -> Self {
        self.source = source;
        self
    }
}

#[cfg(feature = "full")]
impl Adapter {
    /// The same, named on the command line by `flags` (see [`Subject::flags`]).
    pub(crate) fn called_by(mut self, flags: String) -> Self {
        self.flags = flags;
        self
    }

    /// The same, its processes held to these limits.
    pub(crate) fn confined(mut self, confinement: Confinement) -> Self {
        self.launch.confinement = confinement;
        self
    }
}

#[cfg(test)]
impl Adapter {
    /// The processes that wait for the next trial.
    pub(crate) fn idle_pids(&self) -> Vec<rustix::process::Pid> {
        self.idle.pids()
    }
}

impl Subject for Adapter {
    fn name(&self) -> &str {
        &self.name
    }

    fn flags(&self) -> String {
        self.flags.clone()
    }

    fn profile(&self) -> Result<Profile, Inability> {
        let host = Supervised::with(self.launch.clone(), self.patience, self.idle.take());
        let process = host.process()?;
        let profile = profile(process.hello(), process.vitals().is_some());
        self.idle.put(process);
        Ok(profile)
    }

    fn bound(&self, action: &Action) -> Duration {
        // Whoever does not answer is ended, and another is started.
        let (reap, hello) = (
            wasm_gauntlet_host::worker::parent::process::REAP_PATIENCE,
            wasm_gauntlet_host::worker::parent::process::HELLO_PATIENCE,
        );
        let (call, load) = (self.patience.call + reap, self.patience.load + reap);
        let look = wasm_gauntlet_host::worker::parent::process::STATS_PATIENCE
            + reap
            + hello
            + trial::SETTLE_PATIENCE;
        bound::of(action, bound::Patience { call, load, look })
    }

    /// Processes that break the protocol or say nothing are counted, and after three in a row no
    /// other is started.
    fn lost(&self) -> Option<String> {
        self.launch.remarks.broken()
    }

    fn left_behind(&self) -> Vec<String> {
        while let Some(waiting) = self.idle.take() {
            drop(waiting);
        }
        self.launch.remarks.all_left()
    }

    fn open(&self, seed: u64) -> Result<Box<dyn Session + '_>, Inability> {
        Ok(Box::new(AdapterSession::new(self, seed)))
    }
}

fn profile(hello: &Hello, memory_seen: bool) -> Profile {
    let needs = [
        (feature::LIMITS, Need::HostLimits),
        (feature::GRANTS, Need::HostGrants),
        (feature::WASI, Need::HostWasi),
        (feature::LOG, Need::HostLog),
        (feature::FUEL, Need::HostFuel),
        (feature::TENANTS, Need::HostTenants),
        (feature::RATE, Need::HostRate),
        (feature::CAPACITY, Need::HostCapacity),
    ];
    let has = |word: &str| hello.features.iter().any(|feature| feature == word);
    let mut can = vec![Need::HostCall];
    can.extend(needs.iter().filter(|(word, _)| has(word)).map(|(_, need)| *need));
    can.extend(memory_seen.then_some(Need::HostMemory));
    can.extend(module::toolchains());
    can.sort_unstable();
    let short = |text: &str| text.chars().take(ABOUT_CHARS_MAX).collect::<String>();
    let (name, version) = (short(&hello.name), short(&hello.version));
    let about = format!("{name} {version} ({})", short(&hello.engine));
    let kind = SubjectKind::Host;
    Profile {
        kind,
        about,
        can,
        found: Vec::new(),
        left_out: Vec::new(),
        limits: None,
        held: Vec::new(),
        deployed: None,
        grace_ms: GRACE_MS,
    }
}

#[cfg(test)]
mod oracle_tests;
#[cfg(test)]
pub(crate) mod test_rig;
#[cfg(test)]
mod tests;
