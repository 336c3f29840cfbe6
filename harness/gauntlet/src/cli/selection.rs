//! `--only`: each filter must be the beginning of some incident's id, so a typo never gives an
//! empty run.

use wasm_gauntlet_model::name::nearest;
use wasm_gauntlet_model::scenario::Scenario;
use wasm_gauntlet_model::selection::{Selection, Shard};

use super::exit::Failure;

/// The selection that the filters make of `scenarios`.
///
/// # Errors
/// When nothing would run: there is no scenario, or a filter fits no incident.
pub(super) fn select(
    only: &[String],
    shard: Option<Shard>,
    scenarios: &[Scenario],
) -> Result<Selection, Failure> {
    let ids: Vec<&str> = scenarios.iter().map(|scenario| scenario.incident.as_str()).collect();
    if ids.is_empty() {
        return Err(Failure::inconclusive("there is no scenario, so nothing can be tested"));
    }
    match only.iter().find(|filter| !ids.iter().any(|id| id.starts_with(filter.as_str()))) {
        Some(filter) => Err(Failure::inconclusive(unmatched(filter, &ids))),
        None => Ok(Selection { only: only.to_vec(), shard, heavy: false, about: None }),
    }
}

fn unmatched(filter: &str, ids: &[&str]) -> String {
    let families = families(ids);
    let known = families.iter().map(String::as_str).chain(ids.iter().copied());
    let help = match nearest(filter, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the families are {}", families.join(", ")),
    };
    format!("no incident begins with `{filter}`; {help}")
}

fn families(ids: &[&str]) -> Vec<String> {
    let family = |id: &&str| id.split_once('/').map(|(family, _)| format!("{family}/"));
    let mut families: Vec<String> = ids.iter().filter_map(family).collect();
    families.sort_unstable();
    families.dedup();
    families
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_in_a_filter_is_answered_with_what_may_be_meant() {
        let ids = ["delivery/missing-vary", "host/deadline"];
        let table = [
            ("delivry/", "did you mean `delivery/`?"),
            ("host/dedline", "did you mean `host/deadline`?"),
            ("browser/", "the families are delivery/, host/"),
        ];
        for (filter, help) in table {
            let shown = unmatched(filter, &ids);
            assert_eq!(shown, format!("no incident begins with `{filter}`; {help}"));
        }
    }
}
