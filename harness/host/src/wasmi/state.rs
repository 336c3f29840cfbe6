//! What a store holds for one call, the limits it enforces, and the host functions.

use std::time::Instant;

use wasmi::errors::LinkerError;
use wasmi::{CallHook, Caller, Engine, Error, Extern, Linker, ResourceLimiter};
use wasmi_core::LimiterError;
use wasmi_wasi::WasiCtx;

use crate::guest_abi::clock::Clock;
use crate::guest_abi::end::{By, GuestError, HostStop};
use crate::guest_abi::growth::{Growth, TABLES_MAX};
use crate::guest_abi::log::SharedLog;
use crate::guest_abi::preview1::{EINVAL, ENOTSUP, PROC_EXIT, SUCCESS};
use crate::guest_abi::{ENV, MEMORY, WASI, poll, range};

/// One call.
pub struct WasmiState {
    pub(super) limiter: WasmiLimiter,
    pub(super) log: SharedLog,
    pub(super) said: Option<GuestError>,
    /// There is one exactly for modules that import WASI.
    pub(super) wasi: Option<WasiCtx>,
    pub(super) clock: Clock,
    /// When a guest that calls the host is stopped.
    pub(super) deadline: Option<Instant>,
    /// Until when a guest may wait in a host function.
    pub(super) deadline_of_waits: Option<Instant>,
}

/// The caps, as wasmi asks for them.
pub(super) struct WasmiLimiter(pub(super) Growth);

impl ResourceLimiter for WasmiLimiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool, LimiterError> {
        Ok(self.0.memory(current, desired, maximum))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool, LimiterError> {
        Ok(self.0.table(current, desired, maximum))
    }

    fn instances(&self) -> usize {
        1
    }

    fn tables(&self) -> usize {
        TABLES_MAX
    }

    fn memories(&self) -> usize {
        1
    }
}

/// At each call of a host function: has the deadline passed on the clock? The functions of WASI
/// cost almost no fuel and up to milliseconds: a guest that only writes got 5 s out of 50 ms.
pub(super) fn on_call(state: &mut WasmiState, hook: CallHook) -> Result<(), Error> {
    match (hook, state.deadline) {
        (CallHook::CallingHost, Some(deadline)) if Instant::now() >= deadline => {
            Err(Error::host(HostStop::Deadline(By::HostCall)))
        }
        _ => Ok(()),
    }
}

/// Everything that a guest can import.
pub(super) fn linker(engine: &Engine) -> Result<Linker<WasmiState>, Error> {
    let mut linker = Linker::new(engine);
    wasmi_wasi::add_to_linker(&mut linker, |state: &mut WasmiState| {
        state.wasi.as_mut().expect("a module that imports WASI has a context")
    })
    .map_err(|error| Error::new(error.to_string()))?;
    define(&mut linker)?;
    Ok(linker)
}

/// Ours beside and in place of WASI's: wasi-common turns statuses from 126 on into a text, knows
/// real clocks only, waits for as long as a guest likes, and traps on signals.
fn define(linker: &mut Linker<WasmiState>) -> Result<(), LinkerError> {
    linker.allow_shadowing(true);
    linker.func_wrap(WASI, PROC_EXIT, |code: i32| -> Result<(), Error> {
        Err(Error::host(HostStop::Exit(code)))
    })?;
    linker.func_wrap(WASI, "proc_raise", |_signal: i32| ENOTSUP)?;
    linker.func_wrap(WASI, "clock_time_get", clock_time_get)?;
    linker.func_wrap(WASI, "clock_res_get", clock_res_get)?;
    linker.func_wrap(WASI, "poll_oneoff", poll_oneoff)?;
    linker.func_wrap(ENV, "log", log)?;
    linker.func_wrap(ENV, "error", error)?;
    Ok(())
}

fn clock_time_get(
    mut caller: Caller<'_, WasmiState>,
    id: i32,
    _precision: i64,
    ptr: i32,
) -> Result<i32, Error> {
    let nanos = caller.data_mut().clock.read(id.cast_unsigned());
    write_u64(&mut caller, ptr, nanos)
}

fn clock_res_get(mut caller: Caller<'_, WasmiState>, id: i32, ptr: i32) -> Result<i32, Error> {
    let nanos = caller.data().clock.resolution(id.cast_unsigned());
    write_u64(&mut caller, ptr, nanos)
}

fn poll_oneoff(
    mut caller: Caller<'_, WasmiState>,
    subscriptions: i32,
    events: i32,
    count: i32,
    stored: i32,
) -> Result<i32, Error> {
    let [subscriptions, events, count, stored] =
        [subscriptions, events, count, stored].map(i32::cast_unsigned);
    let arguments = poll::PollArguments { subscriptions, events, count, stored };
    let (memory, state) = memory(&mut caller)?;
    poll::oneoff(memory, &mut state.clock, state.deadline_of_waits, arguments).map_err(Error::host)
}

/// Write what a clock says, or answer that there is no such clock.
fn write_u64(
    caller: &mut Caller<'_, WasmiState>,
    ptr: i32,
    value: Option<u64>,
) -> Result<i32, Error> {
    let Some(value) = value.map(u64::to_le_bytes) else { return Ok(EINVAL) };
    with_bytes(caller, ptr, value.len() as i32, |_, bytes| bytes.copy_from_slice(&value))?;
    Ok(SUCCESS)
}

fn log(mut caller: Caller<'_, WasmiState>, ptr: i32, len: i32) -> Result<(), Error> {
    with_bytes(&mut caller, ptr, len, |state, bytes| state.log.lock().push(bytes))
}

fn error(mut caller: Caller<'_, WasmiState>, code: i32, ptr: i32, len: i32) -> Result<(), Error> {
    with_bytes(&mut caller, ptr, len, |state, bytes| {
        state.said = Some(GuestError::new(code, bytes))
    })
}

fn with_bytes(
    caller: &mut Caller<'_, WasmiState>,
    ptr: i32,
    len: i32,
    take: impl FnOnce(&mut WasmiState, &mut [u8]),
) -> Result<(), Error> {
    let (bytes, state) = memory(caller)?;
    let range = range(ptr.cast_unsigned(), len.cast_unsigned(), bytes.len());
    take(state, &mut bytes[range.ok_or_else(outside)?]);
    Ok(())
}

fn memory<'a>(
    caller: &'a mut Caller<'_, WasmiState>,
) -> Result<(&'a mut [u8], &'a mut WasmiState), Error> {
    match caller.get_export(MEMORY) {
        Some(Extern::Memory(memory)) => Ok(memory.data_and_store_mut(caller)),
        _ => Err(outside()),
    }
}

fn outside() -> Error {
    Error::host(HostStop::HostPointer)
}
