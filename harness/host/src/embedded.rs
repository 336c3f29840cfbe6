//! What the hosts in this process have in common: caches, faults, and the frame of a call. A
//! runtime compiles a module and runs one call of it. Nothing here names a runtime.

mod call;
pub(crate) mod call_state;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use wasm_gauntlet_model::call::{Called, RejectStage, Rejection, hex};
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::limits::{Grants, Limits};
use wasm_gauntlet_model::static_limits::StaticLimits;

pub use call::{Call, Ended};

use super::compile_trial::CompileTrial;
use super::faults::{HostFaults, InstanceName};
use super::guest_abi::cache::Cache;
use super::guest_abi::contract::{self, Contract};
use super::guest_abi::end::{By, CallEnd, outcome};
use super::guest_abi::fixture::Fixture;
use super::guest_abi::growth::Caps;
use super::guest_abi::log::SharedLog;
use super::host::{About, Host, Plugin};
use super::off_by_one;
use crate::instance_reuse::InstanceReuse;
use crate::process::locked::Locked;

/// Compiled modules kept: a Go guest takes some 20 MB.
const MODULES_MAX: usize = 32;
/// Contracts kept; they are small.
const CONTRACTS_MAX: usize = 256;

/// Most modules whose instances a fault keeps. Kept instances occupy slots of the pool, and a full
/// pool would be another fault.
const KEEPERS_MAX: usize = 4;

type Sha = [u8; 32];

/// A runtime in this process.
pub trait Runtime: Send + Sync + 'static {
    /// Modules with different keys are compiled separately.
    type Key: PartialEq + Copy + Send + Sync;
    /// A module that is compiled and linked; only its instance is missing.
    type Module: Send + Sync;
    /// An instance in its store.
    type Live: Send;

    /// What the host says of itself.
    fn about(&self) -> About;

    /// The key of modules with these limits, under the caps that are enforced.
    fn key(&self, caps: Caps, limits: &Limits) -> Self::Key;

    /// Compile bytes whose contract has been checked.
    ///
    /// # Errors
    /// When the engine refuses them all the same.
    fn compile(
        &self,
        key: Self::Key,
        bytes: &[u8],
        contract: Contract,
    ) -> Result<Self::Module, Rejection>;

    /// One call: an instance, `_initialize`, `alloc`, `process`, the output. Hands back the
    /// instance for the faults that keep it; `kept` is one of those.
    fn call(
        &self,
        module: &Self::Module,
        kept: Option<Self::Live>,
        call: &Call<'_>,
    ) -> (Ended, Option<Self::Live>);
}

/// A host on a runtime in this process.
pub struct Embedded<R: Runtime>(Arc<SharedHost<R>>);

/// Compiled modules by digest and key; a refusal is remembered too.
type ModuleCache<R> = Cache<(Sha, <R as Runtime>::Key), Result<Arc<LoadedModule<R>>, Rejection>>;

/// Shared by plugins of one host.
struct SharedHost<R: Runtime> {
    runtime: R,
    faults: HostFaults,
    trial: Option<CompileTrial>,
    contracts: Cache<(Sha, Caps, StaticLimits), Result<Contract, Rejection>>,
    modules: ModuleCache<R>,
    fixture: Mutex<Option<Arc<Fixture>>>,
    /// Modules of which a fault keeps instances, oldest first.
    keepers: Mutex<VecDeque<Arc<LoadedModule<R>>>>,
    /// How often the fault `close-runtime` has closed it.
    era: AtomicU64,
}

/// A compiled module and where its instances come from.
struct LoadedModule<R: Runtime> {
    module: R::Module,
    keep: InstanceReuse<R::Live>,
}

impl<R: Runtime> Embedded<R> {
    /// A host on `runtime` with these faults; a correct host has none. Only static limits bound
    /// compilation.
    pub fn on(runtime: R, faults: HostFaults) -> Self {
        Self(Arc::new(SharedHost {
            runtime,
            faults,
            trial: None,
            contracts: Cache::new(CONTRACTS_MAX),
            modules: Cache::new(MODULES_MAX),
            fixture: Mutex::new(None),
            keepers: Mutex::default(),
            era: AtomicU64::new(0),
        }))
    }

    /// The same, compiling long modules in a process of `trial` first.
    pub(crate) fn trying(mut self, trial: Option<CompileTrial>) -> Self {
        if let Some(shared) = Arc::get_mut(&mut self.0) {
            shared.trial = trial.filter(|_| !shared.faults.has(Fault::NoCompileLimits));
        }
        self
    }
}

