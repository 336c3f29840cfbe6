//! The engine runs trials, judges observations, and keeps outcomes.
//!
//! It knows no concrete subject and prints nothing. Trials that do not disturb one another run side
//! by side. Trials that measure time run alone, or two at a time where they are steady. Each
//! outcome is in the journal before the thread that made it begins its next trial.
//!
//! A run ends, whatever a subject does: one that is lost is not tried again (`breaker`), and the
//! time of each is bounded (`budget`).

mod breaker;
mod budget;
#[cfg(feature = "full")]
pub(crate) mod doubts;
#[cfg_attr(
    not(feature = "full"),
    expect(dead_code, reason = "only the command line keeps a journal")
)]
mod journal;
mod kept;
mod lane;
mod trial;
#[cfg(test)]
mod turns_tests;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use wasm_gauntlet_model::cause::{Judged, Trace, attribute};
use wasm_gauntlet_model::ledger::Ledger;
use wasm_gauntlet_model::observation::Facts;
use wasm_gauntlet_model::plan::{Plan, Skip, Trial};
use wasm_gauntlet_model::profile::{Profile, SubjectKind};
use wasm_gauntlet_model::record::{Outcome, RunBound, SubjectRecord};
use wasm_gauntlet_model::scenario::Scenario;
use wasm_gauntlet_model::target::NOISE_FACTOR_USUAL;
use wasm_gauntlet_model::verdict::{Severity, Verdict};

use crate::event::{Event, Listener, NullListener};
use crate::locks::unpoisoned;
use crate::subject::Subject;

pub use breaker::HOST_LOST;
use breaker::Loss;
use budget::Budget;
pub(crate) use journal::Journal;
use kept::RunState;
use lane::Lane;
use trial::DoneTrial;

/// Most repetitions of a trial that measures time, while its interval does not decide. A trial that
/// decided, red or green, is never repeated.
const MEASUREMENTS_MAX: usize = 3;
/// Steady measurements side by side: one for each processor of the smallest supported machine.
const STEADY_MAX: usize = 2;
/// Locked for writing by a trial that measures time, so that no other engine of this process does
/// anything meanwhile. All other trials hold it for reading.
static QUIET: RwLock<()> = RwLock::new(());

/// Replays a catalogue against subjects. The defaults: one trial at a time, seed 1, no known gaps,
/// no journal, no listener, no stop.
pub struct Engine<'a> {
    scenarios: &'a [Scenario],
    subjects: &'a [ProfiledSubject],
    jobs: usize,
    visits: usize,
    seed: u64,
    noise_factor: f64,
    ledger: &'a Ledger,
    journal: Option<&'a Journal>,
    listener: &'a dyn Listener,
    stop: &'a AtomicBool,
}

/// The seed of a run that names none: equal runs are equal.
pub(crate) const SEED_USUAL: u64 = 1;

/// The stop of a run that nobody stops.
static NEVER: AtomicBool = AtomicBool::new(false);

/// The ledger of subjects of which nothing is known.
static NOTHING_KNOWN: Ledger = Ledger(Vec::new());

impl<'a> Engine<'a> {
    /// The catalogue that was planned, and the subjects that could be reached.
    pub fn new(scenarios: &'a [Scenario], subjects: &'a [ProfiledSubject]) -> Self {
        Self {
            scenarios,
            subjects,
            jobs: 1,
            visits: 1,
            seed: SEED_USUAL,
            noise_factor: NOISE_FACTOR_USUAL,
            ledger: &NOTHING_KNOWN,
            journal: None,
            listener: &NullListener,
            stop: &NEVER,
        }
    }

    /// Trials side by side.
    pub fn jobs(self, jobs: usize) -> Self {
        Self { jobs, ..self }
    }

    /// What is known of the subjects.
    pub fn ledger(self, ledger: &'a Ledger) -> Self {
        Self { ledger, ..self }
    }
}

#[cfg(feature = "full")]
impl<'a> Engine<'a> {
    /// The seed of everything that is drawn.
    pub(crate) fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The factor by which a neighbour may move a p99.
    pub(crate) fn noise_factor(self, noise_factor: f64) -> Self {
        Self { noise_factor, ..self }
    }

