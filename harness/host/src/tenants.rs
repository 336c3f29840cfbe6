//! Limits for each tenant, around any host: calls in flight, calls a second and a share of the
//! processor; and one limit for all tenants, on instances at once.
//!
//! The share is work-conserving: it limits a tenant only while others use the processor, so a
//! tenant alone is never refused. It is charged in processor time of the calling thread, so a
//! tenant does not pay for waiting.

mod rate;
mod share;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use wasm_gauntlet_model::call::{CallOutcome, Called, Rejection};
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::limits::{Grants, Limits};

use self::rate::Rate;
use self::share::{Recent, Share};
use super::faults::HostFaults;
use super::host::{About, Host, Plugin};
use super::protocol::feature;
use crate::process::locked::Locked;

/// Calls of one tenant at once: a page that fans out needs a few.
pub const IN_FLIGHT_MAX: u32 = 4;
/// Tenants that are remembered. Above this number, tenants without debt are forgotten. If there is
/// none, a new tenant is answered `busy`.
const TENANTS_MAX: usize = 4096;
/// Recent processor time of others above which the share applies: 4 ms of half a second. Less is
/// the noise of calls that do nothing.
const CONTENDED_S: f64 = 0.004;
/// How often the fault `retry-storm` repeats a call that traps: the usual default of clients.
const RETRIES: u32 = 3;

/// A host that answers `busy` to a tenant above its limits.
pub(crate) struct PerTenant {
    host: Arc<dyn Host>,
    gate: Arc<Gate>,
    faults: HostFaults,
}

/// What the calls of one module are held to.
#[derive(Debug, Clone, Copy, Default)]
struct TenantBounds {
    /// Whether a tenant has no limit of calls in flight and no share: a fault.
    unlimited: bool,
    calls_per_s: Option<u32>,
    instances: Option<u32>,
}

impl PerTenant {
    /// `host` behind the limits, with the faults that concern them.
    pub(crate) fn new(host: Arc<dyn Host>, faults: HostFaults) -> Self {
        Self { host, gate: Arc::new(Gate::default()), faults }
    }

    fn bounds(&self, limits: &Limits) -> TenantBounds {
        let factor = if self.faults.has(Fault::Overcommit) { 2 } else { 1 };
        TenantBounds {
            unlimited: self.faults.has(Fault::NoTenantLimit),
            calls_per_s: limits.calls_per_s.filter(|_| !self.faults.has(Fault::NoRateLimit)),
            instances: limits.instances.map(|instances| instances.saturating_mul(factor)),
        }
    }
}

impl Host for PerTenant {
    fn about(&self) -> About {
        self.host.about()
    }

    fn features(&self) -> Vec<&'static str> {
        let mut features = self.host.features();
        features.extend([feature::RATE, feature::CAPACITY]);
        features
    }

    fn load(
        &self,
        bytes: &[u8],
        limits: &Limits,
        grants: &Grants,
    ) -> Result<Arc<dyn Plugin>, Rejection> {
        let plugin = self.host.load(bytes, limits, grants)?;
        let retries = if self.faults.has(Fault::RetryStorm) { RETRIES } else { 0 };
        let (bounds, log_lines) = (self.bounds(limits), limits.log_lines_max as usize);
        Ok(Arc::new(Limited { plugin, gate: self.gate.clone(), bounds, retries, log_lines }))
    }
}

struct Limited {
    plugin: Arc<dyn Plugin>,
    gate: Arc<Gate>,
    bounds: TenantBounds,
    retries: u32,
    log_lines: usize,
}

impl Limited {
    /// One run. With `retry-storm`, several, with their logs joined.
    fn run(&self, tenant: &str, input: &[u8]) -> Called {
        let mut called = self.plugin.call(tenant, input);
        for _ in 0..self.retries {
            if !matches!(called.outcome, CallOutcome::Trap { .. }) {
                break;
            }
            let mut again = self.plugin.call(tenant, input);
            let mut log = std::mem::take(&mut called.log);
            log.append(&mut again.log);
            log.truncate(self.log_lines);
            called = Called { log, ..again };
        }
        called
    }
}

impl Plugin for Limited {
    fn call(&self, tenant: &str, input: &[u8]) -> Called {
        match Flight::admit(&self.gate, tenant, self.bounds) {
            Some(_flight) => self.run(tenant, input),
            None => Called::bare(CallOutcome::Busy),
        }
    }
}

/// The calls in flight and the usage of each tenant.
#[derive(Default)]
struct Gate(Mutex<Ledger>);

#[derive(Default)]
struct Ledger {
    tenants: HashMap<String, Tenant>,
    /// Calls in flight, of all tenants.
    in_flight: u32,
    /// Processor time of all tenants.
    all: Recent,
}

/// What is known of one tenant.
struct Tenant {
    share: Share,
    rate: Rate,
}

impl Tenant {
    fn new(now: Instant) -> Self {
        Self { share: Share::new(now), rate: Rate::new(now) }
    }

    fn forgettable(&mut self, now: Instant) -> bool {
        self.share.forgettable(now) && self.rate.forgettable(now)
    }
}

impl Gate {
    fn lock(&self) -> MutexGuard<'_, Ledger> {
        self.0.locked()
    }
}

impl Ledger {
    /// The reservation of a call for `tenant`, if it may begin now.
    fn admit(&mut self, tenant: &str, now: Instant, bounds: TenantBounds) -> Option<Duration> {
        if bounds.instances.is_some_and(|instances| self.in_flight >= instances) {
            return None;
        }
        if self.tenants.len() >= TENANTS_MAX && !self.tenants.contains_key(tenant) {
            self.tenants.retain(|_, tenant| !tenant.forgettable(now));
            if self.tenants.len() >= TENANTS_MAX {
                return None;
            }
        }
        let all = self.all.at(now);
        let known = self.tenants.entry(tenant.to_owned()).or_insert_with(|| Tenant::new(now));
        if bounds.calls_per_s.is_some_and(|per_s| !known.rate.allows(now, per_s)) {
            return None;
        }
        let contended = all - known.share.recent(now) > CONTENDED_S;
        let reserved = match bounds.unlimited {
            true => Duration::ZERO,
            false => known.share.admit(now, contended, IN_FLIGHT_MAX)?,
        };
        known.rate.take();
        self.in_flight += 1;
        Some(reserved)
    }

    fn finish(&mut self, tenant: &str, now: Instant, reserved: Duration, used: Duration) {
        self.all.add(now, used);
        self.in_flight = self.in_flight.saturating_sub(1);
        if let Some(known) = self.tenants.get_mut(tenant) {
            known.share.finish(now, reserved, used);
        }
    }
}

/// One call in flight. It ends when this is dropped, also by a panic.
struct Flight<'a> {
    gate: &'a Gate,
    tenant: &'a str,
    reserved: Duration,
    began: Duration,
}

impl<'a> Flight<'a> {
    fn admit(gate: &'a Gate, tenant: &'a str, bounds: TenantBounds) -> Option<Self> {
        let reserved = gate.lock().admit(tenant, Instant::now(), bounds)?;
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