impl<R: Runtime> Host for Embedded<R> {
    fn about(&self) -> About {
        self.0.runtime.about()
    }

    fn load(
        &self,
        bytes: &[u8],
        limits: &Limits,
        grants: &Grants,
    ) -> Result<Arc<dyn Plugin>, Rejection> {
        let shared = &self.0;
        let faults = &shared.faults;
        let nothing = Grants::default();
        let grants = if faults.has(Fault::GrantNothing) { &nothing } else { grants };
        let digest: Sha = Sha256::digest(bytes).into();
        let limits = &faults.limits(limits);
        let artefact = match shared.loaded(digest, bytes, limits) {
            Err(rejection) if faults.has(Fault::LoadAnything) => PluginCode::Unloadable(rejection),
            Err(rejection) => {
                faults.on_refused(bytes);
                return Err(rejection);
            }
            Ok(_) if faults.has(Fault::Recompile) => PluginCode::Source(bytes.into()),
            Ok(loaded) => PluginCode::Loaded(loaded),
        };
        Ok(Arc::new(EmbeddedPlugin {
            shared: shared.clone(),
            artefact,
            limits: limits.clone(),
            caps: faults.caps(limits),
            grants: grants.clone(),
            fixture: grants.files.then(|| shared.fixture()).transpose()?,
            digest: hex(&digest),
        }))
    }
}

