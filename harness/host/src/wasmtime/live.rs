//! One instance in its store, from instantiation to the end of a call.

use wasmtime::{Extern, Memory, ModuleExport, Store, TypedFunc, WasmParams, WasmResults};

use super::Compiled;
use super::ending::{failed, not_instantiated, text};
use super::state::{WasmtimeState, on_tick};
use super::wasi;
use crate::embedded::call_state::{CallState, Instance, exchange, vanished};
use crate::embedded::{Call, Ended};
use crate::guest_abi::end::CallEnd;
use crate::guest_abi::preview1::HOSTCALL_BYTES_MAX;

/// A store and, once made, its instance.
pub struct WasmtimeLive {
    store: Store<WasmtimeState>,
    abi: Option<WasmtimeAbi>,
}

struct WasmtimeAbi {
    memory: Memory,
    alloc: TypedFunc<i32, i32>,
    process: TypedFunc<(i32, i32), i64>,
}

impl WasmtimeLive {
    /// One call, on a new instance or, for some faults, on the one that is handed in.
    pub(super) fn call(
        module: &Compiled,
        kept: Option<Self>,
        call: &Call<'_>,
    ) -> (Ended, Option<Self>) {
        let state = match state(module, call) {
            Ok(state) => state,
            Err(error) => return (Ended::fault(call.caps, &text(&error)), None),
        };
        let mut live = match kept {
            Some(kept) => kept.renewed(state),
            None => Self::new(module, state),
        };
        let end = live.run(module, call).unwrap_or_else(|end| end);
        live.ended(end, call)
    }

    fn new(module: &Compiled, state: WasmtimeState) -> Self {
        let wasi = state.wasi.is_some();
        let mut store = Store::new(module.pre.module().engine(), state);
        store.limiter(|state| &mut state.growth);
        store.epoch_deadline_callback(on_tick);
        store.set_epoch_deadline(1);
        if wasi {
            store.set_hostcall_fuel(HOSTCALL_BYTES_MAX);
        }
        Self { store, abi: None }
    }

    fn renewed(mut self, state: WasmtimeState) -> Self {
        *self.store.data_mut() = state;
        self.store.set_epoch_deadline(1);
        self
    }

    /// The whole call under one deadline; `Err` is the end, early.
    fn run(&mut self, module: &Compiled, call: &Call<'_>) -> Result<CallEnd, CallEnd> {
        if let Some(fuel) = call.limits.fuel {
            self.store.set_fuel(fuel).map_err(|error| failed(&error))?;
        }
        // Taken and put back: cloning its types costs 0.1 us a call.
        let abi = match self.abi.take() {
            Some(abi) => abi,
            None => self.instantiate(module, call)?,
        };
        let output = exchange(WasmtimeCalling { abi: &abi, store: &mut self.store }, call);
        self.abi = Some(abi);
        Ok(CallEnd::Output(output?))
    }

    fn instantiate(&mut self, module: &Compiled, call: &Call<'_>) -> Result<WasmtimeAbi, CallEnd> {
        let store = &mut self.store;
        let instance = module.pre.instantiate(&mut *store);
        let instance = instance.map_err(|error| not_instantiated(&error))?;
        store.data_mut().deadline = call.deadline;
        let exports = &module.exports;
        let mut export = |which: &ModuleExport| instance.get_module_export(&mut *store, which);
        let memory = export(&exports.memory).and_then(Extern::into_memory);
        let [alloc, process] = [export(&exports.alloc), export(&exports.process)];
        let initialize = exports.initialize.as_ref().map(export);
        let abi = WasmtimeAbi {
            memory: memory.ok_or_else(vanished)?,
            alloc: typed(store, alloc)?,
            process: typed(store, process)?,
        };
        if let Some(initialize) = initialize {
            let initialize: TypedFunc<(), ()> = typed(store, initialize)?;
            for _ in 0..call.initialisations() {
                initialize.call(&mut *store, ()).map_err(|error| failed(&error))?;
            }
        }
        Ok(abi)
    }

    /// The end of the call, and the instance for a host that keeps it.
    fn ended(mut self, end: CallEnd, call: &Call<'_>) -> (Ended, Option<Self>) {
        // Only where fuel is metered: the error of an engine without fuel costs 0.4 us a call.
        let left = |given: u64| self.store.get_fuel().ok().map(|left| given.saturating_sub(left));
        let fuel_used = call.limits.fuel.and_then(left);
        let ended = self.store.data_mut().ended(end, call.caps, fuel_used);
        let keep = self.abi.is_some().then_some(self);
        (ended, keep)
    }
}

/// An instance during one call.
struct WasmtimeCalling<'a> {
    abi: &'a WasmtimeAbi,
    store: &'a mut Store<WasmtimeState>,
}

impl Instance for WasmtimeCalling<'_> {
    fn memory(&mut self) -> &mut [u8] {
        self.abi.memory.data_mut(&mut *self.store)
    }

    fn alloc(&mut self, len: i32) -> Result<i32, CallEnd> {
        self.abi.alloc.call(&mut *self.store, len).map_err(|error| failed(&error))
    }

    fn process(&mut self, ptr: i32, len: i32) -> Result<i64, CallEnd> {
        self.abi.process.call(&mut *self.store, (ptr, len)).map_err(|error| failed(&error))
    }
}

fn state(module: &Compiled, call: &Call<'_>) -> wasmtime::Result<WasmtimeState> {
    let wasi = module.wasi.then(|| wasi::context(call).map(Box::new)).transpose()?;
    Ok(Box::new(CallState::new(call, wasi, call.deadline_on_start())))
}

fn typed<P: WasmParams, R: WasmResults>(
    store: &Store<WasmtimeState>,
    export: Option<Extern>,
) -> Result<TypedFunc<P, R>, CallEnd> {
    let function = export.and_then(Extern::into_func).ok_or_else(vanished)?;
    function.typed(store).map_err(|error| failed(&error))
}
