//! Which releases of Go ship a shim of exactly these bytes: a table of digests, as data.

use sha2::{Digest, Sha256};

use super::hash::hex;
use super::module::go_minor;

/// The table; see its own first lines for where it comes from.
const TABLE: &str = include_str!("shim_releases.tsv");

/// The releases that ship one shim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Releases {
    /// The first, as in `go1.21`.
    pub first: &'static str,
    /// The last that is known.
    pub last: &'static str,
}

impl Releases {
    /// Whether a module of this minor version of Go is from one of these releases. The last range
    /// is open: as far as is known, later releases ship the same shim.
    pub(crate) fn fit(self, minor: u32) -> bool {
        let number = |release| go_minor(release).unwrap_or(0);
        let newest = rows().last().is_some_and(|(_, releases)| releases == self);
        minor >= number(self.first) && (newest || minor <= number(self.last))
    }
}

impl std::fmt::Display for Releases {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.first == self.last {
            true => out.write_str(self.first),
            false => write!(out, "{} to {}", self.first, self.last),
        }
    }
}

/// The releases that ship `script`; none if it is no released shim. Line ends do not matter,
/// because repositories change them.
pub(crate) fn of(script: &str) -> Option<Releases> {
    let digest = hex(&Sha256::digest(script.replace("\r\n", "\n")));
    rows().find(|(row, _)| digest.starts_with(row)).map(|(_, releases)| releases)
}

fn rows() -> impl Iterator<Item = (&'static str, Releases)> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut fields = line.split('\t');
        let (digest, first, last) = (fields.next()?, fields.next()?, fields.next()?);
        Some((digest, Releases { first, last }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_has_a_digest_that_cannot_match_by_chance_and_releases_in_order() {
        let mut last = 0;
        assert!(rows().count() >= 3);
        for (digest, releases) in rows() {
            assert!(digest.len() >= 16 && digest.bytes().all(|b| b.is_ascii_hexdigit()));
            let number = |release| go_minor(release).expect("a release");
            assert!(last < number(releases.first), "{releases}");
            last = number(releases.last);
            assert!(releases.fit(last) && !releases.fit(number(releases.first) - 1));
        }
        assert_eq!(of("class Go {}"), None);
    }
}
