//! WebAssembly proposals that a guest needs beyond the baseline.
//!
//! The baseline is the MVP with mutable globals, sign extension, saturating conversions, multiple
//! values, bulk memory, reference types and fixed-width SIMD.

use crate::words::words;

words! {
    /// A proposal beyond the baseline.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Feature {
        /// Tail calls.
        TailCall = "tail-call",
        /// More than one memory.
        MultiMemory = "multi-memory",
        /// 64-bit memories and tables.
        Memory64 = "memory64",
        /// Shared memories and atomic operations.
        Threads = "threads",
        /// Relaxed SIMD.
        RelaxedSimd = "relaxed-simd",
        /// Arithmetic in constant expressions.
        ExtendedConst = "extended-const",
        /// Exceptions with `try_table`.
        Exceptions = "exceptions",
        /// The older exceptions, with `try` and `catch`.
        LegacyExceptions = "legacy-exceptions",
        /// Typed function references.
        FunctionReferences = "function-references",
        /// Garbage-collected structs and arrays.
        Gc = "gc",
        /// Pages of another size than 64 KiB.
        CustomPageSizes = "custom-page-sizes",
        /// 128-bit arithmetic.
        WideArithmetic = "wide-arithmetic",
        /// Continuations.
        StackSwitching = "stack-switching",
    }
}
