//! What the kernel reports about a process. A guest can neither delay nor forge it.

use std::path::PathBuf;

use rustix::process::Pid;

/// A look at a process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Vitals {
    /// Resident memory, KiB (`VmRSS`).
    pub resident_kib: u64,
    /// The most that was ever resident, or since the last reset, KiB (`VmHWM`).
    pub peak_kib: u64,
    /// Threads.
    pub threads: u64,
    /// Open descriptors; none if they may not be counted.
    pub descriptors: Option<u64>,
    /// Processor time of all its threads since its start, milliseconds.
    pub processor_ms: u64,
}

/// Milliseconds of one tick of `/proc/PID/stat`: Linux reports a hundred a second on every
/// architecture (`USER_HZ`).
const TICK_MS: u64 = 10;

fn path(pid: Pid, file: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{}/{file}", pid.as_raw_nonzero()))
}

impl Vitals {
    /// Look at a process; none if it is gone or may not be looked at.
    pub fn of(pid: Pid) -> Option<Self> {
        let mut vitals = Self::read(&std::fs::read_to_string(path(pid, "status")).ok()?)?;
        let descriptors = std::fs::read_dir(path(pid, "fd")).ok();
        vitals.descriptors = descriptors.map(|entries| entries.count() as u64);
        let stat = std::fs::read_to_string(path(pid, "stat")).unwrap_or_default();
        vitals.processor_ms = processor_ms(&stat).unwrap_or_default();
        Some(vitals)
    }

    /// A zombie has no `Vm` lines, and so no vitals.
    fn read(status: &str) -> Option<Self> {
        let number = |name: &str| -> Option<u64> {
            let line =
                status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
            line.split_ascii_whitespace().next()?.parse().ok()
        };
        let (resident_kib, peak_kib) = (number("VmRSS")?, number("VmHWM")?);
        let threads = number("Threads")?;
        Some(Self { resident_kib, peak_kib, threads, ..Self::default() })
    }

    /// Reset the peak to the current value (`proc_pid_clear_refs(5)`, value 5). Returns whether
    /// that was permitted.
    pub fn reset_peak(pid: Pid) -> bool {
        std::fs::write(path(pid, "clear_refs"), "5").is_ok()
    }
}

/// User and system time (fields 14 and 15 of `proc_pid_stat(5)`); the name of the program, which
/// may hold anything, ends at the last bracket.
fn processor_ms(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some((ticks()? + ticks()?) * TICK_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_and_a_zombie_has_none() {
        let status = "Name:\tVmRSS: 9\nVmHWM:\t    1200 kB\nVmRSS:\t     800 kB\nThreads:\t3\n";
        let vitals = Vitals::read(status).expect("all lines are there");
        assert_eq!((vitals.resident_kib, vitals.peak_kib, vitals.threads), (800, 1200, 3));
        assert_eq!(Vitals::read("Name:\tx\nState:\tZ (zombie)\nThreads:\t1\n"), None);
    }

    #[test]
    fn processor_time_is_read_past_a_name_that_is_hostile() {
        let stat = "7 (a) 9 9 9 (b) S 1 7 7 0 -1 4194560 1 0 0 0 12 3 0 0 20 0 4";
        assert_eq!(processor_ms(stat), Some(150));
        assert_eq!(processor_ms("7 (a"), None);
        assert_eq!(processor_ms("7 (a) S 1"), None);
    }

    #[test]
    fn the_peak_of_a_living_process_is_seen() {
        let vitals = Vitals::of(rustix::process::getpid()).expect("we are alive");
        assert!(vitals.peak_kib >= vitals.resident_kib / 2 && vitals.resident_kib > 1000);
        assert!(vitals.descriptors.is_some_and(|count| count >= 3));
    }
}