impl<R: Runtime> SharedHost<R> {
    /// The compiled module, from the cache if it is there.
    fn loaded(
        &self,
        digest: Sha,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Arc<LoadedModule<R>>, Rejection> {
        let caps = self.faults.caps(limits);
        let key = self.runtime.key(caps, limits);
        let counts = &limits.static_limits;
        let check = || contract::check(bytes, caps, counts);
        let contract = self.contracts.get((digest, caps, counts.clone()), check)?;
        self.modules.get((digest, key), || {
            self.trial.as_ref().map_or(Ok(()), |trial| trial.compile(bytes))?;
            self.compile(key, bytes, contract)
        })
    }

    fn compile(
        &self,
        key: R::Key,
        bytes: &[u8],
        contract: Contract,
    ) -> Result<Arc<LoadedModule<R>>, Rejection> {
        let off_by_one = self.faults.has(Fault::OffByOneRuntime);
        let wrong = off_by_one.then(|| off_by_one::miscompiled(bytes));
        let bytes = wrong.as_deref().unwrap_or(bytes);
        let module = self.runtime.compile(key, bytes, contract)?;
        Ok(Arc::new(LoadedModule { module, keep: InstanceReuse::new(&self.faults) }))
    }

    /// The end of a call that began in `era`. With `close-runtime`, a call that fails closes the
    /// runtime, and calls in flight then find it closed.
    fn after(&self, era: u64, ended: Ended) -> Ended {
        if !self.faults.has(Fault::CloseRuntime) {
            return ended;
        }
        if self.era.load(Ordering::SeqCst) != era {
            return Ended { end: CallEnd::HostFault("the runtime was closed".to_owned()), ..ended };
        }
        if !matches!(ended.end, CallEnd::Output(_)) {
            self.era.fetch_add(1, Ordering::SeqCst);
        }
        ended
    }

    /// The module compiled anew.
    fn recompiled(&self, bytes: &[u8], limits: &Limits) -> Result<Arc<LoadedModule<R>>, Rejection> {
        let caps = self.faults.caps(limits);
        let contract = contract::check(bytes, caps, &limits.static_limits)?;
        self.compile(self.runtime.key(caps, limits), bytes, contract)
    }

    /// Remember a module whose instances are kept. When there are too many, the oldest drops its
    /// instances.
    fn keeping(&self, loaded: &Arc<LoadedModule<R>>) {
        let mut keepers = self.keepers.locked();
        if keepers.iter().any(|keeper| Arc::ptr_eq(keeper, loaded)) {
            return;
        }
        keepers.push_back(Arc::clone(loaded));
        if keepers.len() > KEEPERS_MAX
            && let Some(oldest) = keepers.pop_front()
        {
            oldest.keep.clear();
        }
    }

    fn fixture(&self) -> Result<Arc<Fixture>, Rejection> {
        let mut fixture = self.fixture.locked();
        if let Some(fixture) = &*fixture {
            return Ok(fixture.clone());
        }
        let stage = RejectStage::Instantiate;
        let refuse = |error: std::io::Error| Rejection { stage, reason: error.to_string() };
        let made = Arc::new(Fixture::new().map_err(refuse)?);
        *fixture = Some(made.clone());
        Ok(made)
    }
}

/// What a plugin runs.
enum PluginCode<R: Runtime> {
    /// Compiled once.
    Loaded(Arc<LoadedModule<R>>),
    /// The fault `recompile`: compiled at each call.
    Source(Arc<[u8]>),
    /// The fault `load-anything`: refused too late.
    Unloadable(Rejection),
}

/// A module with the limits and grants that it was loaded with.
struct EmbeddedPlugin<R: Runtime> {
    shared: Arc<SharedHost<R>>,
    artefact: PluginCode<R>,
    limits: Limits,
    caps: Caps,
    grants: Grants,
    fixture: Option<Arc<Fixture>>,
    digest: String,
}

impl<R: Runtime> Plugin for EmbeddedPlugin<R> {
    /// Runs on the thread of the caller, which needs a stack of 2 MiB, as Rust threads and blocking
    /// threads of tokio have. wasmtime gives a guest 512 KiB of it, and the host needs as much; on
    /// a thread of 256 KiB a guest that recursed aborted the whole process. wasmi guests have their
    /// own stack on the heap. Must not be called on a worker thread of an async runtime.
    fn call(&self, tenant: &str, input: &[u8]) -> Called {
        let started = Instant::now();
        let faults = &self.shared.faults;
        let nameless = faults.has(Fault::NoMetrics);
        let log = SharedLog::new(&self.limits);
        let log = if faults.has(Fault::RawLog) { log.raw() } else { log };
        let era = self.shared.era.load(Ordering::SeqCst);
        let deadline = self.deadline(started);
        let mut ended = catch_unwind(AssertUnwindSafe(|| self.ended(&log, deadline, input)))
            .unwrap_or_else(|_| Ended::fault(self.caps, "the host panicked"));
        // A guest looks at the clock only at ticks or between slices, so the host looks once more.
        let now = Instant::now();
        if matches!(ended.end, CallEnd::Output(_))
            && deadline.is_some_and(|deadline| now >= deadline)
        {
            ended.end = CallEnd::Deadline(By::LateLook);
        }
        let wall = now.duration_since(started);
        let ended = self.shared.after(era, ended);
        faults.on_end(&ended.end);
        let (log, log_lines_dropped) = log.lock().take(if nameless { "" } else { tenant });
        let stopped_by = ended.end.stopped_by().map(str::to_owned);
        let (end, said) = faults.said(ended.end, ended.said);
        Called {
            growths_denied: ended.growth.denied(),
            stopped_by,
            outcome: outcome(end, said, &ended.growth),
            log,
            log_lines_dropped,
            digest: if nameless { String::new() } else { self.digest.clone() },
            host_wall_us: u64::try_from(wall.as_micros()).unwrap_or(u64::MAX),
            fuel_used: ended.fuel_used,
        }
    }
}

impl<R: Runtime> EmbeddedPlugin<R> {
    /// When a call that began at `started` is stopped; none with the fault `no-deadline`, or past
    /// the range of the clock.
    fn deadline(&self, started: Instant) -> Option<Instant> {
        let until = started.checked_add(Duration::from_millis(self.limits.deadline_ms));
        until.filter(|_| !self.shared.faults.has(Fault::NoDeadline))
    }

    fn ended(&self, log: &SharedLog, deadline: Option<Instant>, input: &[u8]) -> Ended {
        let faults = &self.shared.faults;
        let _named = match InstanceName::take(faults) {
            Ok(named) => named,
            Err(clash) => return Ended::fault(self.caps, &clash),
        };
        let call = Call {
            input,
            limits: &self.limits,
            caps: self.caps,
            grants: &self.grants,
            fixture: self.fixture.as_deref(),
            faults,
            log,
            deadline,
        };
        match &self.artefact {
            PluginCode::Loaded(loaded) => self.run(loaded, &call),
            PluginCode::Source(bytes) => match self.shared.recompiled(bytes, &self.limits) {
                Ok(loaded) => self.run(&loaded, &call),
                Err(rejection) => Ended::fault(self.caps, &rejection.reason),
            },
            PluginCode::Unloadable(rejection) => Ended::fault(self.caps, &rejection.reason),
        }
    }

    fn run(&self, loaded: &Arc<LoadedModule<R>>, call: &Call<'_>) -> Ended {
        let run = |kept| self.shared.runtime.call(&loaded.module, kept, call);
        let ended = loaded.keep.call(run);
        call.faults.leak();
        if call.faults.keeps_instances() {
            self.shared.keeping(loaded);
        }
        ended
    }
}
