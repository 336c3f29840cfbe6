//! The domain `Target`: pages, frames and workers, each attached as it starts.

use serde::{Deserialize, Serialize};

use super::{Command, Done, SessionId};

/// `Target.setAutoAttach`: attach to all that starts, and let it wait until it is told to go on.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SetAutoAttach {
    auto_attach: bool,
    wait_for_debugger_on_start: bool,
    flatten: bool,
    filter: &'static [TargetFilter],
}

/// Which kinds of target count. The first entry that fits decides; one without a kind fits all.
#[derive(Debug, Serialize)]
struct TargetFilter {
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'static str>,
    exclude: bool,
}

/// What a site can start. The pages of the browser's own windows are left out.
const OF_SITES: &[TargetFilter] = &[
    TargetFilter { r#type: Some("page"), exclude: false },
    TargetFilter { r#type: Some("iframe"), exclude: false },
    TargetFilter { r#type: Some("worker"), exclude: false },
    TargetFilter { r#type: Some("shared_worker"), exclude: false },
    TargetFilter { r#type: Some("service_worker"), exclude: false },
    TargetFilter { r#type: None, exclude: true },
];

impl SetAutoAttach {
    /// To all that a site can start, each paused at its start.
    pub const PAUSED: Self = Self {
        auto_attach: true,
        wait_for_debugger_on_start: true,
        flatten: true,
        filter: OF_SITES,
    };
}

impl Command for SetAutoAttach {
    const METHOD: &'static str = "Target.setAutoAttach";
    type Reply = Done;
}

/// `Target.createBrowserContext`: a profile of its own, without a trace of any other.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateBrowserContext {
    /// Whether it ends with this connection.
    pub dispose_on_detach: bool,
}

impl Command for CreateBrowserContext {
    const METHOD: &'static str = "Target.createBrowserContext";
    type Reply = ContextCreated;
}

/// A profile that was made.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContextCreated {
    /// Its id.
    pub browser_context_id: String,
}

/// `Target.disposeBrowserContext`: close its pages, and forget all that they stored.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DisposeBrowserContext<'a> {
    /// Which.
    pub browser_context_id: &'a str,
}

impl Command for DisposeBrowserContext<'_> {
    const METHOD: &'static str = "Target.disposeBrowserContext";
    type Reply = Done;
}

/// `Target.createTarget`: a page.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateTarget<'a> {
    /// What it shows first.
    pub url: &'a str,
    /// In which profile.
    pub browser_context_id: &'a str,
}

impl Command for CreateTarget<'_> {
    const METHOD: &'static str = "Target.createTarget";
    type Reply = Created;
}

/// A page that was made.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Created {
    /// Its id.
    pub target_id: String,
}

/// `Target.closeTarget`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CloseTarget<'a> {
    /// Which.
    pub target_id: &'a str,
}

impl Command for CloseTarget<'_> {
    const METHOD: &'static str = "Target.closeTarget";
    type Reply = Done;
}

/// `Target.attachedToTarget`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attached {
    /// The session for it.
    pub session_id: SessionId,
    /// What it is.
    pub target_info: TargetInfo,
}

/// What a target is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TargetInfo {
    /// Its id.
    pub target_id: String,
    /// `page`, `iframe`, `worker`, `shared_worker`, `service_worker`, `tab`, …
    pub r#type: String,
    /// Where it comes from.
    pub url: String,
    /// Its profile.
    pub browser_context_id: Option<String>,
}

/// `Target.detachedFromTarget`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Detached {
    /// The session that ended.
    pub session_id: SessionId,
}

/// `Target.targetCrashed`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Crashed {
    /// Which.
    pub target_id: String,
    /// How it ended, as `crashed` or `oom`.
    pub status: String,
}
