//! Presets: mappings for hosts that many people run, as data in the package.

use super::mapping::RawMapping;
use crate::reading::{Log, Read};
use crate::source::{At, Complaint, Source};
use crate::yaml;

/// The presets by name: mappings as anyone could write them.
pub(crate) const PRESETS: &[(&str, &str)] = &[
    ("viceroy", include_str!("../../presets/viceroy.yaml")),
    ("wasi-http", include_str!("../../presets/wasi-http.yaml")),
    ("workerd", include_str!("../../presets/workerd.yaml")),
];

/// The mapping of the preset with this name. Keeps a complaint if there is none.
pub(super) fn read(word: &At<String>, log: &mut Log) -> Option<RawMapping> {
    let found = PRESETS.iter().find(|(name, _)| *name == word.value);
    let Some((name, text)) = found else {
        log.unknown("preset", word, &PRESETS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        return None;
    };
    let mut own = Log::default();
    let tree = yaml::parse(&Source::new(*name, *text)).ok();
    let mapping = tree.and_then(|tree| RawMapping::read(&tree, &mut own));
    if mapping.is_none() || !own.0.is_empty() {
        let problem = format!("the preset `{name}` cannot be read: {:?}", own.0);
        log.add(Complaint::new(word.span, problem));
    }
    mapping
}
