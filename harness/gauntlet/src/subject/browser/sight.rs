//! What a person sees of a page at one moment.

use std::time::Duration;

use wasm_gauntlet_browser::connection::CallError;
use wasm_gauntlet_browser::visit::Tab;

/// Time between two pictures that tell whether the page moves by itself.
const STILL_FOR: Duration = Duration::from_millis(100);

/// What a person sees: text, and a picture where text does not differ.
#[derive(Debug)]
pub(crate) struct Sight {
    pub(super) text: String,
    /// None if the picture moves by itself.
    picture: Option<Vec<u8>>,
}

impl Sight {
    pub(super) fn of(tab: &mut Tab) -> Result<Self, CallError> {
        let text = tab.visible()?;
        let first = tab.picture()?;
        tab.pass(STILL_FOR)?;
        let picture = Some(tab.picture()?).filter(|second| *second == first);
        Ok(Self { text, picture })
    }

    pub(super) fn differs(&self, other: &Self) -> bool {
        let pictures = self.picture.as_ref().zip(other.picture.as_ref());
        self.text != other.text || pictures.is_some_and(|(one, other)| one != other)
    }

    /// Whether this says something else than `other`. How far a progress bar is says nothing: it
    /// also moves, or stands still, where a failure is silent.
    pub(super) fn says_else(&self, other: &Self) -> bool {
        let (one, two) = (without_progress(&self.text), without_progress(&other.text));
        let bar_moved = one == two && self.text != other.text;
        one != two || !bar_moved && self.differs(other)
    }

    /// Lines of text that are not in `before`.
    pub(super) fn news(&self, before: Option<&Self>) -> Vec<&str> {
        let is_old =
            |line: &&str| before.is_some_and(|one| one.text.lines().any(|old| old == *line));
        self.text.lines().filter(|line| !is_old(line)).collect()
    }
}

/// The words of a line of text, with `#` for numbers and dots, as `texts.js` keeps them.
pub(super) fn words(line: &str) -> String {
    let text = line.split_once("] ").map_or(line, |(_, text)| text);
    let mut words = String::new();
    for one in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        let is_number = one.is_ascii_digit() || ".,…".contains(one);
        match (is_number, words.ends_with('#')) {
            (true, true) => {}
            (true, false) => words.push('#'),
            (false, _) => words.push(one),
        }
    }
    words.chars().take(WORDS_CHARS_MAX).collect()
}

/// Most characters of the words of a line, as in `texts.js`.
const WORDS_CHARS_MAX: usize = 200;

/// A text without the values of progress bars: attributes, and numbers before a percent sign.
fn without_progress(text: &str) -> String {
    let is_value = |word: &&str| word.starts_with("value=") || word.starts_with("aria-valuenow=");
    let word = |word: &str| match word.strip_suffix('%') {
        Some(_) => "%".to_owned(),
        None if is_value(&word) => word.trim_start_matches(|one| one != ']').to_owned(),
        None => word.to_owned(),
    };
    let line = |line: &str| {
        let mut words: Vec<String> = line.split(' ').map(word).collect();
        // `40 %` is two words.
        for at in (1..words.len()).filter(|at| line.split(' ').nth(*at) == Some("%")).rev() {
            words.remove(at - 1);
        }
        words.join(" ")
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(text: &str, picture: u8) -> Sight {
        Sight { text: text.to_owned(), picture: Some(vec![picture]) }
    }

    #[test]
    fn words_leave_out_numbers_and_dots() {
        assert_eq!(words("p [role=status] Loading, 3 s…"), "Loading# # s#");
        assert_eq!(words("p [] 0.4  of 9 MB"), "# of # MB");
    }

    #[test]
    fn a_bar_that_moved_says_nothing() {
        for (one, two) in [
            ("progress [aria-label=Loading value=0] ", "progress [aria-label=Loading value=99] "),
            (
                "div [role=progressbar aria-valuenow=1] x",
                "div [role=progressbar aria-valuenow=9] x",
            ),
            ("p [] Loading 4 %", "p [] Loading 80 %"),
            ("p [] Loading 4%", "p [] Loading 80%"),
        ] {
            assert!(!sight(one, 1).says_else(&sight(two, 2)), "{one}");
            assert!(sight(one, 1).differs(&sight(two, 1)), "{one}");
        }
        let failed = sight("progress [value=0] \np [role=alert] It failed", 1);
        assert!(failed.says_else(&sight("progress [value=0] \np [] ", 1)));
        // Without a bar a picture counts.
        assert!(sight("canvas", 1).says_else(&sight("canvas", 2)));
        assert!(!sight("canvas", 1).says_else(&sight("canvas", 1)));
    }
}
