//! The active module is switched back and forth while callers call the active one.
//!
//! An answer may come from each version that was active at any moment between request and answer.
//! Switches are counted: when as many were acknowledged before a call as were asked for after it,
//! there is one such version.

mod tally;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use wasm_gauntlet_host::worker::parent::work::{GuestModule, LoadOutcome};
use wasm_gauntlet_model::action::{Control, Verb};
use wasm_gauntlet_model::limits::Grants;
use wasm_gauntlet_model::observation::{Observation, Rollback};

use super::super::registrar::{Registrar, RegistryAnswer, RegistryRequest, Told};
use super::super::{Stage, evidence};
use super::{INPUT, count, registrar, work};
use crate::locks::unpoisoned;
use crate::subject::Inability;
use crate::subject::plugin_host::actions::thread_lost;
use tally::RollbackTally;

/// Calls of one tenant before another takes over: a host may limit how many a second it makes.
const TENANT_CALLS: usize = 40;

/// Between two switches at most, where callers get no answers.
pub(in crate::subject::plugin_host::actions) const SETTLE_MAX: Duration =
    Duration::from_millis(250);

/// Pause between two looks at whether callers were answered.
const PAUSE: Duration = Duration::from_micros(500);

/// Load both, activate the first, then switch while the callers call.
pub(crate) fn perform(
    stage: &Stage<'_>,
    control: &Control,
    switches: u32,
    callers: u32,
) -> Result<Observation, Inability> {
    let modules = [stage.module(&control.guest)?, stage.module(&control.other)?];
    let registrar = registrar(stage)?;
    let mut evidence = [evidence::guest(&modules[0]), evidence::guest(&modules[1])].concat();
    for module in &modules {
        let loaded =
            stage.port.load(&work(control, module, &control.tenant, &Grants::default()))?;
        if let LoadOutcome::Ended(end) = loaded {
            evidence.push(evidence::named("load", evidence::outcome(&end.called.outcome)));
            return Ok(Observation { evidence, ..Observation::default() });
        }
    }
    let play = RollbackRun::new(registrar, control, &modules);
    let first = play.activate(0)?;
    if first.said != RegistryAnswer::Done {
        play.state().lost.insert(first.line);
    }
    let switched = play.run(switches, callers)?;
    let seen = unpoisoned(play.state.into_inner());
    evidence.push(evidence::named("first errors", seen.odd.join("\n")));
    let facts = Rollback {
        switches: i64::from(switched).into(),
        answers: count(seen.served.iter().sum()).into(),
        mixed: count(seen.mixed).into(),
        foreign: count(seen.foreign).into(),
        stale: count(seen.stale).into(),
        lost: seen.lost.into_iter().collect::<Vec<_>>().into(),
        both_served: seen.served.iter().all(|served| *served > 0).into(),
    };
    Ok(Observation { facts: facts.facts(), evidence, reproduce: None })
}

struct RollbackRun<'a> {
    registrar: &'a dyn Registrar,
    control: &'a Control,
    modules: &'a [GuestModule; 2],
    /// Switches asked for, and acknowledged; the version of an even number is the first.
    asked: AtomicU64,
    acknowledged: AtomicU64,
    /// Answers since the last switch of calls that were made after it.
    settled: AtomicU64,
    over: AtomicBool,
    state: Mutex<RollbackTally>,
}

impl<'a> RollbackRun<'a> {
    fn new(
        registrar: &'a dyn Registrar,
        control: &'a Control,
        modules: &'a [GuestModule; 2],
    ) -> Self {
        Self {
            registrar,
            control,
            modules,
            asked: AtomicU64::new(0),
            acknowledged: AtomicU64::new(0),
            settled: AtomicU64::new(0),
            over: AtomicBool::new(false),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, RollbackTally> {
        unpoisoned(self.state.lock())
    }

    fn ask(&self, verb: Verb, version: u64, tenant: &str) -> Result<Told, Inability> {
        let module = &self.modules[usize::from(version % 2 == 1)];
        let digest = &module.digest;
        self.registrar.ask(RegistryRequest { verb, module, digest, tenant, input: INPUT })
    }

    fn activate(&self, version: u64) -> Result<Told, Inability> {
        self.ask(Verb::Activate, version, &self.control.tenant)
    }

    /// Switch while the callers call; the number of switches acknowledged.
    fn run(&self, switches: u32, callers: u32) -> Result<u32, Inability> {
        std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..callers).map(|caller| scope.spawn(move || self.call(caller))).collect();
            let switched = self.switch(switches, callers);
            self.over.store(true, Ordering::SeqCst);
            for thread in threads {
                thread.join().map_err(thread_lost)??;
            }
            switched
        })
    }

    fn switch(&self, switches: u32, callers: u32) -> Result<u32, Inability> {
        for number in 1..=switches {
            self.settle(u64::from(callers));
            self.asked.store(number.into(), Ordering::SeqCst);
            let told = self.activate(number.into())?;
            if told.said != RegistryAnswer::Done {
                self.state().lost.insert(told.line);
                return Ok(number - 1);
            }
            self.acknowledged.store(number.into(), Ordering::SeqCst);
            self.settled.store(0, Ordering::SeqCst);
        }
        self.settle(u64::from(callers));
        Ok(switches)
    }

    /// Wait until as many answers as there are callers came from calls made after the switch.
    fn settle(&self, answers: u64) {
        let begun = Instant::now();
        while self.settled.load(Ordering::SeqCst) < answers && begun.elapsed() < SETTLE_MAX {
            std::thread::sleep(PAUSE);
        }
    }

    fn call(&self, caller: u32) -> Result<(), Inability> {
        for number in 0_usize.. {
            if self.over.load(Ordering::SeqCst) {
                break;
            }
            let tenant = format!("{}-{caller}-{}", self.control.tenant, number / TENANT_CALLS);
            let before = self.acknowledged.load(Ordering::SeqCst);
            let told = self.ask(Verb::Run, 0, &tenant)?;
            let after = self.asked.load(Ordering::SeqCst);
            self.answered(told, before, (before == after).then_some(before % 2));
        }
        Ok(())
    }

    /// One answer to a call that was made when `before` switches were acknowledged; `version` is
    /// the one that must have served, where no switch was under way.
    fn answered(&self, told: Told, before: u64, version: Option<u64>) {
        if self.acknowledged.load(Ordering::SeqCst) == before {
            self.settled.fetch_add(1, Ordering::SeqCst);
        }
        self.state().answer(self.modules, told, version);
    }
}
