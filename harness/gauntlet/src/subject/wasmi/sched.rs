//! Waiting in WASI, never past the deadline of the call: wasi-common's own waits for as long as
//! the guest likes, and nothing can stop it.

use std::io;
use std::time::{Duration, Instant};

use wasmi_wasi::Error;
use wasmi_wasi::sync::sched::SyncSched;
use wasmi_wasi::wasi_common::{Poll, WasiSched};

/// A scheduler that ends a wait at the deadline.
pub(super) struct UntilDeadline {
    inner: SyncSched,
    deadline: Option<Instant>,
}

impl UntilDeadline {
    /// Of a call with this deadline.
    pub(super) fn new(deadline: Option<Instant>) -> Self {
        Self { inner: SyncSched::new(), deadline }
    }

    /// Wait out the deadline where `wanted` would pass it. The guest gets an error and at most
    /// the rest of its slice.
    fn cut(&self, wanted: Duration) -> Result<(), Error> {
        let left = self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        match left {
            Some(left) if wanted > left => {
                std::thread::sleep(left);
                Err(io::Error::from(io::ErrorKind::Interrupted).into())
            }
            _ => Ok(()),
        }
    }
}

#[wasmtime_wasi::async_trait]
impl WasiSched for UntilDeadline {
    async fn poll_oneoff<'a>(&self, poll: &mut Poll<'a>) -> Result<(), Error> {
        // Standard streams and plain files are always ready, so only clocks wait.
        if poll.rw_subscriptions().next().is_none() {
            let clock = poll.earliest_clock_deadline();
            self.cut(clock.and_then(|clock| clock.duration_until()).unwrap_or_default())?;
        }
        self.inner.poll_oneoff(poll).await
    }

    async fn sched_yield(&self) -> Result<(), Error> {
        self.inner.sched_yield().await
    }

    async fn sleep(&self, duration: Duration) -> Result<(), Error> {
        self.cut(duration)?;
        self.inner.sleep(duration).await
    }
}
