//! What of a catalogue is replayed: incidents by name, one shard of several, what a proof is about.

use crate::scenario::Scenario;
use crate::twin::Twin;

/// Which part of several: shard `index` of `count`, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// From 1 to `count`.
    pub index: usize,
    /// How many there are.
    pub count: usize,
}

/// What to leave out of a catalogue.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Incident ids or prefixes of them; empty selects all.
    pub only: Vec<String>,
    /// The part to run.
    pub shard: Option<Shard>,
    /// Whether guests are tried that can exhaust a machine.
    pub heavy: bool,
    /// For a proof: scenarios that are not about this switch run on one host alone.
    pub about: Option<About>,
}

/// A switch that a proof is about. Hosts carry their switches alike, so a scenario that is about
/// another switch is tried on one of them, which changes from switch to switch: a third of the
/// time, and over all switches every scenario is tried on every host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// The switch that is on.
    pub twin: Twin,
    /// Which of the hosts, counted round.
    pub turn: usize,
    /// Of a scenario that names the switch nowhere, each host is tried with every so many-th case
    /// alone, others from turn to turn; 1 for all.
    pub sample: usize,
}

impl About {
    pub(crate) fn takes(self, scenario: &Scenario, host: usize, hosts: usize) -> bool {
        scenario.twins.contains(&self.twin) || self.turn % hosts.max(1) == host
    }

    /// Whether it is the turn of the case with this index among so many.
    pub(crate) fn has_turn(
        self,
        scenario: &Scenario,
        index: usize,
        cases: usize,
        hosts: usize,
    ) -> bool {
        let named = scenario.twins.iter().chain(&scenario.implied_by).any(|one| *one == self.twin);
        let every = self.sample.clamp(1, cases.max(1));
        named || index % every == self.turn / hosts.max(1) % every
    }
}

impl Selection {
    /// Whether an incident is selected.
    pub fn takes(&self, incident: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|prefix| matches_prefix(incident, prefix))
    }
}

/// `delivery`, `delivery/` and `delivery/mime-type` match as ids; a prefix of a word matches too.
fn matches_prefix(incident: &str, prefix: &str) -> bool {
    incident.starts_with(prefix)
}
