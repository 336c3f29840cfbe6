//! What a host is asked to hold a guest to, what it grants, and the harness's own bounds.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::static_limits::StaticLimits;

/// The limits of one guest. Units are in the names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields, default)]
pub struct Limits {
    /// Wall clock of one call, instantiation and start function included, milliseconds.
    pub deadline_ms: u64,
    /// Cap of one linear memory, pages of 64 KiB.
    pub memory_pages: u32,
    /// Cap of one table, elements.
    pub table_elements: u32,
    /// Instruction budget of one call in the runtime's own unit; none means not metered.
    pub fuel: Option<u64>,
    /// Longest output taken from a guest, bytes.
    pub output_bytes_max: u32,
    /// Most log lines kept of one call.
    pub log_lines_max: u32,
    /// Longest log line kept, bytes; the rest is cut.
    pub log_line_bytes_max: u32,
    /// Calls a second of one tenant, with a second's worth at once; none means not limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls_per_s: Option<u32>,
    /// Calls at once of one tenant; none where no limit is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls_at_once: Option<u32>,
    /// Instances at once on the whole host, of all tenants; none means not limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instances: Option<u32>,
    /// What the module may ask of a compiler; written where it is not the recommended policy.
    #[serde(rename = "static", skip_serializing_if = "StaticLimits::is_recommended")]
    pub static_limits: StaticLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deadline_ms: 50,
            memory_pages: 256,
            table_elements: 10_000,
            fuel: None,
            output_bytes_max: 1 << 20,
            log_lines_max: 256,
            log_line_bytes_max: 4096,
            calls_per_s: None,
            calls_at_once: None,
            instances: None,
            static_limits: StaticLimits::recommended(),
        }
    }
}

impl Limits {
    /// The memory cap in bytes.
    pub fn memory_bytes(&self) -> u64 {
        u64::from(self.memory_pages) * 65_536
    }
}

/// What a guest is given beside its memory and the log. Nothing by default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Grants {
    /// Environment variables, exactly these.
    pub env: BTreeMap<String, String>,
    /// Arguments, exactly these.
    pub args: Vec<String>,
    /// A read-only preopened folder `/data` that holds `hello.txt`, and whose parent holds a
    /// canary that nobody may read.
    pub files: bool,
    /// The real wall and monotonic clock; otherwise a fixed virtual one.
    pub clock: bool,
    /// Real randomness; otherwise a fixed virtual stream.
    pub random: bool,
}

/// Longest error text kept of a guest, bytes.
pub const ERROR_TEXT_BYTES_MAX: usize = 1024;
