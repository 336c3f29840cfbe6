//! What one `Plugin::call` costs over raw wasmtime; the promise is at most a tenth.
//!
//! Both do the same work of the guest ABI on the same engine configuration: an instance from the
//! pool, `alloc`, the input written, `process`, the output read. They are timed in turn, batch by
//! batch, because a ratio of two runs apart is a ratio of two moments of the machine; that is why
//! this is no divan benchmark. Ends with code 1 where the promise is broken.

#![expect(clippy::print_stdout, reason = "a benchmark reports on its standard output")]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use wasm_gauntlet_host::faults::HostFaults;
use wasm_gauntlet_host::guest_abi::growth::Caps;
use wasm_gauntlet_host::host::{Host, Plugin};
use wasm_gauntlet_host::wasmtime::{EngineKey, WasmtimeHost};
use wasm_gauntlet_model::call::CallOutcome;
use wasm_gauntlet_model::limits::{Grants, Limits};
use wasmtime::{InstancePre, Linker, Module, Result, Store};

/// Calls of one batch, long enough for the clock, short enough for the scheduler.
const BATCH: u32 = 50;
/// Batches of each side.
const ROUNDS: usize = 2000;
/// Bytes of the input, and of the output, which is the same.
const INPUT: &[u8] = &[0x5a; 1024];
/// What is promised.
const RATIO_MAX: f64 = 1.10;

fn main() -> ExitCode {
    let guest = hostile_guests::find("benign-echo").expect("the guest is there");
    let bytes = guest.bytes(&[]).expect("it assembles");
    let raw = raw(&bytes).expect("the guest compiles");
    let host = WasmtimeHost::new(HostFaults::default()).expect("the ticker starts");
    let plugin = host.load(&bytes, &Limits::default(), &Grants::default()).expect("it loads");
    let mut pairs = Vec::with_capacity(ROUNDS);
    for round in 0..ROUNDS {
        // Who goes first changes, so that neither inherits the other's caches every time.
        let pair = if round % 2 == 0 {
            let raw = batch(|| raw_call(&raw));
            (raw, batch(|| host_call(plugin.as_ref())))
        } else {
            let host = batch(|| host_call(plugin.as_ref()));
            (batch(|| raw_call(&raw)), host)
        };
        pairs.push(pair);
    }
    let raw = median(pairs.iter().map(|pair| pair.0));
    let host = median(pairs.iter().map(|pair| pair.1));
    let ratio = median(pairs.iter().map(|pair| pair.1 / pair.0));
    let kept = ratio <= RATIO_MAX;
    let word = if kept { "ok" } else { "NOT ok" };
    println!("raw InstancePre      {raw:8.2} us a call, median of {ROUNDS} batches of {BATCH}");
    println!("Plugin::call         {host:8.2} us a call");
    println!("{word}: ratio {ratio:.3}, at most {RATIO_MAX:.2}");
    ExitCode::from(u8::from(!kept))
}

fn raw(bytes: &[u8]) -> Result<InstancePre<()>> {
    let engine = EngineKey::new(Caps::of(&Limits::default()), false).engine()?;
    Linker::new(&engine).instantiate_pre(&Module::from_binary(&engine, bytes)?)
}

fn raw_call(pre: &InstancePre<()>) -> Vec<u8> {
    called(pre).expect("the guest answers")
}

fn called(pre: &InstancePre<()>) -> Result<Vec<u8>> {
    let mut store = Store::new(pre.module().engine(), ());
    store.set_epoch_deadline(1);
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
