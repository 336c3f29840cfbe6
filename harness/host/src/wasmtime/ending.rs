//! The end of a call in wasmtime, in our words. Types decide, never a text.

use wasm_gauntlet_model::call::{RejectStage, Rejection};
use wasm_gauntlet_model::trap::TrapKind;
use wasmtime::{PoolConcurrencyLimitError, Trap};

use crate::guest_abi::end::{CallEnd, HostStop};
use crate::guest_abi::log::plain;

/// Longest text of the runtime that is kept, bytes.
pub(super) const TEXT_BYTES_MAX: usize = 400;

/// The end of a call that failed while guest code ran.
pub(super) fn failed(error: &wasmtime::Error) -> CallEnd {
    if let Some(stop) = error.downcast_ref::<HostStop>() {
        return (*stop).into();
    }
    if let Some(trap) = error.downcast_ref::<Trap>() {
        return trapped(*trap);
    }
    if error.downcast_ref::<wiggle::GuestError>().is_some() {
        return CallEnd::Trap(TrapKind::HostPointer);
    }
    // Only the host functions of WASI remain, and they stop a guest that asked for too much.
    CallEnd::Trap(TrapKind::Other)
}

/// The end of a call whose instance could not be made. A start function may have run.
pub(super) fn not_instantiated(error: &wasmtime::Error) -> CallEnd {
    if error.downcast_ref::<PoolConcurrencyLimitError>().is_some() {
        return CallEnd::Busy;
    }
    let ran = error.downcast_ref::<HostStop>().is_some()
        || error.downcast_ref::<Trap>().is_some()
        || error.downcast_ref::<wiggle::GuestError>().is_some();
    if ran {
        return failed(error);
    }
    CallEnd::Refused(Rejection { stage: RejectStage::Instantiate, reason: text(error) })
}

/// The runtime's own words, made harmless.
pub(super) fn text(error: &wasmtime::Error) -> String {
    plain(format!("{error:#}").as_bytes(), TEXT_BYTES_MAX)
}

fn trapped(trap: Trap) -> CallEnd {
    if trap == Trap::OutOfFuel {
        return CallEnd::Fuel;
    }
    CallEnd::Trap(match trap {
        Trap::UnreachableCodeReached => TrapKind::Unreachable,
        Trap::MemoryOutOfBounds => TrapKind::MemoryOutOfBounds,
        Trap::TableOutOfBounds => TrapKind::TableOutOfBounds,
        Trap::IntegerDivisionByZero => TrapKind::DivideByZero,
        Trap::IntegerOverflow => TrapKind::IntegerOverflow,
        Trap::BadConversionToInteger => TrapKind::BadConversion,
        Trap::BadSignature => TrapKind::SignatureMismatch,
        Trap::IndirectCallToNull => TrapKind::NullElement,
        Trap::StackOverflow => TrapKind::Stack,
        _ => TrapKind::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest_abi::end::By;

    #[test]
    fn a_text_decides_nothing() {
        for text in ["wasm trap: interrupt", "stopped by the host: deadline", "exit 0"] {
            let end = failed(&wasmtime::Error::msg(text));
            assert!(matches!(end, CallEnd::Trap(TrapKind::Other)), "{text}");
        }
    }

    #[test]
    fn types_decide_through_any_context() {
        let error = wasmtime::Error::from(HostStop::Deadline(By::Epoch)).context("while running");
        assert!(matches!(failed(&error), CallEnd::Deadline(By::Epoch)));
        let error = wasmtime::Error::from(Trap::OutOfFuel).context("while running");
        assert!(matches!(failed(&error), CallEnd::Fuel));
        let error = wasmtime::Error::from(Trap::StackOverflow);
        assert!(matches!(not_instantiated(&error), CallEnd::Trap(TrapKind::Stack)));
        assert!(matches!(not_instantiated(&wasmtime::Error::msg("x")), CallEnd::Refused(_)));
    }
}
