//! A seeded mix of guests over subjects, call after call, by the same sessions as a run.
//!
//! Each subject has a shuffled list of all guests, shuffled again when it is used up. So every
//! guest is called on every subject before any is called again.

use std::collections::BTreeMap;

use wasm_gauntlet_model::action::{Action, Call};
use wasm_gauntlet_model::observation::{Facts, Value};

use crate::subject::plugin_host::actions::seeded_rng::SeededRng;
use crate::subject::{Inability, Session, Subject};

/// Calls in one session. The next guests meet what an attack left behind, and one worker starts for
/// all of them.
const CALLS_A_SESSION: usize = 20;

/// The plan of a mix.
pub struct Mix<'a> {
    /// The subjects, called in turn.
    pub subjects: &'a [Box<dyn Subject>],
    /// The guests.
    pub guests: &'a [&'a str],
    /// The seed that replays the mix.
    pub seed: u64,
    /// The number of calls.
    pub calls: usize,
}

/// The result of a mix.
#[derive(Debug, Default)]
pub struct MixTally {
    /// Outcomes by subject and word.
    pub outcomes: BTreeMap<(String, String), u64>,
    /// Calls whose outcome the guest's header does not allow, by subject and guest.
    pub uncontained: BTreeMap<(String, String), u64>,
    /// Calls of which nothing could be seen, with the last reason.
    pub unseen: (u64, Option<Inability>),
    /// Calls that were made.
    pub calls: usize,
}

impl Mix<'_> {
    /// Make the calls. After each session, `after` is told how many were made.
    pub fn run(&self, mut after: impl FnMut(usize)) -> MixTally {
        let mut tally = MixTally::default();
        let mut decks: Vec<Deck> = self.subjects.iter().map(|_| Deck::default()).collect();
        let mut rng = SeededRng::new(self.seed, "mix");
        let mut turns = (0..self.subjects.len()).cycle();
        while let Some(turn) = turns.next().filter(|_| tally.calls < self.calls) {
            let wanted = CALLS_A_SESSION.min(self.calls - tally.calls);
            let subject = self.subjects[turn].as_ref();
            let guests: Vec<&str> =
                (0..wanted).map(|_| decks[turn].next(self.guests, &mut rng)).collect();
            match subject.open(rng.below(u64::MAX)) {
                Ok(mut session) => tally.session(subject.name(), session.as_mut(), &guests),
                Err(inability) => tally.unseen(wanted, inability),
            }
            after(tally.calls);
        }
        tally
    }
}

/// The guests of one subject that are still to come.
#[derive(Default)]
struct Deck(Vec<usize>);

impl Deck {
    fn next<'g>(&mut self, guests: &[&'g str], rng: &mut SeededRng) -> &'g str {
        if self.0.is_empty() {
            self.0 = (0..guests.len()).collect();
            for last in (1..guests.len()).rev() {
                let other = rng.below(last as u64 + 1);
                self.0.swap(last, usize::try_from(other).unwrap_or(last));
            }
        }
        self.0.pop().map_or("", |index| guests[index])
    }
}

impl MixTally {
    fn session(&mut self, subject: &str, session: &mut dyn Session, guests: &[&str]) {
        for guest in guests {
            match session.perform("call", &Action::Call(Call::usual(guest, "mix"))) {
                Ok(observation) => self.seen(subject, guest, &observation.facts),
                Err(inability) => self.unseen(1, inability),
            }
        }
    }

    fn seen(&mut self, subject: &str, guest: &str, facts: &Facts) {
        self.calls += 1;
        let outcome = match facts.get("outcome") {
            Some(Value::Text(outcome)) => outcome.clone(),
            _ => "none".to_owned(),
        };
        *self.outcomes.entry((subject.to_owned(), outcome)).or_default() += 1;
        if facts.get("contained") != Some(&Value::Bool(true)) {
            *self.uncontained.entry((subject.to_owned(), guest.to_owned())).or_default() += 1;
        }
    }

    fn unseen(&mut self, calls: usize, inability: Inability) {
        self.calls += calls;
        self.unseen = (self.unseen.0 + calls as u64, Some(inability));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subject::scripted::Scripted;
    use wasm_gauntlet_model::observation::Observation;
    use wasm_gauntlet_model::profile::SubjectKind;

    fn scripted(name: &str, outcome: &str) -> Scripted {
        let facts = [
            ("outcome".into(), Value::Text(outcome.to_owned())),
            ("contained".into(), Value::Bool(outcome == "ok")),
        ];
        let said = Observation { facts: facts.into(), ..Observation::default() };
        Scripted::new(name, SubjectKind::Host).says("call", Ok(said))
    }

    #[test]
    fn every_guest_is_called_on_every_subject_before_any_is_called_again() {
        let guests: Vec<String> = (0..30).map(|number| format!("g{number}")).collect();
        let guests: Vec<&str> = guests.iter().map(String::as_str).collect();
        let subjects: [Box<dyn Subject>; 2] =
            [Box::new(scripted("good", "ok")), Box::new(scripted("bad", "deadline"))];
        let mix = Mix { subjects: &subjects, guests: &guests, seed: 3, calls: 120 };
        let mut heard = Vec::new();
        let tally = mix.run(|calls| heard.push(calls));
        assert_eq!(heard, [20, 40, 60, 80, 100, 120]);
        assert_eq!(tally.outcomes[&("good".to_owned(), "ok".to_owned())], 60);
        assert_eq!(tally.uncontained.len(), 30, "each guest, on the bad one alone");
        assert!(tally.uncontained.values().all(|times| *times == 2), "{tally:?}");
    }

    #[test]
    fn what_cannot_be_seen_is_counted_and_ends() {
        let blind = Scripted::new("blind", SubjectKind::Host)
            .says("call", Err(Inability::unreachable("nobody there".to_owned())));
        let subjects: [Box<dyn Subject>; 1] = [Box::new(blind)];
        let mix = Mix { subjects: &subjects, guests: &["g"], seed: 1, calls: 25 };
        let tally = mix.run(|_| {});
        assert_eq!((tally.calls, tally.unseen.0), (25, 25));
    }
}
