//! What drives exchanges: a runtime of its own for each that is under way, on the thread that
//! asks. To wake another thread and to be woken by it takes longer than the rest of an exchange
//! with a server on the same machine.

use std::sync::{Mutex, PoisonError};

use tokio::runtime::{Builder, Runtime};

use super::ExchangeFailure;

/// How often a connection that is done with is given the chance to close itself.
const TURNS: usize = 1;

/// Runtimes that nobody uses at the moment; as many are made as exchanges run side by side.
#[derive(Debug, Default)]
pub struct Runtimes(Mutex<Vec<Runtime>>);

impl Runtimes {
    /// Drive `work` to its end.
    ///
    /// # Errors
    /// When the system gives no means to wait for a socket.
    pub fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, ExchangeFailure>> + Send + 'static,
    ) -> Result<Result<T, ExchangeFailure>, ExchangeFailure> {
        let idle = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = idle().pop();
        let runtime = match known {
            Some(runtime) => runtime,
            None => {
                let made = Builder::new_current_thread().enable_io().enable_time().build();
                made.map_err(|error| ExchangeFailure::own(&error))?
            }
        };
        // As a task: what is waited for outside of one is woken by a system call.
        let done = runtime.block_on(runtime.spawn(work));
        idle().push(runtime);
        done.map_err(|error| ExchangeFailure::own(&error))
    }
}

/// Let the connection of a response that was dropped close itself: a server that serves one
/// client at a time waits for that, and nobody drives it later.
pub async fn settled() {
    for _ in 0..TURNS {
        tokio::task::yield_now().await;
    }
}
