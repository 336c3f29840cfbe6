//! `gauntlet run`: load, plan, run, judge, save, show.

use std::num::NonZeroUsize;

use wasm_gauntlet_model::selection::Selection;

use super::args::{RunArgs, Tier};
use super::browser::{Witnesses, visits_at_once};
use super::deployment::Deployment;
use super::exit::{Exit, Failure};
use super::replay::Replay;
use super::{catalogue, folder, heavy, report, selection, subjects, targets};
use crate::engine::SEED_USUAL;

/// `gauntlet run`.
pub(super) fn run(args: &RunArgs) -> Result<Exit, Failure> {
    let (dir, only) = (args.catalogue.scenarios.as_deref(), &args.catalogue.only);
    let scenarios = catalogue::scenarios(dir, only)?;
    let selected = selection::select(&args.catalogue.only, args.shard, &scenarios)?;
    let heavy = args.tier == Tier::Heavy;
    let selection = Selection { heavy, ..selected };
    let target = heavy::ready(args, targets::of(args)?)?;
    let witnesses = Witnesses::of(&args.browser, selection.visits(&scenarios))?;
    let folder = args.out.as_deref().map(folder::Folder::make).transpose()?;
    let deployment = target.is_empty().then(|| Deployment::start(&[], None)).transpose()?;
    let subjects = match &deployment {
        Some(deployment) => deployment.subjects(None, &witnesses)?,
        None => subjects::of(&target, &witnesses)?,
    };
    let replay = Replay {
        scenarios: &scenarios,
        selection: &selection,
        // Heavy guests run one at a time: each may use all that one worker may.
        jobs: if heavy { Some(NonZeroUsize::MIN) } else { args.jobs },
        visits: if heavy { 1 } else { visits_at_once(args.jobs) },
        seed: args.seed.unwrap_or(SEED_USUAL),
        gate: args.gate,
        noise_factor: target.noise_factor,
        named: deployment.is_none(),
        known: Some(&target.ledger),
    };
    let mut record = replay.run(subjects, folder.as_ref())?;
    witnesses.note_breakdowns(&mut record);
    if let Some(folder) = &folder {
        folder.save(&record)?;
    }
    super::print(&report::summary(&record))?;
    Ok(Exit::of(record.exit_code))
}
