//! One instance, and a call of it.

use std::fmt::{self, Display, Formatter};
use std::time::Instant;

use gauntlet::host::{ABI_ERROR_CODE, CallOutcome, Limits, RejectStage, Rejection, TrapKind};
use wasmi::errors::HostError;
use wasmi::{
    Caller, Error, Extern, Linker, Memory, Module, Store, StoreLimits, StoreLimitsBuilder,
    TrapCode, TypedFunc, TypedResumableCall, WasmParams, WasmResults,
};

/// Fuel between two checks of the clock: milliseconds, also on a busy machine.
const SLICE: u64 = 100_000;

/// Fuel of a start function, which wasmi cannot pause.
const START_FUEL: u64 = 300_000;

/// A guest passed a range outside its memory to a host function.
#[derive(Debug)]
struct OutOfRange;

impl HostError for OutOfRange {}

impl Display for OutOfRange {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        to.write_str("a range outside the guest's memory")
    }
}

struct State {
    limits: StoreLimits,
    said: Option<CallOutcome>,
}

/// An instance in its store.
pub(crate) struct Guest {
    store: Store<State>,
    memory: Memory,
    alloc: TypedFunc<i32, i32>,
    process: TypedFunc<(i32, i32), i64>,
    deadline: Instant,
}

impl Guest {
    /// Instantiates, and calls `_initialize` if there is one.
    pub(crate) fn new(
        module: &Module,
        limits: &Limits,
        deadline: Instant,
    ) -> Result<Self, CallOutcome> {
        let caps = StoreLimitsBuilder::new()
            .memory_size(usize::try_from(limits.memory_bytes()).unwrap_or(usize::MAX))
            .table_elements(limits.table_elements as usize)
            .memories(1)
            .tables(4)
            .instances(1)
            .build();
        if let Some(foreign) = module.imports().find(|import| import.module() != "env") {
            return Err(rejected(RejectStage::Import, foreign.module()));
        }
        let mut store = Store::new(module.engine(), State { limits: caps, said: None });
        store.limiter(|state| &mut state.limits);
        store.set_fuel(START_FUEL).map_err(|error| ended(&error))?;
        let mut linker = Linker::new(module.engine());
        let defined = linker.func_wrap("env", "log", log).is_ok()
            && linker.func_wrap("env", "error", error).is_ok();
        debug_assert!(defined, "each name is defined once");
        let instance =
            linker.instantiate_and_start(&mut store, module).map_err(|error| not_begun(&error))?;
        let missing = |stage| move |error: Error| rejected(stage, &error.to_string());
        let memory = instance.get_memory(&store, "memory");
        let memory = memory.ok_or_else(|| rejected(RejectStage::Export, "no memory"))?;
        let export = missing(RejectStage::Export);
        let alloc = instance.get_typed_func(&store, "alloc").map_err(export)?;
        let process = instance.get_typed_func(&store, "process").map_err(export)?;
        let mut guest = Self { store, memory, alloc, process, deadline };
        if let Ok(initialize) = instance.get_typed_func::<(), ()>(&guest.store, "_initialize") {
            guest.call(&initialize, ())?;
        }
        Ok(guest)
    }

    /// Writes the input, calls `process`, and reads the output.
    pub(crate) fn process(
        &mut self,
        input: &[u8],
        limits: &Limits,
        deadline: Instant,
    ) -> Result<CallOutcome, CallOutcome> {
        self.deadline = deadline;
        self.store.data_mut().said = None;
        let len = i32::try_from(input.len()).map_err(|_| broken("the input is too long"))?;
        let ptr = if len == 0 { 0 } else { self.call(&self.alloc.clone(), len)? };
        let at = ptr.cast_unsigned() as usize;
        if self.memory.write(&mut self.store, at, input).is_err() {
            return Err(broken("alloc answered with a range outside of memory"));
        }
        let packed = self.call(&self.process.clone(), (ptr, len))?.cast_unsigned();
        if let Some(said) = self.store.data_mut().said.take() {
            return Ok(said);
        }
        let (ptr, len) = ((packed >> 32) as u32, (packed & 0xffff_ffff) as u32);
        self.output(ptr, len, limits)
    }

