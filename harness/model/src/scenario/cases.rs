//! Cases: every combination of a scenario's parameters, for each asset that was found.

use crate::found::first_page;
use crate::limits::Limits;
use crate::profile::{Found, Profile};

use super::Scenario;
use super::template::Params;

/// One case of a scenario on one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The label that distinguishes it from the other cases of the scenario, as in
    /// `/app.3f2a9c.wasm offer=br`. It is `-` where there is one case only.
    pub label: String,
    /// The values of the parameters.
    pub params: Params,
    /// The asset, where the scenario has one case for each.
    pub asset: Option<Found>,
}

/// The suffix of a parameter name that means the counterpart of a guest: the benign guest that does
/// nearly the same, which a host must not refuse.
pub(crate) const COUNTERPART: &str = ".counterpart";

/// Most combinations of one matrix; the largest of the catalogue has 60.
pub(crate) const MATRIX_CASES_MAX: usize = 1_000;

impl Scenario {
    /// The cases of this scenario that are safe anywhere, on a subject with this profile.
    pub fn cases(&self, profile: &Profile) -> Vec<Case> {
        self.cases_of(profile, false)
    }

    /// The cases of this scenario. With `heavy`, also those that can exhaust a machine.
    pub fn cases_of(&self, profile: &Profile, heavy: bool) -> Vec<Case> {
        let assets: Vec<Option<&Found>> = match self.each.is_empty() {
            true => vec![None],
            false => {
                let first = first_page(&profile.found);
                let wanted = |found: &&Found| {
                    self.each.contains(&found.asset) && (!self.visits() || first == Some(*found))
                };
                profile.found.iter().filter(wanted).map(Some).collect()
            }
        };
        let mut combinations = combinations(&self.matrix);
        combinations.retain(|params| heavy || !self.is_heavy(&self.with_counterparts(params)));
        let case = |asset: Option<&Found>, params: &Params| Case {
            label: label(asset, params),
            params: self.with_counterparts(params),
            asset: asset.cloned(),
        };
        let of = |asset| combinations.iter().map(move |params| case(asset, params));
        assets.into_iter().flat_map(of).collect()
    }
}

impl Scenario {
    /// Whether a case of this scenario, on a subject without assets, is called `case`.
    pub(crate) fn has_case(&self, case: &str) -> bool {
        combinations(&self.matrix).iter().any(|params| label(None, params) == case)
    }

    /// The parameters, and the counterpart of each guest among them. A guest without a counterpart
    /// is benign, and is its own.
    fn with_counterparts(&self, params: &Params) -> Params {
        let counterpart = |(name, value): &(String, super::Scalar)| {
            let text = value.text();
            let known = self.counterparts.iter().find(|(guest, _)| *guest == text);
            let counterpart = known.map_or(text, |(_, counterpart)| counterpart.clone());
            (format!("{name}{COUNTERPART}"), super::Scalar::Text(counterpart))
        };
        let counterparts = params.iter().filter(|_| !self.counterparts.is_empty()).map(counterpart);
        params.iter().cloned().chain(counterparts).collect()
    }

    fn is_heavy(&self, params: &Params) -> bool {
        !self.heavy.is_empty() && self.uses(params).any(|guest| self.heavy.contains(&guest))
    }

    /// The guests that the steps use in one case.
    fn uses<'a>(&'a self, params: &'a Params) -> impl Iterator<Item = String> + 'a {
        self.steps.iter().flat_map(|step| step.guest_ids(params))
    }

    /// Why a case can show nothing under `limits`, if so: one of its guests does not exceed a cap.
    pub(crate) fn shows_nothing(&self, case: &Case, limits: &Limits) -> Option<String> {
        if self.reaches.is_empty() {
            return None;
        }
        let within = |guest: String| {
            let reach = self.reaches.iter().find(|(named, _)| *named == guest)?.1;
            Some(format!("{guest} {}", reach.within(limits)?))
        };
        self.uses(&case.params).find_map(within)
    }
}

fn combinations(matrix: &[(String, Vec<super::Scalar>)]) -> Vec<Params> {
    matrix.iter().fold(vec![Params::new()], |rows, (name, values)| {
        let extend = |row: &Params| {
            let row = row.clone();
            values.iter().map(move |value| {
                let mut longer = row.clone();
                longer.push((name.clone(), value.clone()));
                longer
            })
        };
        rows.iter().flat_map(extend).collect()
    })
}

fn label(asset: Option<&Found>, params: &Params) -> String {
    let asset = asset.map(|found| found.label.clone());
    let params = params.iter().map(|(name, value)| format!("{name}={}", value.label()));
    let words: Vec<String> = asset.into_iter().chain(params).collect();
    if words.is_empty() { "-".to_owned() } else { words.join(" ") }
}
