//! `gauntlet prove`: every scenario on the healthy deployment and on every twin.

use std::sync::atomic::Ordering;

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
use super::{catalogue, interrupt, selection, subjects};
use crate::render::matrix;

/// `gauntlet prove`.
pub(super) fn prove(args: &ProveArgs) -> Result<Exit, Failure> {
    let scenarios = catalogue::scenarios(args.catalogue.scenarios.as_deref())?;
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
    };
    // Kept from switch to switch, with what they said.
    let _references = subjects::references()?;
    let healthy = on(&replay, None, folder.as_ref())?;
    let selected = scenarios.iter().filter(|one| selection.takes(&one.incident));
    let named: Vec<Twin> =
        selected.clone().flat_map(|one| one.twins.iter().chain(&one.implied_by)).copied().collect();
    let mut switched: Vec<(Twin, Vec<Outcome>)> = Vec::new();
    for (turn, twin) in Twin::ALL.iter().copied().filter(|twin| named.contains(twin)).enumerate() {
        let selection = Selection { about: Some(About { twin, turn }), ..selection.clone() };
        let replay = Replay { selection: &selection, ..replay };
        let mut outcomes = on(&replay, Some(twin), folder.as_ref())?;
        let unswitched = |one: &&Outcome| !deployment::carries(&one.subject, twin);
        outcomes.extend(healthy.iter().filter(unswitched).cloned());
        switched.push((twin, outcomes));
    }
    let selected: Vec<_> = selected.collect();
    let detection = Detection::of(&selected, &healthy, &switched);
    if let Some(folder) = &folder {
        folder.write("detection.md", &matrix::markdown(&detection))?;
        folder.write("detection.json", &matrix::json(&detection))?;
    }
    super::print(&matrix::text(&detection))?;
    Ok(Exit::of(detection.exit_code()))
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
    let Record { outcomes, aborted, .. } = replay.run(subjects, folder)?;
    match aborted {
        Some(why) if interrupt::stop()?.load(Ordering::Relaxed) => Err(Failure::inconclusive(why)),
        Some(why) => Err(Failure::harness(why)),
        None => Ok(outcomes),
    }
}
