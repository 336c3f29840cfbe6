//! A second look at what a busy machine may have turned red. An incident that was red or in doubt,
//! and should be green, is replayed once more and alone.
//!
//! It works only in that direction: a scenario that missed its own fault is not tried again.

use wasm_gauntlet_model::detection::{Cell, Detection, Repeat};
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::record::Outcome;
use wasm_gauntlet_model::source::printable;

use crate::cli::exit::Failure;

/// Most cells that are tried again. More of them are no accident, and a fault of the catalogue or
/// of the machine is better reported at once.
const AGAIN_MAX: usize = 6;

/// What was seen on each fault.
pub(super) type FaultOutcomes = Vec<(Fault, Vec<Outcome>)>;

/// The cells to try again, each with its first result.
pub(super) fn doubtful(detection: &Detection) -> Vec<Repeat> {
    let unsure = |cell: Cell| matches!(cell, Cell::FalseAlarm | Cell::Doubt);
    let cells: Vec<_> = detection.wrong().collect();
    if cells.len() > AGAIN_MAX {
        return Vec::new();
    }
    let again = cells.into_iter().filter(|(_, _, sight)| unsure(sight.cell));
    again
        .map(|(incident, fault, sight)| Repeat {
            incident: incident.to_owned(),
            fault,
            first: sight.clone(),
        })
        .collect()
}

/// Replay each doubtful cell by `tried`, and replace what was seen first. The first result is
/// printed and returned.
pub(super) fn look(
    detection: &Detection,
    healthy: &mut Vec<Outcome>,
    faulty: &mut FaultOutcomes,
    tried: impl Fn(&str, Option<Fault>) -> Result<Vec<Outcome>, Failure>,
) -> Result<Vec<Repeat>, Failure> {
    let repeats = doubtful(detection);
    for Repeat { incident, fault, first } in &repeats {
        let on = fault.map_or("the healthy deployment", Fault::word);
        crate::cli::say(&format!(
            "running {incident} on {on} again, alone: {}: {}
",
            first.cell.word(),
            printable(&first.detail)
        ));
        let seen = tried(incident, *fault)?;
        let kept = match fault {
            None => Some(&mut *healthy),
            Some(fault) => faulty.iter_mut().find(|one| one.0 == *fault).map(|one| &mut one.1),
        };
        if let Some(kept) = kept {
            replace(kept, incident, seen);
        }
    }
    Ok(repeats)
}

/// Replace the outcomes of the same subjects in `incident` with `seen`.
fn replace(kept: &mut Vec<Outcome>, incident: &str, seen: Vec<Outcome>) {
    let seen: Vec<Outcome> = seen.into_iter().filter(|one| one.incident == incident).collect();
    let again = |one: &Outcome| seen.iter().any(|new| new.subject == one.subject);
    kept.retain(|one| one.incident != incident || !again(one));
    kept.extend(seen);
}

#[cfg(test)]
mod tests {
    use wasm_gauntlet_model::detection::{DETECTION_VERSION, FaultSight, Row, Sight};
    use wasm_gauntlet_model::verdict::{Severity, Verdict};

    use super::*;

    const ON: Fault = Fault::NoVary;

    fn matrix(healthy: &[Cell], faulty: Cell) -> Detection {
        let sight = |cell: Cell| Sight { cell, detail: String::new() };
        let rows = healthy.iter().enumerate().map(|(at, cell)| Row {
            incident: format!("a/{at}"),
            healthy: sight(*cell),
            faults: vec![FaultSight { fault: ON, sight: sight(faulty) }],
        });
        Detection { version: DETECTION_VERSION, rows: rows.collect(), repeats: Vec::new() }
    }

    fn outcome(incident: &str, subject: &str, verdict: Verdict) -> Outcome {
        Outcome { verdict, ..Outcome::unknown(incident, "-", subject, Severity::Major) }
    }

    #[test]
    fn what_was_red_or_in_doubt_is_looked_at_again_and_what_was_blind_is_not() {
        use Cell::{Doubt, FalseAlarm, Green, MissedFault, Red};
        let cells = |healthy, faulty| doubtful(&matrix(&[healthy], faulty)).len();
        assert_eq!(cells(Green, Red), 0);
        assert_eq!(cells(Green, MissedFault), 0);
        assert_eq!((cells(FalseAlarm, Red), cells(Green, Doubt)), (1, 1));
        assert_eq!(cells(Doubt, FalseAlarm), 2);
        assert_eq!(doubtful(&matrix(&[FalseAlarm; AGAIN_MAX + 1], Red)), []);
    }

    #[test]
    fn the_second_look_takes_the_place_of_the_first_of_the_same_subject_alone() {
        let seen = |at, verdict| outcome("a/0", at, verdict);
        let mut healthy = vec![seen("x", Verdict::Pass)];
        let others = [seen("y", Verdict::Pass), outcome("a/1", "x", Verdict::Pass)];
        let mut first = others.to_vec();
        first.push(seen("x", Verdict::Fail));
        let mut faulty = vec![(ON, first)];
        let detection = matrix(&[Cell::Green], Cell::FalseAlarm);
        let tried = |incident: &str, fault| {
            assert_eq!((incident, fault), ("a/0", Some(ON)));
            Ok(vec![seen("x", Verdict::Pass), outcome("a/00", "x", Verdict::Fail)])
        };
        let repeats = look(&detection, &mut healthy, &mut faulty, tried).expect("it is looked");
        let [repeat] = &repeats[..] else { panic!("{repeats:?}") };
        assert_eq!((repeat.fault, repeat.first.cell), (Some(ON), Cell::FalseAlarm));
        let mut now = others.to_vec();
        now.push(seen("x", Verdict::Pass));
        assert_eq!(faulty, [(ON, now)]);
        assert_eq!(healthy, [seen("x", Verdict::Pass)]);
    }
}
