//! The actions on a plugin host, performed over any [`port::Port`]: embedded, by adapter or
//! over HTTP.
//!
//! Nothing here knows how a host is reached, and nothing here judges. What was seen goes into the
//! fields of the observation, and the rest stays unknown.

mod arrivals;
mod background_load;
pub(crate) mod bound;
mod calibrate;
mod call;
mod compare;
mod contained;
mod control;
pub(crate) mod differ;
mod evidence;
pub mod lateness;
pub mod module;
mod noisy_neighbour;
pub(crate) mod port;
pub(crate) mod registrar;
pub(crate) mod resource_usage;
mod scaled;
pub(crate) mod seeded_rng;

use wasm_gauntlet_host::worker::parent::work::GuestModule;
use wasm_gauntlet_model::action::Action;
use wasm_gauntlet_model::observation::Observation;

use crate::subject::Inability;
use module::Source;
use port::Port;
use seeded_rng::SeededRng;

/// The context of one action.
struct Stage<'a> {
    port: &'a dyn Port,
    source: &'a Source,
    rng: SeededRng,
    seed: u64,
}

impl Stage<'_> {
    fn module(&self, id: &str) -> Result<GuestModule, Inability> {
        (self.source)(id, &[])
    }
}

/// Perform `action`. Its random choices come from `seed` and the name of the step.
///
/// # Errors
/// When nothing could be seen, or the action is not one on a host.
pub(crate) fn perform(
    port: &dyn Port,
    source: &Source,
    seed: u64,
    step: &str,
    action: &Action,
) -> Result<Observation, Inability> {
    let mut stage = Stage { port, source, rng: SeededRng::new(seed, step), seed };
    match action {
        Action::Call(call) => call::perform(&stage, call),
        Action::Compare(compare) => compare::perform(&mut stage, compare),
        Action::NoisyNeighbour(neighbour) => noisy_neighbour::perform(&mut stage, neighbour),
        Action::Differ(differ) => differ::perform(&stage, differ),
        Action::Control(control) => control::perform(&mut stage, control),
        Action::Fetch(_)
        | Action::Everywhere(_)
        | Action::Inspect(_)
        | Action::Visit(_)
        | Action::Loads(_)
        | Action::Deploy(_) => Err(Inability::not_offered("a plugin host has no pages to fetch")),
    }
}

/// A thread of an action ended by a panic.
fn thread_lost<T>(_: T) -> Inability {
    Inability::harness_fault("a thread of the action ended early")
}

#[cfg(test)]
mod tests;
