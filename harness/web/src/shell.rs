//! Quoting of words for a POSIX shell.

/// `text` as one word of a POSIX shell. Line breaks and other control characters, which no field
/// can contain, are dropped.
pub fn quoted(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    format!("'{}'", text.replace('\'', "'\\''"))
}
