//! One request to the registry, or several alike at once.

use std::collections::BTreeSet;
use std::sync::Barrier;

use sha2::{Digest, Sha256};
use wasm_gauntlet_host::worker::parent::work::GuestModule;
use wasm_gauntlet_model::action::{Control, Naming, Verb};
use wasm_gauntlet_model::call::hex;
use wasm_gauntlet_model::observation::{Fact, Observation, Registration};

use super::super::contained;
use super::super::registrar::{Registrar, RegistryAnswer, RegistryRequest, Told};
use super::super::{Stage, evidence};
use super::{INPUT, registrar};
use crate::subject::Inability;
use crate::subject::plugin_host::actions::thread_lost;

/// Digits of a shortened digest: as many as version control shows, and few enough that a second
/// module with the same digits can be made.
const PREFIX_DIGITS: usize = 12;

/// Send the request, this many times at once.
pub(crate) fn perform(
    stage: &Stage<'_>,
    control: &Control,
    verb: Verb,
    named: Naming,
    times: u32,
) -> Result<Observation, Inability> {
    let module = stage.module(&control.guest)?;
    let registrar = registrar(stage)?;
    let digest = name(&module, named);
    let tenant = control.tenant.as_str();
    stage.port.watch(&[&module])?;
    let request = RegistryRequest { verb, module: &module, digest: &digest, tenant, input: INPUT };
    let answers = at_once(registrar, request, times)?;
    let alive = stage.port.usage().alive;
    let lines: BTreeSet<&str> = answers.iter().map(|told| told.line.as_str()).collect();
    let lines: Vec<String> = lines.into_iter().map(str::to_owned).collect();
    let mut evidence = evidence::guest(&module).to_vec();
    evidence.push(evidence::named("request", format!("{verb:?} {digest}, {times} at once")));
    evidence.push(evidence::named("answers", lines.join("\n")));
    let facts = Registration { host_alive: Fact::looked(alive), ..seen(&answers, lines, &module) };
    Ok(Observation { facts: facts.facts(), evidence, reproduce: None })
}

fn at_once(
    registrar: &dyn Registrar,
    request: RegistryRequest<'_>,
    times: u32,
) -> Result<Vec<Told>, Inability> {
    let start = Barrier::new(times as usize);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..times)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    registrar.ask(request)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().map_err(thread_lost)?).collect()
    })
}

fn seen(answers: &[Told], lines: Vec<String>, module: &GuestModule) -> Registration {
    let all = |said: RegistryAnswer| answers.iter().all(|told| told.said == said);
    let done = answers.iter().filter(|told| told.said == RegistryAnswer::Done);
    let right = done.filter_map(|told| contained::right_output(module, INPUT, &told.output));
    let right: Vec<bool> = right.collect();
    let digests: Vec<&String> = answers.iter().filter_map(|told| told.digest.as_ref()).collect();
    let right_digest = digests.iter().all(|digest| **digest == module.digest);
    Registration {
        accepted: all(RegistryAnswer::Done).into(),
        refused: all(RegistryAnswer::Refused).into(),
        answers: lines.into(),
        right_output: match right.is_empty() {
            true => Fact::Absent,
            false => right.into_iter().all(|right| right).into(),
        },
        digest_right: if digests.is_empty() { Fact::Absent } else { right_digest.into() },
        host_alive: Fact::Unknown,
    }
}

/// The digest as the request writes it.
fn name(module: &GuestModule, named: Naming) -> String {
    match named {
        Naming::Own => module.digest.clone(),
        Naming::Other => hex(&Sha256::digest(&module.digest)),
        Naming::UpperCase => module.digest.to_uppercase(),
        Naming::Prefix => module.digest.chars().take(PREFIX_DIGITS).collect(),
    }
}
