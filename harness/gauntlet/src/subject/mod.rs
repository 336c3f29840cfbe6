//! Subjects: what can be tested. A subject performs actions and reports what it saw.
//!
//! Nothing here knows of verdicts: a subject never judges.

pub mod absent;
#[cfg(feature = "full")]
pub mod build;
pub mod plugin_host;
pub mod scripted;
#[cfg(feature = "full")]
pub mod site;
pub mod tools;

use std::time::Duration;

use wasm_gauntlet_model::action::Action;
pub use wasm_gauntlet_model::inability::Inability;
use wasm_gauntlet_model::observation::{Evidence, Observation};
use wasm_gauntlet_model::profile::Profile;
use wasm_gauntlet_model::scenario::Decided;

/// Most time for one action on files, of a site or of a build directory: two exchanges that each
/// meet their own bound of 30 s.
pub const ACTION_TIME_MAX: Duration = Duration::from_secs(60);

/// A time in milliseconds, as a fact has it.
pub(crate) fn ms(span: Duration) -> f64 {
    span.as_secs_f64() * 1000.0
}

/// Something that can be tested.
pub trait Subject: Send + Sync {
    /// Short name in cases and reports, as in `site`, `wasmtime`; never a port.
    fn name(&self) -> &str;

    /// The flags that name it on the command line, each followed by a blank, as in
    /// `--runtime wasmtime `; empty for the reference deployment.
    fn flags(&self) -> String {
        String::new()
    }

    /// Whether trials on it disturb one another, as they do where all share one process.
    fn one_at_a_time(&self) -> bool {
        false
    }

    /// Whether its answers take so long to begin that many trials may wait for them at once, which
    /// costs this machine nothing. Asked when it has been profiled.
    fn waits(&self) -> bool {
        false
    }

    /// Look at the subject once, before anything is planned.
    ///
    /// # Errors
    /// When it cannot be reached at all; then nothing can be said of it.
    fn profile(&self) -> Result<Profile, Inability>;

    /// What it left behind that had to be ended, or could not be removed; asked when all trials
    /// are done. It is no failure of one trial, and a run that says nothing of it would hide it.
    fn left_behind(&self) -> Vec<String> {
        Vec::new()
    }

    /// The longest that an action can take by the bounds of this subject; the plan's own bound is
    /// made of it. What is not overridden is bounded by [`ACTION_TIME_MAX`].
    fn bound(&self, _action: &Action) -> Duration {
        ACTION_TIME_MAX
    }

    /// Why the subject is taken for lost, where it is: asked after each trial, and at once where
    /// nothing went missing in it. Whoever may have a supervisor is waited for.
    fn lost(&self) -> Option<String> {
        None
    }

    /// Begin one trial. Workers and memory of earlier steps belong to the session.
    ///
    /// # Errors
    /// When no trial can begin, as when a worker cannot be started.
    fn open(&self, seed: u64) -> Result<Box<dyn Session + '_>, Inability>;
}

/// One trial's dealings with a subject.
pub trait Session {
    /// Do `action` and report; `step` is the step's name, by which later steps refer to it.
    ///
    /// # Errors
    /// When nothing could be seen; a refusal or a crash of the subject is an observation.
    fn perform(&mut self, step: &str, action: &Action) -> Result<Observation, Inability>;

    /// Why to believe what `step` gave, beside the evidence in its observation: what is only
    /// worth putting into words where somebody will read it.
    fn evidence(&self, _step: &str) -> Vec<Evidence> {
        Vec::new()
    }

    /// A command that shows again what decided, where that takes more than the one of the step's
    /// own observation.
    fn reproduce(&self, _decided: &Decided) -> Option<String> {
        None
    }
}
