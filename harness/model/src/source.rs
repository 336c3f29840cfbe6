//! Texts that people wrote, positions in them, and complaints that point at those positions.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text and its name in complaints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file's path as given, or a word such as `built-in`.
    pub name: String,
    /// The text.
    pub text: String,
}

impl Source {
    /// A source of a name and a text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}

/// A place in a text. Lines and columns count from 1; columns count characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Length in characters; 0 where only the beginning is known.
    pub chars: u32,
}

/// A value with the place where it was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where.
    pub span: Span,
}

impl<T> At<T> {
    /// The same place with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> At<U> {
        At { value: change(self.value), span: self.span }
    }
}

/// One problem in a text: what was read, what was expected, and a suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Where.
    pub span: Span,
    /// What was read and why it is wrong, one sentence without a full stop.
    pub problem: String,
    /// What was expected, or what may have been meant.
    pub help: Option<String>,
}

impl Complaint {
    /// A complaint without help.
    pub fn new(span: Span, problem: impl Into<String>) -> Self {
        Self { span, problem: problem.into(), help: None }
    }

    /// The same complaint with help.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Every complaint about one text, in the order of the text. Displayed with file, line,
/// column, the line itself and a caret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaints {
    source: Source,
    list: Vec<Complaint>,
}

impl Complaints {
    /// Complaints about `source`, which are put in the order of the text.
    pub fn new(source: Source, mut list: Vec<Complaint>) -> Self {
        list.sort_by_key(|complaint| complaint.span);
        Self { source, list }
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.list.len()
    }

    /// The complaints, in the order of the text.
    pub fn list(&self) -> &[Complaint] {
        &self.list
    }
}

/// Longest line of a text that a complaint quotes, characters; a terminal shows two rows of it.
const QUOTED_CHARS_MAX: usize = 160;

impl fmt::Display for Complaints {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        for complaint in &self.list {
            show(&self.source, complaint, out)?;
        }
        Ok(())
    }
}

fn show(source: &Source, complaint: &Complaint, out: &mut fmt::Formatter) -> fmt::Result {
    let Span { line, column, chars } = complaint.span;
    writeln!(out, "error: {}", printable(&complaint.problem))?;
    writeln!(out, "  --> {}:{line}:{column}", printable(&source.name))?;
    let quoted = source.text.lines().nth((line as usize).saturating_sub(1)).unwrap_or_default();
    if quoted.chars().count() <= QUOTED_CHARS_MAX {
        let gutter = line.to_string();
        let room = quoted.chars().count().saturating_sub(column as usize - column.min(1) as usize);
        let carets = (chars as usize).clamp(1, room.max(1));
        let indent = (column as usize).saturating_sub(1);
        writeln!(out, "{:1$} |", "", gutter.len())?;
        writeln!(out, "{gutter} | {}", printable(quoted))?;
        let blank = " ".repeat(indent);
        writeln!(out, "{:2$} | {blank}{}", "", "^".repeat(carets), gutter.len())?;
    }
    match &complaint.help {
        Some(help) => writeln!(out, "  help: {}", printable(help)),
        None => Ok(()),
    }
}

/// Whether a character can move the cursor, start a line, reorder text or hide in it: control
/// characters (C0, DEL, C1), line and paragraph separators, the format characters of Unicode, tags.
pub fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// `text` with each harmful character replaced by its escape, so that it can be written to a
/// terminal, a log line or a report.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\t' {
            out.push(' ');
        } else if is_harmful(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_shows_its_line_and_a_caret_under_the_word() {
        let source = Source::new("a.yaml", "one: 1\ntwoo: 2\n");
        let span = Span { line: 2, column: 1, chars: 4 };
        let complaint = Complaint::new(span, "unknown key `twoo`").help("did you mean `two`?");
        let shown = Complaints::new(source, vec![complaint]).to_string();
        let expected = "error: unknown key `twoo`\n  --> a.yaml:2:1\n  |\n2 | twoo: 2\n  | ^^^^\n  \
                        help: did you mean `two`?\n";
        assert_eq!(shown, expected);
    }

    #[test]
    fn control_characters_never_reach_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\u{202e}\n"), "a\\u{1b}[31mb\\u{202e}\\n");
        assert_eq!(printable("x\u{200b}\u{e0041}\u{9b}"), "x\\u{200b}\\u{e0041}\\u{9b}");
    }
}
