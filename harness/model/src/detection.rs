//! The detection matrix: each incident on each fault of the reference deployment, and on the
//! healthy one. The catalogue is proved when every incident is red on its own faults and green
//! elsewhere.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::record::Outcome;
use crate::scenario::Scenario;
use crate::verdict::Verdict;

/// The format version of the matrix.
pub const DETECTION_VERSION: u32 = 1;

/// The matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Detection {
    /// `DETECTION_VERSION`.
    pub version: u32,
    /// One row an incident, in the order of the catalogue.
    pub rows: Vec<Row>,
    /// Cells that were looked at twice. Their rows have the second result.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repeats: Vec<Repeat>,
}

/// A cell that was looked at twice, with its first result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Repeat {
    /// `family/name`.
    pub incident: String,
    /// The fault, or none for the healthy deployment.
    pub fault: Option<Fault>,
    /// The first result.
    pub first: Sight,
}

/// One incident on the healthy deployment and on faults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Row {
    /// `family/name`.
    pub incident: String,
    /// On the healthy deployment.
    pub healthy: Sight,
    /// On each fault that was tried, in the order of `Fault::ALL`.
    pub faults: Vec<FaultSight>,
}

/// One incident on one fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FaultSight {
    /// The fault.
    pub fault: Fault,
    /// What was seen.
    pub sight: Sight,
}

/// A cell, and the reason where the cell is wrong (hostile text).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sight {
    /// What it came to.
    pub cell: Cell,
    /// The reason. Empty where the cell is right.
    pub detail: String,
}

crate::words! {
    /// The result of one incident on one deployment.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    pub enum Cell {
        /// Red on its own fault: right.
        Red = "red",
        /// Red on a fault that the incident names in `implied-by`, where any verdict is right.
        ImpliedRed = "implied red",
        /// Green where the deployment has no fault for this incident: right.
        Green = "green",
        /// Green on a fault on which it must be red: the incident misses its fault.
        MissedFault = "MISSED",
        /// Red where the deployment has no fault for this incident: a false alarm.
        FalseAlarm = "FALSE ALARM",
        /// Inconclusive.
        Doubt = "doubt",
        /// Not tried, or skipped there.
        NotRun = "not run",
    }
}

/// How a deployment relates to an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// The incident's own fault.
    Own,
    /// A fault that the incident names in `implied-by`.
    Implied,
    /// Healthy, or with a fault that does not concern the incident.
    Stranger,
}

impl Cell {
    /// The cell of an incident whose trials gave `verdict`; none if there were no trials. An
    /// incident's own fault that was not looked at is a doubt.
    fn of(relation: Relation, verdict: Option<Verdict>) -> Self {
        match (relation, verdict) {
            (Relation::Implied, _) => Self::ImpliedRed,
            (_, Some(Verdict::Inconclusive)) => Self::Doubt,
            (Relation::Own, Some(Verdict::Fail)) => Self::Red,
            (Relation::Stranger, Some(Verdict::Fail)) => Self::FalseAlarm,
            (Relation::Own, Some(Verdict::Pass)) => Self::MissedFault,
            (Relation::Stranger, Some(Verdict::Pass)) => Self::Green,
            (Relation::Own, Some(Verdict::Skipped) | None) => Self::Doubt,
            (_, Some(Verdict::Skipped) | None) => Self::NotRun,
        }
    }

    /// Whether the cell is wrong, so that the catalogue or the harness needs a fix.
    pub fn is_wrong(self) -> bool {
        matches!(self, Self::MissedFault | Self::FalseAlarm | Self::Doubt)
    }
}

impl Row {
    /// How many of its faults have this cell.
    pub fn count(&self, cell: Cell) -> usize {
        self.faults.iter().filter(|fault| fault.sight.cell == cell).count()
    }
}

/// The worst of several outcomes of one incident on one deployment: a failure before a doubt before
/// a pass. The reason is that of the first outcome which decides.
fn worst<'a>(outcomes: impl Iterator<Item = &'a Outcome>) -> Option<(Verdict, String)> {
    let rank = |outcome: &&Outcome| match outcome.verdict {
        Verdict::Fail => 0,
        Verdict::Inconclusive => 1,
        Verdict::Pass => 2,
        Verdict::Skipped => 3,
    };
    outcomes
        .min_by_key(rank)
        .map(|one| (one.verdict, format!("{}, {}: {}", one.subject, one.case, one.reason)))
}

/// What `scenario` sees on a deployment. On its own fault every subject that could look must be
/// red: one that misses the fault is not hidden by another that finds it.
fn sight(scenario: &Scenario, relation: Relation, outcomes: &[Outcome]) -> Sight {
    let own = || outcomes.iter().filter(|one| one.incident == scenario.incident);
    let mut subjects: Vec<&str> = own().map(|one| one.subject.as_str()).collect();
    subjects.dedup();
    let of = |subject: &&str| {
        let subject = *subject;
        let worst = worst(own().filter(move |one| one.subject == subject));
        let verdict = worst.as_ref().map(|(verdict, _)| *verdict);
        let ran = verdict.is_some_and(|verdict| verdict != Verdict::Skipped);
        (
            ran,
            Sight {
                cell: Cell::of(relation, verdict),
                detail: worst.map(|worst| worst.1).unwrap_or_default(),
            },
        )
    };
    let sights: Vec<(bool, Sight)> = subjects.iter().map(of).collect();
    let any_ran = sights.iter().any(|(ran, _)| *ran);
    let looked = sights.into_iter().filter(|(ran, _)| *ran || !any_ran).map(|(_, sight)| sight);
    let worst = looked.max_by_key(|sight| (sight.cell.is_wrong(), std::cmp::Reverse(sight.cell)));
    let none = || Sight { cell: Cell::of(relation, None), detail: String::new() };
    let mut sight = worst.unwrap_or_else(none);
    if !sight.cell.is_wrong() {
        sight.detail.clear();
    }
    sight
}

