//! The answers of other runtimes to the same call.

use wasm_gauntlet_host::worker::parent::work::Work;
use wasm_gauntlet_model::call::{CallOutcome, Called, hex};

use super::super::evidence;
use crate::subject::Inability;

/// Longest output that is shown, bytes: that of a drawn module has 96.
const OUTPUT_TOLD_MAX: usize = 128;

/// The compared part of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ComparedAnswer {
    /// How it ended.
    pub(crate) outcome: CallOutcome,
    /// Growths that were denied.
    pub(crate) growths_denied: u64,
}

impl ComparedAnswer {
    /// The answer of a call.
    pub(crate) fn of(called: &Called) -> Self {
        Self { outcome: called.outcome.clone(), growths_denied: called.growths_denied }
    }

    /// In words, the output too.
    pub(crate) fn words(&self) -> String {
        match &self.outcome {
            CallOutcome::Ok { output } => {
                let shown = &output[..output.len().min(OUTPUT_TOLD_MAX)];
                format!("{}: {}", evidence::outcome(&self.outcome), hex(shown))
            }
            other => evidence::outcome(other),
        }
    }
}

/// The answer of one runtime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Opinion {
    /// Its name.
    pub(crate) runtime: String,
    /// What it answered.
    pub(crate) answer: ComparedAnswer,
}

/// Runtimes without any fault that give a second opinion.
pub(crate) trait Opinions: Sync {
    /// Their names.
    fn names(&self) -> Vec<String>;

    /// What each says of `work`.
    ///
    /// # Errors
    /// When one cannot be asked, or is lost: that is nothing about the subject.
    fn of(&self, work: &Work<'_>) -> Result<Vec<Opinion>, Inability>;
}
