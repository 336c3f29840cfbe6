//! What the kernel says of a process, from outside: a guest can neither stall nor forge it.

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
}

fn path(pid: Pid, file: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{}/{file}", pid.as_raw_nonzero()))
}

impl Vitals {
    /// Look at a process; none if it is gone or may not be looked at.
    pub fn of(pid: Pid) -> Option<Self> {
        let mut vitals = Self::read(&std::fs::read_to_string(path(pid, "status")).ok()?)?;
        let descriptors = std::fs::read_dir(path(pid, "fd")).ok();
        vitals.descriptors = descriptors.map(|entries| entries.count() as u64);
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
        Some(Self { resident_kib, peak_kib, threads: number("Threads")?, descriptors: None })
    }

    /// Set the peak back to what is resident now (`proc_pid_clear_refs(5)`, value 5); whether
    /// that was permitted.
    pub fn reset_peak(pid: Pid) -> bool {
        std::fs::write(path(pid, "clear_refs"), "5").is_ok()
    }
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
    fn the_peak_of_a_living_process_is_seen() {
        let vitals = Vitals::of(rustix::process::getpid()).expect("we are alive");
        assert!(vitals.peak_kib >= vitals.resident_kib / 2 && vitals.resident_kib > 1000);
        assert!(vitals.descriptors.is_some_and(|count| count >= 3));
    }
}
