//! Whether a script can run at all: syntax that no engine accepts, whatever the rest is.
//!
//! Only what is certain without a grammar: nothing to run, merge markers, a string or template
//! without an end, brackets that do not match. Where a slash may be a division or a regular
//! expression, the tokens may be wrong, and brackets and ends prove nothing.

use super::lexer::{Token, cut};

/// Marks in a row that a merge leaves behind.
const MERGE_MARKS: usize = 7;

/// Why no engine accepts `source` as a script; none where an engine may accept it.
pub fn complaint(source: &str) -> Option<String> {
    let cut = cut(source);
    if cut.is_bare() {
        return Some("it contains no code".to_owned());
    }
    if has_merge_marks(source, &cut.tokens) {
        return Some("it contains the markers of an unfinished merge".to_owned());
    }
    if cut.unsure {
        return None;
    }
    let unfinished = cut.unfinished.map(|what| format!("{what} in it is not closed"));
    unfinished.or_else(|| unbalanced(&cut.tokens))
}

/// Whether there is nothing in `source` but blanks and comments.
pub fn is_bare(source: &str) -> bool {
    cut(source).is_bare()
}

/// No operator has seven of these characters. The text shows whether they begin a line.
fn has_merge_marks(source: &str, tokens: &[Token<'_>]) -> bool {
    ['<', '=', '>'].iter().any(|mark| {
        let marks = mark.to_string().repeat(MERGE_MARKS);
        let is_row = |row: &[Token<'_>]| row.iter().all(|token| token.is_mark(*mark));
        source.lines().any(|line| line.starts_with(&marks))
            && tokens.windows(MERGE_MARKS).any(is_row)
    })
}

fn unbalanced(tokens: &[Token<'_>]) -> Option<String> {
    let mut open = Vec::new();
    for token in tokens {
        let Token::Mark(mark) = token else { continue };
        let begins = match mark {
            '(' | '[' | '{' => {
                open.push(*mark);
                continue;
            }
            ')' => '(',
            ']' => '[',
            '}' => '{',
            _ => continue,
        };
        match open.pop() {
            Some(have) if have == begins => {}
            Some(have) => return Some(format!("a {mark} in it closes what {have} opened")),
            None => return Some(format!("a {mark} in it closes nothing")),
        }
    }
    open.last().map(|mark| format!("it ends before {mark} is closed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_engine_takes_is_told() {
        for (source, why) in [
            ("", "no code"),
            ("// a word\n", "no code"),
            ("<<<<<<< HEAD\na()\n=======\nb()\n>>>>>>> x\n", "merge"),
            ("f({ a: [1, 2", "ends before"),
            ("f())", "closes nothing"),
            ("f([)]", "closes what"),
            ("a = 'b", "a string"),
            ("a = `b${c} d", "a template"),
            ("a = `b${c", "a template"),
            ("/* a", "a comment"),
        ] {
            let said = complaint(source);
            assert!(said.as_ref().is_some_and(|said| said.contains(why)), "{source}: {said:?}");
        }
    }

    #[test]
    fn what_may_be_run_is_left_alone() {
        for source in [
            "f({ a: [1, `${b}`], c: /[(]/ })",
            "a = `\n<<<<<<< HEAD\n`",
            "if (a) {}\n/[(]\"/.test(b)",
            "i++ / 2; b = '/('",
            "'a\\\r\nb'",
            "x => ({ y: 1 / 2 })",
        ] {
            assert_eq!(complaint(source), None, "{source}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in r#"(?s)[ -~\n]{0,200}"#) {
            let _said = complaint(&text);
        }
    }
}
