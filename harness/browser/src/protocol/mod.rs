//! The messages of the DevTools protocol that are used, each with its type.
//!
//! Source: <https://chromedevtools.github.io/devtools-protocol/tot/>.

pub mod audits;
pub mod browser;
pub mod debugger;
pub mod fetch;
pub mod log;
pub mod network;
pub mod page;
pub mod runtime;
pub mod security;
pub mod target;
pub mod tracing;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A session: one attached page, frame or worker.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(String);

/// A command and its reply.
pub trait Command: Serialize {
    /// Its name, as `Page.navigate`.
    const METHOD: &'static str;
    /// What the browser answers.
    type Reply: DeserializeOwned;
}

/// A reply that says nothing but that the command was carried out.
#[derive(Debug, Deserialize)]
pub struct Done {}

/// A reply with fields that nobody needs.
#[derive(Debug, Deserialize)]
pub struct Ignored {}

/// Defines commands without parameters that are answered with [`Done`].
macro_rules! plain_commands {
    ($($name:ident = $method:literal),+ $(,)?) => {$(
        #[doc = concat!("`", $method, "`.")]
        #[derive(Debug, serde::Serialize)]
        pub struct $name {}

        impl crate::protocol::Command for $name {
            const METHOD: &'static str = $method;
            type Reply = crate::protocol::Done;
        }
    )+};
}
pub(crate) use plain_commands;

/// An event of a session; none for one of the browser itself.
#[derive(Debug, Clone)]
pub struct Event {
    /// Where it happened.
    pub session: Option<SessionId>,
    /// What happened.
    pub what: What,
}

/// Defines the events that are read, by their names.
macro_rules! events {
    ($($variant:ident = $method:literal: $kind:ty),+ $(,)?) => {
        /// What happened.
        #[derive(Debug, Clone)]
        pub enum What {
            $(#[doc = concat!("`", $method, "`.")] $variant($kind),)+
            /// What has no type here.
            Other(String),
        }

        impl What {
            fn read(method: &str, params: Value) -> serde_json::Result<Self> {
                match method {
                    $($method => serde_json::from_value(params).map(Self::$variant),)+
                    _ => Ok(Self::Other(method.to_owned())),
                }
            }
        }
    };
}

events! {
    Attached = "Target.attachedToTarget": target::Attached,
    Detached = "Target.detachedFromTarget": target::Detached,
    Crashed = "Target.targetCrashed": target::Crashed,
    RequestSent = "Network.requestWillBeSent": network::RequestSent,
    ResponseReceived = "Network.responseReceived": network::ResponseReceived,
    DataReceived = "Network.dataReceived": network::DataReceived,
    LoadingFinished = "Network.loadingFinished": network::LoadingFinished,
    LoadingFailed = "Network.loadingFailed": network::LoadingFailed,
    ServedFromCache = "Network.requestServedFromCache": network::ServedFromCache,
    DialogOpening = "Page.javascriptDialogOpening": page::DialogOpening,
    LoadEventFired = "Page.loadEventFired": page::LoadEventFired,
    TraceCollected = "Tracing.dataCollected": tracing::Collected,
    TraceComplete = "Tracing.tracingComplete": tracing::Complete,
    ScriptParsed = "Debugger.scriptParsed": debugger::ScriptParsed,
    RequestPaused = "Fetch.requestPaused": fetch::RequestPaused,
    BindingCalled = "Runtime.bindingCalled": runtime::BindingCalled,
    ConsoleCalled = "Runtime.consoleAPICalled": runtime::ConsoleCalled,
    ExceptionThrown = "Runtime.exceptionThrown": runtime::ExceptionThrown,
    LogEntryAdded = "Log.entryAdded": log::EntryAdded,
    IssueAdded = "Audits.issueAdded": audits::IssueAdded,
}

impl Event {
    pub(crate) fn read(
        session: Option<SessionId>,
        method: &str,
        params: Value,
    ) -> serde_json::Result<Self> {
        Ok(Self { session, what: What::read(method, params)? })
    }
}
