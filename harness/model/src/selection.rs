//! The part of a catalogue that is run: incidents by name, one shard of several, the fault of a
//! proof.

use crate::fault::Fault;
use crate::scenario::Scenario;

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
    /// In a proof, scenarios about other faults run on one host only.
    pub about: Option<About>,
}

/// The fault of a proof. All hosts have the same faults, so a scenario about another fault runs on
/// one host only, and the host changes from fault to fault. This takes a third of the time, and
/// over all faults every scenario runs on every host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// The fault that is on.
    pub fault: Fault,
    /// Which host, counted round.
    pub turn: usize,
    /// Every how many cases one is run, for scenarios that do not name the fault. The turn moves
    /// from fault to fault. 1 means all cases.
    pub sample: usize,
}

impl About {
    pub(crate) fn takes(self, scenario: &Scenario, host: usize, hosts: usize) -> bool {
        scenario.faults.contains(&self.fault) || self.turn % hosts.max(1) == host
    }

    /// Whether it is the turn of the case with this index among so many.
    pub(crate) fn has_turn(
        self,
        scenario: &Scenario,
        index: usize,
        cases: usize,
        hosts: usize,
    ) -> bool {
        let named =
            scenario.faults.iter().chain(&scenario.implied_by).any(|one| *one == self.fault);
        let every = self.sample.clamp(1, cases.max(1));
        named || index % every == self.turn / hosts.max(1) % every
    }
}

impl Selection {
    /// Whether a selected scenario visits a page with a browser.
    pub fn visits(&self, scenarios: &[Scenario]) -> bool {
        scenarios.iter().any(|one| self.takes(&one.incident) && one.visits())
    }

    /// Whether an incident is selected.
    pub fn takes(&self, incident: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|prefix| matches_prefix(incident, prefix))
    }
}

/// `delivery`, `delivery/` and `delivery/mime-type` match as ids; a prefix of a word matches too.
fn matches_prefix(incident: &str, prefix: &str) -> bool {
    incident.starts_with(prefix)
}
