//! Whether the output of a command matches the lines that a document shows.

/// The output must have every shown line, in this order and without other lines between them. A
/// line `...` alone stands for any lines, and `[..]` in a line for any text. If no line is shown,
/// nothing is checked.
///
/// # Errors
/// The first shown line that does not match.
pub(crate) fn fits(shown: &[String], said: &str) -> Result<(), String> {
    let mut shown: Vec<&str> = shown.iter().map(|line| line.trim_end()).collect();
    while shown.last().is_some_and(|line| line.is_empty()) {
        shown.pop();
    }
    if shown.is_empty() {
        return Ok(());
    }
    let said: Vec<&str> = said.trim_end().lines().map(str::trim_end).collect();
    let mut at = 0;
    let mut parts = shown.split(|line| *line == "...").peekable();
    let mut is_first = true;
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        let last_start = said.len().saturating_sub(part.len());
        let mut starts = match (is_first, is_last) {
            (true, true) if part.len() != said.len() => return Err("...".to_owned()),
            (true, _) => 0..=0,
            (false, true) if part.is_empty() => return Ok(()),
            (false, true) => last_start.max(at)..=last_start,
            (false, false) => at..=last_start,
        };
        let found = starts.find(|start| holds(part, &said[(*start).min(said.len())..]));
        let Some(start) = found else {
            let missing = part.iter().find(|line| !said[at..].iter().any(|one| fit(line, one)));
            return Err((*missing.or(part.first()).unwrap_or(&"...")).to_owned());
        };
        at = start + part.len();
        is_first = false;
    }
    Ok(())
}

fn holds(part: &[&str], said: &[&str]) -> bool {
    part.len() <= said.len() && part.iter().zip(said).all(|(shown, said)| fit(shown, said))
}

/// Whether a line matches; `[..]` is any text.
fn fit(shown: &str, said: &str) -> bool {
    let parts: Vec<&str> = shown.split("[..]").collect();
    let [first, middle @ .., last] = &parts[..] else { return shown == said };
    let Some(mut rest) = said.strip_prefix(first) else { return false };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[test]
fn dots_stand_for_lines_and_brackets_for_text() {
    let said = "one\ntwo 2\nthree\nfour\n";
    for (shown, right) in [
        (&["one", "two 2", "three", "four"][..], true),
        (&["one", "two [..]", "three", "four", ""], true),
        (&["one", "..."], true),
        (&["...", "four"], true),
        (&["...", "two 2", "...", "four"], true),
        (&["one", "...", "four"], true),
        (&[], true),
        (&["one"], false),
        (&["two 2", "..."], false),
        (&["...", "three"], false),
        (&["...", "three", "...", "two 2", "..."], false),
        (&["one", "two [..]3", "..."], false),
        (&["...", "five", "..."], false),
    ] {
        let lines: Vec<String> = shown.iter().map(|line| (*line).to_owned()).collect();
        assert_eq!(fits(&lines, said).is_ok(), right, "{shown:?}");
    }
}
