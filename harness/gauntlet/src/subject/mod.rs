//! Subjects: what can be tested. A subject performs actions and reports what it saw.
//!
//! Nothing here knows of verdicts: a subject never judges.

#[cfg(feature = "full")]
pub(crate) mod absent;
#[cfg(feature = "full")]
pub(crate) mod browser;
#[cfg(feature = "full")]
pub mod build;
pub mod plugin_host;
pub mod scripted;
#[cfg(feature = "full")]
pub mod site;
#[cfg_attr(
    not(feature = "full"),
    expect(dead_code, reason = "only the program is a parent of tools; the library starts them")
)]
pub(crate) mod tools;

use std::time::Duration;

use wasm_gauntlet_model::action::Action;
pub use wasm_gauntlet_model::inability::Inability;
use wasm_gauntlet_model::observation::{Evidence, Observation};
use wasm_gauntlet_model::profile::Profile;
use wasm_gauntlet_model::scenario::Decided;

/// Most time for one action on files, of a site or of a build directory: two exchanges that each
/// meet their own bound of 30 s.
pub(crate) const ACTION_TIME_MAX: Duration = Duration::from_secs(60);

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

    /// Whether its answers take so long to begin that many trials may wait at once, at no cost for
    /// this machine. Asked after [`Subject::profile`].
    fn waits(&self) -> bool {
        false
    }

    /// Inspect the subject once, before anything is planned.
    ///
    /// # Errors
    /// When it cannot be reached at all, so that no trial is possible.
    fn profile(&self) -> Result<Profile, Inability>;

    /// Processes and folders that it left behind, asked when all trials are done. They belong to no
    /// single trial, so the run reports them.
    fn left_behind(&self) -> Vec<String> {
        Vec::new()
    }

    /// The longest that an action can take by the bounds of this subject. The bound of the plan is
    /// the sum of these. The default is [`ACTION_TIME_MAX`].
    fn bound(&self, _action: &Action) -> Duration {
        ACTION_TIME_MAX
    }

    /// Why the subject is lost, if it is. Asked after each trial, and answered at once where no
    /// answer was missing in it. A subject that may have a supervisor is waited for.
    fn lost(&self) -> Option<String> {
        None
    }

    /// Begin one trial. Workers and memory of earlier steps belong to the session.
    ///
    /// # Errors
    /// When no trial can begin, as when a worker cannot be started.
    fn open(&self, seed: u64) -> Result<Box<dyn Session + '_>, Inability>;
}

/// One trial on a subject.
pub trait Session {
    /// Do `action` and report; `step` is the step's name, by which later steps refer to it.
    ///
    /// # Errors
    /// When nothing could be seen; a refusal or a crash of the subject is an observation.
    fn perform(&mut self, step: &str, action: &Action) -> Result<Observation, Inability>;

    /// More evidence for what `step` gave, beside that in its observation. It is only made where
    /// somebody will read it.
    fn evidence(&self, _step: &str) -> Vec<Evidence> {
        Vec::new()
    }

    /// A command that shows again what decided, where the command of the step's observation is not
    /// enough.
    fn reproduce(&self, _decided: &Decided) -> Option<String> {
        None
    }
}
