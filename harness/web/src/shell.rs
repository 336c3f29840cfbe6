//! Words of a command line, quoted for a POSIX shell.

/// `text` as one word of a POSIX shell; a line break or other control character, which no
/// field can hold, is left out.
pub fn quoted(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    format!("'{}'", text.replace('\'', "'\\''"))
}
