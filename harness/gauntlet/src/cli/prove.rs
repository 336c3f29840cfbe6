//! `gauntlet prove`: every scenario on the healthy deployment and on every twin.

mod again;

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use wasm_gauntlet_model::detection::Detection;
use wasm_gauntlet_model::record::{Outcome, Record};
use wasm_gauntlet_model::selection::{About, Selection};
use wasm_gauntlet_model::target::NOISE_FACTOR_USUAL;
use wasm_gauntlet_model::twin::Twin;
use wasm_gauntlet_model::verdict::Severity;

use super::args::ProveArgs;
use super::deployment::{self, Deployment};
use super::exit::{Exit, Failure};
use super::folder::Folder;
use super::replay::{Replay, SEED_USUAL};
use super::{catalogue, interrupt, machine, selection, subjects};
use crate::render::matrix;

/// `gauntlet prove`.
pub(super) fn prove(args: &ProveArgs) -> Result<Exit, Failure> {
    let (dir, only) = (args.catalogue.scenarios.as_deref(), &args.catalogue.only);
    let scenarios = catalogue::scenarios(dir, only)?;
    let selection = selection::select(&args.catalogue.only, None, &scenarios)?;
    let folder = args.out.as_deref().map(Folder::make).transpose()?;
    let replay = Replay {
        scenarios: &scenarios,
        selection: &selection,
        jobs: args.jobs,
        seed: args.seed.unwrap_or(SEED_USUAL),
        gate: Severity::Note,
        noise_factor: NOISE_FACTOR_USUAL,
        named: false,
        known: None,
    };
    // Kept from switch to switch, with what they said.
    let _references = subjects::references()?;
    let mut healthy = on(&replay, None, folder.as_ref())?;
    let selected = scenarios.iter().filter(|one| selection.takes(&one.incident));
    let named: Vec<Twin> =
        selected.clone().flat_map(|one| one.twins.iter().chain(&one.implied_by)).copied().collect();
    let twins: Vec<Twin> = Twin::ALL.iter().copied().filter(|twin| named.contains(twin)).collect();
    let sample = args.sample.map_or(1, NonZeroUsize::get);
    let mut switched = side_by_side(&replay, &twins, sample, |replay, twin| {
        let mut outcomes = on(replay, Some(twin), folder.as_ref())?;
        let unswitched = |one: &&Outcome| !deployment::carries(&one.subject, twin);
        outcomes.extend(healthy.iter().filter(unswitched).cloned());
        Ok(outcomes)
    })?;
    let selected: Vec<_> = selected.collect();
    let first = Detection::of(&selected, &healthy, &switched);
    again::look(&first, &mut healthy, &mut switched, |incident, twin| {
        let turn = twins.iter().position(|one| Some(*one) == twin).unwrap_or_default();
        let about = twin.map(|twin| About { twin, turn, sample: 1 });
        let only = vec![incident.to_owned()];
        let selection = Selection { about, only, ..selection.clone() };
        let jobs = Some(NonZeroUsize::MIN);
        on(&Replay { selection: &selection, jobs, ..replay }, twin, folder.as_ref())
    })?;
    let detection = Detection::of(&selected, &healthy, &switched);
    if let Some(folder) = &folder {
        folder.write("detection.md", &matrix::markdown(&detection))?;
        folder.write("detection.json", &matrix::json(&detection))?;
    }
    super::print(&matrix::text(&detection))?;
    Ok(Exit::of(detection.exit_code()))
}

/// Switches that are tried side by side, each on a deployment of its own: while one waits for a
/// guest that hangs or for its host's next turn, the other computes. Whoever measures time has the
/// process to himself all the same (`engine`).
const SIDE_BY_SIDE: usize = 2;

/// What `tried` gives for each of the switches, in their order; as many trials at once as if they
/// were tried one after another.
fn side_by_side(
    replay: &Replay,
    twins: &[Twin],
    sample: usize,
    tried: impl Fn(&Replay, Twin) -> Result<Vec<Outcome>, Failure> + Sync,
) -> Result<Vec<(Twin, Vec<Outcome>)>, Failure> {
    let jobs = replay.jobs.map_or_else(machine::jobs, NonZeroUsize::get);
    let threads = SIDE_BY_SIDE.min(jobs);
    let share = NonZeroUsize::new(jobs / threads);
    let (next, given_up) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = || {
        let mut seen = Vec::new();
        while !given_up.load(Ordering::Relaxed) {
            let turn = next.fetch_add(1, Ordering::Relaxed);
            let Some(&twin) = twins.get(turn) else { break };
            let about = Some(About { twin, turn, sample });
            let selection = Selection { about, ..replay.selection.clone() };
            let replay = Replay { selection: &selection, jobs: share, ..*replay };
            let outcomes = tried(&replay, twin);
            given_up.fetch_or(outcomes.is_err(), Ordering::Relaxed);
            seen.push(outcomes.map(|outcomes| (turn, twin, outcomes)));
        }
        seen
    };
    let seen: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    let mut switched = Vec::new();
    for thread in seen {
        let lost = |_| Failure::harness("a thread of the proof ended early");
        switched.extend(thread.map_err(lost)?.into_iter().collect::<Result<Vec<_>, _>>()?);
    }
    switched.sort_by_key(|(turn, ..)| *turn);
    Ok(switched.into_iter().map(|(_, twin, outcomes)| (twin, outcomes)).collect())
}

/// The outcomes on the deployment with one switch on, or on the healthy one. Site, build
/// and plugin host share nothing, so only the part that carries the switch is looked at again;
/// what was seen of the others on the healthy deployment stands.
fn on(
    replay: &Replay,
    twin: Option<Twin>,
    folder: Option<&Folder>,
) -> Result<Vec<Outcome>, Failure> {
    super::say(&format!("on {}\n", twin.map_or("the healthy deployment", Twin::word)));
    let faults: Vec<Twin> = twin.into_iter().collect();
    let deployment = Deployment::start(&faults, None)?;
    let mut subjects = deployment.subjects()?;
    subjects.retain(|one| twin.is_none_or(|twin| deployment::carries(one.name(), twin)));
    let Record { mut outcomes, aborted, .. } = replay.run(subjects, folder)?;
    // What a runtime is known to do wrong without any switch says nothing of a switch.
    outcomes.retain(|outcome| outcome.gap.is_none());
    match aborted {
        Some(why) if interrupt::stop()?.load(Ordering::Relaxed) => Err(Failure::inconclusive(why)),
        Some(why) => Err(Failure::harness(why)),
        None => Ok(outcomes),
    }
}

#[cfg(test)]
#[path = "prove/sample_tests.rs"]
mod sample_tests;
