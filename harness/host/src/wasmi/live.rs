//! One instance in its store, from instantiation to the end of a call.

use std::time::Instant;

use wasmi::{Instance, Memory, Store, TypedFunc, WasmParams, WasmResults};

use super::ending::{failed, not_instantiated};
use super::slices::FuelBudget;
use super::state::{WasmiState, on_call};
use super::{Translated, Wasmi, wasi};
use crate::embedded::call_state::{self, exchange, vanished};
use crate::embedded::{Call, Ended};
use crate::guest_abi::end::CallEnd;
use crate::guest_abi::start::START;
use crate::guest_abi::{ALLOC, INITIALIZE, MEMORY, PROCESS};

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
        store.limiter(|state| &mut state.growth);
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
        let (store, budget) = (&mut self.store, &mut self.budget);
        let calling = WasmiCalling { abi, store, budget, deadline: call.deadline };
        exchange(calling, call).map(CallEnd::Output)
    }

    fn instantiate(
        &mut self,
        wasmi: &Wasmi,
        module: &Translated,
        call: &Call<'_>,
    ) -> Result<WasmiAbi, CallEnd> {
        // No code runs here, because the start function is an export. Segments cost fuel, but
        // belong to the size of the module and not to the budget of the call.
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

    /// The end of the call, and the instance for a host that keeps it.
    fn ended(mut self, end: CallEnd, call: &Call<'_>) -> (Ended, Option<Self>) {
        let fuel_used = call.limits.fuel.map(|_| self.budget.used());
        let ended = self.store.data_mut().ended(end, call.caps, fuel_used);
        let keep = self.abi.is_some().then_some(self);
        (ended, keep)
    }
}

/// An instance during one call.
struct WasmiCalling<'a> {
    abi: WasmiAbi,
    store: &'a mut Store<WasmiState>,
    budget: &'a mut FuelBudget,
    deadline: Option<Instant>,
}

impl call_state::Instance for WasmiCalling<'_> {
    fn memory(&mut self) -> &mut [u8] {
        self.abi.memory.data_mut(&mut *self.store)
    }

    fn alloc(&mut self, len: i32) -> Result<i32, CallEnd> {
        self.budget.call(self.store, &self.abi.alloc, len, self.deadline)
    }

    fn process(&mut self, ptr: i32, len: i32) -> Result<i64, CallEnd> {
        self.budget.call(self.store, &self.abi.process, (ptr, len), self.deadline)
    }
}

fn state(module: &Translated, call: &Call<'_>) -> Result<WasmiState, String> {
    let wasi = module.contract.wasi.then(|| wasi::context(call)).transpose()?;
    Ok(WasmiState::new(call, wasi, call.deadline))
}
