//! Whether a person wants us to end: then nobody waits for a host for long.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// How long a host that is waited for may still answer: an honest call is over by then, and a
/// load that takes longer would keep a person at a terminal.
const GRACE: Duration = Duration::from_secs(2);

static STOPPED: OnceLock<Instant> = OnceLock::new();

/// A person wants us to end.
pub fn stop() {
    STOPPED.get_or_init(Instant::now);
}

/// Whether the grace is over. What is missing from then on is missing by our own doing.
pub fn over() -> bool {
    STOPPED.get().is_some_and(|stopped| stopped.elapsed() >= GRACE)
}
