//! A host that is lost for good: its trials end, and one incident says in which trial it was lost.
//!
//! A host that does not answer costs seconds for each of hundreds of trials. It gets time to come
//! back, and the trial in which it was lost is made once more. If it is lost again, its trials end.

use std::sync::{Mutex, MutexGuard};

use wasm_gauntlet_model::observation::Evidence;
use wasm_gauntlet_model::record::{Advice, Outcome};
use wasm_gauntlet_model::verdict::{Severity, Verdict};

use crate::locks::unpoisoned;

/// The incident under which a host that was lost stands in a record.
pub const HOST_LOST: &str = "host/lost";

/// Losses that end the trials of a subject. A single one may have a cause outside of it, such as a
/// deployment.
const LOSSES_MAX: usize = 2;

/// One time that a subject was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Loss {
    /// The incident of the trial.
    pub(crate) incident: String,
    /// The incident and the case of the trial, as in `host/deadline hostile=cpu-loop`.
    pub(crate) trial: String,
    /// What was seen.
    pub(crate) why: String,
}

/// What is known of the losses of one subject.
#[derive(Default)]
pub(super) struct Breaker(Mutex<Vec<Loss>>);

impl Breaker {
    fn losses(&self) -> MutexGuard<'_, Vec<Loss>> {
        unpoisoned(self.0.lock())
    }

    /// Count a loss. Returns all losses if this one ended the trials of the subject.
    pub(crate) fn lost(&self, loss: Loss) -> Option<Vec<Loss>> {
        let mut losses = self.losses();
        losses.push(loss);
        (losses.len() == LOSSES_MAX).then(|| losses.clone())
    }

    /// Why no trial of the subject begins any more, if so.
    pub(crate) fn open(&self) -> Option<String> {
        let losses = self.losses();
        let first = losses.first().filter(|_| losses.len() >= LOSSES_MAX)?;
        Some(format!("the host was lost in {} (see {HOST_LOST})", first.trial))
    }
}

/// The outcome of a subject with so many losses. `flags` name it on the command line.
pub(super) fn outcome(subject: &str, flags: &str, seed: u64, losses: &[Loss]) -> Outcome {
    let told =
        |loss: &Loss| Evidence { what: format!("lost in {}", loss.trial), text: loss.why.clone() };
    let [first, .., last] = losses else {
        return Outcome::unknown(HOST_LOST, "-", subject, Severity::Critical);
    };
    let when = match first.trial == last.trial {
        true => format!("in {}, and again when that trial was repeated alone", first.trial),
        false => format!("in {}, and again in {}", first.trial, last.trial),
    };
    Outcome {
        verdict: Verdict::Fail,
        claim: "The host survives what its guests do".to_owned(),
        reason: format!("the host was lost {when}; its other trials were not started"),
        observed: last.why.clone(),
        expected: "an answer, from the host or from a restarted host".to_owned(),
        reproduce: Some(format!("gauntlet run {flags}--only {} --seed {seed}", first.incident)),
        advice: Some(advice(first)),
        evidence: losses.iter().map(told).collect(),
        ..Outcome::unknown(HOST_LOST, "-", subject, Severity::Critical)
    }
}

fn advice(first: &Loss) -> Advice {
    Advice {
        symptom: "No tenant gets an answer any more, until somebody restarts the host".to_owned(),
        first_check: format!(
            "what the host did while {} ran: whether all of its workers are busy, whether its \
             process has ended, and whether anything restarts it",
            first.trial
        ),
        cause: "a guest keeps a worker for ever or ends the process, and nothing restarts it"
            .to_owned(),
        fix: "stop every guest at its deadline and give its worker back; run guests in processes \
              that a supervisor watches and restarts"
            .to_owned(),
        see: vec!["CWE-400".to_owned(), "CWE-835".to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loss(trial: &str) -> Loss {
        let (incident, why) = ("host/deadline".to_owned(), "no answer".to_owned());
        Loss { incident, trial: trial.to_owned(), why }
    }

    #[test]
    fn the_second_loss_ends_it_and_a_third_is_not_told_again() {
        let breaker = Breaker::default();
        assert_eq!((breaker.lost(loss("a")), breaker.open()), (None, None));
        let losses = breaker.lost(loss("b")).expect("it is over");
        assert!(breaker.open().is_some_and(|why| why.contains("lost in a (see host/lost)")));
        assert_eq!(breaker.lost(loss("c")), None);
        let outcome = outcome("host", "--host URL ", 7, &losses);
        assert_eq!((outcome.verdict, outcome.severity), (Verdict::Fail, Severity::Critical));
        assert!(outcome.reason.contains("in a, and again in b"), "{}", outcome.reason);
        let again = outcome.reproduce.expect("a command");
        assert_eq!(again, "gauntlet run --host URL --only host/deadline --seed 7");
    }
}
