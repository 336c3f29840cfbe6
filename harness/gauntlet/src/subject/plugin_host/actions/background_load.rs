//! A guest that another tenant calls repeatedly during the calls of a step.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use wasm_gauntlet_host::worker::parent::work::{LoadOutcome, Work};
use wasm_gauntlet_model::action::Call;
use wasm_gauntlet_model::limits::Grants;

use super::{Stage, thread_lost};
use crate::subject::Inability;

/// Calls of one tenant before another takes over: a host may limit the calls of one tenant in a
/// second.
const TENANT_CALLS: u32 = 50;

/// Every outcome word of the background guest, sorted; none without a background guest.
type BackgroundWords = Result<Option<Vec<String>>, Inability>;

/// Do `calls` while the guest of `call.meanwhile` is called in the name of another tenant.
///
/// That guest has ended once before `calls` begin, so its effect is there to be seen.
pub(crate) fn during<T>(
    stage: &Stage<'_>,
    call: &Call,
    calls: impl FnOnce() -> T,
) -> (T, BackgroundWords) {
    let Some(guest) = &call.meanwhile else { return (calls(), Ok(None)) };
    let done = AtomicBool::new(false);
    let mut words = BTreeSet::new();
    let first = once(stage, call, guest, 0, &mut words);
    std::thread::scope(|scope| {
        let beside = scope.spawn(|| {
            first?;
            for number in 1.. {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                once(stage, call, guest, number / TENANT_CALLS, &mut words)?;
            }
            Ok(Some(words.into_iter().collect()))
        });
        let given = calls();
        done.store(true, Ordering::Relaxed);
        (given, beside.join().unwrap_or_else(|panic| Err(thread_lost(panic))))
    })
}

fn once(
    stage: &Stage<'_>,
    call: &Call,
    guest: &str,
    tenant: u32,
    words: &mut BTreeSet<String>,
) -> Result<(), Inability> {
    let module = (stage.source)(guest, &[])?;
    let (tenant, grants) = (format!("{}-beside-{tenant}", call.tenant), Grants::default());
    let work = Work {
        module: &module,
        tenant: &tenant,
        input: b"ping",
        limits: &call.limits,
        grants: &grants,
    };
    let timed = match stage.port.load(&work)? {
        LoadOutcome::Ready { .. } => stage.port.call(&work)?,
        LoadOutcome::Ended(timed) => timed,
    };
    words.insert(timed.called.outcome.word().to_owned());
    Ok(())
}
