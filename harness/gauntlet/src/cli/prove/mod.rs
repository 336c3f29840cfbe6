//! `gauntlet prove`: every scenario on the healthy deployment and on every fault.

mod again;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use wasm_gauntlet_model::detection::Detection;
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::profile::SubjectKind;
use wasm_gauntlet_model::record::{Outcome, Record, SubjectRecord};
use wasm_gauntlet_model::selection::{About, Selection};
use wasm_gauntlet_model::target::NOISE_FACTOR_USUAL;
use wasm_gauntlet_model::verdict::Severity;

use self::again::FaultOutcomes;
use super::args::ProveArgs;
use super::browser::{Witnesses, visits_at_once};
use super::deployment::{Deployment, kind_with};
use super::exit::{Exit, Failure};
use super::folder::Folder;
use super::replay::Replay;
use super::{catalogue, interrupt, machine, selection, subjects};
use crate::engine::SEED_USUAL;
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
        visits: visits_at_once(args.jobs),
        seed: args.seed.unwrap_or(SEED_USUAL),
        gate: Severity::Note,
        noise_factor: NOISE_FACTOR_USUAL,
        named: false,
        known: None,
    };
    // Kept from fault to fault, with their remembered answers.
    let _references = subjects::references()?;
    let witnesses = Witnesses::of(&args.browser, selection.visits(&scenarios))?;
    let OnFault { outcomes: mut healthy, kinds } = on(&replay, None, folder.as_ref(), &witnesses)?;
    let selected = scenarios.iter().filter(|one| selection.takes(&one.incident));
    let named: Vec<Fault> = selected
        .clone()
        .flat_map(|one| one.faults.iter().chain(&one.implied_by))
        .copied()
        .collect();
    let faults: Vec<Fault> =
        Fault::ALL.iter().copied().filter(|fault| named.contains(fault)).collect();
    let sample = args.sample.map_or(1, NonZeroUsize::get);
    let mut faulty = side_by_side(&replay, &faults, sample, |replay, fault| {
        let turn = faults.iter().position(|one| *one == fault).unwrap_or_default();
        // Where any verdict is right, a browser proves nothing. In a sample it looks at the faults
        // that its scenarios must find, and at some of the others.
        let looks = turn % sample == 0 || is_of_browsers(replay, fault);
        let witnesses = if looks { witnesses.clone() } else { Witnesses::none() };
        let mut outcomes = on(replay, Some(fault), folder.as_ref(), &witnesses)?.outcomes;
        // A browser looks at sites and builds. A healthy build says nothing of a page of the site
        // that nobody visited.
        let on_page = kind_with(fault) != SubjectKind::Host;
        let is_visit = |one: &Outcome| {
            scenarios.iter().any(|own| own.incident == one.incident && own.visits())
        };
        let has_no_fault = |one: &&Outcome| {
            kinds.get(&one.subject) != Some(&kind_with(fault)) && !(on_page && is_visit(one))
        };
        outcomes.extend(healthy.iter().filter(has_no_fault).cloned());
        Ok(outcomes)
    })?;
    let selected: Vec<_> = selected.collect();
    let first = Detection::of(&selected, &healthy, &faulty);
    let repeats = again::look(&first, &mut healthy, &mut faulty, |incident, fault| {
        let turn = faults.iter().position(|one| Some(*one) == fault).unwrap_or_default();
        let about = fault.map(|fault| About { fault, turn, sample: 1 });
        let only = vec![incident.to_owned()];
        let selection = Selection { about, only, ..selection.clone() };
        let jobs = Some(NonZeroUsize::MIN);
        let replay = Replay { selection: &selection, jobs, visits: 1, ..replay };
        on(&replay, fault, folder.as_ref(), &witnesses).map(|seen| seen.outcomes)
    })?;
    let detection = Detection { repeats, ..Detection::of(&selected, &healthy, &faulty) };
    if let Some(folder) = &folder {
        folder.write("detection.md", &matrix::markdown(&detection))?;
        folder.write("detection.json", &matrix::json(&detection))?;
    }
    super::print(&matrix::text(&detection))?;
    Ok(Exit::of(detection.exit_code()))
}

