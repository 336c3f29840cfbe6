//! The domain `Tracing`, of the browser itself.

use serde::{Deserialize, Serialize};

use super::{Command, Done, plain_commands};

plain_commands! { End = "Tracing.end" }

/// `Tracing.start`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Start<'a> {
    transfer_mode: &'static str,
    trace_config: TraceConfig<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TraceConfig<'a> {
    included_categories: [&'a str; 1],
}

impl<'a> Start<'a> {
    /// With the events of one category.
    pub fn of(category: &'a str) -> Self {
        let trace_config = TraceConfig { included_categories: [category] };
        Self { transfer_mode: "ReportEvents", trace_config }
    }
}

impl Command for Start<'_> {
    const METHOD: &'static str = "Tracing.start";
    type Reply = Done;
}

/// `Tracing.dataCollected`.
#[derive(Debug, Clone, Deserialize)]
pub struct Collected {
    /// A part of the events.
    pub value: Vec<TraceEvent>,
}

/// One event.
#[derive(Debug, Clone, Deserialize)]
pub struct TraceEvent {
    /// As `wasm.StartStreamingCompilation`.
    #[serde(default)]
    pub name: String,
    /// Its phase, as `B`, `E`, `X`.
    #[serde(default)]
    pub ph: String,
}

/// `Tracing.tracingComplete`.
#[derive(Debug, Clone, Deserialize)]
pub struct Complete {}
