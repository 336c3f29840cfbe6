//! What a child leaves running when it is gone: processes that left its group, as daemons do. They
//! are known by the folder in their environment that was given to that child and to nobody else.
//!
//! One that also empties its environment is not found: only a namespace of its own would hold it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// Looks at all processes: one that was started while we looked is found by the next.
const LOOKS_MAX: usize = 5;

/// Kill them all; says how many there were.
pub fn end(scratch: &Path) -> usize {
    let mark = format!("TMPDIR={}", scratch.display());
    let mut ended = BTreeSet::new();
    for _ in 0..LOOKS_MAX {
        // One that was killed may be there for a while yet.
        let before = ended.len();
        ended.extend(ids().into_iter().filter(|id| killed(*id, mark.as_bytes())));
        if ended.len() == before {
            break;
        }
    }
    ended.len()
}

fn ids() -> Vec<i32> {
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    processes.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// Kill a process with that mark. It is held before it is looked at, so that its id is not
/// another's by then.
fn killed(id: i32, mark: &[u8]) -> bool {
    let held = Pid::from_raw(id).map(|pid| pidfd_open(pid, PidfdFlags::empty()));
    let Some(Ok(held)) = held else { return false };
    let Ok(environment) = fs::read(format!("/proc/{id}/environ")) else { return false };
    let marked = environment.split(|byte| *byte == 0).any(|one| one == mark);
    marked && pidfd_send_signal(held, Signal::KILL).is_ok()
}
