//! Ways in which correct runtimes may differ, each with a name. A difference is excused where a
//! scenario names it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

crate::words! {
    /// Something that the specification leaves open.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    pub enum Excuse {
        /// The sign and the payload of a NaN (core specification, 4.3.3 NaN propagation): both
        /// sides put out a NaN of the same width at the same place.
        NanBits = "nan-bits",
        /// How deep a stack goes (appendix A.2, implementation limitations): one side ended for
        /// want of stack.
        StackDepth = "stack-depth",
        /// Whether memory or a table can grow (4.4.7, `memory.grow` may fail at any time): one side
        /// denied more growths than the other.
        Growth = "growth",
        /// Whether a proposal beyond the baseline is there: the guest's header names one, and one
        /// side refused the guest.
        Proposals = "proposals",
        /// What a relaxed vector operation gives (it is one of a set): the guest's header names
        /// `relaxed-simd`.
        RelaxedSimd = "relaxed-simd",
        /// The unit of fuel, which is each runtime's own: one side ran out of it.
        Fuel = "fuel",
        /// The name of a trap of a table (the specification says that it traps, not which word is
        /// given for it): past its end, an empty slot, another type.
        TableTraps = "table-traps",
        /// Whether a segment that does not fit when a module is instantiated (4.5.4) is called a
        /// trap or a refusal: no call has begun.
        Instantiation = "instantiation",
    }
}
