//! What can be asked of a host beside single calls: its registry, its limits, its counters.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::limits::Limits;
use crate::observation::Field;
use crate::observation::{Audit, Fill, Flood, Registration, Rollback, Starts};

/// One such task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Control {
    /// Id of the guest in `hostile-guests`.
    pub guest: String,
    /// Parameters of the guest's text, `name=value`.
    pub guest_params: Vec<(String, String)>,
    /// Id of a second guest, where the task has one; empty otherwise.
    pub other: String,
    /// A tenant of the case's own.
    pub tenant: String,
    /// The limits that the host is to hold the guests to.
    pub limits: Limits,
    /// What to do.
    pub task: Task,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Task {
    /// Send one kind of registry request: upload, activate or call.
    Registry {
        /// Which of these.
        verb: Verb,
        /// How the module's digest is written.
        named: Naming,
        /// How many requests, all at once.
        times: u32,
    },
    /// Switch the active module to and fro between `guest` and `other` while both are called.
    Rollback {
        /// How often.
        switches: u32,
        /// Callers, each a tenant with one call in flight.
        callers: u32,
    },
    /// One tenant makes more calls than its limit allows, while another tenant stays within it.
    Flood {
        /// Calls that the flooding tenant keeps in flight.
        callers: u32,
    },
    /// Start twice as many instances at once as the host says it takes.
    Fill,
    /// Read the counters, call, read them again.
    Audit {
        /// Calls in between.
        times: u32,
    },
    /// Start a module that was never seen, then call it again.
    Start {
        /// How many modules.
        times: u32,
    },
}

impl Task {
    /// The fields that the observation of this task can have.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Registry { .. } => Registration::FIELDS,
            Self::Rollback { .. } => Rollback::FIELDS,
            Self::Flood { .. } => Flood::FIELDS,
            Self::Fill => Fill::FIELDS,
            Self::Audit { .. } => Audit::FIELDS,
            Self::Start { .. } => Starts::FIELDS,
        }
    }
}

/// What is asked of a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Verb {
    /// Take the module.
    Upload,
    /// Make it the active one.
    Activate,
    /// Call it by its digest; it is not uploaded before.
    Call,
    /// Call whatever is active.
    Run,
}

crate::words! {
    /// How the digest of a module is written.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    pub enum Naming {
        /// As it is: SHA-256 in lower-case hex.
        #[default]
        Own = "own",
        /// As the digest of other bytes.
        Other = "other",
        /// In upper case.
        UpperCase = "upper-case",
        /// Its first twelve digits.
        Prefix = "prefix",
    }
}
