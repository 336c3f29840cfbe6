//! Ctrl-C or SIGTERM: the first finishes the current trials and reports what is known, the second
//! ends the run at once.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::signal::unix::{SignalKind, signal};

use super::exit::{Exit, Failure};

/// Set when a person wants the run to end.
static STOP: AtomicBool = AtomicBool::new(false);
static LISTENING: OnceLock<()> = OnceLock::new();

/// The flag that a first Ctrl-C sets.
pub(super) fn stop() -> Result<&'static AtomicBool, Failure> {
    if LISTENING.set(()).is_ok() {
        let failed = |error| Failure::harness(format!("cannot listen for Ctrl-C: {error}"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(failed)?;
        let spawned = std::thread::Builder::new().name("interrupt".to_owned());
        spawned.spawn(move || runtime.block_on(listen())).map_err(failed)?;
    }
    Ok(&STOP)
}

async fn listen() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    loop {
        tokio::select! {
            pressed = tokio::signal::ctrl_c() => if pressed.is_err() { return },
            _ = terminate.recv() => {}
        }
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Exit::Inconclusive.code()));
        }
        wasm_gauntlet_host::process::shutdown::stop();
        super::say("stopping after the running trials; press Ctrl-C again to end at once\n");
    }
}
