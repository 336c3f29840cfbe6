//! `Action::NoisyNeighbour`: polite tenants alone, and beside a noisy one, in rounds. The first
//! round is the last if nobody was delayed in it.

mod early_stop;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use wasm_gauntlet_host::worker::parent::work::{GuestModule, LoadOutcome, Work};
use wasm_gauntlet_model::action::{Input, NoisyNeighbour};
use wasm_gauntlet_model::call::CallOutcome;
use wasm_gauntlet_model::limits::Grants;
use wasm_gauntlet_model::observation::{Evidence, Observation, TenantLatency, known};

use super::arrivals::{Latencies, Plan, send};
use super::port::Port;
use super::seeded_rng::{SeededRng, median};
use super::{Stage, calibrate, evidence, thread_lost};
use crate::subject::Inability;

/// The noisy tenant.
const NOISY: &str = "noisy";

/// How long a noisy caller waits after `busy`. Sixteen callers that ask each millisecond would
/// cause 16,000 refusals a second, which on two cores tests HTTP and not the host.
const BACK_OFF: Duration = Duration::from_millis(5);

/// Most polite tenants, and most noisy calls in flight: one to eight threads each, here.
const TENANTS_MAX: u32 = 16;
const NOISE_MAX: u32 = 64;

/// Most calls a second of one tenant.
const RATE_MAX: u32 = 1000;

/// Calls of a phase that were not sent by then are not sent any more.
pub(super) fn give_up(neighbour: &NoisyNeighbour) -> Duration {
    Duration::from_millis(u64::from(neighbour.phase_ms)) * 2 + Duration::from_secs(1)
}

/// The guests and counters of a run.
struct NeighbourRun<'a> {
    port: &'a dyn Port,
    neighbour: &'a NoisyNeighbour,
    polite: GuestModule,
    noise: GuestModule,
    input: Vec<u8>,
    grants: Grants,
    ran: AtomicU64,
    busy: AtomicU64,
}

/// Calibrate, load, then play the rounds.
pub(crate) fn perform(
    stage: &mut Stage<'_>,
    neighbour: &NoisyNeighbour,
) -> Result<Observation, Inability> {
    let (polite, noise) = (stage.module(calibrate::SPIN_GUEST)?, stage.module(&neighbour.noise)?);
    stage.port.watch(&[&polite, &noise])?;
    let input = calibrate::bytes(stage, &Input::SpinMs(neighbour.polite_ms), &neighbour.limits)?;
    let run = NeighbourRun {
        port: stage.port,
        neighbour,
        polite,
        noise,
        input,
        grants: Grants::default(),
        ran: AtomicU64::new(0),
        busy: AtomicU64::new(0),
    };
    let mut evidence = [evidence::guest(&run.polite), evidence::guest(&run.noise)].concat();
    evidence.push(evidence::limits(&neighbour.limits));
    if let LoadOutcome::Ended(end) = run.port.load(&run.noisy())? {
        // Without noise nothing is measured: nothing is known, and why is in the evidence.
        evidence.push(evidence::named("noise", evidence::outcome(&end.called.outcome)));
        return Ok(Observation { evidence, ..Observation::default() });
    }
    let rounds = run.rounds(&mut stage.rng)?;
    evidence.push(rounds_evidence(&rounds));
    let facts = run.facts(rounds, &mut stage.rng).facts();
    Ok(Observation { facts, evidence, reproduce: None })
}

/// Both phases of one round.
#[derive(Default)]
struct Round {
    alone: Latencies,
    beside: Latencies,
}

