//! The reference host on wasmtime, in this process.
//!
//! Each call has its own instance from a pool, under one deadline for start function,
//! `_initialize`, `alloc` and `process`. It does not protect against hostile compilation: wasmtime
//! does not bound the time or memory of its compiler, so untrusted modules must be loaded in a
//! worker with resource limits.

mod ending;
mod engine;
mod live;
mod state;
mod ticker;
mod wasi;

use std::io;
use std::sync::Arc;

use wasm_gauntlet_model::call::{RejectStage, Rejection};
use wasm_gauntlet_model::limits::Limits;
use wasmtime::{Engine, InstancePre, Linker, Module, ModuleExport};

pub use engine::EngineKey;
pub use live::WasmtimeLive;

use self::ending::text;
use self::state::WasmtimeState;
use self::ticker::Ticker;
use super::embedded::{Call, Embedded, Ended, Runtime};
use super::faults::HostFaults;
use super::guest_abi::cache::Cache;
use super::guest_abi::contract::Contract;
use super::guest_abi::growth::Caps;
use super::guest_abi::{ALLOC, INITIALIZE, MEMORY, PROCESS};
use super::host::About;

/// The version of the engine.
pub const VERSION: &str = "48.0.8";

/// Engines kept, in addition to those of kept modules. Each reserves 0.5 to 1 GiB of address space.
const ENGINES_MAX: usize = 3;

/// The reference host on wasmtime.
pub type WasmtimeHost = Embedded<Wasmtime>;

impl WasmtimeHost {
    /// A host with these faults; with none it is right.
    ///
    /// # Errors
    /// When its ticker thread cannot be started.
    pub fn new(faults: HostFaults) -> io::Result<Self> {
        let wasmtime = Wasmtime { ticker: Ticker::start()?, engines: Cache::new(ENGINES_MAX) };
        Ok(Self::on(wasmtime, faults))
    }
}

/// Wasmtime, with an engine for each class of caps.
pub struct Wasmtime {
    ticker: Ticker,
    engines: Cache<EngineKey, Result<LinkedEngine, Rejection>>,
}

/// An engine with what its guests can import.
#[derive(Clone)]
struct LinkedEngine {
    engine: Engine,
    linker: Arc<Linker<WasmtimeState>>,
}

/// A module that is compiled and linked; only its instance is missing.
pub struct Compiled {
    pre: InstancePre<WasmtimeState>,
    exports: Exports,
    wasi: bool,
}

/// Where the exports of the ABI are, so that no call looks up a name.
struct Exports {
    memory: ModuleExport,
    alloc: ModuleExport,
    process: ModuleExport,
    initialize: Option<ModuleExport>,
}

impl Runtime for Wasmtime {
    type Key = EngineKey;
    type Module = Compiled;
    type Live = WasmtimeLive;

    fn about(&self) -> About {
        About {
            name: "wasmtime".to_owned(),
            version: VERSION.to_owned(),
            engine: "cranelift".to_owned(),
            wasi: true,
            fuel: true,
        }
    }

    fn key(&self, caps: Caps, limits: &Limits) -> EngineKey {
        EngineKey::new(caps, limits.fuel.is_some())
    }

    fn compile(
        &self,
        key: EngineKey,
        bytes: &[u8],
        contract: Contract,
    ) -> Result<Compiled, Rejection> {
        let LinkedEngine { engine, linker } = self.engines.get(key, || self.linked(key))?;
        // The module is valid, so the engine refuses it because of a size limit of its own, such as
        // that of the instances of its pool.
        let stage = RejectStage::StaticLimit;
        Compiled::new(&engine, &linker, bytes, contract)
            .map_err(|error| Rejection { stage, reason: text(&error) })
    }

    fn call(
        &self,
        module: &Compiled,
        kept: Option<WasmtimeLive>,
        call: &Call<'_>,
    ) -> (Ended, Option<WasmtimeLive>) {
        let _ticking = self.ticker.during();
        WasmtimeLive::call(module, kept, call)
    }
}

impl Wasmtime {
    fn linked(&self, key: EngineKey) -> Result<LinkedEngine, Rejection> {
        let stage = RejectStage::Instantiate;
        let no_room = |error| Rejection { stage, reason: text(&error) };
        let engine = key.engine().map_err(no_room)?;
        let linker = Arc::new(state::linker(&engine).map_err(no_room)?);
        self.ticker.add(&engine);
        Ok(LinkedEngine { engine, linker })
    }
}

impl Compiled {
    fn new(
        engine: &Engine,
        linker: &Linker<WasmtimeState>,
        bytes: &[u8],
        contract: Contract,
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
        Ok(Self { pre, exports, wasi: contract.wasi })
    }
}

#[cfg(test)]
mod tests;
