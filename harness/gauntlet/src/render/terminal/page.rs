//! A page of text: lines, labelled fields, wrapped at words. Escapes hostile text.

use wasm_gauntlet_model::source::printable;

use super::Appearance;

/// Most characters of one field that are shown. `run.json` has all of it.
const FIELD_CHARS_MAX: usize = 600;
/// Width of the labels of fields: `first check` and a blank.
const LABEL_CHARS: usize = 12;

/// A page that is being written.
#[derive(Debug)]
pub(super) struct ReportPage {
    out: String,
    /// How it is to look.
    pub(crate) look: Appearance,
}

impl ReportPage {
    /// An empty page.
    pub(crate) fn new(look: Appearance) -> Self {
        Self { out: String::new(), look }
    }

    /// All that was written.
    pub(crate) fn text(self) -> String {
        self.out
    }

    /// One line of our own words, styles included.
    pub(crate) fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    /// An empty line, never two.
    pub(crate) fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// Words, wrapped, each line `indent` deep.
    pub(crate) fn words(&mut self, indent: usize, text: &str) {
        for line in wrapped(text, self.look.columns.saturating_sub(indent)) {
            self.line(&format!("{:indent$}{line}", ""));
        }
    }

    /// A label and words beside it; nothing where there are no words.
    pub(crate) fn field(&mut self, indent: usize, label: &str, text: &str) {
        let room = self.look.columns.saturating_sub(indent + LABEL_CHARS);
        for (index, line) in wrapped(text, room).iter().enumerate() {
            let shown = if index == 0 { label } else { "" };
            self.labelled(indent, shown, line);
        }
    }

    /// A label and lines that are meant to be copied, which keep their breaks and blanks. A single
    /// line is wrapped as words.
    pub(crate) fn field_lines(&mut self, indent: usize, label: &str, text: &str) {
        if !text.contains('\n') {
            return self.field(indent, label, text);
        }
        for (index, line) in text.lines().enumerate() {
            self.labelled(indent, if index == 0 { label } else { "" }, &printable(line));
        }
    }

    /// A label and a text that is meant to be copied, so it stays on one line.
    pub(crate) fn field_as_is(&mut self, indent: usize, label: &str, text: &str) {
        if !text.is_empty() {
            self.labelled(indent, label, &printable(text));
        }
    }

    fn labelled(&mut self, indent: usize, label: &str, text: &str) {
        let label = self.look.paint.faint(&format!("{label:LABEL_CHARS$}"));
        self.line(&format!("{:indent$}{label}{text}", ""));
    }
}

/// `text` made printable and shortened, in lines of at most `room` characters.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in clipped(&printable(text)).split_whitespace() {
        let fits = |line: &String| line.chars().count() + 1 + word.chars().count() <= room;
        match lines.last_mut().filter(|line| fits(line)) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

fn clipped(text: &str) -> String {
    let mut chars = text.chars();
    let mut out: String = chars.by_ref().take(FIELD_CHARS_MAX).collect();
    let left = chars.count();
    if left > 0 {
        out.push_str(&format!(" … ({left} more characters)"));
    }
    out
}

/// The first few of `items`, and how many more there are.
pub(super) fn first_few(items: &[String], most: usize, between: &str) -> String {
    let shown = items.iter().take(most).cloned().collect::<Vec<_>>().join(between);
    match items.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown}{between}and {more} more"),
    }
}

/// `1 case`, `2 cases`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_hostile_text_writes_an_escape_or_a_line(text in "(?s).{0,300}") {
            let mut page = ReportPage::new(Appearance::PLAIN);
            page.field_as_is(2, "label", &text);
            let shown = page.text();
            proptest::prop_assert!(!shown.trim_end_matches('\n').contains(char::is_control));
        }

        #[test]
        fn wrapping_loses_no_word(words in proptest::collection::vec("[a-z]{1,12}", 0..40)) {
            let lines = wrapped(&words.join(" "), 20);
            proptest::prop_assert!(lines.iter().all(|line| line.len() <= 20));
            let again: Vec<&str> = lines.iter().flat_map(|line| line.split(' ')).collect();
            proptest::prop_assert_eq!(again, words);
        }
    }

    #[test]
    fn a_long_text_says_how_much_is_left_out() {
        assert!(clipped(&"a".repeat(FIELD_CHARS_MAX + 7)).ends_with("(7 more characters)"));
    }
}
