//! The kind of observation that `differ` gives.

use super::observation;
use crate::excuse::Excuse;

observation! {
    /// Answers compared with those of the reference runtimes. `differ` gives it.
    Agreement {
        /// Modules that were run.
        modules = "modules": i64,
        /// Answers that were compared with one on which the reference runtimes agree.
        answers = "answers": i64,
        /// Modules on which an answer is another than theirs, and nothing excuses it.
        different = "different": i64,
        /// Modules on which the reference runtimes do not agree with one another.
        disputed = "disputed": i64,
        /// What was excused, sorted, each once.
        excused = "excused": Vec<String> [Excuse::WORDS],
        /// The reference runtimes.
        against = "against": Vec<String>,
        /// The difference on the smallest module that shows one, or the dispute; absent without.
        shown = "shown": String,
        /// Whether every outcome is one that the guest's header calls right (`contained-if`).
        contained = "contained": bool,
        /// Whether every output is the one that the guest's header calls right; absent where the
        /// header does not say it byte by byte.
        right_output = "right-output": bool,
    }
}
