//! Why a guest trapped, in words that no runtime owns.

use serde::{Deserialize, Serialize};

/// The kinds of trap of the WebAssembly core specification, §4.4 and appendix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrapKind {
    /// `unreachable` was executed.
    Unreachable,
    /// A load, store or bulk operation left linear memory, or an active segment did.
    MemoryOutOfBounds,
    /// A table access or bulk operation left its table.
    TableOutOfBounds,
    /// Integer division or remainder by zero.
    DivideByZero,
    /// Integer overflow of a division.
    IntegerOverflow,
    /// A float had no integer value.
    BadConversion,
    /// `call_indirect` found a function of another type.
    SignatureMismatch,
    /// `call_indirect` found null.
    NullElement,
    /// The call stack was exhausted.
    Stack,
    /// An exception left the outermost frame.
    UncaughtException,
    /// A host function was given memory that the guest does not have.
    HostPointer,
    /// The runtime named no kind that we know.
    Other,
    /// The host reports a trap without its kind. Only hosts with a mapping can have this; no host
    /// can report it itself.
    #[serde(skip_deserializing)]
    Untold,
}

impl TrapKind {
    /// Every word.
    pub const WORDS: &[&str] = &[
        "unreachable",
        "memory-out-of-bounds",
        "table-out-of-bounds",
        "divide-by-zero",
        "integer-overflow",
        "bad-conversion",
        "signature-mismatch",
        "null-element",
        "stack",
        "uncaught-exception",
        "host-pointer",
        "other",
    ];

    /// The word used in scenarios, reports and the protocol.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::MemoryOutOfBounds => "memory-out-of-bounds",
            Self::TableOutOfBounds => "table-out-of-bounds",
            Self::DivideByZero => "divide-by-zero",
            Self::IntegerOverflow => "integer-overflow",
            Self::BadConversion => "bad-conversion",
            Self::SignatureMismatch => "signature-mismatch",
            Self::NullElement => "null-element",
            Self::Stack => "stack",
            Self::UncaughtException => "uncaught-exception",
            Self::HostPointer => "host-pointer",
            Self::Other => "other",
            Self::Untold => "untold",
        }
    }
}
