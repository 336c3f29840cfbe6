//! The detection matrix: each incident on each switch of the reference deployment, and on the
//! healthy one. A catalogue is proved when every switch is seen and nothing else is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::Outcome;
use crate::scenario::Scenario;
use crate::twin::Twin;
use crate::verdict::Verdict;

/// The version of the matrix's form.
pub const DETECTION_VERSION: u32 = 1;

/// The matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Detection {
    /// `DETECTION_VERSION`.
    pub version: u32,
    /// One row an incident, in the order of the catalogue.
    pub rows: Vec<Row>,
}

/// One incident on the healthy deployment and on switches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Row {
    /// `family/name`.
    pub incident: String,
    /// On the healthy deployment.
    pub healthy: Sight,
    /// On each switch that was tried, in the order of `Twin::ALL`.
    pub twins: Vec<TwinSight>,
}

/// One incident on one switch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TwinSight {
    /// The switch.
    pub twin: Twin,
    /// What was seen.
    pub sight: Sight,
}

/// A cell, and what decided it where it is not as it should be (hostile text).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sight {
    /// What it came to.
    pub cell: Cell,
    /// Why; empty where it is as it should be.
    pub detail: String,
}

/// What one incident on one deployment came to.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Cell {
    /// Red on its own twin, as it should be.
    Red,
    /// On a switch that it names in `implied-by`: whatever it says there is right.
    ImpliedRed,
    /// Green where nothing is wrong for it.
    Green,
    /// Green on a switch on which it should be red: it is blind.
    MissedTwin,
    /// Red where nothing is wrong for it.
    FalseAlarm,
    /// It could not be told.
    Doubt,
    /// Not tried, or skipped there.
    NotRun,
}

/// What a deployment is to an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The incident's own twin.
    Own,
    /// A switch that the incident names in `implied-by`.
    Implied,
    /// Healthy, or with a switch that is none of its concern.
    Stranger,
}

impl Cell {
    /// The cell of an incident whose trials there came to `verdict`; none if there were none.
    /// Its own switch, where nobody looked, is not proved, so it is a doubt.
    pub fn of(relation: Relation, verdict: Option<Verdict>) -> Self {
        match (relation, verdict) {
            (Relation::Implied, _) => Self::ImpliedRed,
            (_, Some(Verdict::Inconclusive)) => Self::Doubt,
            (Relation::Own, Some(Verdict::Fail)) => Self::Red,
            (Relation::Stranger, Some(Verdict::Fail)) => Self::FalseAlarm,
            (Relation::Own, Some(Verdict::Pass)) => Self::MissedTwin,
            (Relation::Stranger, Some(Verdict::Pass)) => Self::Green,
            (Relation::Own, Some(Verdict::Skipped) | None) => Self::Doubt,
            (_, Some(Verdict::Skipped) | None) => Self::NotRun,
        }
    }

    /// Every cell.
    pub const ALL: &[Cell] = &[
        Self::Red,
        Self::ImpliedRed,
        Self::Green,
        Self::MissedTwin,
        Self::FalseAlarm,
        Self::Doubt,
        Self::NotRun,
    ];

    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::ImpliedRed => "implied red",
            Self::Green => "green",
            Self::MissedTwin => "MISSED",
            Self::FalseAlarm => "FALSE ALARM",
            Self::Doubt => "doubt",
            Self::NotRun => "not run",
        }
    }

    /// Whether the catalogue or the harness is to be mended.
    pub fn is_wrong(self) -> bool {
        matches!(self, Self::MissedTwin | Self::FalseAlarm | Self::Doubt)
    }
}

impl Row {
    /// How many of its switches have this cell.
    pub fn count(&self, cell: Cell) -> usize {
        self.twins.iter().filter(|twin| twin.sight.cell == cell).count()
    }
}

/// What is judged worst of several outcomes of one incident on one deployment: a failure, then a
/// doubt, then a pass; and the reason of the first that decides.
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

