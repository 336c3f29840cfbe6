//! One call of a guest, as the host sees it: its start and its end.

use std::time::Instant;

use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::limits::{Grants, Limits};

use crate::faults::HostFaults;
use crate::guest_abi::end::{CallEnd, GuestError};
use crate::guest_abi::fixture::Fixture;
use crate::guest_abi::growth::{Caps, Growth};
use crate::guest_abi::log::SharedLog;

/// One call, as a runtime needs to know it.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The input.
    pub input: &'a [u8],
    /// The limits that the module was loaded with.
    pub limits: &'a Limits,
    /// The caps in force.
    pub caps: Caps,
    /// What the guest is given.
    pub grants: &'a Grants,
    /// The folder that the guest is given.
    pub(crate) fixture: Option<&'a Fixture>,
    /// The faults of the host.
    pub faults: &'a HostFaults,
    /// Where the guest's lines go.
    pub(crate) log: &'a SharedLog,
    /// When the host stops the guest; none where a fault lets it run.
    pub deadline: Option<Instant>,
}

impl Call<'_> {
    /// The deadline during instantiation. A correct host has one.
    pub(crate) fn deadline_on_start(&self) -> Option<Instant> {
        self.deadline.filter(|_| !self.faults.has(Fault::DeadlineNotOnStart))
    }

    /// The deadline of a wait in a host function.
    pub(crate) fn deadline_of_waits(&self) -> Option<Instant> {
        self.deadline.filter(|_| !self.faults.has(Fault::BlockingPoll))
    }

    /// How often a reactor is initialised: once in a correct host.
    pub(crate) fn initialisations(&self) -> usize {
        if self.faults.has(Fault::RerunStart) { 2 } else { 1 }
    }
}

/// The result of a call.
#[derive(Debug)]
pub struct Ended {
    /// How.
    pub(crate) end: CallEnd,
    /// What the guest said through `env.error`.
    pub said: Option<GuestError>,
    /// Its growth, granted and denied.
    pub growth: Growth,
    /// Fuel used, where it was asked for.
    pub fuel_used: Option<u64>,
}

impl Ended {
    /// The host failed before there was an instance.
    pub fn fault(caps: Caps, detail: &str) -> Self {
        let end = CallEnd::HostFault(detail.to_owned());
        Self { end, said: None, growth: Growth::new(caps), fuel_used: None }
    }
}
