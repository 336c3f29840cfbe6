//! Keys of scenarios that have another name now: who writes the old one is told the new one.

/// Old names and new ones.
const RENAMED: [(&str, &str); 3] =
    [("twins", "faults"), ("contest", "noisy-neighbour"), ("near-twin", "counterpart")];

/// The new name of a key; none if it never had another.
pub(crate) fn new_name(old: &str) -> Option<&'static str> {
    RENAMED.iter().find(|(one, _)| *one == old).map(|(_, new)| *new)
}
