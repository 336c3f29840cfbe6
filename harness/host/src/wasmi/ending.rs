//! The end of a call in wasmi, in our words. Types decide, except for errors of WASI.

use wasm_gauntlet_model::call::{RejectStage, Rejection};
use wasm_gauntlet_model::trap::TrapKind;
use wasmi::errors::{ErrorKind, HostError};
use wasmi::{Error, TrapCode};

use crate::guest_abi::end::{CallEnd, HostStop};
use crate::guest_abi::log::plain;

/// Longest text of the runtime that is kept, bytes.
const TEXT_BYTES_MAX: usize = 400;

impl HostError for HostStop {}

/// The end of a call that failed while guest code ran.
pub(super) fn failed(error: &Error) -> CallEnd {
    if let Some(stop) = error.downcast_ref::<HostStop>() {
        return (*stop).into();
    }
    if let Some(trap) = error.as_trap_code() {
        return trapped(trap);
    }
    match error.kind() {
        ErrorKind::I32ExitStatus(code) => CallEnd::Exit(*code),
        // `wasmi_wasi` keeps only the text of an error, and no other function makes a message: this
        // end is a pointer outside the memory. The text itself decides nothing.
        ErrorKind::Message(_) => CallEnd::Trap(TrapKind::HostPointer),
        _ => CallEnd::Trap(TrapKind::Other),
    }
}

/// The end of a call whose instance could not be made. No guest code has run, but an active
/// segment may have left its memory or table, which is a trap.
pub(super) fn not_instantiated(error: &Error) -> CallEnd {
    match error.as_trap_code() {
        Some(trap) => trapped(trap),
        None => {
            CallEnd::Refused(Rejection { stage: RejectStage::Instantiate, reason: text(error) })
        }
    }
}

/// The runtime's own words, made harmless.
pub(super) fn text(error: &Error) -> String {
    plain(error.to_string().as_bytes(), TEXT_BYTES_MAX)
}

fn trapped(trap: TrapCode) -> CallEnd {
    if trap == TrapCode::OutOfFuel {
        return CallEnd::Fuel;
    }
    CallEnd::Trap(match trap {
        TrapCode::UnreachableCodeReached => TrapKind::Unreachable,
        TrapCode::MemoryOutOfBounds => TrapKind::MemoryOutOfBounds,
        TrapCode::TableOutOfBounds => TrapKind::TableOutOfBounds,
        TrapCode::IntegerDivisionByZero => TrapKind::DivideByZero,
        TrapCode::IntegerOverflow => TrapKind::IntegerOverflow,
        TrapCode::BadConversionToInteger => TrapKind::BadConversion,
        TrapCode::BadSignature => TrapKind::SignatureMismatch,
        TrapCode::IndirectCallToNull => TrapKind::NullElement,
        TrapCode::StackOverflow => TrapKind::Stack,
        TrapCode::OutOfFuel | TrapCode::GrowthOperationLimited | TrapCode::OutOfSystemMemory => {
            TrapKind::Other
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest_abi::end::By;

    #[test]
    fn a_text_decides_nothing() {
        for text in ["all fuel consumed by WebAssembly", "stopped by the host: deadline"] {
            assert!(matches!(failed(&Error::new(text)), CallEnd::Trap(TrapKind::HostPointer)));
        }
        let stopped = Error::host(HostStop::Deadline(By::HostCall));
        assert!(matches!(failed(&stopped), CallEnd::Deadline(By::HostCall)));
        assert!(matches!(failed(&Error::host(HostStop::Exit(3))), CallEnd::Exit(3)));
        assert!(matches!(failed(&Error::from(TrapCode::OutOfFuel)), CallEnd::Fuel));
    }
}
