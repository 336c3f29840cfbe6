//! What a host's process used, seen from outside.

/// What was seen of the host's process since `Port::watch`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct ResourceUsage {
    /// Peak memory past the size at the beginning, MiB; none where it cannot be seen.
    pub(crate) peak_mib: Option<f64>,
    /// What stands beside the peak; none where the process cannot be seen, or is gone.
    pub(crate) settled: Option<Settled>,
    /// How often the process was looked at from outside while calls ran.
    pub(crate) looks: u64,
    /// Whether the same process still answers; none where that cannot be told.
    pub(crate) alive: Option<bool>,
}

/// The host's process after the calls of a step, compared with before.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Settled {
    /// Memory that stayed, MiB; less than zero where it has shrunk.
    pub(crate) memory_mib: f64,
    /// Threads more.
    pub(crate) threads: i64,
    /// Open descriptors more; none if they may not be counted.
    pub(crate) descriptors: Option<i64>,
    /// Processor time used, milliseconds.
    pub(crate) processor_ms: i64,
}
