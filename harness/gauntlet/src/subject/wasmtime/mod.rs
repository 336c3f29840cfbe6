//! The reference host on wasmtime, in this process.
//!
//! Each call has an instance of its own from a pool, under one deadline that covers start
//! function, `_initialize`, `alloc` and `process`. It is not for hostile compilation: nothing
//! in wasmtime bounds the time or memory of a compiler, so whoever loads strange modules does
//! it in a worker with resource limits. A WASI call that blocks, as a long `poll_oneoff`, is
//! not cut short; the call then ends as `deadline`, late.

mod ending;
mod engine;
mod live;
mod plugin;
mod state;
mod ticker;
mod wasi;

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};
use wasm_gauntlet_model::call::{RejectStage, Rejection, hex};
use wasm_gauntlet_model::limits::{Grants, Limits};
use wasm_gauntlet_model::twin::Twin;
use wasmparser::WasmFeatures;
use wasmtime::{Engine, Linker};

pub use engine::CALLER_STACK_BYTES_MIN;

use self::ending::text;
use self::engine::EngineKey;
use self::plugin::{Artefact, Compiled, WasmtimePlugin};
use self::state::State;
use self::ticker::Ticker;
use super::defects::Defects;
use super::guest_abi::cache::Cache;
use super::guest_abi::contract::{self, Contract};
use super::guest_abi::fixture::Fixture;
use super::guest_abi::growth::Caps;
use super::guest_abi::keep::Keep;
use super::host::{About, Host, Plugin};

/// The version of the engine.
pub const VERSION: &str = "48.0.8";

/// Compiled modules kept: a Go guest takes some 20 MB.
const MODULES_MAX: usize = 32;
/// Engines kept, beside those whose modules are: each reserves 0.5 to 1 GiB of address space.
const ENGINES_MAX: usize = 3;
/// Contracts kept; they are small.
const CONTRACTS_MAX: usize = 256;

/// The contract's features and SIMD.
const FEATURES: WasmFeatures = contract::FEATURES.union(WasmFeatures::SIMD);

type Sha = [u8; 32];

/// The host.
#[derive(Clone)]
pub struct WasmtimeHost(Arc<Shared>);

/// What the plugins of one host share.
struct Shared {
    defects: Defects,
    ticker: Ticker,
    engines: Cache<EngineKey, Result<Linked, Rejection>>,
    contracts: Cache<(Sha, Caps), Result<Contract, Rejection>>,
    modules: Cache<(Sha, EngineKey), Result<Arc<Compiled>, Rejection>>,
    fixture: Mutex<Option<Arc<Fixture>>>,
}

/// An engine with what its guests can import.
#[derive(Clone)]
struct Linked {
    engine: Engine,
    linker: Arc<Linker<State>>,
}

impl WasmtimeHost {
    /// A host with these defects; with none it is right.
    ///
    /// # Errors
    /// When its ticker thread cannot be started.
    pub fn new(defects: Defects) -> io::Result<Self> {
        Ok(Self(Arc::new(Shared {
            defects,
            ticker: Ticker::start()?,
            engines: Cache::new(ENGINES_MAX),
            contracts: Cache::new(CONTRACTS_MAX),
            modules: Cache::new(MODULES_MAX),
            fixture: Mutex::new(None),
        })))
    }
}

impl Host for WasmtimeHost {
    fn about(&self) -> About {
        About {
            name: "wasmtime".to_owned(),
            version: VERSION.to_owned(),
            engine: "cranelift".to_owned(),
            wasi: true,
            fuel: true,
        }
    }

    fn load(
        &self,
        bytes: &[u8],
        limits: &Limits,
        grants: &Grants,
    ) -> Result<Arc<dyn Plugin>, Rejection> {
        let shared = &self.0;
        let defects = &shared.defects;
        let artefact = match shared.compiled(bytes, limits) {
            Err(rejection) if defects.has(Twin::LoadAnything) => Artefact::Unloadable(rejection),
            Err(rejection) => return Err(rejection),
            Ok(_) if defects.has(Twin::Recompile) => Artefact::Source(bytes.into()),
            Ok(compiled) => Artefact::Compiled(compiled),
        };
        Ok(Arc::new(WasmtimePlugin {
            shared: shared.clone(),
            artefact,
            limits: limits.clone(),
            caps: defects.caps(limits),
            grants: grants.clone(),
            fixture: grants.files.then(|| shared.fixture()).transpose()?,
            digest: hex(&Sha256::digest(bytes)),
        }))
    }
}

impl Shared {
    /// The module compiled, from the cache where it is there.
    fn compiled(&self, bytes: &[u8], limits: &Limits) -> Result<Arc<Compiled>, Rejection> {
        let digest: Sha = Sha256::digest(bytes).into();
        let contract = self.contract(digest, bytes, limits)?;
        let key = self.key(limits);
        self.modules.get((digest, key), || self.build(key, bytes, contract))
    }

    /// The module compiled anew.
    fn compile(&self, bytes: &[u8], limits: &Limits) -> Result<Arc<Compiled>, Rejection> {
        let contract = self.contract(Sha256::digest(bytes).into(), bytes, limits)?;
        self.build(self.key(limits), bytes, contract)
    }

    fn key(&self, limits: &Limits) -> EngineKey {
        EngineKey::new(self.defects.caps(limits), limits.fuel.is_some())
    }

    fn contract(&self, digest: Sha, bytes: &[u8], limits: &Limits) -> Result<Contract, Rejection> {
        let caps = self.defects.caps(limits);
        self.contracts.get((digest, caps), || contract::check(bytes, FEATURES, caps))
    }

    fn build(
        &self,
        key: EngineKey,
        bytes: &[u8],
        contract: Contract,
    ) -> Result<Arc<Compiled>, Rejection> {
        let Linked { engine, linker } = self.engines.get(key, || self.linked(key))?;
        let keep = Keep::new(&self.defects);
        let compiled = Compiled::new(&engine, &linker, bytes, contract, keep);
        compiled.map(Arc::new).map_err(|error| refuse(RejectStage::Validate, text(&error)))
    }

    fn linked(&self, key: EngineKey) -> Result<Linked, Rejection> {
        let no_room = |error| refuse(RejectStage::Instantiate, text(&error));
        let engine = key.engine().map_err(no_room)?;
        let linker = Arc::new(state::linker(&engine).map_err(no_room)?);
        self.ticker.add(&engine);
        Ok(Linked { engine, linker })
    }

    fn fixture(&self) -> Result<Arc<Fixture>, Rejection> {
        let mut fixture = self.fixture.lock().unwrap_or_else(PoisonError::into_inner);
        if fixture.is_none() {
            let made = Fixture::new();
            let made = made.map_err(|error| refuse(RejectStage::Instantiate, error.to_string()))?;
            *fixture = Some(Arc::new(made));
        }
        fixture.clone().ok_or_else(|| refuse(RejectStage::Instantiate, String::new()))
    }
}

fn refuse(stage: RejectStage, reason: String) -> Rejection {
    Rejection { stage, reason }
}

#[cfg(test)]
mod tests;
