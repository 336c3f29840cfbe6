//! One loaded module, and its calls.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use wasm_gauntlet_model::call::{Called, Rejection};
use wasm_gauntlet_model::limits::{Grants, Limits};
use wasm_gauntlet_model::twin::Twin;
use wasmtime::{Engine, InstancePre, Linker, Module, ModuleExport};

use super::Shared;
use super::ending::text;
use super::live::{Ended, Live};
use super::state::{Limiter, State};
use super::wasi;
use crate::subject::defects::Named;
use crate::subject::guest_abi::contract::Contract;
use crate::subject::guest_abi::end::{End, outcome};
use crate::subject::guest_abi::fixture::Fixture;
use crate::subject::guest_abi::growth::{Caps, Growth};
use crate::subject::guest_abi::keep::Keep;
use crate::subject::guest_abi::log::SharedLog;
use crate::subject::guest_abi::{ALLOC, INITIALIZE, MEMORY, PROCESS};
use crate::subject::host::Plugin;

/// A module that is compiled and linked; only its instance is missing.
pub(super) struct Compiled {
    pub(super) pre: InstancePre<State>,
    pub(super) exports: Exports,
    wasi: bool,
    keep: Keep<Live>,
}

/// Where the exports of the ABI are, so that no call looks up a name.
pub(super) struct Exports {
    pub(super) memory: ModuleExport,
    pub(super) alloc: ModuleExport,
    pub(super) process: ModuleExport,
    pub(super) initialize: Option<ModuleExport>,
}

impl Compiled {
    /// Compile bytes whose contract has been checked.
    pub(super) fn new(
        engine: &Engine,
        linker: &Linker<State>,
        bytes: &[u8],
        contract: Contract,
        keep: Keep<Live>,
    ) -> wasmtime::Result<Self> {
        // Never `Module::new`, which may take text, and never `deserialize`, which trusts bytes.
        let module = Module::from_binary(engine, bytes)?;
        let export = |name: &str| {
            let export = module.get_export_index(name);
            export.ok_or_else(|| wasmtime::Error::msg(format!("no export `{name}`")))
        };
        let exports = Exports {
            memory: export(MEMORY)?,
            alloc: export(ALLOC)?,
            process: export(PROCESS)?,
            initialize: contract.initialize.then(|| export(INITIALIZE)).transpose()?,
        };
        let pre = linker.instantiate_pre(&module)?;
        Ok(Self { pre, exports, wasi: contract.wasi, keep })
    }
}

/// What a plugin runs.
pub(super) enum Artefact {
    /// Compiled once.
    Compiled(Arc<Compiled>),
    /// The defect `recompile`: compiled at each call.
    Source(Arc<[u8]>),
    /// The defect `load-anything`: refused too late.
    Unloadable(Rejection),
}

/// A module with the limits and grants that it was loaded with.
pub(super) struct WasmtimePlugin {
    pub(super) shared: Arc<Shared>,
    pub(super) artefact: Artefact,
    pub(super) limits: Limits,
    pub(super) caps: Caps,
    pub(super) grants: Grants,
    pub(super) fixture: Option<Arc<Fixture>>,
    pub(super) digest: String,
}

impl Plugin for WasmtimePlugin {
    /// Runs on the caller's thread, whose stack must be `CALLER_STACK_BYTES_MIN`; must not be
    /// called on a worker thread of an async runtime.
    fn call(&self, tenant: &str, input: &[u8]) -> Called {
        let started = Instant::now();
        let log = SharedLog::new(tenant, &self.limits);
        let ended = catch_unwind(AssertUnwindSafe(|| self.ended(&log, started, input)))
            .unwrap_or_else(|_| Ended::fault(self.caps, "the host panicked"));
        if matches!(ended.end, End::Trap(_)) {
            self.shared.defects.on_trap();
        }
        let (log, log_lines_dropped) = log.lock().take();
        Called {
            growths_denied: ended.growth.denied(),
            outcome: outcome(ended.end, ended.said, &ended.growth),
            log,
            log_lines_dropped,
            digest: self.digest.clone(),
            host_wall_us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
            fuel_used: ended.fuel_used,
        }
    }
}

impl WasmtimePlugin {
    fn ended(&self, log: &SharedLog, started: Instant, input: &[u8]) -> Ended {
        let _named = match Named::take(&self.shared.defects) {
            Ok(named) => named,
            Err(clash) => return Ended::fault(self.caps, &clash),
        };
        let recompiled;
        let compiled = match &self.artefact {
            Artefact::Compiled(compiled) => compiled,
            Artefact::Source(bytes) => match self.shared.compile(bytes, &self.limits) {
                Ok(compiled) => {
                    recompiled = compiled;
                    &recompiled
                }
                Err(rejection) => return Ended::fault(self.caps, &rejection.reason),
            },
            Artefact::Unloadable(rejection) => return Ended::fault(self.caps, &rejection.reason),
        };
        let state = match self.state(compiled, log) {
            Ok(state) => state,
            Err(error) => return Ended::fault(self.caps, &text(&error)),
        };
        let _ticking = self.shared.ticker.during();
        compiled.keep.call(|kept| {
            let mut live = match kept {
                Some(kept) => kept.renewed(state),
                None => Live::new(compiled, state),
            };
            let end = live.run(compiled, self, started, input).unwrap_or_else(|end| end);
            live.ended(end, &self.limits)
        })
    }

    fn state(&self, compiled: &Compiled, log: &SharedLog) -> wasmtime::Result<State> {
        let context = || {
            let fixture = self.fixture.as_deref();
            wasi::context(&self.grants, &self.shared.defects, fixture, log)
        };
        Ok(State {
            limiter: Limiter(Growth::new(self.caps)),
            log: log.clone(),
            said: None,
            deadline: None,
            wasi: compiled.wasi.then(context).transpose()?,
        })
    }

    /// When the host stops a call that began then; none where a defect lets it run.
    pub(super) fn deadline(&self, started: Instant) -> Option<Instant> {
        let deadline = Duration::from_millis(self.limits.deadline_ms);
        let armed = !self.shared.defects.has(Twin::NoDeadline);
        started.checked_add(deadline).filter(|_| armed)
    }
}
