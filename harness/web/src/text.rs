//! Hostile text made safe to show: control characters escaped, length bounded.

/// `text` with every control character, and what changes the direction of reading, escaped.
pub fn visible(text: &str) -> String {
    // The fast path for nearly all texts of a site.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || BIDI.contains(&c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Bytes of a header value as text: valid UTF-8 stays, other bytes become `\xNN`.
pub fn visible_bytes(bytes: &[u8]) -> String {
    let mut shown = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        shown.push_str(&visible(chunk.valid()));
        for byte in chunk.invalid() {
            shown.push_str(&format!("\\x{byte:02x}"));
        }
    }
    shown
}

/// At most `bytes_max` bytes of `text`; a cut is told.
pub fn bounded(mut text: String, bytes_max: usize) -> String {
    if text.len() > bytes_max {
        let left_out = text.len() - bytes_max;
        text.truncate(text.floor_char_boundary(bytes_max));
        text.push_str(&format!("… ({left_out} bytes more)"));
    }
    text
}

/// Characters that change the reading order of a text.
const BIDI: [char; 9] = [
    '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}',
    '\u{2069}',
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped_and_lengths_bounded() {
        let shown = "a\\u{1b}[31m\\r\\n\\u{9b}é\\u{202e}";
        assert_eq!(visible("a\x1b[31m\r\n\u{9b}é\u{202e}"), shown);
        assert_eq!(visible_bytes(b"a\xff\x00"), "a\\xff\\u{0}");
        assert_eq!(bounded("éé".to_owned(), 3), "é… (1 bytes more)");
    }
}
