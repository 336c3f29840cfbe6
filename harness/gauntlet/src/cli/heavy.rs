//! `--tier heavy`: guests that can exhaust a machine, and what must hold before any of them runs.

use wasm_gauntlet_host::isolation;
use wasm_gauntlet_host::process::confine::Confinement;

use super::args::{RunArgs, Tier};
use super::exit::Failure;
use super::subjects;
use super::targets::NamedTargets;

/// Memory that must be free beside what a worker may use, KiB: for the harness, the module in
/// transfer, and other programs.
const SPARE_KIB: u64 = 1 << 20;

/// The target of `args`, prepared for its tier. Heavy guests run only in our own workers, and only
/// after a check that the limits on those hold.
///
/// # Errors
/// A subject that is not one of our workers, a limit that does not hold here, or too little memory.
pub(super) fn ready(args: &RunArgs, mut named: NamedTargets) -> Result<NamedTargets, Failure> {
    if args.tier == Tier::Core {
        return Ok(named);
    }
    if !(named.sites.is_empty() && named.hosts.is_empty() && named.artefacts.is_empty()) {
        return Err(Failure::usage(
            "`--tier heavy` is only for runtimes, which run in workers with limits: a module that \
             can exhaust a machine is not sent to other hosts",
        ));
    }
    let confinement = Confinement::heavy();
    let wanted = confinement.data_bytes / 1024 + SPARE_KIB;
    match available_kib() {
        Some(free) if free >= wanted => {}
        Some(free) => {
            let (free, wanted) = (free >> 10, wanted >> 10);
            let problem = format!("{free} MiB of memory are free, heavy guests need {wanted} MiB");
            return Err(Failure::inconclusive(problem));
        }
        None => return Err(Failure::inconclusive("/proc/meminfo does not show the free memory")),
    }
    let cannot = |error| Failure::inconclusive(format!("isolation cannot be tested: {error}"));
    let broken = isolation::broken(&subjects::program()?).map_err(cannot)?;
    if !broken.is_empty() {
        return Err(Failure::inconclusive(format!(
            "no heavy guest was run: limits on a process do not work on this machine ({})",
            broken.join(", ")
        )));
    }
    super::say(&format!("isolation holds: {}\n", isolation::words().join(", ")));
    if named.runtimes.is_empty() && named.adapters.is_empty() {
        named.runtimes =
            wasm_gauntlet_host::runtimes::NAMES.iter().map(ToString::to_string).collect();
    }
    named.adapters.iter_mut().for_each(|adapter| adapter.hold_to(&confinement));
    named.confinement = confinement;
    Ok(named)
}

fn available_kib() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}
