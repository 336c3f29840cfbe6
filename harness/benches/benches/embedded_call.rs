//! The cost of one `Plugin::call` over raw wasmtime with the same limits. The promise is at most a
//! tenth.
//!
//! Both sides do the same work of the guest ABI on the same engine configuration: an instance from
//! the pool, `alloc`, writing the input, `process`, reading the output. Both hold the guest to the
//! same caps and the same deadline. Raw wasmtime without limits is shown for comparison; nobody
//! should run such a host. The sides alternate batch by batch, because runs at different times
//! would compare different states of the machine. So this is no divan benchmark. It ends with code
//! 1 if the promise is broken.

#![expect(clippy::print_stdout, reason = "a benchmark reports on its standard output")]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use wasm_gauntlet_host::faults::HostFaults;
use wasm_gauntlet_host::guest_abi::growth::Caps;
use wasm_gauntlet_host::host::{Host, Plugin};
use wasm_gauntlet_host::wasmtime::{EngineKey, WasmtimeHost};
use wasm_gauntlet_model::call::CallOutcome;
use wasm_gauntlet_model::limits::{Grants, Limits};
use wasmtime::{
    Engine, InstancePre, Linker, Module, Result, Store, StoreLimits, StoreLimitsBuilder,
    UpdateDeadline,
};

/// Calls of one batch: long enough for the clock, and short enough for the scheduler.
const BATCH: u32 = 50;
/// Batches of each side.
const ROUNDS: usize = 2000;
/// Bytes of the input and of the output.
const INPUT: &[u8] = &[0x5a; 1024];
/// The promised ratio.
const RATIO_MAX: f64 = 1.10;

fn main() -> ExitCode {
    let guest = hostile_guests::find("benign-echo").expect("the guest is there");
    let bytes = guest.bytes(&[]).expect("it assembles");
    let raw = raw(&bytes).expect("the guest compiles");
    let unlimited = unlimited(&bytes).expect("the guest compiles");
    let host = WasmtimeHost::new(HostFaults::default()).expect("the ticker starts");
    let plugin = host.load(&bytes, &Limits::default(), &Grants::default()).expect("it loads");
    let sides: [&dyn Fn() -> Vec<u8>; 3] = [
        &|| called(&raw, limited_store(&raw)).expect("the guest answers"),
        &|| called(&unlimited, unlimited_store(&unlimited)).expect("the guest answers"),
        &|| host_call(plugin.as_ref()),
    ];
    let mut rounds = Vec::with_capacity(ROUNDS);
    for round in 0..ROUNDS {
        // The order changes, so that neither side always finds the caches of the other.
        let mut took = [0.0; 3];
        for turn in 0..3 {
            let side = (round + turn) % 3;
            took[side] = batch(sides[side]);
        }
        rounds.push(took);
    }
    let of = |side: usize| median(rounds.iter().map(|took| took[side]));
    let ratio = |side: usize| median(rounds.iter().map(|took| took[2] / took[side]));
    let kept = ratio(0) <= RATIO_MAX;
    let word = if kept { "ok" } else { "NOT ok" };
    println!("raw, no limits       {:8.2} us a call, median of {ROUNDS} batches of {BATCH}", of(1));
    println!("raw, the same limits {:8.2} us a call", of(0));
    println!("Plugin::call         {:8.2} us a call", of(2));
    println!("for comparison: ratio to raw without limits {:.3}", ratio(1));
    println!("{word}: ratio {:.3}, at most {RATIO_MAX:.2}", ratio(0));
    ExitCode::from(u8::from(!kept))
}

/// The data that a store needs to hold a guest to the default limits.
struct RawState {
    limits: StoreLimits,
    deadline: Instant,
}

fn engine() -> Result<Engine> {
    EngineKey::new(Caps::of(&Limits::default()), false).engine()
}

fn raw(bytes: &[u8]) -> Result<InstancePre<RawState>> {
    let engine = engine()?;
    Linker::new(&engine).instantiate_pre(&Module::from_binary(&engine, bytes)?)
}

fn unlimited(bytes: &[u8]) -> Result<InstancePre<()>> {
    let engine = engine()?;
    Linker::new(&engine).instantiate_pre(&Module::from_binary(&engine, bytes)?)
}

/// A store with the default caps and deadline, set as in wasmtime's manual.
fn limited_store(pre: &InstancePre<RawState>) -> Store<RawState> {
    let caps = Caps::of(&Limits::default());
    let limits = StoreLimitsBuilder::new()
        .memory_size(caps.memory_bytes)
        .table_elements(caps.table_elements)
        .instances(1)
        .build();
    let deadline = Instant::now() + Duration::from_millis(Limits::default().deadline_ms);
    let mut store = Store::new(pre.module().engine(), RawState { limits, deadline });
    store.limiter(|state| &mut state.limits);
    store.epoch_deadline_callback(|store| match Instant::now() >= store.data().deadline {
        true => Err(wasmtime::Error::msg("the deadline")),
        false => Ok(UpdateDeadline::Continue(1)),
    });
    store.set_epoch_deadline(1);
    store
}

fn unlimited_store(pre: &InstancePre<()>) -> Store<()> {
    let mut store = Store::new(pre.module().engine(), ());
    store.set_epoch_deadline(1);
    store
}

fn called<T: 'static>(pre: &InstancePre<T>, mut store: Store<T>) -> Result<Vec<u8>> {
    let instance = pre.instantiate(&mut store)?;
    let alloc = instance.get_typed_func::<i32, i32>(&mut store, "alloc")?;
    let process = instance.get_typed_func::<(i32, i32), i64>(&mut store, "process")?;
    let memory = instance.get_memory(&mut store, "memory").expect("it has a memory");
    let len = INPUT.len() as i32;
    let at = alloc.call(&mut store, len)?;
    memory.write(&mut store, at as usize, INPUT)?;
    let packed = process.call(&mut store, (at, len))? as u64;
    let mut output = vec![0; (packed & 0xffff_ffff) as usize];
    memory.read(&store, (packed >> 32) as usize, &mut output)?;
    Ok(output)
}

fn host_call(plugin: &dyn Plugin) -> Vec<u8> {
    match plugin.call("tenant", INPUT).outcome {
        CallOutcome::Ok { output } => output,
        other => panic!("the guest answered {}", other.word()),
    }
}

/// Microseconds of one call.
fn batch(call: impl Fn() -> Vec<u8>) -> f64 {
    let began = Instant::now();
    for _ in 0..BATCH {
        assert_eq!(black_box(call()).len(), INPUT.len());
    }
    began.elapsed().as_secs_f64() * 1e6 / f64::from(BATCH)
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
