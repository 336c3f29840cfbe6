//! A limit of calls in flight for each tenant, around any host: the runtimes know of no tenants,
//! so whoever ships a host puts this in front of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use wasm_gauntlet_model::call::{CallOutcome, Called, Rejection};
use wasm_gauntlet_model::limits::{Grants, Limits};

use super::host::{About, Host, Plugin};

/// Calls of one tenant at once. Four, as a page that fans out needs a few, and four spinning
/// guests on two cores still leave a polite tenant a third of one.
pub const CALLS_IN_FLIGHT_MAX: u32 = 4;

/// A host that answers `busy` to a tenant past its limit.
pub struct PerTenant {
    host: Arc<dyn Host>,
    flights: Arc<Flights>,
}

impl PerTenant {
    /// `host` behind a limit of `calls` for each tenant.
    pub fn new(host: Arc<dyn Host>, calls: u32) -> Self {
        Self { host, flights: Arc::new(Flights { calls, tenants: Mutex::default() }) }
    }
}

impl Host for PerTenant {
    fn about(&self) -> About {
        self.host.about()
    }

    fn load(
        &self,
        bytes: &[u8],
        limits: &Limits,
        grants: &Grants,
    ) -> Result<Arc<dyn Plugin>, Rejection> {
        let plugin = self.host.load(bytes, limits, grants)?;
        Ok(Arc::new(Limited { plugin, flights: Arc::clone(&self.flights) }))
    }
}

struct Limited {
    plugin: Arc<dyn Plugin>,
    flights: Arc<Flights>,
}

impl Plugin for Limited {
    fn call(&self, tenant: &str, input: &[u8]) -> Called {
        match self.flights.take(tenant) {
            Some(_flight) => self.plugin.call(tenant, input),
            None => Called::bare(CallOutcome::Busy),
        }
    }
}

/// Who has how many calls in flight; a tenant without any is not in the map, so that a million
/// names that call once leave nothing behind.
struct Flights {
    calls: u32,
    tenants: Mutex<HashMap<String, u32>>,
}

/// One call in flight.
struct Flight<'a> {
    flights: &'a Flights,
    tenant: &'a str,
}

impl Flights {
    fn tenants(&self) -> MutexGuard<'_, HashMap<String, u32>> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take<'a>(&'a self, tenant: &'a str) -> Option<Flight<'a>> {
        let mut tenants = self.tenants();
        let count = tenants.entry(tenant.to_owned()).or_default();
        if *count >= self.calls {
            return None;
        }
        *count += 1;
        Some(Flight { flights: self, tenant })
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let mut tenants = self.flights.tenants();
        if let Some(count) = tenants.get_mut(self.tenant) {
            *count -= 1;
            if *count == 0 {
                tenants.remove(self.tenant);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tenant_has_its_own_limit_and_leaves_nothing_behind() {
        let flights = Flights { calls: 2, tenants: Mutex::default() };
        let first = flights.take("a");
        let second = flights.take("a");
        assert!(first.is_some() && second.is_some());
        assert!(flights.take("a").is_none(), "past its limit");
        assert!(flights.take("b").is_some(), "another's limit is its own");
        drop(first);
        assert!(flights.take("a").is_some());
        drop(second);
        assert!(flights.tenants().is_empty());
    }
}
