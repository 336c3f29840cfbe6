//! A host on a stock wasmtime runs in the worker of a `HostTest`. `Engine::default()` reserves 4
//! GiB of addresses for one memory, and uses only what a guest touches.

use std::sync::Arc;

use gauntlet::host::{
    About, CallOutcome, Called, Grants, Host, Limits, Plugin, RejectStage, Rejection, TrapKind, hex,
};
use sha2::{Digest, Sha256};
use wasmtime::{Engine, Linker, Memory, Module, Store, StoreLimits, StoreLimitsBuilder};

fn main() -> std::process::ExitCode {
    gauntlet::HostTest::new("stock")
        .only("host/fresh-instance")
        .run(|| Ok::<_, std::convert::Infallible>(StockHost(Engine::default())))
}

struct StockHost(Engine);

struct StockPlugin {
    module: Module,
    digest: String,
    limits: Limits,
}

impl Host for StockHost {
    fn about(&self) -> About {
        let (name, version, engine) = ("stock".into(), "1".into(), "wasmtime".into());
        About { name, version, engine, wasi: false, fuel: false }
    }

    fn features(&self) -> Vec<&'static str> {
        vec!["limits"]
    }

    fn load(
        &self,
        bytes: &[u8],
        limits: &Limits,
        _: &Grants,
    ) -> Result<Arc<dyn Plugin>, Rejection> {
        let rejected = |stage, reason| Rejection { stage, reason };
        let module = Module::new(&self.0, bytes)
            .map_err(|error| rejected(RejectStage::Validate, error.to_string()))?;
        if let Some(foreign) = module.imports().find(|import| import.module() != "env") {
            return Err(rejected(RejectStage::Import, foreign.name().to_owned()));
        }
        let (digest, limits) = (hex(&Sha256::digest(bytes)), limits.clone());
        Ok(Arc::new(StockPlugin { module, digest, limits }))
    }
}

impl Plugin for StockPlugin {
    fn call(&self, _: &str, input: &[u8]) -> Called {
        let outcome = self.outcome(input).unwrap_or_else(|error| {
            let kind = match error.downcast_ref::<wasmtime::Trap>() {
                Some(wasmtime::Trap::UnreachableCodeReached) => TrapKind::Unreachable,
                Some(wasmtime::Trap::MemoryOutOfBounds) => TrapKind::MemoryOutOfBounds,
                Some(_) => TrapKind::Other,
                None => {
                    let (stage, reason) = (RejectStage::Instantiate, format!("{error:#}"));
                    return CallOutcome::Rejected(Rejection { stage, reason });
                }
            };
            CallOutcome::Trap { kind }
        });
        Called { digest: self.digest.clone(), ..Called::bare(outcome) }
    }
}

impl StockPlugin {
    fn outcome(&self, input: &[u8]) -> wasmtime::Result<CallOutcome> {
        let caps = StoreLimitsBuilder::new()
            .memory_size(usize::try_from(self.limits.memory_bytes())?)
            .table_elements(self.limits.table_elements as usize)
            .build();
        let mut store: Store<StoreLimits> = Store::new(self.module.engine(), caps);
        store.limiter(|caps| caps);
        let mut linker = Linker::new(self.module.engine());
        linker.func_wrap("env", "log", |_: i32, _: i32| {})?;
        linker.func_wrap("env", "error", |_: i32, _: i32, _: i32| {})?;
        let instance = linker.instantiate(&mut store, &self.module)?;
        if let Ok(initialize) = instance.get_typed_func::<(), ()>(&mut store, "_initialize") {
            initialize.call(&mut store, ())?;
        }
        let memory: Memory = instance
            .get_memory(&mut store, "memory")
            .ok_or_else(|| wasmtime::format_err!("no memory"))?;
        let alloc = instance.get_typed_func::<i32, i32>(&mut store, "alloc")?;
        let process = instance.get_typed_func::<(i32, i32), i64>(&mut store, "process")?;
        let length = i32::try_from(input.len())?;
        let at = if length > 0 { alloc.call(&mut store, length)? } else { 0 };
        memory.write(&mut store, at.cast_unsigned() as usize, input)?;
        let packed = process.call(&mut store, (at, length))?.cast_unsigned();
        let (from, length) = ((packed >> 32) as usize, (packed & 0xffff_ffff) as usize);
        let output = memory.data(&store).get(from..from.saturating_add(length));
        Ok(CallOutcome::Ok { output: output.unwrap_or_default().to_vec() })
    }
}
