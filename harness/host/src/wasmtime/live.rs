//! One instance in its store, from instantiation to the end of a call.

use wasmtime::{Extern, Memory, ModuleExport, Store, TypedFunc, WasmParams, WasmResults};

use super::Compiled;
use super::ending::{failed, not_instantiated, text};
use super::state::{WasmtimeLimiter, WasmtimeState, on_tick};
use super::wasi;
use crate::embedded::{Call, Ended};
use crate::guest_abi::clock::Clock;
use crate::guest_abi::end::CallEnd;
use crate::guest_abi::growth::Growth;
use crate::guest_abi::preview1::HOSTCALL_BYTES_MAX;
use crate::guest_abi::{input_len, place_input, take_output};
use crate::view::View;

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
        store.limiter(|state| &mut state.limiter);
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
        // Taken and put back: a clone of its types costs 0.1 us a call.
        let abi = match self.abi.take() {
            Some(abi) => abi,
            None => self.instantiate(module, call)?,
        };
        let output = self.process(&abi, call);
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

    fn process(&mut self, abi: &WasmtimeAbi, call: &Call<'_>) -> Result<Vec<u8>, CallEnd> {
        let store = &mut self.store;
        let len = input_len(call.input)?;
        let mut ptr = 0;
        if len > 0 {
            let mut view = View::before(abi.memory.data(&*store), call.faults);
            ptr = abi.alloc.call(&mut *store, len).map_err(|error| failed(&error))?;
            place_input(view.after(abi.memory.data_mut(&mut *store)), ptr, call.input)?;
        }
        let mut view = View::before(abi.memory.data(&*store), call.faults);
        let packed = abi.process.call(&mut *store, (ptr, len)).map_err(|error| failed(&error))?;
        let (max, check) = (call.limits.output_bytes_max, call.faults.pointer_check());
        Ok(take_output(view.after(abi.memory.data_mut(&mut *store)), packed, max, check)?)
    }

    /// What the call left, and the instance for those who keep it.
    fn ended(mut self, end: CallEnd, call: &Call<'_>) -> (Ended, Option<Self>) {
        // Asked only where fuel is metered: the error of an engine without it costs 0.4 us a call.
        let left = |given: u64| self.store.get_fuel().ok().map(|left| given.saturating_sub(left));
        let fuel_used = call.limits.fuel.and_then(left);
        let state = self.store.data_mut();
        // The context ends first: its streams give their last lines to the log.
        state.wasi = None;
        let nothing = WasmtimeLimiter(Growth::new(call.caps));
        let growth = std::mem::replace(&mut state.limiter, nothing).0;
        let ended = Ended { end, said: state.said.take(), growth, fuel_used };
        let keep = self.abi.is_some().then_some(self);
        (ended, keep)
    }
}

fn state(module: &Compiled, call: &Call<'_>) -> wasmtime::Result<WasmtimeState> {
    Ok(WasmtimeState {
        limiter: WasmtimeLimiter(Growth::new(call.caps)),
        log: call.log.clone(),
        said: None,
        deadline: call.deadline_on_start(),
        deadline_of_waits: call.deadline_of_waits(),
        wasi: module.wasi.then(|| wasi::context(call).map(Box::new)).transpose()?,
        clock: Clock::new(call.grants.clock),
    })
}

fn typed<P: WasmParams, R: WasmResults>(
    store: &Store<WasmtimeState>,
    export: Option<Extern>,
) -> Result<TypedFunc<P, R>, CallEnd> {
    let function = export.and_then(Extern::into_func).ok_or_else(vanished)?;
    function.typed(store).map_err(|error| failed(&error))
}

/// The contract was checked before compiling, so this is a fault of ours.
fn vanished() -> CallEnd {
    CallEnd::HostFault("an export vanished between check and call".to_owned())
}
