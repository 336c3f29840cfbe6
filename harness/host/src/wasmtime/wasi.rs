//! WASI preview 1 for one call: only what was granted.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasm_gauntlet_model::fault::Fault;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p1::WasiP1Ctx;
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};
use wasmtime_wasi::{Deterministic, FsPerms, WasiCtxBuilder};

use crate::embedded::Call;
use crate::guest_abi::log::{LineStream, SharedLog};
use crate::guest_abi::preview1::{RANDOM_BYTES_MAX, virtual_random};
use crate::process::locked::Locked;

/// The context of one call. Without grants: no arguments, no environment, an empty stdin, no
/// folder, no socket, a virtual random stream; stdout and stderr go to the log. Clocks and
/// waiting are ours (`state`); those in here are never asked.
///
/// # Errors
/// When a folder cannot be opened.
pub(super) fn context(call: &Call<'_>) -> wasmtime::Result<WasiP1Ctx> {
    let Call { grants, faults, fixture, log, .. } = *call;
    let mut builder = WasiCtxBuilder::new();
    builder.args(&grants.args).max_random_size(RANDOM_BYTES_MAX);
    builder.stdout(LogStream::new(log)).stderr(LogStream::new(log));
    for (name, value) in &grants.env {
        builder.env(name, value);
    }
    if faults.has(Fault::AmbientEnv) {
        for (name, value) in std::env::vars_os() {
            builder.env(name.to_string_lossy(), value.to_string_lossy());
        }
    }
    if let Some(fixture) = fixture {
        builder.preopened_dir(fixture.data(), "/data", FsPerms::ReadOnly)?;
    }
    if faults.has(Fault::AmbientFs) {
        builder.preopened_dir("/", "/", FsPerms::ReadOnly)?;
    }
    if !grants.random {
        builder.secure_random(Deterministic::new(virtual_random()));
        builder.insecure_random(Deterministic::new(virtual_random()));
        builder.insecure_random_seed(0);
    }
    Ok(builder.build_p1())
}

/// A standard stream that never blocks, never fails and keeps no more than the log does.
#[derive(Clone)]
struct LogStream(Arc<Mutex<LineStream>>);

impl LogStream {
    fn new(log: &SharedLog) -> Self {
        Self(Arc::new(Mutex::new(LineStream::new(log.clone()))))
    }

    fn feed(&self, bytes: &[u8]) {
        self.0.locked().feed(bytes);
    }
}

impl IsTerminal for LogStream {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for LogStream {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        // Preview 1 writes through `p2_stream` alone.
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for LogStream {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.feed(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        // Wasmtime passes on 4 KiB at once; a larger permit makes no difference.
        Ok(64 << 10)
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for LogStream {
    async fn ready(&mut self) {}
}
