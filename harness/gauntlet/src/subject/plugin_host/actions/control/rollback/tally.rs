//! What the callers saw, answer by answer.

use std::collections::BTreeSet;

use wasm_gauntlet_host::worker::parent::work::GuestModule;

use super::super::super::contained;
use super::super::super::registrar::{RegistryAnswer, Told};
use super::super::INPUT;

/// What the callers saw.
#[derive(Default)]
pub(crate) struct RollbackTally {
    /// Answers of each of the two.
    pub(crate) served: [usize; 2],
    /// Answers whose content is not that of the module that they name.
    pub(crate) mixed: usize,
    /// Answers that name neither.
    pub(crate) foreign: usize,
    /// Answers of the version before an acknowledged switch.
    pub(crate) stale: usize,
    /// Answers that say that something was not done.
    pub(crate) lost: BTreeSet<String>,
    /// The first answers that were not right, in words.
    pub(crate) odd: Vec<String>,
}

/// Wrong answers that are shown.
const ODD_MAX: usize = 5;

impl RollbackTally {
    /// One answer; `version` is the one that must have served, where no switch was under way.
    pub(crate) fn answer(&mut self, modules: &[GuestModule; 2], told: Told, version: Option<u64>) {
        if told.said != RegistryAnswer::Done {
            self.lost.insert(told.line);
            return;
        }
        let named = |module: &GuestModule| told.digest.as_ref() == Some(&module.digest);
        let odd = match modules.iter().position(named) {
            None => {
                self.foreign += 1;
                "names neither module"
            }
            Some(which) => {
                self.served[which] += 1;
                let right = contained::right_output(&modules[which], INPUT, &told.output);
                let stale = version.is_some_and(|version| (version == 1) != (which == 1));
                self.mixed += usize::from(right == Some(false));
                self.stale += usize::from(stale);
                match (right, stale) {
                    (Some(false), _) => "is not the output of the module that it names",
                    (_, true) => "is from the version before the switch",
                    _ => return,
                }
            }
        };
        if self.odd.len() < ODD_MAX {
            let digest = told.digest.as_deref().unwrap_or("no digest");
            let output = told.output.iter().take(40).copied().collect::<Vec<_>>();
            self.odd.push(format!("{digest} with \"{}\" {odd}", output.escape_ascii()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::super::module::catalogue;
    use super::*;

    #[test]
    fn an_answer_is_right_mixed_stale_foreign_or_lost() {
        let module = |id| catalogue(id, &[]).expect("the catalogue has it");
        let modules = [module("benign-tiny"), module("benign-echo")];
        let told = |digest: Option<usize>, output: &[u8]| Told {
            said: RegistryAnswer::Done,
            line: "200".to_owned(),
            output: output.to_vec(),
            digest: digest.map(|which| modules[which].digest.clone()),
        };
        let seen = |told: Told, version| {
            let mut tally = RollbackTally::default();
            tally.answer(&modules, told, version);
            (tally.mixed, tally.stale, tally.foreign, tally.lost.len())
        };
        assert_eq!(seen(told(Some(0), b"tiny"), Some(0)), (0, 0, 0, 0));
        assert_eq!(seen(told(Some(1), b"ping"), None), (0, 0, 0, 0), "a switch was under way");
        assert_eq!(seen(told(Some(1), b"ping"), Some(0)), (0, 1, 0, 0));
        assert_eq!(seen(told(Some(1), b"tiny"), Some(1)), (1, 0, 0, 0));
        assert_eq!(seen(told(None, b"tiny"), Some(0)), (0, 0, 1, 0));
        let busy =
            Told { said: RegistryAnswer::Refused, line: "429 busy".to_owned(), ..told(None, b"") };
        assert_eq!(seen(busy, Some(0)), (0, 0, 0, 1));
    }
}
