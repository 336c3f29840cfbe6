//! What a store holds for one call, the limits it enforces, and the host functions.

use std::time::Instant;

use wasmi::errors::LinkerError;
use wasmi::{CallHook, Caller, Engine, Error, Extern, Linker, ResourceLimiter};
use wasmi_core::LimiterError;
use wasmi_wasi::WasiCtx;

use crate::embedded::call_state::CallState;
use crate::guest_abi::end::{By, HostStop};
use crate::guest_abi::growth::{Growth, TABLES_MAX};
use crate::guest_abi::preview1::{ENOTSUP, PROC_EXIT};
use crate::guest_abi::{ENV, MEMORY, WASI};

/// One call.
pub(super) type WasmiState = CallState<WasiCtx>;

/// A call of a host function by a guest.
type WasmiHostCall<'a> = Caller<'a, WasmiState>;

impl ResourceLimiter for Growth {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool, LimiterError> {
        Ok(self.memory(current, desired, maximum))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool, LimiterError> {
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

/// At each call of a host function: has the deadline passed? The functions of WASI cost almost no
/// fuel and up to milliseconds: without this, a guest that only writes got 5 s under a deadline of
/// 50 ms.
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

/// Our own functions, next to and in place of those of WASI. wasi-common turns statuses from 126 on
/// into a text, knows real clocks only, waits as long as a guest likes, and traps on signals.
fn define(linker: &mut Linker<WasmiState>) -> Result<(), LinkerError> {
    linker.allow_shadowing(true);
    linker.func_wrap(WASI, PROC_EXIT, |code: i32| -> Result<(), Error> {
        Err(Error::host(HostStop::Exit(code)))
    })?;
    linker.func_wrap(WASI, "proc_raise", |_signal: i32| ENOTSUP)?;
    let time = |mut by: WasmiHostCall<'_>, id: i32, _precision: i64, ptr: i32| {
        on(&mut by, |state, memory| state.clock_time_get(memory, id, ptr))
    };
    linker.func_wrap(WASI, "clock_time_get", time)?;
    linker.func_wrap(WASI, "clock_res_get", |mut by: WasmiHostCall<'_>, id: i32, ptr: i32| {
        on(&mut by, |state, memory| state.clock_res_get(memory, id, ptr))
    })?;
    let poll =
        |mut by: WasmiHostCall<'_>, subscriptions: i32, events: i32, count: i32, stored: i32| {
            let arguments = [subscriptions, events, count, stored];
            on(&mut by, |state, memory| state.poll_oneoff(memory, arguments))
        };
    linker.func_wrap(WASI, "poll_oneoff", poll)?;
    linker.func_wrap(ENV, "log", |mut by: WasmiHostCall<'_>, ptr: i32, len: i32| {
        on(&mut by, |state, memory| state.log(memory, ptr, len))
    })?;
    linker.func_wrap(
        ENV,
        "error",
        |mut by: WasmiHostCall<'_>, code: i32, ptr: i32, len: i32| {
            on(&mut by, |state, memory| state.error(memory, code, ptr, len))
        },
    )?;
    Ok(())
}

/// Run a host function on the memory of the calling guest.
fn on<R>(
    by: &mut WasmiHostCall<'_>,
    act: impl FnOnce(&mut WasmiState, &mut [u8]) -> Result<R, HostStop>,
) -> Result<R, Error> {
    let Some(Extern::Memory(memory)) = by.get_export(MEMORY) else {
        return Err(Error::host(HostStop::HostPointer));
    };
    let (memory, state) = memory.data_and_store_mut(by);
    act(state, memory).map_err(Error::host)
}
