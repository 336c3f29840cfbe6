//! `Action::Control`: actions on a host as a whole.

mod audit;
mod fill;
mod flood;
mod registry;
mod rollback;
mod start;

use wasm_gauntlet_host::worker::parent::work::{GuestModule, Work};
use wasm_gauntlet_model::action::{Control, Task};
use wasm_gauntlet_model::limits::Grants;
use wasm_gauntlet_model::observation::{Observation, count, known};

use super::registrar::Registrar;
use super::{Stage, evidence};
use crate::subject::Inability;
use crate::subject::ms;

pub(super) use flood::PATIENCE as FLOOD_TIME_MAX;
pub(super) use rollback::SETTLE_MAX;

/// Calls of each module that is started.
pub(super) const CALLS_A_START: u32 = 1 + start::WARM_CALLS;

/// The input of every call; `benign-echo` gives it back.
const INPUT: &[u8] = b"ping";

/// Do the task.
pub(crate) fn perform(stage: &mut Stage<'_>, control: &Control) -> Result<Observation, Inability> {
    match control.task {
        Task::Registry { verb, named, times } => {
            registry::perform(stage, control, verb, named, times)
        }
        Task::Rollback { switches, callers } => {
            rollback::perform(stage, control, switches, callers)
        }
        Task::Flood { callers } => flood::perform(stage, control, callers),
        Task::Fill => fill::perform(stage, control),
        Task::Audit { times } => audit::perform(stage, control, times),
        Task::Start { times } => start::perform(stage, control, times),
    }
}

/// A call of `module` by `tenant`, without grants.
fn work<'a>(
    control: &'a Control,
    module: &'a GuestModule,
    tenant: &'a str,
    grants: &'a Grants,
) -> Work<'a> {
    Work { module, tenant, input: INPUT, limits: &control.limits, grants }
}

/// The registry, which the need of the scenario promised.
fn registrar<'a>(stage: &Stage<'a>) -> Result<&'a dyn Registrar, Inability> {
    let none = || Inability::not_offered("the registry of this host cannot be reached".to_owned());
    stage.port.registrar().ok_or_else(none)
}

/// The reason why nothing is known.
fn unknown(why: &str) -> Observation {
    let evidence = vec![evidence::named("not observed", why)];
    Observation { evidence, ..Observation::default() }
}
