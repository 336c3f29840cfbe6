//! Runtimes that drive exchanges: one for each exchange in progress, on the calling thread.
//! Switching between threads takes longer than the rest of an exchange with a server on the same
//! machine.

use std::sync::Mutex;

use tokio::runtime::{Builder, Runtime};

use super::ExchangeFailure;
use crate::locked::Locked;

/// How many turns a finished connection gets to close itself.
const TURNS: usize = 1;

/// Runtimes that are idle. There are as many as exchanges at once.
#[derive(Debug, Default)]
pub(super) struct Runtimes(Mutex<Vec<Runtime>>);

impl Runtimes {
    /// Drive `work` to its end.
    ///
    /// # Errors
    /// When the system gives no means to wait for a socket.
    pub(super) fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, ExchangeFailure>> + Send + 'static,
    ) -> Result<Result<T, ExchangeFailure>, ExchangeFailure> {
        let idle = || self.0.locked();
        let known = idle().pop();
        let runtime = match known {
            Some(runtime) => runtime,
            None => {
                let made = Builder::new_current_thread().enable_io().enable_time().build();
                made.map_err(|error| ExchangeFailure::own(&error))?
            }
        };
        // As a task: without one, each wake-up is a system call.
        let done = runtime.block_on(runtime.spawn(work));
        idle().push(runtime);
        done.map_err(|error| ExchangeFailure::own(&error))
    }
}

/// Let the connection of a dropped response close itself: a server with one client at a time waits
/// for that, and nothing drives the connection later.
pub(super) async fn settled() {
    for _ in 0..TURNS {
        tokio::task::yield_now().await;
    }
}