impl NeighbourRun<'_> {
    fn polite<'a>(&'a self, tenant: &'a str) -> Work<'a> {
        let (limits, grants) = (&self.neighbour.limits, &self.grants);
        Work { module: &self.polite, tenant, input: &self.input, limits, grants }
    }

    fn noisy(&self) -> Work<'_> {
        let (limits, grants) = (&self.neighbour.limits, &self.grants);
        Work { module: &self.noise, tenant: NOISY, input: &[], limits, grants }
    }

    /// Which phase comes first alternates, so that a machine that warms up favours neither.
    fn rounds(&self, rng: &mut SeededRng) -> Result<Vec<Round>, Inability> {
        let alone_first = rng.coin();
        let mut rounds = Vec::new();
        for number in 0..self.neighbour.rounds {
            let mut round = Round::default();
            for noise in
                if (number % 2 == 0) == alone_first { [false, true] } else { [true, false] }
            {
                let latencies = self.phase(noise, rng)?;
                *(if noise { &mut round.beside } else { &mut round.alone }) = latencies;
            }
            rounds.push(round);
            if self.decided(&rounds) {
                break;
            }
        }
        Ok(rounds)
    }

    /// Whether another round can change nothing: a polite call failed, or nobody was delayed in the
    /// first round.
    fn decided(&self, rounds: &[Round]) -> bool {
        let failed = |side: &Latencies| !side.failures.is_empty();
        let failed = rounds.iter().any(|round| failed(&round.alone) || failed(&round.beside));
        failed || self.of_one(rounds).is_some()
    }

    /// The interval of the first round, where that is enough.
    fn of_one(&self, rounds: &[Round]) -> Option<(f64, f64)> {
        let [round] = rounds else { return None };
        let floor_ms = f64::from(self.neighbour.floor_ms);
        let least_ms = f64::from(self.neighbour.polite_ms) + floor_ms;
        let most = early_stop::at_most(round.beside.p99_ms()? + floor_ms, least_ms);
        (most <= self.neighbour.factor).then_some((round.ratio(floor_ms)?.min(most), most))
    }

    fn ratios(&self, rounds: &[Round]) -> Vec<f64> {
        let floor_ms = f64::from(self.neighbour.floor_ms);
        rounds.iter().filter_map(|round| round.ratio(floor_ms)).collect()
    }

    /// One phase: every polite tenant by its plan, and the noise from before the first call
    /// until after the last.
    fn phase(&self, noise: bool, rng: &mut SeededRng) -> Result<Latencies, Inability> {
        let plans = self.plans(rng);
        let over = AtomicBool::new(false);
        let mut all = Latencies::default();
        std::thread::scope(|scope| {
            let flights = if noise { self.neighbour.noise_at_once.min(NOISE_MAX) } else { 0 };
            for _ in 0..flights {
                scope.spawn(|| self.make_noise(&over));
            }
            let begun = Instant::now();
            let tenants: Vec<_> = plans
                .into_iter()
                .enumerate()
                .map(|(number, plan)| {
                    scope.spawn(move || {
                        let tenant = format!("polite-{number}");
                        send(plan, begun, &|| self.port.call(&self.polite(&tenant)))
                    })
                })
                .collect();
            let seen: Vec<_> = tenants.into_iter().map(|tenant| tenant.join()).collect();
            over.store(true, Ordering::Relaxed);
            for latencies in seen {
                all.add(latencies.map_err(thread_lost)??);
            }
            Ok(all)
        })
    }

    /// Each tenant begins somewhere in its first interval, so that they are not in step.
    fn plans(&self, rng: &mut SeededRng) -> Vec<Plan> {
        let rate = self.neighbour.polite_per_s.clamp(1, RATE_MAX);
        let every = Duration::from_secs(1) / rate;
        let tenants = self.neighbour.polite_tenants.clamp(1, TENANTS_MAX);
        (0..tenants)
            .map(|_| {
                let us = u64::try_from(every.as_micros()).unwrap_or(u64::MAX);
                Plan {
                    offset: Duration::from_micros(rng.below(us)),
                    every,
                    count: u64::from(rate) * u64::from(self.neighbour.phase_ms) / 1000,
                    give_up: give_up(self.neighbour),
                }
            })
            .collect()
    }

    /// Keep one call of the noisy tenant in flight.
    fn make_noise(&self, over: &AtomicBool) {
        while !over.load(Ordering::Relaxed) {
            let Ok(timed) = self.port.call(&self.noisy()) else { return };
            match timed.called.outcome {
                CallOutcome::Busy => {
                    self.busy.fetch_add(1, Ordering::Relaxed);
                    std::thread::sleep(BACK_OFF);
                }
                CallOutcome::Rejected(_) => return,
                _ => {
                    self.ran.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    }

    fn facts(&self, rounds: Vec<Round>, rng: &mut SeededRng) -> TenantLatency {
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let (ran, busy) = (self.ran.load(Ordering::Relaxed), self.busy.load(Ordering::Relaxed));
        let ratios = self.ratios(&rounds);
        let number = rounds.len();
        // A round without samples or without noise says nothing about the ratio.
        let whole = ratios.len() == number && ran + busy > 0;
        let drawn = || rng.interval(&ratios, |drawn| median(drawn));
        let ratio = self.of_one(&rounds).or_else(drawn).filter(|_| whole);
        let (mut alone, mut beside) = (Latencies::default(), Latencies::default());
        for round in rounds {
            alone.add(round.alone);
            beside.add(round.beside);
        }
        let failures = alone.failures.union(&beside.failures).cloned().collect::<Vec<_>>();
        TenantLatency {
            p99_ratio: known(ratio),
            p99_alone_ms: known(alone.p99_ms()),
            p99_beside_ms: known(beside.p99_ms()),
            samples: count(alone.histogram.len() + beside.histogram.len()).into(),
            polite_failures: failures.into(),
            noise_busy: count(busy).into(),
            noise_ran: count(ran).into(),
            rounds: count(number as u64).into(),
        }
    }
}

impl Round {
    /// p99 beside over p99 alone, both past the floor.
    fn ratio(&self, floor_ms: f64) -> Option<f64> {
        Some((self.beside.p99_ms()? + floor_ms) / (self.alone.p99_ms()? + floor_ms))
    }
}

fn rounds_evidence(rounds: &[Round]) -> Evidence {
    let p99 = |phase: &Latencies| {
        phase.p99_ms().map_or_else(|| "no sample".to_owned(), |ms| format!("{ms:.2} ms"))
    };
    let line =
        |round: &Round| format!("{} alone, {} with noise", p99(&round.alone), p99(&round.beside));
    evidence::named("p99 per round", rounds.iter().map(line).collect::<Vec<_>>().join("\n"))
}
