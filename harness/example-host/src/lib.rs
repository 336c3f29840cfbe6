//! A plugin host as somebody might write it in an afternoon. It keeps the deadline, caps memory and
//! tables, and turns traps into answers. It has three faults, each marked `FAULT`, and each of a
//! kind found in the field. `tests/gauntlet.rs` shows them.

mod guest;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use gauntlet::host::{
    About, CallOutcome, Called, Grants, Host, Limits, Plugin, RejectStage, Rejection, hex,
};
use sha2::{Digest, Sha256};
use wasmi::{Config, Engine, Module};

use guest::Guest;

/// The host: one engine for all plugins.
pub struct ExampleHost {
    engine: Engine,
}

impl Default for ExampleHost {
    /// Fuel is on. Proposals that cannot be capped are off.
    fn default() -> Self {
        let mut config = Config::default();
        config.consume_fuel(true).wasm_multi_memory(false).wasm_memory64(false);
        Self { engine: Engine::new(&config) }
    }
}

impl Host for ExampleHost {
    fn about(&self) -> About {
        let (name, version) = ("example".to_owned(), env!("CARGO_PKG_VERSION").to_owned());
        About { name, version, engine: "wasmi".to_owned(), wasi: false, fuel: false }
    }

    /// It accepts limits from the caller. It has no WASI, no grants and no tenants.
    fn features(&self) -> Vec<&'static str> {
        vec!["limits"]
    }

    /// FAULT: imports and exports are checked at the call, not here.
    fn load(
        &self,
        bytes: &[u8],
        limits: &Limits,
        _grants: &Grants,
    ) -> Result<Arc<dyn Plugin>, Rejection> {
        let invalid = |error: wasmi::Error| Rejection {
            stage: RejectStage::Validate,
            reason: error.to_string().escape_debug().to_string(),
        };
        gauntlet::static_limits::check(&limits.static_limits, bytes)?;
        let module = Module::new(&self.engine, bytes).map_err(invalid)?;
        let (limits, digest) = (limits.clone(), hex(&Sha256::digest(bytes)));
        Ok(Arc::new(ExamplePlugin { module, digest, limits, guest: Mutex::default() }))
    }
}

/// A module that is compiled.
struct ExamplePlugin {
    module: Module,
    digest: String,
    limits: Limits,
    /// FAULT: one instance serves all calls of all callers.
    guest: Mutex<Option<Guest>>,
}

impl Plugin for ExamplePlugin {
    fn call(&self, _tenant: &str, input: &[u8]) -> Called {
        let mut guest = self.guest.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = self.outcome(&mut guest, input).unwrap_or_else(|end| end);
        Called { digest: self.digest.clone(), ..Called::bare(outcome) }
    }
}

impl ExamplePlugin {
    /// Both ends are outcomes. `?` only makes the code short.
    fn outcome(&self, guest: &mut Option<Guest>, input: &[u8]) -> Result<CallOutcome, CallOutcome> {
        let deadline = Instant::now() + Duration::from_millis(self.limits.deadline_ms);
        let guest = match guest {
            Some(guest) => guest,
            None => guest.insert(Guest::new(&self.module, &self.limits, deadline)?),
        };
        guest.process(input, &self.limits, deadline)
    }
}
