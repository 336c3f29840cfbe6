//! Lists, tokens and quoted strings (RFC 9110 §5.6).

/// The members of a list: split at commas outside quoted strings, blanks trimmed, empty
/// members dropped (§5.6.1.2).
pub fn members(line: &str) -> Vec<&str> {
    split(line, ',').into_iter().filter(|member| !member.is_empty()).collect()
}

/// The pieces of `text` between `separator`s that stand outside quoted strings, trimmed. An
/// unclosed quote runs to the end.
pub fn split(text: &str, separator: char) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if c == separator && !quoted => {
                pieces.push(trim(&text[start..at]));
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    pieces.push(trim(&text[start..]));
    pieces
}

/// Without leading and trailing HTTP tab or space bytes.
pub fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// Whether `text` is a token (§5.6.2).
pub fn is_token(text: &str) -> bool {
    let symbol = |b: u8| b"!#$%&'*+-.^_`|~".contains(&b);
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || symbol(b))
}

/// The content of a quoted string, or the text itself where it is none (§5.6.4).
pub(crate) fn unquote(text: &str) -> String {
    let Some(inner) = text.strip_prefix('"') else { return text.to_owned() };
    let mut content = String::new();
    let mut escaped = false;
    for c in inner.chars() {
        match c {
            _ if escaped => {
                content.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => break,
            _ => content.push(c),
        }
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn commas_inside_quotes_do_not_split() {
        assert_eq!(members(r#"a="x,\",y" , b,, c"#), [r#"a="x,\",y""#, "b", "c"]);
        assert_eq!(members("\t"), Vec::<&str>::new());
        assert_eq!(members("a, \"b, c"), ["a", "\"b, c"]);
    }

    #[test]
    fn a_quoted_string_gives_its_content() {
        assert_eq!(unquote(r#""a\"b""#), "a\"b");
        assert_eq!(unquote("plain"), "plain");
        assert_eq!(unquote("\""), "");
    }

    #[test]
    fn tokens_have_no_blank_quote_or_comma() {
        for (text, token) in [("accept-encoding", true), ("*", true), ("", false), ("a b", false)] {
            assert_eq!(is_token(text), token, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_split_and_no_piece_is_lost(text in "\\PC*") {
            let pieces: usize = split(&text, ',').iter().map(|piece| piece.len()).sum();
            prop_assert!(pieces <= text.len());
            let _ = (members(&text), unquote(&text), is_token(&text));
        }

        #[test]
        fn plain_members_survive_a_round_trip(words in prop::collection::vec("[a-z]{1,8}", 0..8)) {
            let line = words.join(" ,\t");
            prop_assert_eq!(members(&line), words);
        }
    }
}
