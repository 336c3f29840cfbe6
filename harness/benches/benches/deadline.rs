//! How precisely an endless guest is stopped: never early, and hardly later than the control, a
//! native loop that checks the clock itself.
//!
//! Kills and controls alternate in one run, because both include the delays of the machine. So this
//! is no divan benchmark. It ends with code 1 if a promise is broken.

#![expect(clippy::print_stdout, reason = "a benchmark reports on its standard output")]

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use wasm_gauntlet_host::host::{Host, Plugin};
use wasm_gauntlet_model::call::CallOutcome;
use wasm_gauntlet_model::limits::{Grants, Limits};

#[path = "measured/hosts.rs"]
mod hosts;

/// Kills of each runtime.
const KILLS: usize = 200;
/// The deadline.
const DEADLINE: Duration = Duration::from_millis(50);
/// Promised median overshoot, milliseconds: one and a half ticks of 1 ms.
const MEDIAN_MAX_MS: f64 = 1.5;
/// Promised 99th percentile: this factor times the control, and this many milliseconds.
const P99_MAX: (f64, f64) = (1.25, 2.0);

fn main() -> ExitCode {
    hosts::on_each(promises)
}

fn promises(host: &dyn Host) -> bool {
    let name = host.about().name;
    let plugin = endless(host);
    let mut kills = Vec::with_capacity(KILLS);
    let mut controls = Vec::with_capacity(KILLS);
    for _ in 0..KILLS {
        kills.push(overshoot_ms(|| kill(plugin.as_ref())));
        controls.push(overshoot_ms(control));
    }
    kills.sort_by(f64::total_cmp);
    controls.sort_by(f64::total_cmp);
    let [median, p99] = [at(&kills, 0.5), at(&kills, 0.99)];
    let [control_median, control_p99] = [at(&controls, 0.5), at(&controls, 0.99)];
    let p99_max = P99_MAX.0 * control_p99 + P99_MAX.1;
    println!("{name}: {KILLS} kills of an endless loop at {DEADLINE:?}, overshoot");
    println!("  control  median {control_median:.3} ms, p99 {control_p99:.3} ms");
    println!("  kill     median {median:.3} ms, p99 {p99:.3} ms, first {:.3} ms", kills[0]);
    let mut kept = says("no kill is early", kills[0] >= 0.0);
    kept &= says(&format!("median at most {MEDIAN_MAX_MS} ms"), median <= MEDIAN_MAX_MS);
    kept &= says(&format!("p99 at most {p99_max:.3} ms"), p99 <= p99_max);
    kept
}

fn says(claim: &str, kept: bool) -> bool {
    println!("  {}: {claim}", if kept { "ok" } else { "NOT ok" });
    kept
}

fn endless(host: &dyn Host) -> Arc<dyn Plugin> {
    let guest = hostile_guests::find("cpu-loop").expect("the guest is there");
    let deadline_ms = u64::try_from(DEADLINE.as_millis()).expect("a small deadline");
    let limits = Limits { deadline_ms, ..Limits::default() };
    let bytes = guest.bytes(&[]).expect("it assembles");
    host.load(&bytes, &limits, &Grants::default()).expect("it loads")
}

fn kill(plugin: &dyn Plugin) {
    let called = plugin.call("tenant", b"");
    assert_eq!(called.outcome, CallOutcome::Deadline);
}

/// A native loop that checks the clock at each turn.
fn control() {
    let deadline = Instant::now() + DEADLINE;
    let mut turns = 0_u64;
    while Instant::now() < deadline {
        turns = black_box(turns.wrapping_add(1));
    }
}

/// Milliseconds past the deadline; negative if early.
fn overshoot_ms(run: impl FnOnce()) -> f64 {
    let began = Instant::now();
    run();
    (began.elapsed().as_secs_f64() - DEADLINE.as_secs_f64()) * 1e3
}

fn at(sorted: &[f64], part: f64) -> f64 {
    let rank = (sorted.len() as f64 * part).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}
