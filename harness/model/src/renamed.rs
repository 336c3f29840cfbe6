//! Keys of scenarios that were renamed. A complaint about the old name gives the new one.

/// Old names and new ones.
const RENAMED: [(&str, &str); 3] =
    [("twins", "faults"), ("contest", "noisy-neighbour"), ("near-twin", "counterpart")];

/// The new name of a key; none if the key was never renamed.
pub(crate) fn new_name(old: &str) -> Option<&'static str> {
    RENAMED.iter().find(|(one, _)| *one == old).map(|(_, new)| *new)
}
