//! How long people may go on with an old copy after a deploy. One rule for page, module and script.

/// Seconds that count as minutes, 10 minutes: what GitHub Pages sends with every file. Whoever
/// deploys still watches when the last person gets the new build.
const MINUTES_S_MAX: u64 = 600;
/// Seconds that count as hours, one day: the rest of a working day on the old build, or on a new
/// page with an old module. It mends itself overnight.
const HOURS_S_MAX: u64 = 86_400;

/// How long an old copy is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Staleness {
    /// Each use asks the server first.
    None,
    /// At most 10 minutes.
    Minutes,
    /// At most a day.
    Hours,
    /// Longer: people report what was mended days ago, and no deploy reaches them.
    Days,
}

impl Staleness {
    /// The words of every length, the shortest first.
    pub const WORDS: &[&str] = &["none", "minutes", "hours", "days"];

    /// That of a copy which is used for so many seconds without asking.
    pub fn of(seconds: u64) -> Self {
        match seconds {
            0 => Self::None,
            _ if seconds <= MINUTES_S_MAX => Self::Minutes,
            _ if seconds <= HOURS_S_MAX => Self::Hours,
            _ => Self::Days,
        }
    }

    /// The word in scenarios.
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_as_old_as_its_seconds_say() {
        for (seconds, word) in [
            (0, "none"),
            (1, "minutes"),
            (30, "minutes"),
            (600, "minutes"),
            (601, "hours"),
            (3600, "hours"),
            (86_400, "hours"),
            (86_401, "days"),
            (u64::MAX, "days"),
        ] {
            assert_eq!(Staleness::of(seconds).word(), word, "{seconds}");
        }
    }
}
