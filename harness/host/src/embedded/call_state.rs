//! What the store of a runtime holds for one call, the host functions on it, and the exchange of
//! input and output. A runtime lends its memory and its way to call; nothing here names one.

use std::time::Instant;

use super::call::{Call, Ended};
use crate::guest_abi::clock::Clock;
use crate::guest_abi::end::{CallEnd, GuestError, HostStop};
use crate::guest_abi::growth::{Caps, Growth};
use crate::guest_abi::log::SharedLog;
use crate::guest_abi::poll::{self, PollArguments};
use crate::guest_abi::preview1::{EINVAL, SUCCESS};
use crate::guest_abi::{input_len, place_input, range, take_output};
use crate::view::View;

/// One call; `W` is the runtime's context of WASI.
pub(crate) struct CallState<W> {
    /// Growth of memory and tables under the caps.
    pub(crate) growth: Growth,
    pub(crate) log: SharedLog,
    /// What the guest said through `env.error`.
    pub(crate) said: Option<GuestError>,
    /// There is one exactly for modules that import WASI.
    pub(crate) wasi: Option<W>,
    pub(crate) clock: Clock,
    /// When the host stops the guest; none while it is not armed, which is a fault.
    pub(crate) deadline: Option<Instant>,
    /// Until when a guest may wait in a host function.
    pub(crate) deadline_of_waits: Option<Instant>,
}

impl<W> CallState<W> {
    /// The begin of `call`, which is stopped at `deadline` for now.
    pub(crate) fn new(call: &Call<'_>, wasi: Option<W>, deadline: Option<Instant>) -> Self {
        Self {
            growth: Growth::new(call.caps),
            log: call.log.clone(),
            said: None,
            wasi,
            clock: Clock::new(call.grants.clock),
            deadline,
            deadline_of_waits: call.deadline_of_waits(),
        }
    }

    /// What the call left behind when it came to `end`.
    pub(crate) fn ended(&mut self, end: CallEnd, caps: Caps, fuel_used: Option<u64>) -> Ended {
        // The context ends first: its streams give their last lines to the log.
        self.wasi = None;
        let growth = std::mem::replace(&mut self.growth, Growth::new(caps));
        Ended { end, said: self.said.take(), growth, fuel_used }
    }

    /// `clock_time_get` of WASI.
    pub(crate) fn clock_time_get(
        &mut self,
        memory: &mut [u8],
        id: i32,
        ptr: i32,
    ) -> Result<i32, HostStop> {
        write_u64(memory, ptr, self.clock.read(id.cast_unsigned()))
    }

    /// `clock_res_get` of WASI.
    pub(crate) fn clock_res_get(
        &self,
        memory: &mut [u8],
        id: i32,
        ptr: i32,
    ) -> Result<i32, HostStop> {
        write_u64(memory, ptr, self.clock.resolution(id.cast_unsigned()))
    }

    /// `poll_oneoff` of WASI: subscriptions, events, their count, and where the number goes.
    pub(crate) fn poll_oneoff(
        &mut self,
        memory: &mut [u8],
        arguments: [i32; 4],
    ) -> Result<i32, HostStop> {
        let [subscriptions, events, count, stored] = arguments.map(i32::cast_unsigned);
        let arguments = PollArguments { subscriptions, events, count, stored };
        poll::oneoff(memory, &mut self.clock, self.deadline_of_waits, arguments)
    }

    /// `env.log`.
    pub(crate) fn log(&mut self, memory: &mut [u8], ptr: i32, len: i32) -> Result<(), HostStop> {
        self.log.lock().push(bytes(memory, ptr, len)?);
        Ok(())
    }

    /// `env.error`.
    pub(crate) fn error(
        &mut self,
        memory: &mut [u8],
        code: i32,
        ptr: i32,
        len: i32,
    ) -> Result<(), HostStop> {
        self.said = Some(GuestError::new(code, bytes(memory, ptr, len)?));
        Ok(())
    }
}

/// Write what a clock says, or answer that there is no such clock.
fn write_u64(memory: &mut [u8], ptr: i32, value: Option<u64>) -> Result<i32, HostStop> {
    let Some(value) = value.map(u64::to_le_bytes) else { return Ok(EINVAL) };
    bytes(memory, ptr, value.len() as i32)?.copy_from_slice(&value);
    Ok(SUCCESS)
}

/// The bytes that a guest handed to a host function.
fn bytes(memory: &mut [u8], ptr: i32, len: i32) -> Result<&mut [u8], HostStop> {
    let range = range(ptr.cast_unsigned(), len.cast_unsigned(), memory.len());
    Ok(&mut memory[range.ok_or(HostStop::HostPointer)?])
}

/// An instance, as its runtime calls it.
pub(crate) trait Instance {
    /// Its memory as it is now.
    fn memory(&mut self) -> &mut [u8];

    /// Call `alloc`.
    fn alloc(&mut self, len: i32) -> Result<i32, CallEnd>;

    /// Call `process`.
    fn process(&mut self, ptr: i32, len: i32) -> Result<i64, CallEnd>;
}

/// Hand in the input, call `process`, and take the output.
///
/// # Errors
/// The end of the call, where it came before there was an output.
pub(crate) fn exchange(mut instance: impl Instance, call: &Call<'_>) -> Result<Vec<u8>, CallEnd> {
    let len = input_len(call.input)?;
    let mut ptr = 0;
    if len > 0 {
        let mut view = View::before(instance.memory(), call.faults);
        ptr = instance.alloc(len)?;
        place_input(view.after(instance.memory()), ptr, call.input)?;
    }
    let mut view = View::before(instance.memory(), call.faults);
    let packed = instance.process(ptr, len)?;
    let (max, check) = (call.limits.output_bytes_max, call.faults.pointer_check());
    Ok(take_output(view.after(instance.memory()), packed, max, check)?)
}

/// An export is not there. The contract was checked before compiling, so this is a fault of ours.
pub(crate) fn vanished() -> CallEnd {
    CallEnd::HostFault("an export vanished between check and call".to_owned())
}
