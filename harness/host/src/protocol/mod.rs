//! The adapter protocol: newline-delimited JSON over a child's stdin and stdout.
//!
//! `PROTOCOL.md` next to this file is for authors of adapters. This module holds only messages and
//! bounds: it starts no process, owns no thread and reads no clock.

mod answer;
mod base64_bytes;
mod line;
mod outcome;
mod request;

pub use answer::{Hello, Reply, ReplyLine, Stats, WrittenCall};
pub(crate) use line::skip_line;
pub use line::{LineRead, read_line};
pub use outcome::{Parts, Unreadable};
pub use request::{Ask, RequestLine};

/// The protocol version. An adapter with another version is not used.
pub const VERSION: u32 = 1;

/// Longest line to an adapter: a 16 MiB module is 22 MiB in base64, and the longest guest of the
/// heavy tier, of 100 MB, is 128 MiB.
pub(crate) const REQUEST_LINE_BYTES_MAX: usize = 160 << 20;

/// Longest line from an adapter. The largest honest output (1 MiB) and log (256 lines of 4 KiB),
/// with every byte escaped, are shorter. A longer line is hostile or broken.
pub const ANSWER_LINE_BYTES_MAX: usize = 8 << 20;

/// Longest output in an answer. Its base64 leaves 1 MiB of the line for the rest.
pub(crate) const ANSWER_OUTPUT_BYTES_MAX: usize = 5 << 20;

/// Most log lines kept of one answer. A host that was told 256 and sends this many is noticed.
pub const LOG_LINES_MAX: usize = 1024;

/// Words that an adapter may list under `features` in its `hello`.
pub mod feature {
    /// WASI preview 1 is offered.
    pub const WASI: &str = "wasi";
    /// Instructions are metered when `limits.fuel` is set.
    pub const FUEL: &str = "fuel";
    /// The log lines of a guest are handed on.
    pub const LOG: &str = "log";
    /// Tenants are told apart, and each has a limit of calls in flight.
    pub const TENANTS: &str = "tenants";
    /// A tenant makes at most `limits.calls_per_s` calls a second.
    pub const RATE: &str = "rate";
    /// There are at most `limits.instances` instances at once.
    pub const CAPACITY: &str = "capacity";
    /// Over HTTP: modules are kept by digest, and one of them is active.
    pub const REGISTRY: &str = "registry";
    /// Over HTTP: calls are counted, and `GET /metrics` says how many.
    pub const METRICS: &str = "metrics";
    /// `limits` of a load are held to.
    pub const LIMITS: &str = "limits";
    /// `grants` of a load are given, and nothing else.
    pub const GRANTS: &str = "grants";
}