    /// Where outcomes are kept as they come.
    pub(crate) fn journal(self, journal: Option<&'a Journal>) -> Self {
        Self { journal, ..self }
    }

    /// Who is told what happens.
    pub(crate) fn listener(self, listener: &'a dyn Listener) -> Self {
        Self { listener, ..self }
    }

    /// Pages that are visited at once, beside the other trials. With 1, before them.
    pub(crate) fn visits(self, visits: usize) -> Self {
        Self { visits, ..self }
    }

    /// When it is set from outside, what is under way is finished and nothing more begins.
    pub(crate) fn stop(self, stop: &'a AtomicBool) -> Self {
        Self { stop, ..self }
    }
}

/// A subject and what it said of itself.
pub struct ProfiledSubject {
    /// The subject.
    pub subject: Box<dyn Subject>,
    /// Its profile.
    pub profile: Profile,
    /// What the profile says, as facts that every trial may judge by.
    facts: Arc<Facts>,
    /// Held by the current trial where trials disturb one another, whichever engine runs them.
    turn: Mutex<()>,
}

/// The result of a plan.
#[cfg_attr(
    not(feature = "full"),
    expect(dead_code, reason = "only the command line reads all of it")
)]
pub struct Results {
    /// One for each trial and each skip, and those of subjects that were lost or out of time.
    /// Sorted by subject, incident and case.
    pub outcomes: Vec<Outcome>,
    /// The number of trials, and the longest time that they could take.
    pub(crate) bound: RunBound,
    /// Why it ended before the plan, if it did.
    pub aborted: Option<String>,
    /// Trials in which the harness itself panicked. Each is inconclusive too.
    pub(crate) panics: usize,
    /// Whether outcomes could not be written to the journal.
    pub(crate) journal_lost: bool,
}

/// The subjects that answer, and an outcome for each that does not.
pub fn reach(
    subjects: Vec<Box<dyn Subject>>,
) -> (Vec<ProfiledSubject>, Vec<SubjectRecord>, Vec<Outcome>) {
    let mut reached = Vec::new();
    let mut records = Vec::new();
    let mut unreachable = Vec::new();
    for subject in subjects {
        let name = subject.name().to_owned();
        let profile = match subject.profile() {
            Ok(profile) => {
                let (facts, turn) = (Arc::new(profile.facts()), Mutex::default());
                reached.push(ProfiledSubject { subject, profile: profile.clone(), facts, turn });
                Some(profile)
            }
            Err(inability) => {
                unreachable.push(doubts::unreached(&name, inability.to_string()));
                None
            }
        };
        records.push(SubjectRecord { name, profile });
    }
    (reached, records, unreachable)
}

/// The incident in a record for a subject that was tested in part.
const LOOKED_AT_WHOLE: &str = "subject/looked-at-whole";

fn doubt(incident: &str, subject: &str, claim: &str, reason: String) -> Outcome {
    let doubt = Outcome::unknown(incident, "-", subject, Severity::Critical);
    Outcome { claim: claim.to_owned(), reason, ..doubt }
}

/// Trials at once on subjects that only wait. 300 exchanges of 8 s end in three minutes. One
/// browser keeps a third as many connections to one host (six with HTTP/1.1).
const WAITING_MAX: usize = 20;

