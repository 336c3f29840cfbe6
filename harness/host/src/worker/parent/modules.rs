//! The modules loaded into one adapter: each once for each set of limits and grants.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use wasm_gauntlet_model::call::{CallOutcome, Called};
use wasm_gauntlet_model::limits::{Grants, Limits};

use super::outcome::{checked, timed};
use crate::process::locked::Locked;
use crate::protocol::{Ask, Parts, Reply};
use crate::static_limits::{Refusal, check};
use crate::worker::parent::answers::{Asks, Response};
use crate::worker::parent::work::{LoadOutcome, Timed, Work};

/// Most modules kept in one adapter. The oldest is unloaded for the next. The front of a deployment
/// keeps as many.
const MODULES_MAX: usize = 256;

/// One module under its limits and grants.
pub(crate) struct ModuleSlot {
    digest: String,
    limits: Limits,
    grants: Grants,
    /// The name in the protocol.
    pub name: String,
    loaded: OnceLock<LoadOutcome>,
}

impl ModuleSlot {
    fn is_for(&self, work: &Work<'_>) -> bool {
        self.digest == work.module.digest
            && self.limits == *work.limits
            && self.grants == *work.grants
    }
}

/// The modules of one adapter, oldest first.
#[derive(Default)]
pub struct AdapterModules {
    slots: Mutex<Vec<Arc<ModuleSlot>>>,
    named: std::sync::atomic::AtomicU64,
}

impl AdapterModules {
    /// Load the module of `work` if needed. Returns the result of the load, now or earlier.
    pub(crate) fn load(
        &self,
        process: &dyn Asks,
        work: &Work<'_>,
        patience: Duration,
    ) -> (Arc<ModuleSlot>, LoadOutcome) {
        let (slot, oldest) = self.slot(work);
        if let Some(oldest) = oldest {
            let _ = process.ask(Ask::Unload { module: oldest.name.clone() }, patience);
        }
        let load = || match counted(process, work) {
            Some(refused) => LoadOutcome::Ended(refused),
            None => load(process, &slot.name, work, patience),
        };
        let loaded = slot.loaded.get_or_init(load).clone();
        (slot, loaded)
    }

    /// The slot for `work`, and the slot that it replaces.
    fn slot(&self, work: &Work<'_>) -> (Arc<ModuleSlot>, Option<Arc<ModuleSlot>>) {
        let mut slots = self.slots.locked();
        if let Some(slot) = slots.iter().find(|slot| slot.is_for(work)) {
            return (Arc::clone(slot), None);
        }
        let number = self.named.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let slot = Arc::new(ModuleSlot {
            digest: work.module.digest.clone(),
            limits: work.limits.clone(),
            grants: work.grants.clone(),
            name: format!("m{number}"),
            loaded: OnceLock::new(),
        });
        slots.push(Arc::clone(&slot));
        (slot, (slots.len() > MODULES_MAX).then(|| slots.remove(0)))
    }
}

/// The refusal of a module above a static limit, where we check these before the host.
fn counted(process: &dyn Asks, work: &Work<'_>) -> Option<Timed> {
    let begun = Instant::now();
    let looked = process.counted_first().then_some(&work.limits.static_limits)?;
    // The host itself refuses what does not parse.
    let over @ Refusal::Over { .. } = check(looked, &work.module.bytes).err()? else { return None };
    let outcome = CallOutcome::Rejected(over.into());
    Some(Timed { called: Called::bare(outcome), wall: begun.elapsed(), lost: None })
}

fn load(process: &dyn Asks, name: &str, work: &Work<'_>, patience: Duration) -> LoadOutcome {
    let ask = Ask::Load {
        module: name.to_owned(),
        digest: work.module.digest.clone(),
        bytes: work.module.bytes.clone(),
        limits: work.limits.clone(),
        grants: work.grants.clone(),
    };
    match process.ask(ask, patience) {
        Ok(Response { reply: Reply::Loaded, wall }) => LoadOutcome::Ready { wall },
        Ok(Response { reply: Reply::Rejected { stage, reason }, wall }) => {
            LoadOutcome::Ended(rejected(stage, reason, wall))
        }
        response => LoadOutcome::Ended(timed(response)),
    }
}

fn rejected(stage: String, reason: String, wall: Duration) -> Timed {
    let outcome = "rejected".to_owned();
    let (stage, detail) = (Some(stage), Some(reason));
    checked(Parts { outcome, stage, detail, ..Parts::default() }, wall)
}
