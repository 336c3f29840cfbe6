//! The machine that runs this, for the record.

use wasm_gauntlet_model::record::Machine;

/// Processors that this process may use.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Trials side by side where nobody set it. Half of a trial's time is waiting for a worker to start
/// and for a deadline to pass (1,670 trials on 2 processors: 30 s with four, 33 s with two).
pub(super) fn jobs() -> usize {
    2 * cores()
}

/// The machine, as the record describes it.
pub(super) fn describe() -> Machine {
    let load = std::fs::read_to_string("/proc/loadavg").ok();
    let load = load.and_then(|text| text.split(' ').next()?.parse().ok());
    let os = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    Machine { os, cores: cores(), load_1m: load }
}
