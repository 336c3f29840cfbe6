//! The observation of `differ`.

use super::observation;
use crate::excuse::Excuse;

observation! {
    /// Answers compared with those of the reference runtimes. `differ` gives it.
    Agreement {
        /// Modules that ran.
        modules = "modules": i64,
        /// Answers compared with an answer on which the reference runtimes agree.
        answers = "answers": i64,
        /// Modules with an answer that differs from theirs without an excuse.
        different = "different": i64,
        /// Modules on which the reference runtimes disagree.
        disputed = "disputed": i64,
        /// Excused differences, sorted, each once.
        excused = "excused": Vec<String> [Excuse::WORDS],
        /// The reference runtimes.
        against = "against": Vec<String>,
        /// The difference or dispute on the smallest module that shows one. Absent if there is
        /// none.
        shown = "shown": String,
        /// Whether the guest's header allows every outcome (`contained-if`).
        contained = "contained": bool,
        /// Whether every output is the one that the guest's header requires. Absent if the header
        /// does not give its bytes.
        right_output = "right-output": bool,
    }
}
