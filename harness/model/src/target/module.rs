//! Rules of the target file for every module: its size limits and its name.

use std::fmt;
use std::str::FromStr;

use crate::reading::{Log, written};
use crate::source::{At, Complaint};

written! {
    /// What each module may weigh.
    "a budget" RawBudget {
        /// Bytes on the wire, in the best coding that is offered to a browser.
        wire_bytes: Option<At<u32>>,
        /// Bytes of the module itself, codings undone.
        raw_bytes: Option<At<u32>>,
    }
}

/// What each module may weigh; nothing is held to what is not said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budget {
    /// Bytes on the wire.
    pub wire_bytes: Option<u32>,
    /// Bytes of the module itself.
    pub raw_bytes: Option<u32>,
}

crate::words! {
    /// The form of a file whose bytes a digest is of.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Form {
        /// The file itself.
        Raw = "raw",
        /// Its brotli form.
        Br = "br",
        /// Its gzip form.
        Gz = "gz",
    }
}

/// Digests that names carry.
const ALGORITHMS: [&str; 5] = ["sha256", "sha384", "sha512", "sha1", "md5"];

/// The digest that names carry: an algorithm, of a form of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameDigest {
    /// As in `sha256`.
    pub algorithm: &'static str,
    /// Of which bytes.
    pub form: Form,
}

impl NameDigest {
    /// The digest that an inspection tells in words, as in `sha256 of the raw bytes, 16 digits`.
    pub fn of_words(words: &str) -> Option<Self> {
        let mut words = words.split(' ');
        let (algorithm, form) = (words.next()?, words.nth(2)?);
        format!("{algorithm}-{form}").parse().ok()
    }
}

impl fmt::Display for NameDigest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}-{}", self.algorithm, self.form.word())
    }
}

impl FromStr for NameDigest {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (algorithm, form) = text.split_once('-').ok_or(())?;
        let algorithm = ALGORITHMS.into_iter().find(|known| *known == algorithm).ok_or(())?;
        let form = Form::ALL.iter().copied().find(|known| known.word() == form).ok_or(())?;
        Ok(Self { algorithm, form })
    }
}

/// Complain about impossible values. A size limit of zero is an error.
pub(super) fn check(budget: Option<&RawBudget>, digest: Option<&At<String>>, log: &mut Log) {
    let bounds = budget.into_iter().flat_map(|budget| [&budget.wire_bytes, &budget.raw_bytes]);
    for bound in bounds.flatten().filter(|bound| bound.value == 0) {
        log.add(Complaint::new(bound.span, "a budget of 0 bytes").help("expected 1 or more"));
    }
    if let Some(wrong) = digest
        && wrong.value.parse::<NameDigest>().is_err()
    {
        let problem = format!("`{}` is not a digest that a name can have", wrong.value);
        let known = ALGORITHMS.join(", ");
        let help = format!("expected as in `sha256-raw`: one of {known}, of raw, br or gz");
        log.add(Complaint::new(wrong.span, problem).help(help));
    }
}

/// The budget that is meant.
pub(super) fn budget(raw: Option<RawBudget>) -> Budget {
    let Some(raw) = raw else { return Budget::default() };
    let bytes = |bound: Option<At<u32>>| bound.map(|bound| bound.value);
    Budget { wire_bytes: bytes(raw.wire_bytes), raw_bytes: bytes(raw.raw_bytes) }
}

/// The digest that is meant.
pub(super) fn name_digest(raw: Option<At<String>>) -> Option<NameDigest> {
    raw.and_then(|digest| digest.value.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::target::parse;

    #[test]
    fn what_is_said_of_modules_is_read() {
        let text = "site:\n  url: http://s.test/\n  name-digest: md5-br\n  \
                    budget: { wire-bytes: 1000, raw-bytes: 3000 }\n\
                    artefacts: [{ dir: dist, budget: { raw-bytes: 7 }, \
                    name-digest: sha256-raw }]\n";
        let target = parse(&Source::new("t.yaml", text), &[]).expect("a target");
        let site = target.site.expect("a site");
        assert_eq!(site.budget, Budget { wire_bytes: Some(1000), raw_bytes: Some(3000) });
        assert_eq!(site.name_digest, Some(NameDigest { algorithm: "md5", form: Form::Br }));
        let build = &target.artefacts[0];
        assert_eq!(build.budget, Budget { wire_bytes: None, raw_bytes: Some(7) });
        assert_eq!(build.name_digest.map(|digest| digest.to_string()), Some("sha256-raw".into()));
    }

    #[test]
    fn what_an_inspection_tells_is_a_digest() {
        let told = NameDigest::of_words("sha256 of the raw bytes, 16 digits, hexadecimal");
        assert_eq!(told.map(|digest| digest.to_string()).as_deref(), Some("sha256-raw"));
        assert_eq!(NameDigest::of_words("crc of the raw bytes"), None);
        assert_eq!(NameDigest::of_words("sha256"), None);
    }

    #[test]
    fn what_nobody_can_mean_is_refused() {
        let text = "site: { url: http://s/, name-digest: crc-raw, budget: { raw-bytes: 0 } }\n\
                    artefacts: [{ dir: d, name-digest: sha256, budget: { wire-bytes: -1 } }]\n";
        let wrong = parse(&Source::new("t.yaml", text), &[]).expect_err("wrong").to_string();
        for part in ["`crc-raw` is not a digest", "`sha256` is not a", "a budget of 0 bytes"] {
            assert!(wrong.contains(part), "{part} is not in\n{wrong}");
        }
        assert!(wrong.contains("t.yaml:2:"), "{wrong}");
    }
}
