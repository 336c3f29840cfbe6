//! `Action::Differ`: a guest is run here and on the reference runtimes, and the answers compared.
//!
//! The right answer is the one on which the reference runtimes agree. Where they do not agree,
//! nobody can say who is right, and the dispute itself is reported.

mod opinions;
mod weigh;

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine as _;
use wasm_gauntlet_host::worker::parent::work::{GuestModule, Work};
use wasm_gauntlet_model::action::Differ;
use wasm_gauntlet_model::call::{CallOutcome, hex};
use wasm_gauntlet_model::excuse::Excuse;
use wasm_gauntlet_model::limits::Grants;
use wasm_gauntlet_model::observation::{Agreement, Evidence, Fact, Observation};

use super::seeded_rng::SeededRng;
use super::{Stage, contained, evidence, lateness};
use crate::subject::Inability;

pub(crate) use opinions::{ComparedAnswer, Opinion, Opinions};
use weigh::{Weighed, weigh};

/// Inputs of a drawn module: it calls another of its functions for each.
const DRAWN_INPUTS: &[&[u8]] = &[&[0], &[1], &[2]];

/// The input of any other guest.
const INPUT: &[u8] = b"ping";

/// Calls of one drawn module: each input here and on two references.
pub(super) const CALLS_OF_A_MODULE: u32 = 9;

/// The parameter of a drawn guest.
const SEED: &str = "seed";

/// Differing modules that are shown, the smallest first.
const SHOWN_MAX: usize = 3;

/// Modules on which the host may be lost before no further one is tried: each may cost the timeout
/// of the watchdog.
const LOST_MAX: usize = 3;

/// Delay from which the machine may have caused a missed deadline, as in `call`.
const STARVED_MIN: Duration = Duration::from_millis(10);

/// Draw modules, run them, compare the answers.
pub(super) fn perform(stage: &Stage<'_>, differ: &Differ) -> Result<Observation, Inability> {
    let none =
        || Inability::tool_missing("there is no reference runtime to compare with".to_owned());
    let opinions = stage.port.opinions().ok_or_else(none)?;
    let mut comparison = Comparison::new(stage, opinions, differ);
    let drawn = draws(&mut SeededRng::new(stage.seed, "differ"), differ.seeds);
    let (compared, late) = lateness::during(|| comparison.all(&drawn));
    compared?;
    if comparison.late && late >= STARVED_MIN {
        return Err(Inability::busy_machine(format!(
            "{} reached its deadline while this machine was busy; try again on an idle machine",
            differ.guest
        )));
    }
    Ok(comparison.told())
}

/// The seeds of one step.
fn draws(rng: &mut SeededRng, count: u32) -> Vec<u64> {
    (0..count).map(|_| rng.below(1 << 32)).collect()
}

/// One module on which answers differ, as it is shown.
struct Shown {
    bytes: usize,
    digest: String,
    evidence: Vec<Evidence>,
    line: String,
}

/// The results so far.
struct Comparison<'a> {
    stage: &'a Stage<'a>,
    opinions: &'a dyn Opinions,
    differ: &'a Differ,
    facts: DifferCounts,
    excused: BTreeSet<Excuse>,
    shown: Vec<Shown>,
    contained: bool,
    right_output: Option<bool>,
    late: bool,
    lost: usize,
}

#[derive(Default)]
struct DifferCounts {
    modules: i64,
    answers: i64,
    different: i64,
    disputed: i64,
}

impl<'a> Comparison<'a> {
    fn new(stage: &'a Stage<'a>, opinions: &'a dyn Opinions, differ: &'a Differ) -> Self {
        Self {
            stage,
            opinions,
            differ,
            facts: DifferCounts::default(),
            excused: BTreeSet::new(),
            shown: Vec::new(),
            contained: true,
            right_output: None,
            late: false,
            lost: 0,
        }
    }

    fn all(&mut self, seeds: &[u64]) -> Result<(), Inability> {
        for seed in seeds {
            let params = [(SEED.to_owned(), seed.to_string())];
            let guest = &self.differ.guest;
            match (self.stage.source)(guest, &[])? {
                usual if usual.seeded => {
                    let module = (self.stage.source)(guest, &params)?;
                    self.module(&module, &format!("{guest} with seed {seed}"), DRAWN_INPUTS)?;
                }
                usual => return self.module(&usual, guest, &[INPUT]),
            }
            if self.lost >= LOST_MAX {
                break;
            }
        }
        Ok(())
    }

