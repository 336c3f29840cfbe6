//! One instance in its store, from instantiation to the end of a call.

use std::time::Instant;

use wasmi::{Instance, Memory, Store, TypedFunc, WasmParams, WasmResults};

use super::ending::{failed, not_instantiated};
use super::slices::FuelBudget;
use super::state::{WasmiLimiter, WasmiState, on_call};
use super::{Translated, Wasmi, wasi};
use crate::embedded::{Call, Ended};
use crate::guest_abi::clock::Clock;
use crate::guest_abi::end::CallEnd;
use crate::guest_abi::growth::Growth;
use crate::guest_abi::start::START;
use crate::guest_abi::{ALLOC, INITIALIZE, MEMORY, PROCESS, input_len, place_input, take_output};
use crate::view::View;

/// A store and, once made, its instance.
pub struct WasmiLive {
    store: Store<WasmiState>,
    budget: FuelBudget,
    abi: Option<WasmiAbi>,
}

#[derive(Clone, Copy)]
struct WasmiAbi {
    memory: Memory,
    alloc: TypedFunc<i32, i32>,
    process: TypedFunc<(i32, i32), i64>,
}

impl WasmiLive {
    /// One call, on a new instance or, for some faults, on the one that is handed in.
    pub(super) fn call(
        wasmi: &Wasmi,
        module: &Translated,
        kept: Option<Self>,
        call: &Call<'_>,
    ) -> (Ended, Option<Self>) {
        let state = match state(module, call) {
            Ok(state) => state,
            Err(error) => return (Ended::fault(call.caps, &error), None),
        };
        let mut live = match kept {
            Some(kept) => kept.renewed(state, call),
            None => Self::new(wasmi, state, call),
        };
        let end = live.run(wasmi, module, call).unwrap_or_else(|end| end);
        live.ended(end, call)
    }

    fn new(wasmi: &Wasmi, state: WasmiState, call: &Call<'_>) -> Self {
        let mut store = Store::new(&wasmi.engine, state);
        store.limiter(|state| &mut state.limiter);
        store.call_hook(on_call);
        Self { store, budget: FuelBudget::new(call.limits.fuel), abi: None }
    }

    fn renewed(mut self, state: WasmiState, call: &Call<'_>) -> Self {
        *self.store.data_mut() = state;
        self.budget = FuelBudget::new(call.limits.fuel);
        self
    }

    /// The whole call under one deadline; `Err` is the end, early.
    fn run(
        &mut self,
        wasmi: &Wasmi,
        module: &Translated,
        call: &Call<'_>,
    ) -> Result<CallEnd, CallEnd> {
        let abi = match self.abi {
            Some(abi) => abi,
            None => self.instantiate(wasmi, module, call)?,
        };
        let output = self.process(abi, call)?;
        Ok(CallEnd::Output(output))
    }

    fn instantiate(
        &mut self,
        wasmi: &Wasmi,
        module: &Translated,
        call: &Call<'_>,
    ) -> Result<WasmiAbi, CallEnd> {
        // No code runs in here: the start function is an export. Segments are charged, and
        // belong to the size of the module, not to the budget of the call.
        self.store.set_fuel(u64::MAX).map_err(|error| failed(&error))?;
        let instance = wasmi.linker.instantiate_and_start(&mut self.store, &module.module);
        let instance = instance.map_err(|error| not_instantiated(&error))?;
        if module.contract.start.is_some() {
            self.call_plain(instance, START, call.deadline_on_start())?;
        }
        if module.contract.initialize {
            for _ in 0..call.initialisations() {
                self.call_plain(instance, INITIALIZE, call.deadline)?;
            }
        }
        let memory = instance.get_memory(&self.store, MEMORY);
        let abi = WasmiAbi {
            memory: memory.ok_or_else(vanished)?,
            alloc: self.typed(instance, ALLOC)?,
            process: self.typed(instance, PROCESS)?,
        };
        Ok(*self.abi.insert(abi))
    }

    fn call_plain(
        &mut self,
        instance: Instance,
        name: &str,
        deadline: Option<Instant>,
    ) -> Result<(), CallEnd> {
        let function: TypedFunc<(), ()> = self.typed(instance, name)?;
        self.budget.call(&mut self.store, &function, (), deadline)
    }

    fn typed<P: WasmParams, R: WasmResults>(
        &self,
        instance: Instance,
        name: &str,
    ) -> Result<TypedFunc<P, R>, CallEnd> {
        instance.get_typed_func(&self.store, name).map_err(|_| vanished())
    }

    fn process(&mut self, abi: WasmiAbi, call: &Call<'_>) -> Result<Vec<u8>, CallEnd> {
        let (store, budget) = (&mut self.store, &mut self.budget);
        let len = input_len(call.input)?;
        let mut ptr = 0;
        if len > 0 {
            let mut view = View::before(abi.memory.data(&*store), call.faults);
            ptr = budget.call(store, &abi.alloc, len, call.deadline)?;
            place_input(view.after(abi.memory.data_mut(&mut *store)), ptr, call.input)?;
        }
        let mut view = View::before(abi.memory.data(&*store), call.faults);
        let packed = budget.call(store, &abi.process, (ptr, len), call.deadline)?;
        let (max, check) = (call.limits.output_bytes_max, call.faults.pointer_check());
        Ok(take_output(view.after(abi.memory.data_mut(&mut *store)), packed, max, check)?)
    }

    /// What the call left, and the instance for those who keep it.
    fn ended(mut self, end: CallEnd, call: &Call<'_>) -> (Ended, Option<Self>) {
        let fuel_used = call.limits.fuel.map(|_| self.budget.used());
        let state = self.store.data_mut();
        // The context ends first: its streams give their last lines to the log.
        state.wasi = None;
        let nothing = WasmiLimiter(Growth::new(call.caps));
        let growth = std::mem::replace(&mut state.limiter, nothing).0;
        let ended = Ended { end, said: state.said.take(), growth, fuel_used };
        let keep = self.abi.is_some().then_some(self);
        (ended, keep)
    }
}

fn state(module: &Translated, call: &Call<'_>) -> Result<WasmiState, String> {
    Ok(WasmiState {
        limiter: WasmiLimiter(Growth::new(call.caps)),
        log: call.log.clone(),
        said: None,
        wasi: module.contract.wasi.then(|| wasi::context(call)).transpose()?,
        clock: Clock::new(call.grants.clock),
        deadline: call.deadline,
        deadline_of_waits: call.deadline_of_waits(),
    })
}

/// The contract was checked before compiling, so this is a fault of ours.
fn vanished() -> CallEnd {
    CallEnd::HostFault("an export vanished between check and call".to_owned())
}
