//! WebAssembly proposals that a guest needs beyond the baseline.
//!
//! The baseline is the MVP with mutable globals, sign extension, saturating conversions, multiple
//! values, bulk memory, reference types and fixed-width SIMD.

/// A proposal beyond the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Feature {
    /// Tail calls.
    TailCall,
    /// More than one memory.
    MultiMemory,
    /// 64-bit memories and tables.
    Memory64,
    /// Shared memories and atomic operations.
    Threads,
    /// Relaxed SIMD.
    RelaxedSimd,
    /// Arithmetic in constant expressions.
    ExtendedConst,
    /// Exceptions with `try_table`.
    Exceptions,
    /// The older exceptions, with `try` and `catch`.
    LegacyExceptions,
    /// Typed function references.
    FunctionReferences,
    /// Garbage-collected structs and arrays.
    Gc,
    /// Pages of another size than 64 KiB.
    CustomPageSizes,
    /// 128-bit arithmetic.
    WideArithmetic,
    /// Continuations.
    StackSwitching,
}

impl Feature {
    /// Every feature that a header may name.
    pub const ALL: [Self; 13] = [
        Self::TailCall,
        Self::MultiMemory,
        Self::Memory64,
        Self::Threads,
        Self::RelaxedSimd,
        Self::ExtendedConst,
        Self::Exceptions,
        Self::LegacyExceptions,
        Self::FunctionReferences,
        Self::Gc,
        Self::CustomPageSizes,
        Self::WideArithmetic,
        Self::StackSwitching,
    ];

    /// The word of the feature, as a header writes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::TailCall => "tail-call",
            Self::MultiMemory => "multi-memory",
            Self::Memory64 => "memory64",
            Self::Threads => "threads",
            Self::RelaxedSimd => "relaxed-simd",
            Self::ExtendedConst => "extended-const",
            Self::Exceptions => "exceptions",
            Self::LegacyExceptions => "legacy-exceptions",
            Self::FunctionReferences => "function-references",
            Self::Gc => "gc",
            Self::CustomPageSizes => "custom-page-sizes",
            Self::WideArithmetic => "wide-arithmetic",
            Self::StackSwitching => "stack-switching",
        }
    }

    /// The feature that a header's word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feature| feature.word() == word)
    }
}
