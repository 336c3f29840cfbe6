//! Cases: every combination of a scenario's parameters, for each asset that was found.

use crate::profile::{Found, Profile};

use super::Scenario;
use super::template::Params;

/// One case of a scenario on one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What tells it from the scenario's other cases, as in `/app.3f2a9c.wasm offer=br`; `-`
    /// where there is but one.
    pub label: String,
    /// The values of the parameters.
    pub params: Params,
    /// The asset, where the scenario has one case for each.
    pub asset: Option<Found>,
}

/// Most combinations of one matrix; the largest of the catalogue has 60.
pub const MATRIX_CASES_MAX: usize = 1_000;

impl Scenario {
    /// The cases of this scenario on a subject with this profile.
    pub fn cases(&self, profile: &Profile) -> Vec<Case> {
        let assets: Vec<Option<&Found>> = match self.each.is_empty() {
            true => vec![None],
            false => {
                let wanted = |found: &&Found| self.each.contains(&found.asset);
                profile.found.iter().filter(wanted).map(Some).collect()
            }
        };
        let combinations = combinations(&self.matrix);
        let case = |asset: Option<&Found>, params: &Params| Case {
            label: label(asset, params),
            params: params.clone(),
            asset: asset.cloned(),
        };
        let of = |asset| combinations.iter().map(move |params| case(asset, params));
        assets.into_iter().flat_map(of).collect()
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
