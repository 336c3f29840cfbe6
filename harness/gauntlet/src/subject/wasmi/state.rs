//! What a store holds for one call, the limits it enforces, and the host functions.

use std::sync::OnceLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use wasmi::errors::LinkerError;
use wasmi::{Caller, Engine, Error, Extern, Linker, ResourceLimiter};
use wasmi_core::LimiterError;
use wasmi_wasi::WasiCtx;

use crate::subject::guest_abi::end::{Said, Stop};
use crate::subject::guest_abi::growth::{Growth, TABLES_MAX};
use crate::subject::guest_abi::log::SharedLog;
use crate::subject::guest_abi::preview1::{PROC_EXIT, VIRTUAL_STEP_NS, VIRTUAL_WALL_NS};
use crate::subject::guest_abi::{ENV, MEMORY, WASI, range};

/// One call.
pub struct State {
    pub(super) limiter: Limiter,
    pub(super) log: SharedLog,
    pub(super) said: Option<Said>,
    /// There is one exactly for modules that import WASI.
    pub(super) wasi: Option<WasiCtx>,
    pub(super) clock: Clock,
}

/// The clock of a guest.
#[derive(Debug, Clone, Copy)]
pub(super) enum Clock {
    /// Granted.
    Real,
    /// Not granted: the wall clock is fixed, the monotonic one steps at each reading.
    Virtual { monotonic_ns: u64 },
}

/// WASI's words for success and for a wrong argument.
const SUCCESS: i32 = 0;
const EINVAL: i32 = 28;
/// Clock ids of preview 1; the two clocks of processor time are not offered.
const REALTIME: i32 = 0;
const MONOTONIC: i32 = 1;

impl Clock {
    fn read(&mut self, id: i32) -> Option<u64> {
        let nanos =
            |duration: std::time::Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        match (id, self) {
            (REALTIME, Self::Virtual { .. }) => Some(VIRTUAL_WALL_NS),
            (MONOTONIC, Self::Virtual { monotonic_ns }) => {
                *monotonic_ns = monotonic_ns.saturating_add(VIRTUAL_STEP_NS);
                Some(*monotonic_ns)
            }
            (REALTIME, Self::Real) => {
                Some(nanos(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()))
            }
            (MONOTONIC, Self::Real) => Some(nanos(epoch().elapsed())),
            _ => None,
        }
    }
}

/// Where monotonic clocks of guests begin: not at the machine's start, which is nobody's business.
fn epoch() -> Instant {
    static EPOCH: OnceLock<Instant> = OnceLock::new();
    *EPOCH.get_or_init(Instant::now)
}

/// The caps, as wasmi asks for them.
pub(super) struct Limiter(pub(super) Growth);

impl ResourceLimiter for Limiter {
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

/// Everything that a guest can import.
pub(super) fn linker(engine: &Engine) -> Result<Linker<State>, Error> {
    let mut linker = Linker::new(engine);
    wasmi_wasi::add_to_linker(&mut linker, |state: &mut State| {
        state.wasi.as_mut().expect("a module that imports WASI has a context")
    })
    .map_err(|error| Error::new(error.to_string()))?;
    define(&mut linker)?;
    Ok(linker)
}

/// Ours beside and in place of WASI's: wasi-common turns statuses from 126 on into a text, and
/// knows real clocks only.
fn define(linker: &mut Linker<State>) -> Result<(), LinkerError> {
    linker.allow_shadowing(true);
    linker.func_wrap(WASI, PROC_EXIT, |code: i32| -> Result<(), Error> {
        Err(Error::host(Stop::Exit(code)))
    })?;
    linker.func_wrap(WASI, "clock_time_get", clock_time_get)?;
    linker.func_wrap(WASI, "clock_res_get", clock_res_get)?;
    linker.func_wrap(ENV, "log", log)?;
    linker.func_wrap(ENV, "error", error)?;
    Ok(())
}

fn clock_time_get(
    mut caller: Caller<'_, State>,
    id: i32,
    _precision: i64,
    ptr: i32,
) -> Result<i32, Error> {
    match caller.data_mut().clock.read(id) {
        Some(nanos) => write_u64(&mut caller, ptr, nanos),
        None => Ok(EINVAL),
    }
}

fn clock_res_get(mut caller: Caller<'_, State>, id: i32, ptr: i32) -> Result<i32, Error> {
    let nanos = match (id, caller.data().clock) {
        (REALTIME | MONOTONIC, Clock::Real) => 1,
        (REALTIME | MONOTONIC, Clock::Virtual { .. }) => VIRTUAL_STEP_NS,
        _ => return Ok(EINVAL),
    };
    write_u64(&mut caller, ptr, nanos)
}

fn write_u64(caller: &mut Caller<'_, State>, ptr: i32, value: u64) -> Result<i32, Error> {
    let value = value.to_le_bytes();
    with_bytes(caller, ptr, value.len() as i32, |_, bytes| bytes.copy_from_slice(&value))?;
    Ok(SUCCESS)
}

fn log(mut caller: Caller<'_, State>, ptr: i32, len: i32) -> Result<(), Error> {
    with_bytes(&mut caller, ptr, len, |state, bytes| state.log.lock().push(bytes))
}

fn error(mut caller: Caller<'_, State>, code: i32, ptr: i32, len: i32) -> Result<(), Error> {
    with_bytes(&mut caller, ptr, len, |state, bytes| state.said = Some(Said::new(code, bytes)))
}

fn with_bytes(
    caller: &mut Caller<'_, State>,
    ptr: i32,
    len: i32,
    take: impl FnOnce(&mut State, &mut [u8]),
) -> Result<(), Error> {
    let outside = || Error::host(Stop::HostPointer);
    let Some(Extern::Memory(memory)) = caller.get_export(MEMORY) else {
        return Err(outside());
    };
    let (bytes, state) = memory.data_and_store_mut(caller);
    let range = range(ptr.cast_unsigned(), len.cast_unsigned(), bytes.len());
    take(state, &mut bytes[range.ok_or_else(outside)?]);
    Ok(())
}
