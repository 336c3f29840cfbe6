//! The header of a guest, as written and as parsed.
//!
//! It has lines `;; key: value` in a fixed order, and continuation lines that begin with `;;   `.
//! An unknown key, an unknown word or a key out of order is a complaint with file and line.

use std::fmt;

use crate::feature::Feature;
use crate::words::{Contained, Reach, Tier};

/// The keys in the order in which a header holds them.
const KEYS: [&str; 9] = [
    "attack",
    "contained-if",
    "returns",
    "seen-in",
    "tier",
    "counterpart",
    "params",
    "features",
    "reaches",
];

/// Renamed keys, with the new name.
const RENAMED: [(&str, &str); 1] = [("near-twin", "counterpart")];

/// A complaint about a header, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderError {
    /// The file, relative to the crate.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: HeaderProblem,
}

/// What is wrong with a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderProblem {
    /// A line that is neither `;; key: value` nor a continuation.
    NotAnEntry,
    /// A continuation before the first key.
    NothingToContinue,
    /// A key that headers do not have.
    UnknownKey(String),
    /// A renamed key.
    Renamed(&'static str, &'static str),
    /// A key that is there twice, or after one that it must precede.
    OutOfOrder(String),
    /// A key without a value.
    Empty(String),
    /// A key that every header of this sort has.
    Missing(&'static str),
    /// A key that a header of this sort must not have.
    Unexpected(&'static str),
    /// A value that is not one of the words that the key takes.
    BadWord(&'static str, String),
    /// White space at the end of a line.
    TrailingSpace,
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        match &self.problem {
            HeaderProblem::NotAnEntry => write!(f, "expected `;; key: value` or `;;   more`"),
            HeaderProblem::NothingToContinue => write!(f, "a continuation before the first key"),
            HeaderProblem::UnknownKey(key) => write!(f, "unknown key `{key}`"),
            HeaderProblem::Renamed(old, new) => write!(f, "`{old}` is now `{new}`"),
            HeaderProblem::OutOfOrder(key) => write!(f, "`{key}` is repeated or out of order"),
            HeaderProblem::Empty(key) => write!(f, "`{key}` has no value"),
            HeaderProblem::Missing(key) => write!(f, "`{key}` is missing"),
            HeaderProblem::Unexpected(key) => write!(f, "`{key}` does not belong here"),
            HeaderProblem::BadWord(key, word) => write!(f, "`{key}` does not take `{word}`"),
            HeaderProblem::TrailingSpace => write!(f, "white space at the end of the line"),
        }
    }
}

impl std::error::Error for HeaderError {}

/// A parsed header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) attack: String,
    pub(crate) contained_if: Vec<Contained>,
    pub(crate) returns: Option<String>,
    pub(crate) seen_in: String,
    pub(crate) tier: Tier,
    pub(crate) counterpart: Option<String>,
    pub(crate) params: Vec<(String, String)>,
    pub(crate) features: Vec<Feature>,
    pub(crate) reaches: Option<Reach>,
}

/// One entry as written.
struct Entry {
    line: usize,
    value: String,
}

/// Reads the header at the start of `text`.
pub(crate) fn parse(file: &str, text: &str, benign: bool) -> Result<Header, HeaderError> {
    let entries = Entries { file, of: read_entries(file, text)? };
    let counterpart = entries.get("counterpart");
    match (benign, counterpart) {
        (true, Some(counterpart)) => {
            return Err(complaint(
                file,
                counterpart.line,
                HeaderProblem::Unexpected("counterpart"),
            ));
        }
        (false, None) => return Err(complaint(file, 1, HeaderProblem::Missing("counterpart"))),
        _ => {}
    }
    Ok(Header {
        attack: entries.need("attack")?.value.clone(),
        contained_if: entries.words("contained-if", " | ", Contained::from_words)?,
        returns: entries.get("returns").map(|entry| entry.value.clone()),
        seen_in: entries.need("seen-in")?.value.clone(),
        tier: entries.word("tier", Tier::from_word)?,
        counterpart: counterpart.map(|entry| entry.value.clone()),
        params: entries.optional("params", param)?,
        features: entries.optional("features", Feature::from_word)?,
        reaches: entries.optional("reaches", Reach::from_words)?.pop(),
    })
}

/// The entries of one header.
struct Entries<'a> {
    file: &'a str,
    of: [Option<Entry>; KEYS.len()],
}

