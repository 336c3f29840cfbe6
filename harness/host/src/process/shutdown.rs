//! Whether a person asked us to end. Then nobody waits long for a host.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Time that a pending answer still has. An honest call is over by then, and a longer load would
/// keep a person waiting at a terminal.
const GRACE: Duration = Duration::from_secs(2);

static STOPPED: OnceLock<Instant> = OnceLock::new();

/// A person asks us to end.
pub fn stop() {
    STOPPED.get_or_init(Instant::now);
}

/// Whether that time is over. Answers that are missing from then on are missing because of us.
pub fn over() -> bool {
    STOPPED.get().is_some_and(|stopped| stopped.elapsed() >= GRACE)
}
