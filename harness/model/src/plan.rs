//! The plan: which trials run, and why the others do not.

use std::collections::BTreeSet;

use crate::profile::{Profile, SubjectKind, within_a_sentence};
use crate::reading::few;
use crate::scenario::{Case, Scenario};
use crate::selection::{Selection, Shard};

/// One trial: one case of one scenario on one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// Index of the scenario in the catalogue that was planned.
    pub scenario: usize,
    /// Index of the subject among those planned for.
    pub subject: usize,
    /// The case.
    pub case: Case,
    /// Whether nothing else may run meanwhile.
    pub timing: bool,
    /// Whether one other measurement may run at the same time nevertheless.
    pub steady: bool,
}

/// A scenario that will not run on a subject, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skip {
    /// Index of the scenario.
    pub scenario: usize,
    /// Index of the subject.
    pub subject: usize,
    /// Why.
    pub reason: String,
}

/// What will run, in a fixed order, and what will not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// The trials: by subject, then scenario, then case.
    pub trials: Vec<Trial>,
    /// The skips.
    pub skips: Vec<Skip>,
}

/// Why a scenario without cases does not run: a matrix is never empty, and an asset was found.
const HEAVY_ALONE: &str = "its guests can exhaust a machine, so they run only with `--tier heavy`";

/// The plan of a catalogue on subjects with these profiles.
pub fn plan(scenarios: &[Scenario], profiles: &[Profile], selection: &Selection) -> Plan {
    let mut plan = Plan::default();
    let is_host = |profile: &&Profile| profile.kind == SubjectKind::Host;
    let hosts = profiles.iter().filter(is_host).count();
    for (subject, profile) in profiles.iter().enumerate() {
        let host = profiles[..subject].iter().filter(is_host).count();
        for (index, scenario) in scenarios.iter().enumerate() {
            if !scenario.fits(profile.kind) || !selection.takes(&scenario.incident) {
                continue;
            }
            let is_host = profile.kind == SubjectKind::Host;
            let about = selection.about.filter(|_| is_host || scenario.visits());
            if about.is_some_and(|about| is_host && !about.takes(scenario, host, hosts)) {
                continue;
            }
            match reason_to_skip(scenario, profile) {
                Some(reason) => plan.skips.push(Skip { scenario: index, subject, reason }),
                None => {
                    let mut cases = scenario.cases_of(profile, selection.heavy);
                    if cases.is_empty() {
                        let reason = HEAVY_ALONE.to_owned();
                        plan.skips.push(Skip { scenario: index, subject, reason });
                    }
                    if let Some(about) = about {
                        let (all, mut index) = (cases.len(), 0..);
                        let shared_by = if is_host { hosts } else { 1 };
                        let turn = |index| about.has_turn(scenario, index, all, shared_by);
                        cases.retain(|_| index.next().is_none_or(turn));
                    }
                    plan.add(index, scenario, subject, profile, cases);
                }
            }
        }
    }
    if let Some(shard) = selection.shard {
        plan.take(shard);
    }
    plan
}

impl Plan {
    /// The cases of one scenario on one subject. Cases whose guests are not available become one
    /// skip.
    fn add(
        &mut self,
        index: usize,
        scenario: &Scenario,
        subject: usize,
        profile: &Profile,
        all: Vec<Case>,
    ) {
        let (mut missing, mut cases) = (BTreeSet::new(), 0);
        let limits = profile.limits.as_ref().unwrap_or(&scenario.limits);
        for case in all {
            if let Some(why) = scenario.shows_nothing(&case, limits) {
                let reason = format!("{why}, so the test cannot show whether the cap holds");
                self.skips.push(Skip { scenario: index, subject, reason });
                continue;
            }
            let guests = scenario.steps.iter().flat_map(|step| step.guests_in(&case.params));
            let lacking: Vec<String> = guests.filter(|id| !profile.has_guest(id)).collect();
            if lacking.is_empty() {
                let Scenario { timing, steady, .. } = *scenario;
                self.trials.push(Trial { scenario: index, subject, case, timing, steady });
            } else {
                missing.extend(lacking);
                cases += 1;
            }
        }
        if cases > 0 {
            let reason = not_deployed(&missing, cases);
            self.skips.push(Skip { scenario: index, subject, reason });
        }
    }

    /// Keep one shard: every `count`-th trial, so that all shards cost about the same.
    fn take(&mut self, shard: Shard) {
        let mut index = 0;
        self.trials.retain(|_| {
            index += 1;
            (index - 1) % shard.count == shard.index - 1
        });
    }
}

/// Why these cases do not run: the first few missing guests.
fn not_deployed(missing: &BTreeSet<String>, cases: usize) -> String {
    let missing: Vec<&str> = missing.iter().map(String::as_str).collect();
    let (noun, verb) = if missing.len() == 1 { ("guest", "is") } else { ("guests", "are") };
    let names = few(&missing);
    let cases = if cases == 1 { "1 case".to_owned() } else { format!("{cases} cases") };
    format!("{noun} {names} {verb} not deployed on this host ({cases})")
}

fn reason_to_skip(scenario: &Scenario, profile: &Profile) -> Option<String> {
    let missing: BTreeSet<&str> = (scenario.needs.iter())
        .filter(|need| !profile.can(**need))
        .map(|need| need.doc())
        .collect();
    if !missing.is_empty() {
        let missing: Vec<String> = missing.into_iter().map(within_a_sentence).collect();
        return Some(format!("needs {}", missing.join(", and ")));
    }
    if profile.kind != SubjectKind::Host && scenario.cases(profile).is_empty() {
        let wanted: Vec<&str> = scenario.each.iter().map(|asset| asset.word()).collect();
        return Some(format!("no {} was found", wanted.join(" or ")));
    }
    None
}