/// Whether a scenario for browsers must find the fault.
fn is_of_browsers(replay: &Replay, fault: Fault) -> bool {
    let mut visiting = replay.scenarios.iter().filter(|one| one.visits());
    visiting.any(|one| one.faults.contains(&fault))
}

/// Faults that are tried side by side, each on a deployment of its own. While one waits for a guest
/// that hangs, or for its host to be free, the other computes. Trials that measure time still run
/// alone (`engine`).
const SIDE_BY_SIDE: usize = 2;

/// The result of `tried` for each fault, in the order of the faults. As many trials run at once as
/// if the faults were tried one after another.
fn side_by_side(
    replay: &Replay,
    faults: &[Fault],
    sample: usize,
    tried: impl Fn(&Replay, Fault) -> Result<Vec<Outcome>, Failure> + Sync,
) -> Result<FaultOutcomes, Failure> {
    let jobs = replay.jobs.map_or_else(machine::jobs, NonZeroUsize::get);
    let threads = SIDE_BY_SIDE.min(jobs);
    let share = NonZeroUsize::new(jobs / threads);
    let (next, given_up) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = || {
        let mut seen = Vec::new();
        while !given_up.load(Ordering::Relaxed) {
            let turn = next.fetch_add(1, Ordering::Relaxed);
            let Some(&fault) = faults.get(turn) else { break };
            let about = Some(About { fault, turn, sample });
            let selection = Selection { about, ..replay.selection.clone() };
            let replay = Replay { selection: &selection, jobs: share, ..*replay };
            let outcomes = tried(&replay, fault);
            given_up.fetch_or(outcomes.is_err(), Ordering::Relaxed);
            seen.push(outcomes.map(|outcomes| (turn, fault, outcomes)));
        }
        seen
    };
    let seen: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    let mut faulty = Vec::new();
    for thread in seen {
        let lost = |_| Failure::harness("a thread of `prove` ended early");
        faulty.extend(thread.map_err(lost)?.into_iter().collect::<Result<Vec<_>, _>>()?);
    }
    faulty.sort_by_key(|(turn, ..)| *turn);
    Ok(faulty.into_iter().map(|(_, fault, outcomes)| (fault, outcomes)).collect())
}

/// What a replay gave on the deployment with one fault, or on the healthy one.
struct OnFault {
    outcomes: Vec<Outcome>,
    /// The kind of each subject that answered, by its name.
    kinds: BTreeMap<String, SubjectKind>,
}

/// Replay on the deployment with one fault, or on the healthy one. Site, build and plugin host
/// share nothing. So only the subjects of the part with the fault are tested again, and the
/// outcomes of the others on the healthy deployment stand.
fn on(
    replay: &Replay,
    fault: Option<Fault>,
    folder: Option<&Folder>,
    witnesses: &Witnesses,
) -> Result<OnFault, Failure> {
    super::say(&format!("on {}\n", fault.map_or("the healthy deployment", Fault::word)));
    let faults: Vec<Fault> = fault.into_iter().collect();
    let deployment = Deployment::start(&faults, None)?;
    let subjects = deployment.subjects(fault.map(kind_with), witnesses)?;
    let Record { mut outcomes, aborted, subjects, .. } = replay.run(subjects, folder)?;
    // A known gap without any fault says nothing about a fault.
    outcomes.retain(|outcome| outcome.gap.is_none());
    match aborted {
        Some(why) if interrupt::stop()?.load(Ordering::Relaxed) => Err(Failure::inconclusive(why)),
        Some(why) => Err(Failure::harness(why)),
        None => {
            let kind = |one: SubjectRecord| Some((one.name, one.profile?.kind));
            Ok(OnFault { outcomes, kinds: subjects.into_iter().filter_map(kind).collect() })
        }
    }
}

#[cfg(test)]
mod sample_tests;
