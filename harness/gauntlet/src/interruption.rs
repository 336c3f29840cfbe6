//! Endless guests of each shape under each mechanism that can stop them: which mechanism does, and
//! how long that takes.
//!
//! It only measures. The scenarios `host/deadline` and `host/endless-shapes` judge.

use std::path::{Path, PathBuf};
use std::time::Duration;

use wasm_gauntlet_host::process::launch::Launch;
use wasm_gauntlet_host::worker::parent::supervised::{Supervised, WaitLimits};
use wasm_gauntlet_host::worker::parent::work::{GuestModule, Lost, Timed, Work};
use wasm_gauntlet_model::call::CallOutcome;
use wasm_gauntlet_model::interruption::{Column, Interruption, InterruptionCell, InterruptionRow};
use wasm_gauntlet_model::limits::{Grants, Limits};

use crate::subject::Inability;
use crate::subject::plugin_host::actions::module;
use crate::subject::plugin_host::external::{self, External};

/// The deadline of each call.
const DEADLINE_MS: u64 = 50;

/// Fuel in the columns that meter. An engine that compiles uses it up in a millisecond, one that
/// interprets in ten. Where a host call costs as much fuel as an addition, it takes longer.
const FUEL: u64 = 500_000;

/// The deadline beside fuel, longer than the fuel lasts. What it stops uses no fuel.
const DEADLINE_BESIDE_FUEL_MS: u64 = 2_000;

/// Calls for each cell of the table. The median counts.
const CALLS: usize = 3;

/// A call that took this long is not repeated, nor one after which the process was ended.
const LONG: Duration = Duration::from_millis(500);

/// How long the watchdog of the last column waits past the deadline.
const WATCHDOG: Duration = Duration::from_millis(150);

/// Each shape with the guest that has it.
const SHAPES: &[(&str, &str)] = &[
    ("loop", "cpu-loop"),
    ("nested loops", "cpu-nested-loops"),
    ("loop of indirect calls", "cpu-indirect-loop"),
    ("loop of `br_table`", "cpu-br-table-storm"),
    ("loop of host calls", "cpu-hostcall-loop"),
    ("loop of `memory.fill`", "cpu-bulk-loop"),
    ("loop of denied `memory.grow`", "mem-grow-spin"),
    ("loop of `table.fill`", "cpu-table-fill"),
    ("bulk operations in a line", "cpu-straightline-bulk"),
    ("tree of calls, no loop", "cpu-call-fanout"),
    ("recursion", "cpu-recursion-tree"),
    ("tail calls", "cpu-tail-direct"),
    ("loop in the start function", "inst-start-loop"),
    ("tree of calls in the start function", "inst-start-fanout"),
    ("loop in `_initialize`", "inst-initialize-loop"),
    ("loop in `alloc`", "abi-alloc-loop"),
    ("sleep in the host", "io-poll-sleep"),
];

/// A host set up with one mechanism.
pub(crate) struct Mechanism {
    column: Column,
    host: Supervised,
    limits: Limits,
}

impl Mechanism {
    fn new(name: &str, means: &str, launch: Launch, patience: Duration) -> Self {
        let column = Column { name: name.to_owned(), means: means.to_owned() };
        let patience = WaitLimits { call: patience, ..WaitLimits::default() };
        let limits = Limits { deadline_ms: DEADLINE_MS, ..Limits::default() };
        Self { column, host: Supervised::new(launch, patience), limits }
    }

    fn metered(mut self) -> Self {
        self.limits.fuel = Some(FUEL);
        self.limits.deadline_ms = DEADLINE_BESIDE_FUEL_MS;
        self
    }
}

/// The mechanisms of the runtimes in this program, which `program` runs: their own, then the
/// watchdog.
pub(crate) fn embedded(program: &Path) -> Vec<Mechanism> {
    let usual = WaitLimits::default().call;
    let worker = |name, faults: &[&str]| Launch::worker(program.to_owned(), name, faults);
    let new = Mechanism::new;
    vec![
        new("wasmtime", "the clock is read at each epoch", worker("wasmtime", &[]), usual),
        new("wasmtime, fuel", "a budget of 500,000", worker("wasmtime", &[]), usual).metered(),
        new("wasmi", "the clock is read between slices of fuel", worker("wasmi", &[]), usual),
        new("wasmi, fuel", "a budget of 500,000", worker("wasmi", &[]), usual).metered(),
        new(
            "outer kill",
            "wasmtime without a deadline; its process group is killed",
            worker("wasmtime", &["no-deadline", "blocking-poll"]),
            WATCHDOG,
        ),
    ]
}

/// The mechanisms of wazero, by the adapter `program`.
pub(crate) fn wazero(program: &Path) -> Vec<Mechanism> {
    let column = |runtime: &External| {
        let mitigated = runtime.name.ends_with("mitigated");
        let means = if mitigated { "the same and a function listener" } else { CONTEXT };
        let args: Vec<String> = runtime.args.iter().map(ToString::to_string).collect();
        let launch = Launch::of(PathBuf::from(program), args);
        Mechanism::new(runtime.name, means, launch, WaitLimits::default().call)
    };
    external::ALL.iter().map(column).collect()
}

const CONTEXT: &str = "WithCloseOnContextDone(true)";

/// Try every shape under every mechanism.
///
/// # Errors
/// When a host cannot be started.
pub(crate) fn measure(mechanisms: &[Mechanism]) -> Result<Interruption, Inability> {
    let mut rows = Vec::with_capacity(SHAPES.len());
    for (shape, guest) in SHAPES {
        let module = module::catalogue(guest, &[])?;
        let cells = mechanisms.iter().map(|one| cell(one, &module));
        let cells = cells.collect::<Result<_, _>>()?;
        rows.push(InterruptionRow {
            shape: (*shape).to_owned(),
            guest: (*guest).to_owned(),
            cells,
        });
    }
    let columns = mechanisms.iter().map(|one| one.column.clone()).collect();
    Ok(Interruption { deadline_ms: DEADLINE_MS, columns, rows })
}

fn cell(mechanism: &Mechanism, module: &GuestModule) -> Result<InterruptionCell, Inability> {
    let grants = Grants { clock: true, ..Grants::default() };
    let (tenant, input, limits) = ("interruption", b"ping", &mechanism.limits);
    let work = Work { module, tenant, input, limits, grants: &grants };
    let mut calls = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        let timed = mechanism.host.call(&work)?;
        let enough = timed.lost.is_some() || timed.wall >= LONG;
        calls.push((timed.wall, stopped_by(&timed)));
        if enough {
            break;
        }
    }
    calls.sort();
    let (wall, stopped_by) = calls.swap_remove(calls.len() / 2);
    Ok(InterruptionCell { stopped_by, wall_ms: wall.as_secs_f64() * 1000.0 })
}

/// What stopped it, in one word.
fn stopped_by(timed: &Timed) -> String {
    if timed.lost == Some(Lost::Hung) {
        return "watchdog".to_owned();
    }
    match (&timed.called.outcome, &timed.called.stopped_by) {
        (CallOutcome::Deadline | CallOutcome::Fuel, Some(by)) => by.clone(),
        (CallOutcome::Rejected(rejection), _) => format!("rejected({})", rejection.stage.word()),
        (CallOutcome::Trap { kind }, _) => format!("trap({})", kind.word()),
        (other, _) => other.word().to_owned(),
    }
}
