//! What a store holds for one call, the limits it enforces, and the host functions.

use std::time::Instant;

use wasmtime::{Caller, Engine, Extern, Linker, ResourceLimiter, StoreContextMut, UpdateDeadline};
use wasmtime_wasi::p1::WasiP1Ctx;

use crate::subject::guest_abi::end::{Said, Stop};
use crate::subject::guest_abi::growth::{Growth, TABLES_MAX};
use crate::subject::guest_abi::log::SharedLog;
use crate::subject::guest_abi::preview1::PROC_EXIT;
use crate::subject::guest_abi::{ENV, MEMORY, WASI, range};

/// One call.
pub(super) struct State {
    pub(super) limiter: Limiter,
    pub(super) log: SharedLog,
    pub(super) said: Option<Said>,
    /// When the host stops the guest; none while it is not armed, which is a defect.
    pub(super) deadline: Option<Instant>,
    /// There is one exactly for modules that import WASI.
    pub(super) wasi: Option<WasiP1Ctx>,
}

/// The caps, as wasmtime asks for them.
pub(super) struct Limiter(pub(super) Growth);

impl ResourceLimiter for Limiter {
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
pub(super) fn on_tick(store: StoreContextMut<'_, State>) -> wasmtime::Result<UpdateDeadline> {
    match store.data().deadline {
        Some(deadline) if Instant::now() >= deadline => Err(Stop::Deadline.into()),
        _ => Ok(UpdateDeadline::Continue(1)),
    }
}

/// Everything that a guest can import.
pub(super) fn linker(engine: &Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p1::add_to_linker_sync(&mut linker, |state: &mut State| {
        state.wasi.as_mut().expect("a module that imports WASI has a context")
    })?;
    // Wasmtime's own `proc_exit` turns statuses from 126 on into a text; ours has a type.
    linker.allow_shadowing(true);
    linker.func_wrap(WASI, PROC_EXIT, |code: i32| -> wasmtime::Result<()> {
        Err(Stop::Exit(code).into())
    })?;
    linker.func_wrap(ENV, "log", log)?;
    linker.func_wrap(ENV, "error", error)?;
    Ok(linker)
}

fn log(mut caller: Caller<'_, State>, ptr: i32, len: i32) -> wasmtime::Result<()> {
    with_bytes(&mut caller, ptr, len, |state, bytes| state.log.lock().push(bytes))
}

fn error(mut caller: Caller<'_, State>, code: i32, ptr: i32, len: i32) -> wasmtime::Result<()> {
    with_bytes(&mut caller, ptr, len, |state, bytes| state.said = Some(Said::new(code, bytes)))
}

fn with_bytes(
    caller: &mut Caller<'_, State>,
    ptr: i32,
    len: i32,
    take: impl FnOnce(&mut State, &[u8]),
) -> wasmtime::Result<()> {
    let Some(Extern::Memory(memory)) = caller.get_export(MEMORY) else {
        return Err(Stop::HostPointer.into());
    };
    let (bytes, state) = memory.data_and_store_mut(caller);
    let range = range(ptr.cast_unsigned(), len.cast_unsigned(), bytes.len());
    take(state, &bytes[range.ok_or(Stop::HostPointer)?]);
    Ok(())
}
