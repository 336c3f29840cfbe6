//! The domain `Page`.

use serde::{Deserialize, Serialize};

use super::{Command, Ignored, plain_commands};

plain_commands! { Enable = "Page.enable" }

/// `Page.navigate`.
#[derive(Debug, Serialize)]
pub struct Navigate<'a> {
    /// Where to.
    pub url: &'a str,
}

impl Command for Navigate<'_> {
    const METHOD: &'static str = "Page.navigate";
    type Reply = Navigated;
}

/// How a navigation began.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Navigated {
    /// Why there is no page, as `net::ERR_CONNECTION_REFUSED`.
    pub error_text: Option<String>,
}

/// `Page.addScriptToEvaluateOnNewDocument`: a script that runs before those of the page.
#[derive(Debug, Serialize)]
pub struct AddScript<'a> {
    /// The script.
    pub source: &'a str,
}

impl Command for AddScript<'_> {
    const METHOD: &'static str = "Page.addScriptToEvaluateOnNewDocument";
    type Reply = Ignored;
}

/// `Page.captureScreenshot`: what is on the screen.
#[derive(Debug, Serialize)]
pub struct CaptureScreenshot {
    /// `png`, `jpeg`.
    pub format: &'static str,
    /// Of JPEG, 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<u8>,
}

impl Command for CaptureScreenshot {
    const METHOD: &'static str = "Page.captureScreenshot";
    type Reply = Screenshot;
}

/// A picture.
#[derive(Debug, Deserialize)]
pub struct Screenshot {
    /// The picture in base64.
    pub data: String,
}

/// `Page.loadEventFired`.
#[derive(Debug, Clone, Deserialize)]
pub struct LoadEventFired {}

/// `Page.javascriptDialogOpening`: the page waits for a person.
#[derive(Debug, Clone, Deserialize)]
pub struct DialogOpening {
    /// Its words.
    pub message: String,
    /// `alert`, `confirm`, `prompt`, `beforeunload`.
    pub r#type: String,
}

/// `Page.handleJavaScriptDialog`: close it.
#[derive(Debug, Serialize)]
pub struct HandleDialog {
    /// Whether by its button that agrees.
    pub accept: bool,
}

impl Command for HandleDialog {
    const METHOD: &'static str = "Page.handleJavaScriptDialog";
    type Reply = Ignored;
}
