//! Limits per tenant, around any host: calls in flight, and a share of the processor.
//!
//! The share is work-conserving: it binds a tenant only while others use the processor, so a
//! tenant alone is never refused for it. It is charged in processor time of the calling thread,
//! so that a tenant is not charged for waiting behind others.

mod share;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use wasm_gauntlet_model::call::{CallOutcome, Called, Rejection};
use wasm_gauntlet_model::limits::{Grants, Limits};

use self::share::{Recent, Share};
use super::host::{About, Host, Plugin};

/// Calls of one tenant at once: a page that fans out needs a few.
pub const IN_FLIGHT_MAX: u32 = 4;
/// Tenants remembered; past it those who owe nothing are forgotten, and if there is none, a
/// new one is answered `busy`.
const TENANTS_MAX: usize = 4096;
/// Processor time of others, in the recent past, from which the share binds: 4 ms of half a
/// second. Less is the noise of calls that do nothing.
const CONTENDED_S: f64 = 0.004;

/// A host that answers `busy` to a tenant past its limits.
pub struct PerTenant {
    host: Arc<dyn Host>,
    gate: Arc<Gate>,
}

impl PerTenant {
    /// `host` behind the limits.
    pub fn new(host: Arc<dyn Host>) -> Self {
        Self { host, gate: Arc::new(Gate::default()) }
    }
}

impl Host for PerTenant {
    fn about(&self) -> About {
        self.host.about()
    }

    fn features(&self) -> Vec<&'static str> {
        self.host.features()
    }

    fn load(
        &self,
        bytes: &[u8],
        limits: &Limits,
        grants: &Grants,
    ) -> Result<Arc<dyn Plugin>, Rejection> {
        let plugin = self.host.load(bytes, limits, grants)?;
        Ok(Arc::new(Limited { plugin, gate: self.gate.clone() }))
    }
}

struct Limited {
    plugin: Arc<dyn Plugin>,
    gate: Arc<Gate>,
}

impl Plugin for Limited {
    fn call(&self, tenant: &str, input: &[u8]) -> Called {
        match Flight::admit(&self.gate, tenant) {
            Some(_flight) => self.plugin.call(tenant, input),
            None => Called::bare(CallOutcome::Busy),
        }
    }
}

/// Who is in flight, and who has used what.
#[derive(Default)]
struct Gate(Mutex<Ledger>);

#[derive(Default)]
struct Ledger {
    tenants: HashMap<String, Share>,
    /// Processor time of all tenants.
    all: Recent,
}

impl Gate {
    fn lock(&self) -> MutexGuard<'_, Ledger> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger {
    /// What a call in the name of `tenant` reserves, if it may begin now.
    fn admit(&mut self, tenant: &str, now: Instant) -> Option<Duration> {
        if self.tenants.len() >= TENANTS_MAX && !self.tenants.contains_key(tenant) {
            self.tenants.retain(|_, share| !share.forgettable(now));
            if self.tenants.len() >= TENANTS_MAX {
                return None;
            }
        }
        let all = self.all.at(now);
        let share = self.tenants.entry(tenant.to_owned()).or_insert_with(|| Share::new(now));
        let contended = all - share.recent(now) > CONTENDED_S;
        share.admit(now, contended, IN_FLIGHT_MAX)
    }

    fn finish(&mut self, tenant: &str, now: Instant, reserved: Duration, used: Duration) {
        self.all.add(now, used);
        if let Some(share) = self.tenants.get_mut(tenant) {
            share.finish(now, reserved, used);
        }
    }
}

/// One call in flight, which ends when this is dropped, by a panic too.
struct Flight<'a> {
    gate: &'a Gate,
    tenant: &'a str,
    reserved: Duration,
    began: Duration,
}

impl<'a> Flight<'a> {
    fn admit(gate: &'a Gate, tenant: &'a str) -> Option<Self> {
        let reserved = gate.lock().admit(tenant, Instant::now())?;
        Some(Self { gate, tenant, reserved, began: processor_time() })
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let used = processor_time().saturating_sub(self.began);
        self.gate.lock().finish(self.tenant, Instant::now(), self.reserved, used);
    }
}

/// Processor time of this thread.
fn processor_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
