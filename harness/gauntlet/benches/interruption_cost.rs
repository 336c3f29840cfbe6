//! What each means of interruption costs on honest code that is never interrupted: the time of a
//! loop with it over the time without it, on the same engine.
//!
//! The variants alternate in one run; that is why this is no divan benchmark. It promises nothing:
//! the price is the runtime's own, and `gauntlet interruption` says what it buys.

#![expect(clippy::print_stdout, reason = "a benchmark reports on its standard output")]

use std::time::Instant;

/// Rounds of each variant.
const ROUNDS: usize = 40;
/// Turns of the loop: 10 ms on a compiler, some 100 ms on an interpreter.
const TURNS: i32 = 5_000_000;
/// Fuel of one slice, as the reference host on wasmi gives it.
const SLICE: u64 = 100_000;

/// One module for every variant: a loop of arithmetic, and the same with a call in each turn.
const HONEST: &str = r#"(module
  (func $step (param i32) (result i32)
    (i32.add (i32.mul (local.get 0) (i32.const 1664525)) (i32.const 1013904223)))
  (func (export "loop") (param $left i32) (result i32) (local $x i32)
    (loop $more
      (local.set $x
        (i32.add (i32.mul (local.get $x) (i32.const 1664525)) (i32.const 1013904223)))
      (br_if $more (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (local.get $x))
  (func (export "calls") (param $left i32) (result i32) (local $x i32)
    (loop $more
      (local.set $x (call $step (local.get $x)))
      (br_if $more (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (local.get $x)))"#;

type Variant = (&'static str, Box<dyn FnMut() -> i32>);

fn main() {
    for shape in ["loop", "calls"] {
        let cranelift = vec![
            compiled("nothing", shape, false, false),
            compiled("epochs", shape, true, false),
            compiled("fuel", shape, false, true),
        ];
        compare("wasmtime", shape, cranelift);
        let interpreter =
            vec![interpreted("nothing", shape, false), interpreted("fuel in slices", shape, true)];
        compare("wasmi", shape, interpreter);
    }
}

/// The variants in turn; the first is what the others are measured by.
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
    let bytes = wat::parse_str(HONEST).expect("it assembles");
    let module = wasmtime::Module::from_binary(&engine, &bytes).expect("it compiles");
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
    let bytes = wat::parse_str(HONEST).expect("it assembles");
    let module = wasmi::Module::new(&engine, &bytes).expect("it translates");
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

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
