//! The domain `Fetch`: requests that wait until they are told how to go on.

use serde::{Deserialize, Serialize};

use super::network::Request;
use super::{Command, Done};

/// `Fetch.enable`: every request of the session waits before it is sent.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Enable {}

impl Command for Enable {
    const METHOD: &'static str = "Fetch.enable";
    type Reply = Done;
}

/// `Fetch.requestPaused`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestPaused {
    /// Its id in this domain.
    pub request_id: String,
    /// What is asked.
    pub request: Request,
}

/// `Fetch.continueRequest`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContinueRequest<'a> {
    /// Which.
    pub request_id: &'a str,
    /// Where to instead. The page does not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<&'a str>,
}

impl Command for ContinueRequest<'_> {
    const METHOD: &'static str = "Fetch.continueRequest";
    type Reply = Done;
}

/// `Fetch.failRequest`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FailRequest<'a> {
    /// Which.
    pub request_id: &'a str,
    /// As `ConnectionReset`.
    pub error_reason: &'static str,
}

impl Command for FailRequest<'_> {
    const METHOD: &'static str = "Fetch.failRequest";
    type Reply = Done;
}

/// `Fetch.fulfillRequest`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FulfillRequest<'a> {
    /// Which.
    pub request_id: &'a str,
    /// The status.
    pub response_code: u16,
    /// The header fields.
    pub response_headers: Vec<HeaderEntry>,
    /// The body, in base64.
    pub body: String,
}

impl Command for FulfillRequest<'_> {
    const METHOD: &'static str = "Fetch.fulfillRequest";
    type Reply = Done;
}

/// One header field.
#[derive(Debug, Clone, Serialize)]
pub struct HeaderEntry {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: String,
}
