//! Identifiers: incident ids, step names, parameters. Lower case, digits and hyphens.

/// Whether `text` is one or more of `a-z 0-9 -`, beginning with a letter.
pub fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// Whether `text` is `family/name`, both words.
pub(crate) fn is_incident(text: &str) -> bool {
    text.split_once('/').is_some_and(|(family, name)| is_word(family) && is_word(name))
}

/// The word of `known` nearest to `read`, where it is near enough to be what was meant.
pub fn nearest<'a>(read: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let reach = (read.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|word| (strsim::osa_distance(read, word), word))
        .filter(|(distance, _)| *distance <= reach)
        .min()
        .map(|(_, word)| word)
}
