//! The plugin host of the reference deployment: the host contract over HTTP (`openapi.yaml` beside
//! this file), in front of a host in its own supervised process.
//!
//! The front outlives its host. When the host dies or hangs in a call, the front answers with a
//! plain 502 or 504 without an outcome, as a gateway would, and starts another host.

mod answer;
mod drain;
mod front;
mod journal;
mod metrics;
mod registry;
mod route;
mod serve;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};
use wasm_gauntlet_host::faults::HostFaults;
use wasm_gauntlet_host::process::launch::Launch;
use wasm_gauntlet_host::tenants::IN_FLIGHT_MAX;
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::limits::Limits;

use front::Front;
use serve::serve;

/// The front's threads for sockets, apart from those of the probes.
const THREADS: usize = 2;

/// Threads that wait for the host, one for each call. A tenant that floods with 64 calls leaves
/// room for others.
const WAITING_THREADS: usize = 256;

/// Calls of one tenant in a second. Scenarios that do not test this limit make up to 85, and the
/// one that does need not make many more.
const CALLS_PER_S: u32 = 100;

/// The running front. It stops when this is dropped, and so does its host.
pub struct PluginFront {
    address: SocketAddr,
    front: Arc<Front>,
    /// Taken when dropped.
    runtime: Option<Runtime>,
}

impl PluginFront {
    /// Start a front at a free loopback port over `program worker --runtime RUNTIME`, with `faults`
    /// and every guest under `limits`.
    ///
    /// # Errors
    /// When the host cannot be started or no address or thread can be had.
    pub fn start(
        program: &Path,
        runtime: &str,
        faults: &[Fault],
        limits: Limits,
    ) -> io::Result<Self> {
        let words: Vec<&str> = faults.iter().map(|fault| fault.word()).collect();
        let launch = Launch::worker(program.to_owned(), runtime, &words);
        let limits = Limits {
            calls_per_s: limits.calls_per_s.or(Some(CALLS_PER_S)),
            calls_at_once: Some(IN_FLIGHT_MAX),
            ..limits
        };
        Self::with(launch, limits, HostFaults::new(faults.iter().copied()))
    }

    /// The same over any adapter.
    ///
    /// # Errors
    /// When the host cannot be started or no address or thread can be had.
    #[cfg(test)]
    pub(crate) fn over(launch: Launch, limits: Limits) -> io::Result<Self> {
        Self::with(launch, limits, HostFaults::default())
    }

    /// The same, with those of `faults` that belong to the front.
    fn with(launch: Launch, limits: Limits, faults: HostFaults) -> io::Result<Self> {
        let front = Front::start(launch, limits, faults).map_err(io::Error::other)?;
        let front = Arc::new(front);
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(THREADS).max_blocking_threads(WAITING_THREADS);
        let runtime = builder.thread_name("testbed-plugins").enable_all().build()?;
        {
            let _inside = runtime.enter();
            let socket = tokio::net::TcpListener::from_std(socket)?;
            runtime.spawn(serve(socket, Arc::clone(&front)));
        }
        Ok(Self { address, front, runtime: Some(runtime) })
    }

    /// The address of the contract, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for PluginFront {
    fn drop(&mut self) {
        self.front.stop();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
