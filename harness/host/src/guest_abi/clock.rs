//! The clock of a guest: the real one if granted, otherwise a virtual one.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The fixed wall clock, nanoseconds since 1970: 2022-01-01, as wazero's.
const VIRTUAL_WALL_NS: u64 = 1_640_995_200_000_000_000;
/// Step of the virtual monotonic clock at each reading, nanoseconds. Without steps, a guest that
/// waits for it would spin until its deadline.
const VIRTUAL_STEP_NS: u64 = 1_000_000;

/// Clock ids of preview 1; the two clocks of processor time are not offered.
pub(crate) const REALTIME: u32 = 0;
/// See [`REALTIME`].
pub(crate) const MONOTONIC: u32 = 1;

/// The clock of one instance.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// Granted.
    Real,
    /// Not granted: the wall clock is fixed, the monotonic one steps at each reading.
    Virtual {
        /// The last reading.
        monotonic_ns: u64,
    },
}

impl Clock {
    /// As granted.
    pub fn new(granted: bool) -> Self {
        if granted { Self::Real } else { Self::Virtual { monotonic_ns: 0 } }
    }

    /// The time on clock `id`, nanoseconds; none for a clock that is not offered.
    pub fn read(&mut self, id: u32) -> Option<u64> {
        match (id, self) {
            (REALTIME, Self::Virtual { .. }) => Some(VIRTUAL_WALL_NS),
            (MONOTONIC, Self::Virtual { monotonic_ns }) => {
                *monotonic_ns = monotonic_ns.saturating_add(VIRTUAL_STEP_NS);
                Some(*monotonic_ns)
            }
            (REALTIME, Self::Real) => {
                Some(nanos(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()))
            }
            (MONOTONIC, Self::Real) => Some(nanos(epoch().elapsed())),
            _ => None,
        }
    }

    /// The resolution of clock `id`, nanoseconds; none for a clock that is not offered.
    pub(crate) fn resolution(&self, id: u32) -> Option<u64> {
        let offered = matches!(id, REALTIME | MONOTONIC);
        offered.then_some(match self {
            Self::Real => 1,
            Self::Virtual { .. } => VIRTUAL_STEP_NS,
        })
    }

    /// The guest has slept for this time.
    pub fn slept(&mut self, nanos: u64) {
        if let Self::Virtual { monotonic_ns } = self {
            *monotonic_ns = monotonic_ns.saturating_add(nanos);
        }
    }
}

/// The start of monotonic clocks. The start time of the machine is hidden from guests.
fn epoch() -> Instant {
    static EPOCH: OnceLock<Instant> = OnceLock::new();
    *EPOCH.get_or_init(Instant::now)
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