impl Entries<'_> {
    fn get(&self, key: &str) -> Option<&Entry> {
        let index = KEYS.iter().position(|known| *known == key)?;
        self.of[index].as_ref()
    }

    fn need(&self, key: &'static str) -> Result<&Entry, HeaderError> {
        self.get(key).ok_or_else(|| complaint(self.file, 1, HeaderProblem::Missing(key)))
    }

    fn word<T>(&self, key: &'static str, meaning: fn(&str) -> Option<T>) -> Result<T, HeaderError> {
        self.meant(key, self.need(key)?, &self.need(key)?.value, meaning)
    }

    fn words<T>(
        &self,
        key: &'static str,
        between: &str,
        meaning: fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, HeaderError> {
        let entry = self.need(key)?;
        entry.value.split(between).map(|word| self.meant(key, entry, word, meaning)).collect()
    }

    fn optional<T>(
        &self,
        key: &'static str,
        meaning: fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, HeaderError> {
        if self.get(key).is_none() {
            return Ok(Vec::new());
        }
        self.words(key, ", ", meaning)
    }

    fn meant<T>(
        &self,
        key: &'static str,
        entry: &Entry,
        word: &str,
        meaning: fn(&str) -> Option<T>,
    ) -> Result<T, HeaderError> {
        let bad = || HeaderProblem::BadWord(key, word.to_owned());
        meaning(word).ok_or_else(|| complaint(self.file, entry.line, bad()))
    }
}

/// `name=default`.
fn param(words: &str) -> Option<(String, String)> {
    let (name, default) = words.split_once('=')?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let right = !name.is_empty() && name.chars().all(plain) && !default.is_empty();
    right.then(|| (name.to_owned(), default.to_owned()))
}

/// The `;;` lines at the start of the text, as entries in the order of [`KEYS`].
fn read_entries(file: &str, text: &str) -> Result<[Option<Entry>; KEYS.len()], HeaderError> {
    let mut entries = [const { None }; KEYS.len()];
    let mut last: Option<usize> = None;
    let lines = text.lines().zip(1..).take_while(|(text, _)| text.starts_with(";;"));
    for (text, line) in lines {
        let wrong = |problem| complaint(file, line, problem);
        if text.ends_with(char::is_whitespace) {
            return Err(wrong(HeaderProblem::TrailingSpace));
        }
        if let Some(more) = text.strip_prefix(";;   ") {
            let entry: Option<&mut Entry> = last.and_then(|index| entries[index].as_mut());
            let entry = entry.ok_or_else(|| wrong(HeaderProblem::NothingToContinue))?;
            entry.value = format!("{} {}", entry.value, more.trim()).trim().to_owned();
            continue;
        }
        let (key, value) = text
            .strip_prefix(";; ")
            .and_then(|rest| rest.split_once(':'))
            .ok_or_else(|| wrong(HeaderProblem::NotAnEntry))?;
        if let Some((old, new)) = RENAMED.iter().find(|(old, _)| *old == key) {
            return Err(wrong(HeaderProblem::Renamed(old, new)));
        }
        let index = KEYS
            .iter()
            .position(|known| *known == key)
            .ok_or_else(|| wrong(HeaderProblem::UnknownKey(key.to_owned())))?;
        if last.is_some_and(|last| last >= index) {
            return Err(wrong(HeaderProblem::OutOfOrder(key.to_owned())));
        }
        last = Some(index);
        entries[index] = Some(Entry { line, value: value.trim().to_owned() });
    }
    let empty = KEYS.iter().zip(&entries).find_map(|(key, entry)| {
        let entry = entry.as_ref().filter(|entry| entry.value.is_empty())?;
        Some(complaint(file, entry.line, HeaderProblem::Empty((*key).to_owned())))
    });
    empty.map_or(Ok(entries), Err)
}

fn complaint(file: &str, line: usize, problem: HeaderProblem) -> HeaderError {
    HeaderError { file: file.to_owned(), line, problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "\
;; attack: spins
;;   for ever
;; contained-if: deadline | fuel
;; seen-in: A
;; tier: core
;; counterpart: benign-loop
;; params: n=3, at=x

(module)
";

    fn problem(text: &str, benign: bool) -> (usize, HeaderProblem) {
        let error = parse("f.wat", text, benign).expect_err("the header is wrong");
        (error.line, error.problem)
    }

    #[test]
    fn a_header_is_read_as_it_is_meant() {
        let header = parse("f.wat", GOOD, false).expect("the header is right");
        assert_eq!(header.attack, "spins for ever");
        assert_eq!(header.contained_if, [Contained::Deadline, Contained::Fuel]);
        assert_eq!(header.params.len(), 2);
        assert_eq!(header.counterpart.as_deref(), Some("benign-loop"));
    }

    #[test]
    fn a_complaint_names_its_line() {
        let of = |from: &str, to: &str| problem(&GOOD.replace(from, to), false);
        assert_eq!(of("tier: core", "tier: big").0, 5);
        assert_eq!(of(";; tier", ";; teir"), (5, HeaderProblem::UnknownKey("teir".into())));
        let old = ("near-twin", "counterpart");
        assert_eq!(of(old.1, old.0), (6, HeaderProblem::Renamed(old.0, old.1)));
        assert_eq!(of("fuel", "fule").1, HeaderProblem::BadWord("contained-if", "fule".into()));
        assert_eq!(of(";; seen-in: A\n", "").1, HeaderProblem::Missing("seen-in"));
        assert_eq!(of("seen-in: A", "seen-in:"), (4, HeaderProblem::Empty("seen-in".into())));
        assert_eq!(of("seen-in: A", "seen-in: A ").1, HeaderProblem::TrailingSpace);
        assert_eq!(
            of(";; seen-in: A", ";; attack: A").1,
            HeaderProblem::OutOfOrder("attack".into())
        );
        assert_eq!(of(";; seen-in: A", ";;seen"), (4, HeaderProblem::NotAnEntry));
        assert_eq!(problem(";;   more\n", false), (1, HeaderProblem::NothingToContinue));
        assert_eq!(problem(GOOD, true), (6, HeaderProblem::Unexpected("counterpart")));
    }
}
