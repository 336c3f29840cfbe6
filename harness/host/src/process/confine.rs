//! The resource limits of a process that runs hostile code.

use rustix::process::{Pid, Resource, Rlimit, Signal};

/// Resource limits of a process, set by itself or from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confinement {
    /// Address space; none for no limit. A stock wasmtime reserves 4 GiB and a guard for one
    /// memory, and Node 10 GB for each, of which only the touched part is used. So addresses are
    /// limited only where the reservations are known.
    pub address_space_bytes: Option<u64>,
    /// Private writable memory (`RLIMIT_DATA`, since Linux 4.7 for mappings too). A `PROT_NONE`
    /// reservation counts from the moment that it becomes writable. A stock wasmtime with one
    /// memory counts 45 MB here and 4.7 GB as addresses. An unlimited table (16 GiB) fails early.
    pub data_bytes: u64,
    /// CPU seconds of all threads: more than a noisy neighbour needs, less than a night.
    pub cpu_s: u64,
    /// Open descriptors. A guest that opens files forever fails here and not in the parent.
    pub descriptors: u64,
    /// Longest file: nothing that a guest may write is longer.
    pub file_bytes: u64,
}

impl Default for Confinement {
    fn default() -> Self {
        Self {
            address_space_bytes: None,
            data_bytes: 4 << 30,
            cpu_s: 600,
            descriptors: 256,
            file_bytes: 64 << 20,
        }
    }
}

/// A limit could not be set, so nothing hostile may run.
#[derive(Debug, thiserror::Error)]
pub enum Unconfined {
    /// The kernel refused a limit.
    #[error("the limit {0} could not be set: {1}")]
    Limit(&'static str, rustix::io::Errno),
    /// The kernel refused the death signal.
    #[error("the death signal could not be set: {0}")]
    DeathSignal(rustix::io::Errno),
}

impl Confinement {
    /// The limits for runtimes in our workers, which reserve little. 4 GiB of addresses are enough
    /// for wasmtime with its small reservations, 64 stacks of 16 MiB and one memory of 256 pages a
    /// call. They also bound shared memory, which does not count as data.
    pub fn embedded() -> Self {
        Self { address_space_bytes: Some(4 << 30), ..Self::default() }
    }

    /// The limits for guests that can exhaust a machine: half of the memory, and a minute for each.
    pub fn heavy() -> Self {
        Self { data_bytes: 2 << 30, cpu_s: 60, ..Self::default() }
    }

    /// Each limit in words, with what holds where it alone is lifted.
    pub fn each_lifted(&self) -> Vec<(String, Self)> {
        let all = Self::lifted();
        let mib = |bytes: u64| format!("{} MiB", bytes >> 20);
        let address_space = self.address_space_bytes.map(|bytes| {
            let without = Self { address_space_bytes: None, ..*self };
            (format!("RLIMIT_AS of {}", mib(bytes)), without)
        });
        let others = [
            (
                format!("RLIMIT_DATA of {} (`memory-mib`)", mib(self.data_bytes)),
                Self { data_bytes: all.data_bytes, ..*self },
            ),
            (
                format!("RLIMIT_CPU of {} s (`processor-s`)", self.cpu_s),
                Self { cpu_s: all.cpu_s, ..*self },
            ),
            (
                format!("RLIMIT_NOFILE of {}", self.descriptors),
                Self { descriptors: all.descriptors, ..*self },
            ),
            (
                format!("RLIMIT_FSIZE of {}", mib(self.file_bytes)),
                Self { file_bytes: all.file_bytes, ..*self },
            ),
        ];
        address_space.into_iter().chain(others).collect()
    }

    /// No limits except those of this process: shows whether a limit is what stops an adapter of
    /// the user.
    pub fn lifted() -> Self {
        let (data_bytes, cpu_s, descriptors) = (u64::MAX, u64::MAX, u64::MAX);
        Self { address_space_bytes: None, data_bytes, cpu_s, descriptors, file_bytes: u64::MAX }
    }

    /// Set the limits on this process, and make it end with the thread that started it.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn apply_to_self(&self) -> Result<(), Unconfined> {
        rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
            .map_err(Unconfined::DeathSignal)?;
        self.apply(None)
    }

    /// Set the limits on a child that does not set its own. A child that has ended needs none.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn apply_to(&self, pid: Pid) -> Result<(), Unconfined> {
        match self.apply(Some(pid)) {
            Err(Unconfined::Limit(_, rustix::io::Errno::SRCH)) => Ok(()),
            applied => applied,
        }
    }

    fn apply(&self, pid: Option<Pid>) -> Result<(), Unconfined> {
        let limits = [
            ("RLIMIT_AS", Resource::As, self.address_space_bytes),
            ("RLIMIT_DATA", Resource::Data, Some(self.data_bytes)),
            ("RLIMIT_CPU", Resource::Cpu, Some(self.cpu_s)),
            ("RLIMIT_NOFILE", Resource::Nofile, Some(self.descriptors)),
            ("RLIMIT_FSIZE", Resource::Fsize, Some(self.file_bytes)),
            ("RLIMIT_CORE", Resource::Core, Some(0)),
        ];
        for (name, resource, wanted) in limits {
            let Some(wanted) = wanted else { continue };
            // The soft limit sends SIGXCPU, which names the reason; the hard limit sends SIGKILL.
            let reserve = if resource == Resource::Cpu { CPU_RESERVE_S } else { 0 };
            set(pid, resource, wanted, wanted.saturating_add(reserve))
                .map_err(|errno| Unconfined::Limit(name, errno))?;
        }
        Ok(())
    }
}

/// Seconds from the signal that names the CPU limit to the signal that cannot be ignored.
const CPU_RESERVE_S: u64 = 5;

/// Lower the soft and the hard limit. A limit that is already lower stays.
fn set(pid: Option<Pid>, resource: Resource, soft: u64, hard: u64) -> rustix::io::Result<()> {
    let bound = rustix::process::getrlimit(resource).maximum.unwrap_or(u64::MAX);
    let limit = Rlimit { current: Some(soft.min(bound)), maximum: Some(hard.min(bound)) };
    rustix::process::prlimit(pid, resource, limit).map(drop)
}
