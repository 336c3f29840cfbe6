//! How a call ended, and the single function that turns this into an outcome.

use wasm_gauntlet_model::call::{ABI_ERROR_CODE, CallOutcome, Rejection};
use wasm_gauntlet_model::limits::ERROR_TEXT_BYTES_MAX;
use wasm_gauntlet_model::trap::TrapKind;

use super::AbiFault;
use super::growth::Growth;
use super::log::plain;

wasm_gauntlet_model::words! {
    /// The mechanism of a host that noticed the deadline. Its word is the one in records.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum By {
        /// A tick of an epoch, at which the guest's own code looks at the clock.
        Epoch = "epoch",
        /// The end of a slice of fuel, at which the host looks.
        FuelSlice = "fuel-slice",
        /// A host function that the guest called, or waited in.
        HostCall = "host-call",
        /// The last look after the guest had ended by itself, too late.
        LateLook = "late-look",
    }
}

/// Why one of our host functions stops a guest. Our own type, so that no guest can forge it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HostStop {
    /// The deadline is past on the host's clock.
    #[error("stopped by the host: deadline")]
    Deadline(By),
    /// A host function was given a range outside the guest's memory.
    #[error("stopped by the host: a pointer outside the guest's memory")]
    HostPointer,
    /// The guest called `proc_exit`.
    #[error("stopped by the host: exit {0}")]
    Exit(i32),
}

/// How a call ended, as a runtime's adapter saw it.
#[derive(Debug)]
pub(crate) enum CallEnd {
    /// `process` returned, and its output was taken.
    Output(Vec<u8>),
    /// The guest trapped.
    Trap(TrapKind),
    /// The guest called `proc_exit`, with 0 too: `process` has not returned.
    Exit(i32),
    /// The deadline passed on the host's clock.
    Deadline(By),
    /// The instruction budget of the limits ran out.
    Fuel,
    /// The guest broke the ABI.
    Broken(AbiFault),
    /// Refused before any code ran.
    Refused(Rejection),
    /// No instance was free.
    Busy,
    /// The host itself failed.
    HostFault(String),
}

impl CallEnd {
    /// The mechanism that stopped the guest; none if it ended by itself.
    pub(crate) fn stopped_by(&self) -> Option<&'static str> {
        match self {
            Self::Deadline(by) => Some(by.word()),
            Self::Fuel => Some("fuel"),
            _ => None,
        }
    }
}

impl From<HostStop> for CallEnd {
    fn from(stop: HostStop) -> Self {
        match stop {
            HostStop::Deadline(by) => Self::Deadline(by),
            HostStop::HostPointer => Self::Trap(TrapKind::HostPointer),
            HostStop::Exit(code) => Self::Exit(code),
        }
    }
}

impl From<AbiFault> for CallEnd {
    fn from(fault: AbiFault) -> Self {
        Self::Broken(fault)
    }
}

/// The last error that a guest reported through `env.error`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestError {
    /// The guest's code.
    pub code: i32,
    /// The guest's text, cut and made harmless.
    pub text: String,
}

impl GuestError {
    /// What the guest said, bounded.
    pub fn new(code: i32, text: &[u8]) -> Self {
        Self { code, text: plain(text, ERROR_TEXT_BYTES_MAX) }
    }
}

/// The outcome of a call. What the host saw takes precedence over what the guest reported: a trap,
/// a deadline or an exit after `env.error` stays a trap, a deadline or an exit.
pub(crate) fn outcome(end: CallEnd, said: Option<GuestError>, growth: &Growth) -> CallOutcome {
    match end {
        CallEnd::Output(output) => match said {
            Some(GuestError { code, text }) => CallOutcome::GuestError { code, text },
            None => CallOutcome::Ok { output },
        },
        CallEnd::Trap(TrapKind::Unreachable) | CallEnd::Exit(_) | CallEnd::Broken(_)
            if growth.at_cap() =>
        {
            CallOutcome::MemoryCap
        }
        CallEnd::Trap(kind) => CallOutcome::Trap { kind },
        CallEnd::Exit(code) => CallOutcome::GuestError { code, text: "exit".to_owned() },
        // A guest that reported an error need not have an output.
        CallEnd::Broken(fault) => match said {
            Some(GuestError { code, text }) => CallOutcome::GuestError { code, text },
            None => CallOutcome::GuestError { code: ABI_ERROR_CODE, text: fault.to_string() },
        },
        CallEnd::Deadline(_) => CallOutcome::Deadline,
        CallEnd::Fuel => CallOutcome::Fuel,
        CallEnd::Refused(rejection) => CallOutcome::Rejected(rejection),
        CallEnd::Busy => CallOutcome::Busy,
        CallEnd::HostFault(detail) => CallOutcome::HostFault { detail, signal: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest_abi::growth::Caps;

    fn growth(at_cap: bool) -> Growth {
        let mut growth = Growth::new(Caps { memory_bytes: 10, table_elements: 10 });
        if at_cap {
            assert!(growth.memory(0, 10, None));
            assert!(!growth.memory(10, 11, None));
        }
        growth
    }

    fn word(end: CallEnd, at_cap: bool) -> &'static str {
        outcome(end, None, &growth(at_cap)).word()
    }

    #[test]
    fn the_cap_explains_only_the_failures_that_it_can_cause() {
        let broken = || CallEnd::Broken(AbiFault::InputTooLong(1));
        assert_eq!(word(CallEnd::Trap(TrapKind::Unreachable), true), "memory-cap");
        assert_eq!(word(CallEnd::Trap(TrapKind::Unreachable), false), "trap");
        assert_eq!(word(CallEnd::Trap(TrapKind::Stack), true), "trap");
        assert_eq!(word(CallEnd::Exit(2), true), "memory-cap");
        assert_eq!(word(broken(), true), "memory-cap");
        assert_eq!(word(broken(), false), "guest-error");
        assert_eq!(word(CallEnd::Deadline(By::Epoch), true), "deadline");
        assert_eq!(word(CallEnd::Output(vec![]), true), "ok");
    }

    #[test]
    fn what_the_guest_said_never_hides_what_the_host_saw() {
        let said = || Some(GuestError::new(7, b"no\nrule"));
        let end = |end| outcome(end, said(), &growth(false));
        assert_eq!(
            end(CallEnd::Output(vec![])),
            CallOutcome::GuestError { code: 7, text: "no\\nrule".to_owned() }
        );
        assert_eq!(end(CallEnd::Deadline(By::Epoch)), CallOutcome::Deadline);
        assert_eq!(
            end(CallEnd::Trap(TrapKind::Stack)),
            CallOutcome::Trap { kind: TrapKind::Stack }
        );
        assert_eq!(end(CallEnd::Exit(0)).word(), "guest-error");
    }

    #[test]
    fn an_exit_of_zero_before_the_answer_is_an_error() {
        assert_eq!(
            outcome(CallEnd::Exit(0), None, &growth(false)),
            CallOutcome::GuestError { code: 0, text: "exit".to_owned() }
        );
    }
}