impl Engine<'_> {
    /// Run the plan.
    pub fn run(&self, plan: &Plan) -> Results {
        let budgets = Budget::of(self, plan);
        let bound = budget::in_all(&budgets);
        self.listener.hear(&Event::Planned(bound));
        let (timing, beside): (Vec<&Trial>, Vec<&Trial>) =
            plan.trials.iter().partition(|trial| trial.timing);
        let (steady, alone): (Vec<&Trial>, Vec<&Trial>) =
            timing.into_iter().partition(|trial| trial.steady);
        let kept = RunState::new(budgets);
        // A visit mostly waits for a page to come to rest, so it takes no turn of another trial.
        let of_page = |one: &&Trial| self.scenarios[one.scenario].visits();
        let (visits, beside): (Vec<&Trial>, Vec<&Trial>) = beside.into_iter().partition(of_page);
        std::thread::scope(|scope| {
            let visiting = scope.spawn(|| self.together(&visits, self.visits, &kept));
            if self.visits == 1 {
                let _ = visiting.join();
            }
            self.together(&beside, self.jobs, &kept);
        });
        let measured = !steady.is_empty() || !alone.is_empty() || kept.has_again();
        let quiet = measured.then(|| unpoisoned(QUIET.write()));
        self.together(&steady, self.jobs.min(STEADY_MAX), &kept);
        self.together(&[alone, kept.again(&plan.trials)].concat(), 1, &kept);
        drop(quiet);
        self.tell_late(&kept);
        let mut judged = unpoisoned(kept.judged.into_inner());
        let done = judged.len();
        judged.sort_by(|a, b| order(&a.outcome).cmp(&order(&b.outcome)));
        attribute(&mut judged);
        let mut outcomes: Vec<Outcome> = judged.into_iter().map(|one| one.outcome).collect();
        outcomes.extend(unpoisoned(kept.notes.into_inner()));
        outcomes.extend(plan.skips.iter().map(|skip| self.skipped(skip)));
        outcomes.sort_by(|a, b| order(a).cmp(&order(b)));
        let lost = unpoisoned(kept.journal_error.into_inner());
        let cut = (done < plan.trials.len())
            .then(|| format!("stopped after {done} of {} trials", plan.trials.len()));
        let (panics, journal_lost) = (kept.panics.into_inner(), lost.is_some());
        Results { outcomes, bound, aborted: lost.or(cut), panics, journal_lost }
    }

    /// Run trials, at most `jobs` side by side. Of a subject whose trials disturb one another, one
    /// runs at a time.
    fn together(&self, trials: &[&Trial], jobs: usize, kept: &RunState) {
        let exclusive = self.subjects.iter().map(|one| one.subject.one_at_a_time());
        let lane = Lane::new(trials, exclusive.collect());
        let over = || self.stop.load(Ordering::Relaxed) || kept.failed();
        let work = || {
            while let Some(taken) = lane.take().filter(|_| !over()) {
                let _company = (!taken.trial.timing && !kept.alone.load(Ordering::Relaxed))
                    .then(|| unpoisoned(QUIET.read()));
                self.one(taken.trial, kept);
            }
        };
        let wait = trials.iter().all(|trial| self.subjects[trial.subject].subject.waits());
        let jobs = if wait && jobs > 1 { jobs.max(WAITING_MAX) } else { jobs };
        std::thread::scope(|scope| {
            for _ in 0..jobs.clamp(1, trials.len().max(1)) {
                scope.spawn(work);
            }
        });
    }

    /// Run one trial, judge it, and keep its outcome.
    fn one(&self, trial: &Trial, kept: &RunState) {
        let scenario = &self.scenarios[trial.scenario];
        let subject = &self.subjects[trial.subject];
        if let Some(reason) = kept.breakers[trial.subject].open() {
            return kept.push(self.unbegun(trial, reason));
        }
        if let Some(reason) = kept.budgets[trial.subject].over() {
            kept.late[trial.subject].fetch_add(1, Ordering::Relaxed);
            return kept.push(self.unbegun(trial, reason));
        }
        self.listener.hear(&Event::Began {
            incident: scenario.incident.clone(),
            case: trial.case.label.clone(),
            subject: subject.subject.name().to_owned(),
        });
        let _turn = subject.subject.one_at_a_time().then(|| unpoisoned(subject.turn.lock()));
        let mut done = self.tried(trial, kept);
        let settled = |done: &DoneTrial| {
            done.panicked || done.judged.outcome.verdict != Verdict::Inconclusive
        };
        let over = || kept.over(trial.subject);
        let may_clear_up = !over() && self.may_clear_up(trial);
        if !settled(&done) && may_clear_up && kept.put_off(trial) {
            return;
        }
        for _ in 1..MEASUREMENTS_MAX {
            if !trial.timing || over() || settled(&done) {
                break;
            }
            done = self.tried(trial, kept);
        }
        let DoneTrial { judged: Judged { outcome, trace }, panicked } = done;
        let outcome = self.ledger.weigh(outcome);
        kept.panics.fetch_add(usize::from(panicked), Ordering::Relaxed);
        kept.push(Judged { outcome: self.told(outcome, kept), trace });
    }

    /// Run a trial, and once more if the subject is lost in it. A subject that can be lost runs one
    /// trial at a time.
    fn tried(&self, trial: &Trial, kept: &RunState) -> DoneTrial {
        let first = self.timed(trial, kept);
        if !self.lost(trial, kept) || kept.over(trial.subject) {
            return first;
        }
        let again = self.timed(trial, kept);
        self.lost(trial, kept);
        // A decided failure stands, and so does an outcome from before the loss.
        let verdict = |done: &DoneTrial| done.judged.outcome.verdict;
        let better = verdict(&again) == Verdict::Fail || verdict(&first) == Verdict::Inconclusive;
        if better && verdict(&first) != Verdict::Fail { again } else { first }
    }

    /// Run a trial, and count its time.
    fn timed(&self, trial: &Trial, kept: &RunState) -> DoneTrial {
        let (scenario, subject) = (&self.scenarios[trial.scenario], &self.subjects[trial.subject]);
        let _under_way = kept.budgets[trial.subject].begin();
        trial::run(self, scenario, subject, &trial.case)
    }

    /// Whether the subject was lost in a trial. The loss that ends its trials is reported.
    fn lost(&self, trial: &Trial, kept: &RunState) -> bool {
        let subject = &self.subjects[trial.subject].subject;
        let Some(why) = subject.lost() else { return false };
        let incident = self.scenarios[trial.scenario].incident.clone();
        let case = Some(trial.case.label.as_str()).filter(|label| *label != "-");
        let name = case.map_or_else(|| incident.clone(), |case| format!("{incident} {case}"));
        let loss = Loss { incident, trial: name, why };
        if let Some(losses) = kept.breakers[trial.subject].lost(loss) {
            let (name, flags) = (subject.name(), subject.flags());
            kept.note(self.told(breaker::outcome(name, &flags, self.seed, &losses), kept));
        }
        true
    }

    /// One doubt for each subject that had no time for all of its trials.
    fn tell_late(&self, kept: &RunState) {
        for (index, late) in kept.late.iter().enumerate() {
            let (late, over) = (late.load(Ordering::Relaxed), kept.budgets[index].over());
            if let (1.., Some(why)) = (late, over) {
                let name = self.subjects[index].subject.name();
                kept.note(self.told(budget::outcome(name, late, &why), kept));
            }
        }
    }

    /// Write an outcome to the journal, and tell the listener.
    fn told(&self, outcome: Outcome, kept: &RunState) -> Outcome {
        if let Some(Err(error)) = self.journal.map(|journal| journal.keep(&outcome)) {
            kept.fail(error.to_string());
        }
        self.listener.hear(&Event::Ended(Box::new(outcome.clone())));
        outcome
    }

    /// A trial that was planned and not begun.
    fn unbegun(&self, trial: &Trial, reason: String) -> Judged {
        let scenario = &self.scenarios[trial.scenario];
        let subject = self.subjects[trial.subject].subject.name();
        let blank = trial::blank(scenario, subject, &trial.case.label);
        let outcome = Outcome { verdict: Verdict::Skipped, reason, ..blank };
        Judged { outcome, trace: Trace::default() }
    }

    /// Whether a doubt may come from other trials at the same time: a host shares its processors
    /// with them.
    fn may_clear_up(&self, trial: &Trial) -> bool {
        let in_company = !trial.timing || trial.steady;
        in_company && self.subjects[trial.subject].profile.kind == SubjectKind::Host
    }

    fn skipped(&self, skip: &Skip) -> Outcome {
        let scenario = &self.scenarios[skip.scenario];
        let subject = self.subjects[skip.subject].subject.name();
        Outcome {
            verdict: Verdict::Skipped,
            reason: skip.reason.clone(),
            ..trial::blank(scenario, subject, "-")
        }
    }
}

fn order(outcome: &Outcome) -> (&str, &str, &str) {
    (&outcome.subject, &outcome.incident, &outcome.case)
}
