//! The limits of a host that cannot be set for each load: those written in the target file, those
//! that the host announces, and the defaults for the rest.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::limits::Limits;

macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $variant:ident = $word:literal, $shown:literal, $range:expr,
        $field:ident: $kind:tt;)+) => {
        crate::words! {
            /// A limit that a host may announce. Its word is its name in the host contract; the
            /// target file has the same name with hyphens.
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum HostLimit {
                $($(#[doc = $doc])+ $variant = $word,)+
            }
        }

        impl HostLimit {
            /// What it limits.
            pub fn doc(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii()),+ }
            }

            /// The values that it may have.
            pub fn range(self) -> RangeInclusive<u64> {
                match self { $(Self::$variant => $range),+ }
            }

            /// A value for a reader, with its unit.
            pub fn shown(self, value: u64) -> String {
                match self { $(Self::$variant => format!($shown, value)),+ }
            }

            /// Its value among `limits`; none for no limit.
            pub fn of(self, limits: &Limits) -> Option<u64> {
                match self { $(Self::$variant => limits!(get limits $field $kind)),+ }
            }

            fn set(self, limits: &mut Limits, value: u64) {
                match self { $(Self::$variant => limits!(set limits $field $kind value)),+ }
            }
        }
    };
    (get $limits:ident $field:ident each) => { Some(u64::from($limits.$field)) };
    (get $limits:ident $field:ident maybe) => { $limits.$field.map(u64::from) };
    (set $limits:ident $field:ident each $value:ident) => {
        $limits.$field = $value.try_into().unwrap_or($limits.$field)
    };
    (set $limits:ident $field:ident maybe $value:ident) => {
        $limits.$field = $value.try_into().ok()
    };
}

/// The longest deadline that we wait for, milliseconds: hundreds of guests run until it.
pub(crate) const DEADLINE_MS_MAX: u64 = 60_000;

/// Most log lines of one call that a host may keep. Each line is read, and more would be no log.
pub const LOG_LINES_MAX: u64 = 10_000;

limits! {
    /// Wall clock of one call, instantiation and start function included, milliseconds.
    DeadlineMs = "deadline_ms", "deadline {} ms", 1..=DEADLINE_MS_MAX, deadline_ms: each;
    /// Cap of one linear memory, pages of 64 KiB.
    MemoryPages = "memory_pages", "memory {} pages", 1..=65_536, memory_pages: each;
    /// Cap of one table, elements.
    TableElements = "table_elements", "table {} elements", 0..=u64::from(u32::MAX),
        table_elements: each;
    /// Longest output taken from a guest, bytes.
    OutputBytesMax = "output_bytes_max", "output {} bytes", 1..=u64::from(u32::MAX),
        output_bytes_max: each;
    /// Most log lines kept of one call.
    LogLinesMax = "log_lines_max", "log {} lines", 0..=LOG_LINES_MAX, log_lines_max: each;
    /// Longest log line kept, bytes.
    LogLineBytesMax = "log_line_bytes_max", "log line {} bytes", 1..=1 << 20,
        log_line_bytes_max: each;
    /// Instruction budget of one call, in the runtime's own unit.
    Fuel = "fuel", "fuel {}", 1..=u64::MAX, fuel: maybe;
    /// Calls a second of one tenant, with a second's worth at once.
    CallsPerS = "calls_per_s", "{} calls per second per tenant", 1..=u64::from(u32::MAX),
        calls_per_s: maybe;
    /// Calls at once of one tenant.
    CallsAtOnce = "calls_at_once", "{} concurrent calls per tenant", 1..=u64::from(u32::MAX),
        calls_at_once: maybe;
    /// Instances at once on the whole host, of all tenants.
    Instances = "instances", "{} instances at once", 1..=u64::from(u32::MAX), instances: maybe;
}

/// Limits, each of which may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatedLimits(BTreeMap<HostLimit, u64>);

impl StatedLimits {
    /// The same, with `value` for a limit.
    #[must_use]
    pub fn with(mut self, limit: HostLimit, value: u64) -> Self {
        self.0.insert(limit, value);
        self
    }

    /// The value of a limit, if it is set.
    pub fn get(&self, limit: HostLimit) -> Option<u64> {
        self.0.get(&limit).copied()
    }
}

/// Every limit that there is.
impl From<Limits> for StatedLimits {
    fn from(limits: Limits) -> Self {
        let said = |limit: &HostLimit| Some((*limit, limit.of(&limits)?));
        Self(HostLimit::ALL.iter().filter_map(said).collect())
    }
}

