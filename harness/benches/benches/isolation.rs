//! The cost of isolation: a call through a warm worker compared with the same call in this process.
//! The unit is a bare process spawn, the least cost of a process for each call.
//!
//! All three alternate in one run, because each depends on the state of the machine. So this is no
//! divan benchmark. It ends with code 1 if the promise is broken.

#![expect(clippy::print_stdout, reason = "a benchmark reports on its standard output")]

use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use gauntlet::subject::plugin_host::actions::module;
use wasm_gauntlet_host::host::{Host, Plugin};
use wasm_gauntlet_host::process::launch::Launch;
use wasm_gauntlet_host::worker::parent::supervised::{Supervised, WaitLimits};
use wasm_gauntlet_host::worker::parent::work::{GuestModule, LoadOutcome, Work};
use wasm_gauntlet_model::limits::{Grants, Limits};

#[path = "measured/hosts.rs"]
mod hosts;
#[path = "measured/median.rs"]
mod median;

use median::median;

/// Rounds of a guest. Each has a spawn, a call in this process, and a call through the worker.
const ROUNDS: usize = 200;
/// The promised extra cost of a call through a warm worker, in spawns.
const RATIO_MAX: f64 = 0.5;
/// Guests with each size of input and each end. The last is built if Go is installed.
const GUESTS: [&str; 5] =
    ["benign-tiny", "benign-echo", "trap-unreachable", "benign-init", "go-echo"];
/// Bytes of the input.
const INPUT: &[u8] = &[0x5a; 1024];
/// A program that does nothing.
const NOTHING: &str = "/bin/true";

fn main() -> ExitCode {
    hosts::on_each(promises)
}

fn promises(host: &dyn Host) -> bool {
    let name = host.about().name;
    let program = wasm_gauntlet_benches::tool().expect("the tool is built");
    let worker = Supervised::new(Launch::worker(program, &name, &[]), WaitLimits::default());
    let mut kept = true;
    for guest in GUESTS {
        match module::catalogue(guest, &[]) {
            Ok(module) => kept &= promise(host, &worker, &module),
            Err(why) => println!("skipped: {guest}: {why}"),
        }
    }
    kept && worker.lost() == 0
}

/// One guest, precompiled on both sides.
fn promise(host: &dyn Host, worker: &Supervised, module: &GuestModule) -> bool {
    // A deadline that no busy machine reaches.
    let limits = Limits { deadline_ms: 10_000, ..Limits::default() };
    let grants = Grants::default();
    let input = module.input(INPUT.to_vec());
    let plugin = host.load(&module.bytes, &limits, &grants).expect("it loads");
    let work = Work { module, tenant: "t", input: &input, limits: &limits, grants: &grants };
    let loaded = worker.load(&work).expect("the worker starts");
    assert!(matches!(loaded, LoadOutcome::Ready { .. }), "{loaded:?}");
    let mut rounds = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let spawn = ms(spawn);
        let inside = ms(|| drop(plugin.call("t", &input)));
        let through = ms(|| drop(worker.call(&work).expect("the worker is there")));
        rounds.push((spawn, inside, through));
    }
    same(plugin.as_ref(), worker, &work);
    let spawn = median(rounds.iter().map(|round| round.0));
    let inside = median(rounds.iter().map(|round| round.1));
    let through = median(rounds.iter().map(|round| round.2));
    let ratio = median(rounds.iter().map(|round| round.2 - round.1)) / spawn;
    let kept = ratio <= RATIO_MAX;
    let (word, name) = (if kept { "ok" } else { "NOT ok" }, host.about().name);
    println!(
        "{word}: {name} {:16} spawn {spawn:.3} ms, in process {inside:.3} ms, by a warm worker \
         {through:.3} ms: {ratio:.3} of a spawn more, at most {RATIO_MAX}",
        module.id
    );
    kept
}

/// Both sides must do the same work, or the comparison means nothing.
fn same(plugin: &dyn Plugin, worker: &Supervised, work: &Work<'_>) {
    let inside = plugin.call("t", work.input).outcome;
    let through = worker.call(work).expect("the worker is there").called.outcome;
    assert_eq!(inside, through, "{}", work.module.id);
}

fn spawn() {
    let mut nothing = Command::new(NOTHING);
    let nothing = nothing.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(nothing.status().expect("it is there").success());
}

fn ms(work: impl FnOnce()) -> f64 {
    let began = Instant::now();
    work();
    began.elapsed().as_secs_f64() * 1e3
}
