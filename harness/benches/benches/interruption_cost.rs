//! The cost of each interruption mechanism for honest code that is never interrupted. It is the
//! time of a loop with the mechanism over the time without it, on the same engine.
//!
//! The variants alternate in one run, so this is no divan benchmark. It promises nothing: the price
//! belongs to the runtime, and `gauntlet interruption` says what it buys.

#![expect(clippy::print_stdout, reason = "a benchmark reports on its standard output")]

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use gauntlet::cli::adapters;
use wasm_gauntlet_host::process::launch::Launch;
use wasm_gauntlet_host::worker::parent::supervised::{Supervised, WaitLimits};
use wasm_gauntlet_host::worker::parent::work::{GuestModule, Work};
use wasm_gauntlet_model::call::CallOutcome;
use wasm_gauntlet_model::limits::{Grants, Limits};

#[path = "measured/median.rs"]
mod median;

use median::median;

/// Rounds of each variant.
const ROUNDS: usize = 40;
/// Turns of the loop: 10 ms on a compiler, and some 100 ms on an interpreter.
const TURNS: i32 = 5_000_000;
/// Fuel of one slice, as in the reference host on wasmi.
const SLICE: u64 = 100_000;

/// The module of every variant: a loop of arithmetic, and the same loop with a call in each turn.
const HONEST: &str = r#"
  (func $step (param i32) (result i32)
    (i32.add (i32.mul (local.get 0) (i32.const 1664525)) (i32.const 1013904223)))
  (func $loop (export "loop") (param $left i32) (result i32) (local $x i32)
    (loop $more
      (local.set $x
        (i32.add (i32.mul (local.get $x) (i32.const 1664525)) (i32.const 1013904223)))
      (br_if $more (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (local.get $x))
  (func $calls (export "calls") (param $left i32) (result i32) (local $x i32)
    (loop $more
      (local.set $x (call $step (local.get $x)))
      (br_if $more (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (local.get $x))"#;

/// The options of wazero: without the deadline check in loops, with it, and with a listener.
const WAZERO: [(&str, &[&str]); 3] = [
    ("nothing", &["--no-deadline"]),
    ("context", &[]),
    ("context, listener", &["--mitigate=calls"]),
];

type Variant = (&'static str, Box<dyn FnMut() -> i32>);

fn main() {
    for shape in ["loop", "calls"] {
        let cranelift = vec![
            compiled("nothing", shape, false, false),
            compiled("epochs", shape, true, false),
            compiled("fuel", shape, false, true),
            yielding("epochs, async", shape, true),
            yielding("fuel, async", shape, false),
        ];
        compare("wasmtime", shape, cranelift);
        let interpreter =
            vec![interpreted("nothing", shape, false), interpreted("fuel in slices", shape, true)];
        compare("wasmi", shape, interpreter);
        for engine in ["compiler", "interpreter"] {
            match WAZERO.map(|(name, args)| adapted(name, shape, engine, args)) {
                [Ok(nothing), Ok(context), Ok(listener)] => {
                    let variants = vec![nothing, context, listener];
                    compare(&format!("wazero, {engine}"), shape, variants);
                }
                [Err(why), ..] | [_, Err(why), _] | [.., Err(why)] => {
                    println!("skipped: wazero, {engine}: {why}");
                }
            }
        }
    }
}

fn module() -> Vec<u8> {
    wat::parse_str(format!("(module {HONEST})")).expect("it assembles")
}

/// The variants in turn. The first one is the baseline.
fn compare(runtime: &str, shape: &str, mut variants: Vec<Variant>) {
    let mut times = vec![Vec::with_capacity(ROUNDS); variants.len()];
    let right = (variants[0].1)();
    for _ in 0..ROUNDS {
        for ((_, run), times) in variants.iter_mut().zip(&mut times) {
            let began = Instant::now();
            assert_eq!(run(), right, "every variant computes the same");
            times.push(began.elapsed().as_secs_f64());
        }
    }
    for ((name, _), own) in variants.iter().zip(&times) {
        let ratio = median(own.iter().zip(&times[0]).map(|(with, without)| with / without));
        let ms = median(own.iter().copied()) * 1e3;
        println!("{runtime}, {shape}: {name:15} {ms:8.2} ms, ratio {ratio:.3}");
    }
}

fn compiled(name: &'static str, shape: &str, epochs: bool, fuel: bool) -> Variant {
    let mut config = wasmtime::Config::new();
    config.epoch_interruption(epochs).consume_fuel(fuel);
    let engine = wasmtime::Engine::new(&config).expect("an engine");
    let module = wasmtime::Module::from_binary(&engine, &module()).expect("it compiles");
    let mut store = wasmtime::Store::new(&engine, ());
    let instance = wasmtime::Instance::new(&mut store, &module, &[]).expect("an instance");
    let run = instance.get_typed_func::<i32, i32>(&mut store, shape).expect("it is exported");
    let run = move || {
        if epochs {
            store.set_epoch_deadline(1);
        }
        if fuel {
            store.set_fuel(u64::MAX).expect("fuel is metered");
        }
        run.call(&mut store, TURNS).expect("it ends")
    };
    (name, Box::new(run))
}

fn interpreted(name: &'static str, shape: &str, slices: bool) -> Variant {
    let mut config = wasmi::Config::default();
    config.consume_fuel(slices);
    let engine = wasmi::Engine::new(&config);
    let module = wasmi::Module::new(&engine, module()).expect("it translates");
    let mut store = wasmi::Store::new(&engine, ());
    let linker = wasmi::Linker::new(&engine);
    if slices {
        store.set_fuel(u64::MAX).expect("fuel is metered");
    }
    let instance = linker.instantiate_and_start(&mut store, &module).expect("an instance");
    let run = instance.get_typed_func::<i32, i32>(&store, shape).expect("it is exported");
    let run = move || {
        if !slices {
            return run.call(&mut store, TURNS).expect("it ends");
        }
        store.set_fuel(SLICE).expect("fuel is metered");
        let mut call = run.call_resumable(&mut store, TURNS).expect("it begins");
        loop {
            match call {
                wasmi::TypedResumableCall::Finished(result) => return result,
                wasmi::TypedResumableCall::OutOfFuel(paused) => {
                    std::hint::black_box(Instant::now());
                    store.set_fuel(SLICE + paused.required_fuel()).expect("fuel is metered");
                    call = paused.resume(&mut store).expect("it goes on");
                }
                wasmi::TypedResumableCall::HostTrap(_) => panic!("there is no host function"),
            }
        }
    };
    (name, Box::new(run))
}

/// The guest yields its thread at each tick or fuel slice, as in hosts that serve many guests on a
/// few threads. (wasmtime-wasi enables wasmtime's feature `async`.)
fn yielding(name: &'static str, shape: &str, epochs: bool) -> Variant {
    let mut config = wasmtime::Config::new();
    config.epoch_interruption(epochs).consume_fuel(!epochs);
    let engine = wasmtime::Engine::new(&config).expect("an engine");
    let module = wasmtime::Module::from_binary(&engine, &module()).expect("it compiles");
    let mut store = wasmtime::Store::new(&engine, ());
    if epochs {
        store.epoch_deadline_async_yield_and_update(1);
    } else {
        store.set_fuel(u64::MAX).expect("fuel is metered");
        store.fuel_async_yield_interval(Some(SLICE)).expect("fuel is metered");
    }
    let instance = polled(wasmtime::Instance::new_async(&mut store, &module, &[]), &engine);
    let instance = instance.expect("an instance");
    let run = instance.get_typed_func::<i32, i32>(&mut store, shape).expect("it is exported");
    let run = move || {
        if !epochs {
            store.set_fuel(u64::MAX).expect("fuel is metered");
        }
        polled(run.call_async(&mut store, TURNS), &engine).expect("it ends")
    };
    (name, Box::new(run))
}

/// Drives a future to its end. A tick passes before each poll.
fn polled<T>(future: impl Future<Output = T>, engine: &wasmtime::Engine) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        engine.increment_epoch();
        if let Poll::Ready(end) = future.as_mut().poll(&mut context) {
            return end;
        }
    }
}

/// The same loop as a guest, called through the adapter for wazero.
fn adapted(
    name: &'static str,
    shape: &str,
    engine: &str,
    args: &[&str],
) -> Result<Variant, String> {
    let bytes = wat::parse_str(format!(
        r#"(module {HONEST} (memory (export "memory") 1)
          (func (export "alloc") (param i32) (result i32) (i32.const 8))
          (func (export "process") (param i32 i32) (result i64)
            (i32.store (i32.const 0) (call ${shape} (i32.const {TURNS}))) (i64.const 4)))"#
    ));
    let module = GuestModule::new(shape, "", true, bytes.expect("it assembles"));
    let engine = format!("--engine={engine}");
    let args: Vec<String> =
        [&[engine.as_str()], args].concat().into_iter().map(str::to_owned).collect();
    let launch = Launch::of(adapters::wazero()?, args);
    let host = Supervised::new(launch, WaitLimits::default());
    let limits = Limits { deadline_ms: 60_000, ..Limits::default() };
    let run = move || {
        let grants = Grants::default();
        let work =
            Work { module: &module, tenant: "t", input: b"", limits: &limits, grants: &grants };
        match host.call(&work).expect("the adapter is there").called.outcome {
            CallOutcome::Ok { output } => {
                i32::from_le_bytes(output.try_into().expect("four bytes"))
            }
            other => panic!("{other:?}"),
        }
    };
    Ok((name, Box::new(run)))
}
