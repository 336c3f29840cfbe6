//! One instance in its store, from instantiation to the end of a call.

use std::time::Instant;

use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::twin::Twin;
use wasmtime::{Extern, Memory, ModuleExport, Store, TypedFunc, WasmParams, WasmResults};

use super::ending::{failed, not_instantiated};
use super::plugin::{Compiled, WasmtimePlugin};
use super::state::{Limiter, State, on_tick};
use crate::subject::guest_abi::end::{End, Said};
use crate::subject::guest_abi::growth::{Caps, Growth};
use crate::subject::guest_abi::preview1::HOSTCALL_BYTES_MAX;
use crate::subject::guest_abi::{AbiFault, input_len, place_input, take_output};

/// What is known of a call when it has ended.
pub(super) struct Ended {
    pub(super) end: End,
    pub(super) said: Option<Said>,
    pub(super) growth: Growth,
    pub(super) fuel_used: Option<u64>,
}

impl Ended {
    /// The host failed before there was an instance.
    pub(super) fn fault(caps: Caps, detail: &str) -> Self {
        let end = End::HostFault(detail.to_owned());
        Self { end, said: None, growth: Growth::new(caps), fuel_used: None }
    }
}

/// A store and, once made, its instance.
pub(super) struct Live {
    store: Store<State>,
    abi: Option<Abi>,
}

#[derive(Clone)]
struct Abi {
    memory: Memory,
    alloc: TypedFunc<i32, i32>,
    process: TypedFunc<(i32, i32), i64>,
}

impl Live {
    /// A store without an instance.
    pub(super) fn new(compiled: &Compiled, state: State) -> Self {
        let mut store = Store::new(compiled.pre.module().engine(), state);
        store.limiter(|state| &mut state.limiter);
        store.epoch_deadline_callback(on_tick);
        store.set_epoch_deadline(1);
        store.set_hostcall_fuel(HOSTCALL_BYTES_MAX);
        Self { store, abi: None }
    }

    /// The instance as the last call left it, for the next: what defects do.
    pub(super) fn renewed(mut self, state: State) -> Self {
        *self.store.data_mut() = state;
        self.store.set_epoch_deadline(1);
        self
    }

    /// The whole call, instantiation included, under one deadline.
    ///
    /// # Errors
    /// With the same meaning as the value: the end, early.
    pub(super) fn run(
        &mut self,
        compiled: &Compiled,
        plugin: &WasmtimePlugin,
        started: Instant,
        input: &[u8],
    ) -> Result<End, End> {
        if let Some(fuel) = plugin.limits.fuel {
            self.store.set_fuel(fuel).map_err(|error| failed(&error))?;
        }
        let deadline = plugin.deadline(started);
        if !plugin.shared.defects.has(Twin::DeadlineNotOnStart) {
            self.store.data_mut().deadline = deadline;
        }
        let abi = match &self.abi {
            Some(abi) => abi.clone(),
            None => self.instantiate(compiled, deadline)?,
        };
        let output = self.process(&abi, plugin, input)?;
        // The guest looks at the clock only at ticks; the host looks once more at the end.
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Ok(End::Deadline);
        }
        Ok(End::Output(output))
    }

    fn instantiate(&mut self, compiled: &Compiled, deadline: Option<Instant>) -> Result<Abi, End> {
        let store = &mut self.store;
        let instance =
            compiled.pre.instantiate(&mut *store).map_err(|error| not_instantiated(&error))?;
        store.data_mut().deadline = deadline;
        let exports = &compiled.exports;
        let mut export = |which: &ModuleExport| instance.get_module_export(&mut *store, which);
        let memory = export(&exports.memory).and_then(Extern::into_memory);
        let [alloc, process] = [export(&exports.alloc), export(&exports.process)];
        let initialize = exports.initialize.as_ref().map(export);
        let abi = Abi {
            memory: memory.ok_or_else(vanished)?,
            alloc: typed(store, alloc)?,
            process: typed(store, process)?,
        };
        if let Some(initialize) = initialize {
            let initialize: TypedFunc<(), ()> = typed(store, initialize)?;
            initialize.call(&mut *store, ()).map_err(|error| failed(&error))?;
        }
        Ok(self.abi.insert(abi).clone())
    }

    fn process(
        &mut self,
        abi: &Abi,
        plugin: &WasmtimePlugin,
        input: &[u8],
    ) -> Result<Vec<u8>, End> {
        let store = &mut self.store;
        let len = input_len(input)?;
        let mut ptr = 0;
        if len > 0 {
            ptr = abi.alloc.call(&mut *store, len).map_err(|error| failed(&error))?;
            place_input(abi.memory.data_mut(&mut *store), ptr, input)?;
        }
        let packed = abi.process.call(&mut *store, (ptr, len)).map_err(|error| failed(&error))?;
        let check = plugin.shared.defects.pointer_check();
        let memory = abi.memory.data(&*store);
        let output: Result<Vec<u8>, AbiFault> =
            take_output(memory, packed, plugin.limits.output_bytes_max, check);
        Ok(output?)
    }

    /// What the call left, and the instance for those who keep it.
    pub(super) fn ended(mut self, end: End, limits: &Limits) -> (Ended, Option<Self>) {
        let left = self.store.get_fuel().ok();
        let fuel_used = limits.fuel.zip(left).map(|(given, left)| given.saturating_sub(left));
        let state = self.store.data_mut();
        // The context ends first: its streams give their last lines to the log.
        state.wasi = None;
        let caps = state.limiter.0.caps();
        let growth = std::mem::replace(&mut state.limiter, Limiter(Growth::new(caps))).0;
        let ended = Ended { end, said: state.said.take(), growth, fuel_used };
        let keep = self.abi.is_some().then_some(self);
        (ended, keep)
    }
}

fn typed<P: WasmParams, R: WasmResults>(
    store: &Store<State>,
    export: Option<Extern>,
) -> Result<TypedFunc<P, R>, End> {
    let function = export.and_then(Extern::into_func).ok_or_else(vanished)?;
    function.typed(store).map_err(|error| failed(&error))
}

/// The contract was checked before compiling, so this is a fault of ours.
fn vanished() -> End {
    End::HostFault("an export vanished between check and call".to_owned())
}
