//! Twice as many instances at once as the host says it allows, each with all of its memory in use.
//!
//! The guest runs until its deadline. So a call that ended in `deadline` was an instance for at
//! least that long, somewhere between the two ends of the call.

mod overlap;

use std::sync::Barrier;
use std::time::{Duration, Instant};

use wasm_gauntlet_host::worker::parent::work::{LoadOutcome, Timed};
use wasm_gauntlet_model::action::Control;
use wasm_gauntlet_model::call::CallOutcome;
use wasm_gauntlet_model::limits::{Grants, Limits};
use wasm_gauntlet_model::observation::{Fact, Fill, Observation};

use super::super::contained;
use super::super::{Stage, evidence};
use super::{count, known, unknown, work};
use crate::subject::Inability;
use crate::subject::plugin_host::actions::resource_usage::ResourceUsage;
use crate::subject::plugin_host::actions::thread_lost;
use overlap::{Stay, at_once};

/// Most calls at once: one thread each, here and in a worker.
const CALLS_MAX: u32 = 64;

const MIB: f64 = 1_048_576.0;

/// Load, then make all calls at once, each for another tenant.
pub(crate) fn perform(stage: &Stage<'_>, control: &Control) -> Result<Observation, Inability> {
    let module = stage.module(&control.guest)?;
    let limits = stage.port.limits(&control.limits);
    let Some(announced) = limits.instances else {
        return Ok(unknown("the host does not announce how many instances it runs at once"));
    };
    stage.port.watch(&[&module])?;
    let nothing = Grants::default();
    let first = work(control, &module, &control.tenant, &nothing);
    if let LoadOutcome::Ended(end) = stage.port.load(&first)? {
        return Ok(unknown(&evidence::outcome(&end.called.outcome)));
    }
    // What compiling took is no instance's.
    stage.port.watch(&[&module])?;
    let calls = announced.saturating_mul(2).min(CALLS_MAX);
    let start = Barrier::new(calls as usize);
    let stays = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..calls)
            .map(|number| {
                let (start, module, nothing) = (&start, &module, &nothing);
                scope.spawn(move || {
                    let tenant = format!("{}-{number}", control.tenant);
                    start.wait();
                    let from = Instant::now();
                    let timed = stage.port.call(&work(control, module, &tenant, nothing))?;
                    Ok(Stay { from, to: Instant::now(), timed })
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().map_err(thread_lost)?)
            .collect::<Result<_, _>>()
    });
    let stays: Vec<Stay> = stays?;
    let usage = stage.port.usage();
    let mut evidence = evidence::guest(&module).to_vec();
    evidence.push(evidence::limits(&limits));
    let timed: Vec<Timed> = stays.iter().map(|stay| stay.timed.clone()).collect();
    evidence.push(evidence::outcomes(&timed));
    let ends = timed.iter().map(|timed| &timed.called.outcome);
    let contained = contained::all(&module, ends.filter(|outcome| **outcome != CallOutcome::Busy));
    let facts = Fill { contained: contained.into(), ..seen(&stays, announced, &limits, &usage) };
    Ok(Observation { facts: facts.facts(), evidence, reproduce: None })
}

fn seen(stays: &[Stay], announced: u32, limits: &Limits, usage: &ResourceUsage) -> Fill {
    let busy = |stay: &&Stay| stay.timed.called.outcome == CallOutcome::Busy;
    #[expect(clippy::cast_precision_loss, reason = "a machine has less than 2^52 bytes")]
    let product_mib = f64::from(announced) * limits.memory_bytes() as f64 / MIB;
    let machine_mib = machine_mib();
    Fill {
        announced: i64::from(announced).into(),
        calls: count(stays.len()).into(),
        busy: count(stays.iter().filter(busy).count()).into(),
        at_once: at_once(stays, Duration::from_millis(limits.deadline_ms)).into(),
        contained: Fact::Unknown,
        product_mib: product_mib.into(),
        measured_mib: known(usage.peak_mib),
        memory_ratio: known(usage.peak_mib.map(|mib| mib / product_mib)),
        machine_mib: known(machine_mib),
        fits: known(machine_mib.map(|machine| product_mib <= machine)),
        host_alive: known(usage.alive),
    }
}

/// Memory that processes may use: of this machine, or of our control group.
fn machine_mib() -> Option<f64> {
    let said = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = said.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let machine: f64 = line.split_ascii_whitespace().next()?.parse::<f64>().ok()? / 1024.0;
    let group = std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let group = group.and_then(|bytes| bytes.trim().parse::<f64>().ok()).map(|bytes| bytes / MIB);
    Some(group.map_or(machine, |group| group.min(machine)))
}