impl Detection {
    /// The matrix of `scenarios`, from the outcomes on the healthy deployment and on each fault.
    pub fn of(
        scenarios: &[&Scenario],
        healthy: &[Outcome],
        faulty: &[(Fault, Vec<Outcome>)],
    ) -> Self {
        let row = |scenario: &&Scenario| {
            let on = |(fault, outcomes): &(Fault, Vec<Outcome>)| {
                let relation = match () {
                    () if scenario.faults.contains(fault) => Relation::Own,
                    () if scenario.implied_by.contains(fault) => Relation::Implied,
                    () => Relation::Stranger,
                };
                FaultSight { fault: *fault, sight: sight(scenario, relation, outcomes) }
            };
            Row {
                incident: scenario.incident.clone(),
                healthy: sight(scenario, Relation::Stranger, healthy),
                faults: faulty.iter().map(on).collect(),
            }
        };
        let rows = scenarios.iter().map(row).collect();
        Self { version: DETECTION_VERSION, rows, repeats: Vec::new() }
    }

    /// Every wrong cell: incident, fault (none for healthy), sight.
    pub fn wrong(&self) -> impl Iterator<Item = (&str, Option<Fault>, &Sight)> {
        self.cells().filter(|(_, _, sight)| sight.cell.is_wrong())
    }

    fn cells(&self) -> impl Iterator<Item = (&str, Option<Fault>, &Sight)> {
        self.rows.iter().flat_map(|row| {
            let faults = row.faults.iter().map(|one| (Some(one.fault), &one.sight));
            let all = std::iter::once((None, &row.healthy)).chain(faults);
            all.map(|(fault, sight)| (row.incident.as_str(), fault, sight))
        })
    }

    /// The exit code of `prove`. Wrong cells decide before doubts. An incident that is red nowhere,
    /// or was not looked at on the healthy deployment, proves nothing.
    pub fn exit_code(&self) -> u8 {
        let any = |wanted: &[Cell]| self.cells().any(|(_, _, sight)| wanted.contains(&sight.cell));
        let proved = |row: &Row| row.count(Cell::Red) > 0 && row.healthy.cell == Cell::Green;
        if any(&[Cell::MissedFault, Cell::FalseAlarm]) {
            1
        } else if any(&[Cell::Doubt]) || self.rows.is_empty() || !self.rows.iter().all(proved) {
            3
        } else {
            0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(healthy: Cell, faults: &[Cell]) -> Detection {
        let sight = |cell: Cell| Sight { cell, detail: String::new() };
        let faults = faults.iter().zip(Fault::ALL);
        let faults = faults.map(|(cell, fault)| FaultSight { fault: *fault, sight: sight(*cell) });
        let row =
            Row { incident: "a/b".to_owned(), healthy: sight(healthy), faults: faults.collect() };
        Detection { version: DETECTION_VERSION, rows: vec![row], repeats: Vec::new() }
    }

    #[test]
    fn a_cell_is_decided_by_what_should_be_seen() {
        use Relation::{Implied, Own, Stranger};
        use Verdict::{Fail, Inconclusive, Pass, Skipped};
        let table = [
            (Own, Some(Fail), Cell::Red),
            (Own, Some(Pass), Cell::MissedFault),
            (Own, Some(Skipped), Cell::Doubt),
            (Own, None, Cell::Doubt),
            (Implied, Some(Fail), Cell::ImpliedRed),
            (Implied, Some(Pass), Cell::ImpliedRed),
            (Implied, None, Cell::ImpliedRed),
            (Stranger, Some(Fail), Cell::FalseAlarm),
            (Stranger, Some(Pass), Cell::Green),
            (Stranger, Some(Skipped), Cell::NotRun),
            (Stranger, Some(Inconclusive), Cell::Doubt),
        ];
        for (relation, verdict, cell) in table {
            assert_eq!(Cell::of(relation, verdict), cell, "{relation:?} {verdict:?}");
        }
    }

    #[test]
    fn only_a_whole_proof_is_zero() {
        use Cell::{Doubt, FalseAlarm, Green, ImpliedRed, MissedFault, NotRun, Red};
        let table: &[(Cell, &[Cell], u8)] = &[
            (Green, &[Red, Green, ImpliedRed, NotRun], 0),
            (Green, &[Red, MissedFault], 1),
            (FalseAlarm, &[Red], 1),
            (Green, &[Red, FalseAlarm, Doubt], 1),
            (Green, &[Red, Doubt], 3),
            (Green, &[Green], 3),
            (NotRun, &[Red], 3),
            (Green, &[], 3),
        ];
        for (healthy, faults, code) in table {
            assert_eq!(matrix(*healthy, faults).exit_code(), *code, "{healthy:?} {faults:?}");
        }
        let nothing = Detection { rows: Vec::new(), ..matrix(Green, &[Red]) };
        assert_eq!(nothing.exit_code(), 3);
    }
}
