//! The reference host on wasmi, in this process.
//!
//! wasmi can interrupt a guest only through fuel, so every call runs in slices of fuel with a look
//! at the clock between them. Code that cannot be suspended is avoided: functions are translated at
//! load and not lazily, and a start function becomes an export that is called like any other
//! (`guest_abi::start`), because wasmi cannot resume one. Two problems remain. One bulk operation
//! runs to its end, 7 ms for 16 MiB. And wasmi 2.0.0 repeats side effects where fuel runs out
//! inside `table.grow`; extra fuel above the required amount makes this finite, but does not undo
//! it.

mod ending;
mod folder;
mod live;
mod slices;
mod state;
mod wasi;

use std::io;

use wasm_gauntlet_model::call::{RejectStage, Rejection};
use wasm_gauntlet_model::limits::Limits;
use wasmi::{CompilationMode, Config, Engine, Linker, Module};

pub use live::WasmiLive;

use self::ending::text;
use self::state::WasmiState;
use super::embedded::{Call, Embedded, Ended, Runtime};
use super::faults::HostFaults;
use super::guest_abi::contract::Contract;
use super::guest_abi::growth::Caps;
use super::guest_abi::start;
use super::host::About;

/// The version of the engine.
pub const VERSION: &str = "2.0.0";

/// The reference host on wasmi.
pub type WasmiHost = Embedded<Wasmi>;

impl WasmiHost {
    /// A host with these faults; with none it is right.
    ///
    /// # Errors
    /// When WASI cannot be linked.
    pub fn new(faults: HostFaults) -> io::Result<Self> {
        let engine = Engine::new(&config());
        let linker = state::linker(&engine).map_err(io::Error::other)?;
        Ok(Self::on(Wasmi { engine, linker }, faults))
    }
}

/// wasmi, with what its guests can import.
pub struct Wasmi {
    engine: Engine,
    linker: Linker<WasmiState>,
}

/// A module that is translated.
pub struct Translated {
    module: Module,
    contract: Contract,
}

impl Runtime for Wasmi {
    /// Fuel is always on, and nothing else depends on limits.
    type Key = ();
    type Module = Translated;
    type Live = WasmiLive;

    fn about(&self) -> About {
        About {
            name: "wasmi".to_owned(),
            version: VERSION.to_owned(),
            engine: "interpreter".to_owned(),
            wasi: true,
            fuel: true,
        }
    }

    fn key(&self, _caps: Caps, _limits: &Limits) {}

    fn compile(&self, (): (), bytes: &[u8], contract: Contract) -> Result<Translated, Rejection> {
        let stage = RejectStage::Validate;
        let rewritten = contract.start.map(|start| start::as_export(bytes, start)).transpose();
        let rewritten = rewritten.map_err(|reason| Rejection { stage, reason })?;
        let bytes = rewritten.as_deref().unwrap_or(bytes);
        let module = Module::new(&self.engine, bytes).map_err(|error| refused(&error))?;
        Ok(Translated { module, contract })
    }

    fn call(
        &self,
        module: &Translated,
        kept: Option<WasmiLive>,
        call: &Call<'_>,
    ) -> (Ended, Option<WasmiLive>) {
        WasmiLive::call(self, module, kept, call)
    }
}

fn refused(error: &wasmi::Error) -> Rejection {
    Rejection { stage: RejectStage::Validate, reason: text(error) }
}

/// Exactly the features of the contract, fuel always on. Bytes only: the crate is built without
/// `wat`.
fn config() -> Config {
    let mut config = Config::default();
    config
        .consume_fuel(true)
        .compilation_mode(CompilationMode::Eager)
        .wasm_tail_call(true)
        .wasm_extended_const(true)
        .wasm_simd(true)
        .wasm_relaxed_simd(false)
        .wasm_multi_memory(false)
        .wasm_memory64(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false);
    config
}

#[cfg(test)]
mod tests;