    /// One module on all inputs; it counts once, whatever the number of answers that differ.
    fn module(
        &mut self,
        module: &GuestModule,
        name: &str,
        inputs: &[&[u8]],
    ) -> Result<(), Inability> {
        self.facts.modules += 1;
        let (mut different, mut disputed) = (false, false);
        for input in inputs {
            match self.input(module, name, input)? {
                Weighed::Same => self.facts.answers += 1,
                Weighed::Excused => {}
                Weighed::Different => {
                    self.facts.answers += 1;
                    different = true;
                }
                Weighed::Disputed => disputed = true,
            }
        }
        self.facts.different += i64::from(different);
        self.facts.disputed += i64::from(disputed);
        Ok(())
    }

    fn input(
        &mut self,
        module: &GuestModule,
        name: &str,
        input: &[u8],
    ) -> Result<Weighed, Inability> {
        let (limits, grants) = (self.stage.port.limits(&self.differ.limits), Grants::default());
        let work =
            Work { module, tenant: &self.differ.tenant, input, limits: &limits, grants: &grants };
        let timed = self.stage.port.call(&work)?;
        self.lost += usize::from(timed.lost.is_some());
        let mine = ComparedAnswer::of(&timed.called);
        self.look(module, input, &mine);
        let others = self.opinions.of(&work)?;
        let ends = others.iter().map(|one| &one.answer.outcome).chain([&mine.outcome]);
        self.late |= ends.into_iter().any(|end| *end == CallOutcome::Deadline);
        let (weighed, how) = weigh(&mine, &others, module, &self.differ.excuses);
        self.excused.extend(how.excused);
        if matches!(weighed, Weighed::Different | Weighed::Disputed) {
            let line = format!("{name}, input {}: {}", hex(input), how.words);
            self.show(module, line, &mine, &others);
        }
        Ok(weighed)
    }

    /// What the header says of the answer.
    fn look(&mut self, module: &GuestModule, input: &[u8], mine: &ComparedAnswer) {
        self.contained &= contained::all(module, [&mine.outcome]);
        let CallOutcome::Ok { output } = &mine.outcome else { return };
        if let Some(right) = contained::right_output(module, input, output) {
            self.right_output = Some(self.right_output.unwrap_or(true) && right);
        }
    }

    /// Keep the smallest modules, each once: they are the quickest to understand.
    fn show(
        &mut self,
        module: &GuestModule,
        line: String,
        mine: &ComparedAnswer,
        others: &[Opinion],
    ) {
        if self.shown.iter().any(|shown| shown.digest == module.digest) {
            return;
        }
        let (bytes, digest) = (module.bytes.len(), module.digest.clone());
        let base64 = base64::engine::general_purpose::STANDARD.encode(&module.bytes);
        let mut answers = vec![format!("here: {}", mine.words())];
        answers.extend(others.iter().map(|one| format!("{}: {}", one.runtime, one.answer.words())));
        let evidence = vec![
            evidence::named("difference", line.clone()),
            evidence::named("answers", answers.join("\n")),
            evidence::named("module, base64", base64),
            evidence::named("guest digest", format!("sha256:{}", module.digest)),
        ];
        self.shown.push(Shown { bytes, digest, evidence, line });
        self.shown.sort_by_key(|shown| shown.bytes);
        self.shown.truncate(SHOWN_MAX);
    }

    fn told(self) -> Observation {
        let DifferCounts { modules, answers, different, disputed } = self.facts;
        let excused = self.excused.iter().map(|excuse| excuse.word().to_owned());
        let agreement = Agreement {
            modules: modules.into(),
            answers: answers.into(),
            different: different.into(),
            disputed: disputed.into(),
            excused: excused.collect::<Vec<_>>().into(),
            against: self.opinions.names().into(),
            shown: Fact::looked(self.shown.first().map(|shown| shown.line.clone())),
            contained: self.contained.into(),
            right_output: Fact::looked(self.right_output),
        };
        let mut evidence = vec![evidence::limits(&self.differ.limits)];
        evidence.extend(self.shown.into_iter().flat_map(|shown| shown.evidence));
        Observation { facts: agreement.facts(), evidence, reproduce: None }
    }
}
