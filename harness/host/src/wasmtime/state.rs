//! What a store holds for one call, the limits it enforces, and the host functions.

use std::time::Instant;

use wasmtime::{Caller, Engine, Extern, Linker, ResourceLimiter, StoreContextMut, UpdateDeadline};
use wasmtime_wasi::p1::WasiP1Ctx;

use crate::embedded::call_state::CallState;
use crate::guest_abi::end::{By, HostStop};
use crate::guest_abi::growth::{Growth, TABLES_MAX};
use crate::guest_abi::preview1::PROC_EXIT;
use crate::guest_abi::{ENV, MEMORY, WASI};

/// One call. It is boxed, because a store that holds it inside costs 1.5 % of a small call more.
/// The context of WASI is boxed once more, so that calls without it do not carry its 500 bytes.
pub(super) type WasmtimeState = Box<CallState<Box<WasiP1Ctx>>>;

/// A call of a host function by a guest.
type WasmtimeHostCall<'a> = Caller<'a, WasmtimeState>;

impl ResourceLimiter for Growth {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.memory(current, desired, maximum))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.table(current, desired, maximum))
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

/// At each tick: has the deadline passed on the clock? Ticks are not counted.
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

/// Our own functions, next to and in place of those of WASI. wasmtime turns statuses from 126 on
/// into a text, and waits as long as a guest likes. The clocks are the ones that our wait uses.
fn define(linker: &mut Linker<WasmtimeState>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    linker.func_wrap(WASI, PROC_EXIT, |code: i32| -> wasmtime::Result<()> {
        Err(HostStop::Exit(code).into())
    })?;
    let time = |mut by: WasmtimeHostCall<'_>, id: i32, _precision: i64, ptr: i32| {
        on(&mut by, |state, memory| state.clock_time_get(memory, id, ptr))
    };
    linker.func_wrap(WASI, "clock_time_get", time)?;
    linker.func_wrap(
        WASI,
        "clock_res_get",
        |mut by: WasmtimeHostCall<'_>, id: i32, ptr: i32| {
            on(&mut by, |state, memory| state.clock_res_get(memory, id, ptr))
        },
    )?;
    let poll =
        |mut by: WasmtimeHostCall<'_>, subscriptions: i32, events: i32, count: i32, stored: i32| {
            let arguments = [subscriptions, events, count, stored];
            on(&mut by, |state, memory| state.poll_oneoff(memory, arguments))
        };
    linker.func_wrap(WASI, "poll_oneoff", poll)?;
    linker.func_wrap(ENV, "log", |mut by: WasmtimeHostCall<'_>, ptr: i32, len: i32| {
        on(&mut by, |state, memory| state.log(memory, ptr, len))
    })?;
    linker.func_wrap(
        ENV,
        "error",
        |mut by: WasmtimeHostCall<'_>, code: i32, ptr: i32, len: i32| {
            on(&mut by, |state, memory| state.error(memory, code, ptr, len))
        },
    )?;
    Ok(())
}

/// Run a host function on the memory of the calling guest.
fn on<R>(
    by: &mut WasmtimeHostCall<'_>,
    act: impl FnOnce(&mut WasmtimeState, &mut [u8]) -> Result<R, HostStop>,
) -> wasmtime::Result<R> {
    let Some(Extern::Memory(memory)) = by.get_export(MEMORY) else {
        return Err(HostStop::HostPointer.into());
    };
    let (memory, state) = memory.data_and_store_mut(by);
    Ok(act(state, memory)?)
}
