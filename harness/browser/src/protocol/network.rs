//! The domain `Network`: requests and what became of them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::plain_commands;

plain_commands! { Enable = "Network.enable" }

/// `Network.requestWillBeSent`. A redirect has the id of the request that was redirected.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestSent {
    /// Its id.
    pub request_id: String,
    /// What is asked.
    pub request: Request,
    /// `Document`, `Script`, `Fetch`, `XHR`, `Preload`, …
    #[serde(default)]
    pub r#type: String,
    /// What asked for it.
    pub initiator: Initiator,
    /// The answer that redirected here.
    pub redirect_response: Option<Response>,
}

/// A request.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// Where to.
    pub url: String,
    /// Its method.
    pub method: String,
    /// Its header fields, as far as they are known before it is sent.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// What asked for it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Initiator {
    /// `parser`, `script`, `preload`, `other`, …
    pub r#type: String,
    /// The script or page, where it is known.
    pub url: Option<String>,
}

/// `Network.responseReceived`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResponseReceived {
    /// Of which request.
    pub request_id: String,
    /// The answer.
    pub response: Response,
}

/// An answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// The URL that answered.
    pub url: String,
    /// Its status.
    pub status: u16,
    /// The type that the browser took it for.
    pub mime_type: String,
    /// Its header fields.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Whether a cache on disk answered.
    #[serde(default)]
    pub from_disk_cache: bool,
    /// Whether a service worker answered.
    #[serde(default)]
    pub from_service_worker: bool,
}

/// `Network.requestServedFromCache`: from the memory of the browser.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServedFromCache {
    /// Which.
    pub request_id: String,
}

/// `Network.dataReceived`: a part of a body.
#[derive(Debug, Clone, Deserialize)]
pub struct DataReceived {}

/// `Network.loadingFinished`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadingFinished {
    /// Which.
    pub request_id: String,
    /// Bytes of the answer on the wire. 0 for a cache's.
    #[serde(default)]
    pub encoded_data_length: f64,
}

/// `Network.loadingFailed`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadingFailed {
    /// Which.
    pub request_id: String,
    /// As `net::ERR_CONNECTION_RESET`.
    pub error_text: String,
    /// Whether the page gave it up itself.
    #[serde(default)]
    pub canceled: bool,
    /// As `csp`, `mixed-content`, `coep-frame-resource-needs-coep-header`, `corp-not-same-origin`.
    pub blocked_reason: Option<String>,
    /// What of CORS was not met.
    pub cors_error_status: Option<CorsErrorStatus>,
}

/// What of CORS was not met.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CorsErrorStatus {
    /// As `MissingAllowOriginHeader`.
    pub cors_error: String,
    /// The value at fault.
    #[serde(default)]
    pub failed_parameter: String,
}