/// The sight of `scenario` on a deployment. On its own switch each subject that could look must
/// see it: one that is blind is not hidden by another that sees.
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
    /// The matrix of `scenarios`, from the outcomes on the healthy deployment and on each switch.
    pub fn of(
        scenarios: &[&Scenario],
        healthy: &[Outcome],
        switched: &[(Twin, Vec<Outcome>)],
    ) -> Self {
        let row = |scenario: &&Scenario| {
            let on = |(twin, outcomes): &(Twin, Vec<Outcome>)| {
                let relation = match () {
                    () if scenario.twins.contains(twin) => Relation::Own,
                    () if scenario.implied_by.contains(twin) => Relation::Implied,
                    () => Relation::Stranger,
                };
                TwinSight { twin: *twin, sight: sight(scenario, relation, outcomes) }
            };
            Row {
                incident: scenario.incident.clone(),
                healthy: sight(scenario, Relation::Stranger, healthy),
                twins: switched.iter().map(on).collect(),
            }
        };
        Self { version: DETECTION_VERSION, rows: scenarios.iter().map(row).collect() }
    }

    /// Every cell that is not as it should be: incident, switch (none for healthy), sight.
    pub fn wrong(&self) -> impl Iterator<Item = (&str, Option<Twin>, &Sight)> {
        self.cells().filter(|(_, _, sight)| sight.cell.is_wrong())
    }

    fn cells(&self) -> impl Iterator<Item = (&str, Option<Twin>, &Sight)> {
        self.rows.iter().flat_map(|row| {
            let twins = row.twins.iter().map(|one| (Some(one.twin), &one.sight));
            let all = std::iter::once((None, &row.healthy)).chain(twins);
            all.map(|(twin, sight)| (row.incident.as_str(), twin, sight))
        })
    }

    /// The exit code of `prove`: wrong cells decide before doubts, and a matrix in which an
    /// incident is nowhere red, or was not looked at on the healthy deployment, proves nothing.
    pub fn exit_code(&self) -> u8 {
        let any = |wanted: &[Cell]| self.cells().any(|(_, _, sight)| wanted.contains(&sight.cell));
        let proved = |row: &Row| row.count(Cell::Red) > 0 && row.healthy.cell == Cell::Green;
        if any(&[Cell::MissedTwin, Cell::FalseAlarm]) {
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

    fn matrix(healthy: Cell, twins: &[Cell]) -> Detection {
        let sight = |cell: Cell| Sight { cell, detail: String::new() };
        let twins = twins.iter().zip(Twin::ALL);
        let twins = twins.map(|(cell, twin)| TwinSight { twin: *twin, sight: sight(*cell) });
        let row =
            Row { incident: "a/b".to_owned(), healthy: sight(healthy), twins: twins.collect() };
        Detection { version: DETECTION_VERSION, rows: vec![row] }
    }

    #[test]
    fn a_cell_is_decided_by_what_should_be_seen() {
        use Relation::{Implied, Own, Stranger};
        use Verdict::{Fail, Inconclusive, Pass, Skipped};
        let table = [
            (Own, Some(Fail), Cell::Red),
            (Own, Some(Pass), Cell::MissedTwin),
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
        use Cell::{Doubt, FalseAlarm, Green, ImpliedRed, MissedTwin, NotRun, Red};
        let table: &[(Cell, &[Cell], u8)] = &[
            (Green, &[Red, Green, ImpliedRed, NotRun], 0),
            (Green, &[Red, MissedTwin], 1),
            (FalseAlarm, &[Red], 1),
            (Green, &[Red, FalseAlarm, Doubt], 1),
            (Green, &[Red, Doubt], 3),
            (Green, &[Green], 3),
            (NotRun, &[Red], 3),
            (Green, &[], 3),
        ];
        for (healthy, twins, code) in table {
            assert_eq!(matrix(*healthy, twins).exit_code(), *code, "{healthy:?} {twins:?}");
        }
        let nothing = Detection { version: DETECTION_VERSION, rows: Vec::new() };
        assert_eq!(nothing.exit_code(), 3);
    }
}
