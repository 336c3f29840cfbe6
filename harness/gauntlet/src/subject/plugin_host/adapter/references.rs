//! The reference runtimes: embedded ones without any fault, in their own workers, which make the
//! same calls. Their answers are remembered, because many subjects are compared with them.

use std::collections::HashMap;
use std::sync::Mutex;

use wasm_gauntlet_host::process::launch::Launch;
use wasm_gauntlet_host::worker::parent::supervised::{Supervised, WaitLimits};
use wasm_gauntlet_host::worker::parent::work::{Timed, Work};

use crate::locks::unpoisoned;
use crate::subject::Inability;
use crate::subject::plugin_host::actions::differ::{ComparedAnswer, Opinion, Opinions};

/// Most answers remembered. One of a drawn module has 100 bytes, so these are some 2 MiB. Past the
/// bound all are dropped: a proof asks for the same few hundred repeatedly, and a soak never does.
const KNOWN_MAX: usize = 8192;

/// One call, for any subject. The tenant is left out, because no reference depends on it.
#[derive(PartialEq, Eq, Hash)]
struct Question {
    digest: String,
    input: Vec<u8>,
    /// Every limit and grant: each can change an answer.
    conditions: String,
}

/// Runtimes that give a second opinion.
pub struct ReferenceRuntimes {
    hosts: Vec<(String, Supervised)>,
    known: Mutex<HashMap<Question, Vec<Opinion>>>,
}

impl ReferenceRuntimes {
    /// The runtimes that these launches start, when they are asked first.
    pub(crate) fn new(launches: Vec<(String, Launch)>) -> Self {
        let host = |(name, launch)| (name, Supervised::new(launch, WaitLimits::default()));
        Self { hosts: launches.into_iter().map(host).collect(), known: Mutex::default() }
    }
}

impl Opinions for ReferenceRuntimes {
    fn names(&self) -> Vec<String> {
        self.hosts.iter().map(|(name, _)| name.clone()).collect()
    }

    fn of(&self, work: &Work<'_>) -> Result<Vec<Opinion>, Inability> {
        // Held while they are asked: who asks the same meanwhile would only ask twice.
        let mut known = unpoisoned(self.known.lock());
        let question = Question::of(work);
        if let Some(opinions) = known.get(&question) {
            return Ok(opinions.clone());
        }
        let ask = |(name, host): &(String, Supervised)| {
            Ok(Opinion { runtime: name.clone(), answer: asked(name, host, work)? })
        };
        let opinions: Vec<Opinion> = self.hosts.iter().map(ask).collect::<Result<_, _>>()?;
        if known.len() >= KNOWN_MAX {
            known.clear();
        }
        known.insert(question, opinions.clone());
        Ok(opinions)
    }
}

impl Question {
    fn of(work: &Work<'_>) -> Self {
        Self {
            digest: work.module.digest.clone(),
            input: work.input.to_vec(),
            conditions: format!("{:?} {:?}", work.limits, work.grants),
        }
    }
}

/// The answer of one. A worker that has used up its processor time is replaced once.
fn asked(name: &str, host: &Supervised, work: &Work<'_>) -> Result<ComparedAnswer, Inability> {
    let first = host.call(work)?;
    let Timed { called, lost, .. } = if first.lost.is_some() { host.call(work)? } else { first };
    match lost {
        None => Ok(ComparedAnswer::of(&called)),
        Some(_) => Err(Inability::harness_fault(format!(
            "the reference runtime {name} was lost on {}, sha256:{}: {:?}",
            work.module.id, work.module.digest, called.outcome
        ))),
    }
}

#[cfg(test)]
mod tests {
    use wasm_gauntlet_host::worker::parent::work::GuestModule;
    use wasm_gauntlet_model::limits::{Grants, Limits};
    use wasm_gauntlet_model::static_limits::{Count, StaticLimits};

    use super::*;

    #[test]
    fn a_call_under_another_limit_or_grant_is_another_question() {
        let module = GuestModule::new("guest", "", true, b"bytes".to_vec());
        let question = |limits: &Limits, grants: &Grants| {
            Question::of(&Work { module: &module, tenant: "t", input: b"in", limits, grants })
        };
        let (usual, nothing) = (Limits::default(), Grants::default());
        let asked = question(&usual, &nothing);
        assert!(asked == question(&usual.clone(), &nothing));
        let few = StaticLimits::recommended().with(Count::Functions, 1);
        for other in [
            Limits { deadline_ms: 51, ..usual.clone() },
            Limits { output_bytes_max: 1, ..usual.clone() },
            Limits { log_lines_max: 1, ..usual.clone() },
            Limits { log_line_bytes_max: 1, ..usual.clone() },
            Limits { static_limits: few, ..usual.clone() },
        ] {
            assert!(asked != question(&other, &nothing), "{other:?}");
        }
        let clock = Grants { clock: true, ..nothing };
        assert!(asked != question(&usual, &clock));
    }
}