/// Where the value of a limit comes from.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum LimitSource {
    /// The target file. It overrides what the host announces.
    Target,
    /// The host itself, as in `limits` of `GET /healthz`.
    Announced,
    /// Nowhere: the default applies.
    Assumed,
}

/// One limit that a host is judged by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeldLimit {
    /// Its name in the host contract, as in `deadline_ms`.
    pub name: String,
    /// Its value, in the unit that its name ends with.
    pub value: u64,
    /// Who says so.
    pub source: LimitSource,
    /// What the host announces, where the target file differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced: Option<u64>,
}

/// The limits in force and the source of each: target file before announcement before default.
pub fn held(written: &StatedLimits, announced: &StatedLimits) -> (Limits, Vec<HeldLimit>) {
    let (mut limits, mut all) = (Limits::default(), Vec::new());
    for limit in HostLimit::ALL {
        let (own, theirs) = (written.get(*limit), announced.get(*limit));
        let (value, source) = match (own, theirs, limit.of(&limits)) {
            (Some(value), ..) => (value, LimitSource::Target),
            (None, Some(value), _) => (value, LimitSource::Announced),
            (None, None, Some(value)) => (value, LimitSource::Assumed),
            (None, None, None) => continue,
        };
        limit.set(&mut limits, value);
        let announced = theirs.filter(|theirs| *theirs != value);
        all.push(HeldLimit { name: limit.word().to_owned(), value, source, announced });
    }
    (limits, all)
}

/// `held` in words, a sentence for each source: `deadline 250 ms (announced)`.
pub fn words(held: &[HeldLimit]) -> String {
    let shown = |source: LimitSource| {
        let of = held.iter().filter(|one| one.source == source);
        let one = |one: &HeldLimit| {
            let limit = HostLimit::ALL.iter().find(|limit| limit.word() == one.name);
            let value = limit.map_or_else(|| one.value.to_string(), |limit| limit.shown(one.value));
            match one.announced {
                Some(announced) => format!("{value} (the host announces {announced})"),
                None => value,
            }
        };
        of.map(one).collect::<Vec<_>>().join(", ")
    };
    let sources = [
        (LimitSource::Target, "target file"),
        (LimitSource::Announced, "announced"),
        (LimitSource::Assumed, "assumed"),
    ];
    let said = sources.map(|(source, word)| (word, shown(source)));
    let said = said.iter().filter(|(_, shown)| !shown.is_empty());
    said.map(|(word, shown)| format!("{word}: {shown}")).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_file_counts_more_than_the_host_and_the_host_more_than_the_usual() {
        let written = StatedLimits::default().with(HostLimit::DeadlineMs, 100);
        let announced = StatedLimits::default()
            .with(HostLimit::DeadlineMs, 250)
            .with(HostLimit::MemoryPages, 512)
            .with(HostLimit::CallsAtOnce, 16);
        let (limits, held) = held(&written, &announced);
        assert_eq!((limits.deadline_ms, limits.memory_pages), (100, 512));
        assert_eq!((limits.table_elements, limits.calls_at_once), (10_000, Some(16)));
        assert_eq!(
            words(&held),
            "target file: deadline 100 ms (the host announces 250); announced: memory 512 pages, \
             16 concurrent calls per tenant; assumed: table 10000 elements, output 1048576 bytes, \
             log 256 lines, log line 4096 bytes"
        );
    }

    #[test]
    fn limits_that_are_all_said_come_back_as_they_are() {
        let said = Limits {
            deadline_ms: 7,
            fuel: Some(9),
            calls_per_s: Some(3),
            instances: Some(2),
            ..Limits::default()
        };
        let (limits, held) = held(&said.clone().into(), &StatedLimits::default());
        assert_eq!(limits, said);
        assert!(held.iter().all(|one| one.source == LimitSource::Target));
    }

    #[test]
    fn the_usual_value_of_each_limit_is_one_that_it_may_have() {
        for limit in HostLimit::ALL {
            let usual = limit.of(&Limits::default());
            assert!(usual.is_none_or(|usual| limit.range().contains(&usual)), "{limit:?}");
            assert!(limit.word().chars().all(|c| c.is_ascii_lowercase() || c == '_'));
            assert!(limit.doc().ends_with('.'));
        }
    }
}
