//! What the engine did with WebAssembly, by its own trace.

use std::collections::BTreeMap;
use std::time::Instant;

use super::{ANSWER_WITHIN, Tab};
use crate::connection::CallError;
use crate::protocol::tracing::{Collected, End, Start};

/// What V8 says of WebAssembly.
const CATEGORIES: &str = "v8.wasm";

/// A module that is compiled while it arrives begins so.
const STREAMING: &str = "wasm.StartStreamingCompilation";

/// A module of which all bytes are there is compiled so.
const WHOLE: [&str; 2] = ["wasm.AsyncCompile", "wasm.SyncCompile"];

/// A module whose code was there already.
const CACHED: &str = "wasm.GetNativeModuleFromCache";

/// How often each event was seen.
#[derive(Debug, Default)]
pub(super) struct Trace {
    counts: BTreeMap<String, usize>,
    pub(super) complete: bool,
}

impl Trace {
    pub(super) fn take(&mut self, part: Collected) {
        for event in part.value.into_iter().filter(|event| event.name.starts_with("wasm.")) {
            // A span may be written as a begin and an end.
            if event.ph != "E" {
                *self.counts.entry(event.name).or_default() += 1;
            }
        }
    }
}

/// How modules were compiled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compilations {
    /// While they arrived.
    pub streaming: usize,
    /// After all of their bytes were there.
    pub whole: usize,
    /// Code that was taken from the memory of the engine.
    pub cached: usize,
}

impl Tab<'_> {
    /// Trace the engine from now on.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn start_trace(&mut self) -> Result<(), CallError> {
        let pending = self.connection.send(None, &Start::of(CATEGORIES))?;
        self.reply(&pending, Instant::now() + ANSWER_WITHIN)?;
        Ok(())
    }

    /// End the trace, and say how modules were compiled.
    ///
    /// # Errors
    /// As [`Tab::open`].
    pub fn compilations(&mut self) -> Result<Compilations, CallError> {
        self.connection.send(None, &End {})?;
        let until = Instant::now() + ANSWER_WITHIN;
        while !self.trace.as_ref().is_some_and(|trace| trace.complete) {
            match self.events.next(until)? {
                Some(event) => self.take(event)?,
                None => {
                    return Err(CallError::Late { method: "Tracing.end", within: ANSWER_WITHIN });
                }
            };
        }
        let counts = self.trace.take().unwrap_or_default().counts;
        let of = |name: &str| counts.get(name).copied().unwrap_or_default();
        let whole = WHOLE.iter().map(|name| of(name)).sum();
        Ok(Compilations { streaming: of(STREAMING), whole, cached: of(CACHED) })
    }
}
