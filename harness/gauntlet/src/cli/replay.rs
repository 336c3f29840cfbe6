//! A catalogue is replayed against subjects, which gives a record. `run` and `prove` both do this.

use std::num::NonZeroUsize;
use std::time::Instant;

use wasm_gauntlet_model::action::Asset;
use wasm_gauntlet_model::ledger::Ledger;
use wasm_gauntlet_model::plan::plan;
use wasm_gauntlet_model::profile::{Need, Profile, SubjectKind};
use wasm_gauntlet_model::record::{
    Outcome, RECORD_VERSION, Record, Selected, SubjectRecord, exit_code,
};
use wasm_gauntlet_model::scenario::Scenario;
use wasm_gauntlet_model::selection::Selection;
use wasm_gauntlet_model::verdict::Severity;

use super::display::Display;
use super::exit::{Exit, Failure};
use super::folder::Folder;
use super::{interrupt, machine};
use crate::engine::{self, Engine, ProfiledSubject, doubts};
use crate::load;
use crate::subject::Subject;

/// What to replay, and how.
pub(super) struct Replay<'a> {
    pub(crate) scenarios: &'a [Scenario],
    pub(crate) selection: &'a Selection,
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Pages that are visited at once.
    pub(crate) visits: usize,
    pub(crate) seed: u64,
    pub(crate) gate: Severity,
    pub(crate) noise_factor: f64,
    /// Whether the subjects were named, so that each must be tested.
    pub(crate) named: bool,
    /// Known gaps beside those of the built-in ledgers.
    pub(crate) known: Option<&'a Ledger>,
}

impl Replay<'_> {
    /// Replay against `subjects`; outcomes are kept in `folder` as they come.
    pub(crate) fn run(
        &self,
        subjects: Vec<Box<dyn Subject>>,
        folder: Option<&Folder>,
    ) -> Result<Record, Failure> {
        let began = Instant::now();
        let stop = interrupt::stop()?;
        let (reached, records, unreachable) = engine::reach(subjects);
        let profiles: Vec<Profile> = reached.iter().map(|one| one.profile.clone()).collect();
        let plan = plan(self.scenarios, &profiles, self.selection);
        let mut ledger = match profiles.iter().any(|profile| profile.kind == SubjectKind::Host) {
            true => load::ledger().map_err(|wrong| Failure::harness(wrong.to_string()))?,
            false => Ledger::default(),
        };
        ledger.0.extend(self.known.iter().flat_map(|known| known.0.clone()));
        let display = Display::new();
        let results = Engine::new(self.scenarios, &reached)
            .jobs(self.jobs.map_or_else(machine::jobs, NonZeroUsize::get))
            .visits(self.visits)
            .seed(self.seed)
            .noise_factor(self.noise_factor)
            .ledger(&ledger)
            .journal(folder.map(|folder| &folder.journal))
            .listener(&display)
            .stop(stop)
            .run(&plan);
        display.finish();
        let mut outcomes = unreachable;
        outcomes.extend(self.moduleless(&reached));
        let cut = reached.iter().filter(|one| !one.profile.left_out.is_empty());
        outcomes
            .extend(cut.map(|one| doubts::not_whole(one.subject.name(), &one.profile.left_out)));
        let left = |one: &ProfiledSubject| {
            let left = one.subject.left_behind();
            (!left.is_empty()).then(|| doubts::left_behind(one.subject.name(), &left))
        };
        outcomes.extend(reached.iter().filter_map(left));
        outcomes.extend(self.unused(&profiles, &records));
        outcomes.extend(results.outcomes);
        let code = match results.panics == 0 && !results.journal_lost {
            true => exit_code(&outcomes, self.gate, results.aborted.is_some()),
            false => Exit::Harness.code(),
        };
        Ok(Record {
            version: RECORD_VERSION,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            seed: self.seed,
            gate: self.gate,
            selection: self.selected(),
            bound: Some(results.bound),
            machine: machine::describe(),
            subjects: records,
            outcomes,
            aborted: results.aborted,
            wall_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            exit_code: code,
        })
    }

    /// What was chosen, for the record.
    fn selected(&self) -> Selected {
        let Selection { only, shard, heavy: _, about: _ } = self.selection;
        Selected {
            filtered: !only.is_empty() || shard.is_some(),
            only: only.clone(),
            shard: shard.map(|shard| format!("{}/{}", shard.index, shard.count)),
            noise_factor: self.noise_factor,
        }
    }

    /// What was named and decided nothing: a subject for which there is no selected scenario, and a
    /// filter whose scenarios fit no subject. A shard may leave a subject without any trial, so the
    /// whole plan counts.
    fn unused(&self, profiles: &[Profile], records: &[SubjectRecord]) -> Vec<Outcome> {
        if !self.named {
            return Vec::new();
        }
        let fits = |profile: &Profile, takes: &dyn Fn(&str) -> bool| {
            let of_kind = |one: &&Scenario| one.fits(profile.kind);
            self.scenarios.iter().filter(of_kind).any(|one| takes(&one.incident))
        };
        let all = |incident: &str| self.selection.takes(incident);
        let reached = records.iter().filter(|one| one.profile.is_some()).zip(profiles);
        let mut unused: Vec<Outcome> = reached
            .filter(|(_, profile)| !fits(profile, &all))
            .map(|(record, profile)| doubts::not_looked_at(&record.name, profile.kind))
            .collect();
        // A filter may be meant for a subject that could not be reached. A subject without a
        // scenario already has its own doubt.
        if profiles.len() == records.len() && unused.is_empty() {
            let idle = self.selection.only.iter().filter(|filter| {
                let takes = |incident: &str| incident.starts_with(filter.as_str());
                !profiles.iter().any(|profile| fits(profile, &takes))
            });
            unused.extend(idle.map(|filter| doubts::filter_idle(filter)));
        }
        unused
    }

    /// A site without a module was hardly tested, which is no success.
    fn moduleless(&self, reached: &[ProfiledSubject]) -> Vec<Outcome> {
        let wants_module = |scenario: &Scenario| {
            scenario.each.contains(&Asset::Module) && self.selection.takes(&scenario.incident)
        };
        if !self.scenarios.iter().any(wants_module) {
            return Vec::new();
        }
        let bare = reached.iter().filter(|one| {
            one.profile.kind == SubjectKind::Site
                && !one.profile.found.iter().any(|found| found.asset == Asset::Module)
                // Its loader is missing, or a browser saw a module without an address, or why there
                // is none.
                && !one.profile.can(Need::SiteModule)
                && !one.profile.can(Need::BrowserFeature)
        });
        bare.map(|one| doubts::nothing_found(one.subject.name())).collect()
    }
}
