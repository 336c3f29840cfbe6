//! How long users may keep an old copy after a deploy. One rule for page, module and script.

/// Seconds that count as minutes: 10 minutes, which GitHub Pages sends with every file. The person
/// who deploys is still watching when the last user gets the new build.
const MINUTES_S_MAX: u64 = 600;
/// Seconds that count as hours: one day. Users keep the old build, or a new page with an old
/// module, for the rest of a working day. It is over the next morning.
const HOURS_S_MAX: u64 = 86_400;

crate::words! {
    /// How long an old copy is used.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Staleness {
        /// Each use is revalidated first.
        None = "none",
        /// At most 10 minutes.
        Minutes = "minutes",
        /// At most a day.
        Hours = "hours",
        /// Longer. People report problems that were fixed days ago, and no deploy reaches them.
        Days = "days",
    }
}

impl Staleness {
    /// The staleness of a copy that is used for this many seconds without revalidation.
    pub fn of(seconds: u64) -> Self {
        match seconds {
            0 => Self::None,
            _ if seconds <= MINUTES_S_MAX => Self::Minutes,
            _ if seconds <= HOURS_S_MAX => Self::Hours,
            _ => Self::Days,
        }
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