    fn output(&self, ptr: u32, len: u32, limits: &Limits) -> Result<CallOutcome, CallOutcome> {
        if len > limits.output_bytes_max {
            return Err(broken("the output is too long"));
        }
        let memory = self.memory.data(&self.store);
        // FAULT: the end is computed in 32 bits, so a range that wraps around seems to end inside.
        let end = ptr.wrapping_add(len) as usize;
        if end > memory.len() {
            return Err(broken("process answered with a range outside of memory"));
        }
        let output = memory.get(ptr as usize..end).unwrap_or_default().to_vec();
        Ok(CallOutcome::Ok { output })
    }

    fn call<P: WasmParams, R: WasmResults>(
        &mut self,
        function: &TypedFunc<P, R>,
        params: P,
    ) -> Result<R, CallOutcome> {
        self.store.set_fuel(SLICE).map_err(|error| ended(&error))?;
        let mut call = function.call_resumable(&mut self.store, params);
        loop {
            match call.map_err(|error| ended(&error))? {
                TypedResumableCall::Finished(results) => return Ok(results),
                TypedResumableCall::HostTrap(trap) => return Err(ended(trap.host_error())),
                TypedResumableCall::OutOfFuel(_) if Instant::now() >= self.deadline => {
                    return Err(CallOutcome::Deadline);
                }
                TypedResumableCall::OutOfFuel(paused) => {
                    let fuel = SLICE.saturating_add(paused.required_fuel());
                    self.store.set_fuel(fuel).map_err(|error| ended(&error))?;
                    call = paused.resume(&mut self.store);
                }
            }
        }
    }
}

fn log(caller: Caller<'_, State>, ptr: i32, len: i32) -> Result<(), Error> {
    // This host keeps no log. It only refuses invalid ranges.
    range(&caller, ptr, len).map(drop)
}

fn error(mut caller: Caller<'_, State>, code: i32, ptr: i32, len: i32) -> Result<(), Error> {
    let text = String::from_utf8_lossy(&range(&caller, ptr, len)?).escape_debug().to_string();
    caller.data_mut().said = Some(CallOutcome::GuestError { code, text });
    Ok(())
}

/// A copy of a range of the guest's memory. The end is computed in 64 bits.
fn range(caller: &Caller<'_, State>, ptr: i32, len: i32) -> Result<Vec<u8>, Error> {
    let (ptr, len) = (u64::from(ptr.cast_unsigned()), u64::from(len.cast_unsigned()));
    let memory = caller.get_export("memory").and_then(Extern::into_memory);
    let memory = memory.ok_or_else(|| Error::host(OutOfRange))?.data(caller);
    let range = usize::try_from(ptr).ok().zip(usize::try_from(ptr + len).ok());
    let bytes = range.and_then(|(from, to)| memory.get(from..to));
    bytes.map(<[u8]>::to_vec).ok_or_else(|| Error::host(OutOfRange))
}

fn broken(how: &str) -> CallOutcome {
    CallOutcome::GuestError { code: ABI_ERROR_CODE, text: how.to_owned() }
}

fn rejected(stage: RejectStage, reason: &str) -> CallOutcome {
    CallOutcome::Rejected(Rejection { stage, reason: reason.escape_debug().to_string() })
}

/// The outcome without an instance: guest code failed, or the module imports something that it is
/// not given.
fn not_begun(error: &Error) -> CallOutcome {
    match error.as_trap_code() {
        Some(_) => ended(error),
        None => rejected(RejectStage::Instantiate, &error.to_string()),
    }
}

/// The outcome of a failure in guest code. Types decide, never a text that a guest can forge.
fn ended(error: &Error) -> CallOutcome {
    let Some(trap) = error.as_trap_code() else {
        return CallOutcome::Trap { kind: TrapKind::HostPointer };
    };
    let kind = match trap {
        TrapCode::OutOfFuel => return CallOutcome::Fuel,
        TrapCode::UnreachableCodeReached => TrapKind::Unreachable,
        TrapCode::MemoryOutOfBounds => TrapKind::MemoryOutOfBounds,
        TrapCode::TableOutOfBounds => TrapKind::TableOutOfBounds,
        TrapCode::IntegerDivisionByZero => TrapKind::DivideByZero,
        TrapCode::IntegerOverflow => TrapKind::IntegerOverflow,
        TrapCode::BadConversionToInteger => TrapKind::BadConversion,
        TrapCode::BadSignature => TrapKind::SignatureMismatch,
        TrapCode::IndirectCallToNull => TrapKind::NullElement,
        TrapCode::StackOverflow => TrapKind::Stack,
        _ => TrapKind::Other,
    };
    CallOutcome::Trap { kind }
}
