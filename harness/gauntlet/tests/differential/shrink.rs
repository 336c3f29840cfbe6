//! Shrinks a module on which runtimes differ to a small one on which they still do. The same module
//! gives the same result, within a limit of steps and time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use gauntlet::subject::plugin_host::actions::module::catalogue;
use gauntlet::subject::plugin_host::adapter::Adapter;
use wasm_gauntlet_host::worker::parent::work::GuestModule;
use wasm_gauntlet_model::observation::Observation;

use crate::reduce::reduced;
use crate::{count, differ};

/// The guest that stands for the module that is being shrunk.
const CANDIDATE: &str = "candidate";

/// Modules tried for one. A drawn module of 2 KB takes some hundreds.
const TRIED_MAX: usize = 3000;

/// Longest time for one module. The smallest module so far is then kept; it still differs.
const TIME_MAX: Duration = Duration::from_secs(60);

/// Milliseconds for a candidate. A step that removes the bound of a loop makes it endless.
const DEADLINE_MS: u64 = 200;

/// The place where an adapter gets the module that is being shrunk.
#[derive(Clone, Default)]
pub(crate) struct Candidate(Arc<Mutex<Vec<u8>>>);

impl Candidate {
    /// `subject`, which knows the candidate in addition to the guests of the catalogue.
    pub(crate) fn known_to(&self, subject: Adapter) -> Adapter {
        let candidate = self.clone();
        subject.with_guests(Box::new(move |id, params| match id {
            CANDIDATE => Ok(candidate.module()),
            _ => catalogue(id, params),
        }))
    }

    fn module(&self) -> GuestModule {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        GuestModule { seeded: true, ..GuestModule::new(CANDIDATE, "is being shrunk", false, bytes) }
    }

    fn set(&self, bytes: &[u8]) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = bytes.to_vec();
    }

    /// The observation of `bytes` on `subject`.
    pub(crate) fn tried(&self, subject: &Adapter, bytes: &[u8]) -> Option<Observation> {
        self.set(bytes);
        differ(subject, CANDIDATE, 0, 1, DEADLINE_MS).ok()
    }

    /// A small module with the same different ends on `subject` as `bytes`, or `bytes` if none is
    /// found.
    pub(crate) fn shrunk(&self, subject: &Adapter, bytes: &[u8]) -> Vec<u8> {
        let until = Instant::now() + TIME_MAX;
        let ends = |bytes: &[u8]| self.tried(subject, bytes).and_then(|seen| ends(&seen));
        let Some(wanted) = ends(bytes) else { return bytes.to_vec() };
        reduced(bytes, TRIED_MAX, |smaller| {
            Instant::now() < until && ends(smaller).as_ref() == Some(&wanted)
        })
    }
}

/// The different ends of the answers, without outputs. `None` if no answer differs.
fn ends(seen: &Observation) -> Option<Vec<String>> {
    let differs = count(seen, "different") + count(seen, "disputed") > 0;
    let answers = seen.evidence.iter().find(|piece| piece.what == "answers")?;
    let end = |line: &str| line.split(',').next().unwrap_or_default().to_owned();
    differs.then(|| answers.text.lines().map(end).collect())
}
