//! Patterns over what a host answers: a text in which `*` stands for anything.

/// A pattern; without a `*` it is the whole text, letter by letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// The pattern of a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether `text` matches. Each part is searched once, after the end of the previous one, so
    /// the time is linear in the text for each part.
    pub fn fits(&self, text: &str) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = text.strip_prefix(first) else { return false };
        let Some(last) = parts.next_back() else { return rest.is_empty() };
        for part in parts {
            match rest.find(part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything_and_all_else_for_itself() {
        for (pattern, text, fits) in [
            ("trap", "trap", true),
            ("trap", "trap ", false),
            ("Trap", "trap", false),
            ("*", "", true),
            ("trap*", "trap: unreachable", true),
            ("*memory*", "out of memory (limit)", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("aa*aa", "aaa", false),
            ("", "", true),
            ("", "x", false),
        ] {
            assert_eq!(Pattern::new(pattern).fits(text), fits, "{pattern} on {text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_strange(pattern in "[*aé]{0,9}", text in "[aéb*]{0,20}") {
            let _fits = Pattern::new(pattern).fits(&text);
            proptest::prop_assert!(Pattern::new("*").fits(&text));
        }
    }
}
