//! What a store holds for one call, the limits it enforces, and the host functions.

use std::time::Instant;

use wasmtime::{Caller, Engine, Extern, Linker, ResourceLimiter, StoreContextMut, UpdateDeadline};
use wasmtime_wasi::p1::WasiP1Ctx;

use crate::guest_abi::clock::Clock;
use crate::guest_abi::end::{By, GuestError, HostStop};
use crate::guest_abi::growth::{Growth, TABLES_MAX};
use crate::guest_abi::log::SharedLog;
use crate::guest_abi::preview1::{EINVAL, PROC_EXIT, SUCCESS};
use crate::guest_abi::{ENV, MEMORY, WASI, poll, range};

/// One call.
pub struct WasmtimeState {
    pub(super) limiter: WasmtimeLimiter,
    pub(super) log: SharedLog,
    pub(super) said: Option<GuestError>,
    /// When the host stops the guest; none while it is not armed, which is a fault.
    pub(super) deadline: Option<Instant>,
    /// Until when a guest may wait in a host function.
    pub(super) deadline_of_waits: Option<Instant>,
    /// There is one exactly for modules that import WASI; boxed, as others would move its 500 bytes
    /// at each call.
    pub(super) wasi: Option<Box<WasiP1Ctx>>,
    pub(super) clock: Clock,
}

/// The caps, as wasmtime asks for them.
pub struct WasmtimeLimiter(pub(super) Growth);

impl ResourceLimiter for WasmtimeLimiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.0.memory(current, desired, maximum))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
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

/// At each tick: has the deadline passed on the clock? Ticks are never counted.
pub(super) fn on_tick(
    store: StoreContextMut<'_, WasmtimeState>,
) -> wasmtime::Result<UpdateDeadline> {
    match store.data().deadline {
        Some(deadline) if Instant::now() >= deadline => Err(HostStop::Deadline(By::Epoch).into()),
        _ => Ok(UpdateDeadline::Continue(1)),
    }
}

/// Everything that a guest can import.
pub(super) fn linker(engine: &Engine) -> wasmtime::Result<Linker<WasmtimeState>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p1::add_to_linker_sync(&mut linker, |state: &mut WasmtimeState| {
        state.wasi.as_mut().expect("a module that imports WASI has a context")
    })?;
    define(&mut linker)?;
    Ok(linker)
}

/// Ours beside and in place of WASI's: wasmtime's own turns statuses from 126 on into a text, and
/// waits for as long as a guest likes; the clocks are the ones that ours waits by.
fn define(linker: &mut Linker<WasmtimeState>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    linker.func_wrap(WASI, PROC_EXIT, |code: i32| -> wasmtime::Result<()> {
        Err(HostStop::Exit(code).into())
    })?;
    linker.func_wrap(WASI, "clock_time_get", clock_time_get)?;
    linker.func_wrap(WASI, "clock_res_get", clock_res_get)?;
    linker.func_wrap(WASI, "poll_oneoff", poll_oneoff)?;
    linker.func_wrap(ENV, "log", log)?;
    linker.func_wrap(ENV, "error", error)?;
    Ok(())
}

fn clock_time_get(
    mut caller: Caller<'_, WasmtimeState>,
    id: i32,
    _precision: i64,
    ptr: i32,
) -> wasmtime::Result<i32> {
    let nanos = caller.data_mut().clock.read(id.cast_unsigned());
    write_u64(&mut caller, ptr, nanos)
}

fn clock_res_get(
    mut caller: Caller<'_, WasmtimeState>,
    id: i32,
    ptr: i32,
) -> wasmtime::Result<i32> {
    let nanos = caller.data().clock.resolution(id.cast_unsigned());
    write_u64(&mut caller, ptr, nanos)
}

fn poll_oneoff(
    mut caller: Caller<'_, WasmtimeState>,
    subscriptions: i32,
    events: i32,
    count: i32,
    stored: i32,
) -> wasmtime::Result<i32> {
    let [subscriptions, events, count, stored] =
        [subscriptions, events, count, stored].map(i32::cast_unsigned);
    let arguments = poll::PollArguments { subscriptions, events, count, stored };
    let (memory, state) = memory(&mut caller)?;
    Ok(poll::oneoff(memory, &mut state.clock, state.deadline_of_waits, arguments)?)
}

/// Write what a clock says, or answer that there is no such clock.
fn write_u64(
    caller: &mut Caller<'_, WasmtimeState>,
    ptr: i32,
    value: Option<u64>,
) -> wasmtime::Result<i32> {
    let Some(value) = value.map(u64::to_le_bytes) else { return Ok(EINVAL) };
    with_bytes(caller, ptr, value.len() as i32, |_, bytes| bytes.copy_from_slice(&value))?;
    Ok(SUCCESS)
}

fn log(mut caller: Caller<'_, WasmtimeState>, ptr: i32, len: i32) -> wasmtime::Result<()> {
    with_bytes(&mut caller, ptr, len, |state, bytes| state.log.lock().push(bytes))
}

fn error(
    mut caller: Caller<'_, WasmtimeState>,
    code: i32,
    ptr: i32,
    len: i32,
) -> wasmtime::Result<()> {
    with_bytes(&mut caller, ptr, len, |state, bytes| {
        state.said = Some(GuestError::new(code, bytes))
    })
}

fn with_bytes(
    caller: &mut Caller<'_, WasmtimeState>,
    ptr: i32,
    len: i32,
    take: impl FnOnce(&mut WasmtimeState, &mut [u8]),
) -> wasmtime::Result<()> {
    let (bytes, state) = memory(caller)?;
    let range = range(ptr.cast_unsigned(), len.cast_unsigned(), bytes.len());
    take(state, &mut bytes[range.ok_or(HostStop::HostPointer)?]);
    Ok(())
}

fn memory<'a>(
    caller: &'a mut Caller<'_, WasmtimeState>,
) -> Result<(&'a mut [u8], &'a mut WasmtimeState), HostStop> {
    match caller.get_export(MEMORY) {
        Some(Extern::Memory(memory)) => Ok(memory.data_and_store_mut(caller)),
        _ => Err(HostStop::HostPointer),
    }
}
