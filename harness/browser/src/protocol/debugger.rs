//! The domain `Debugger`: scripts and modules with the bytes that were compiled.

use serde::{Deserialize, Serialize};

use super::{Command, plain_commands};

plain_commands! { Enable = "Debugger.enable" }

/// `Debugger.scriptParsed`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScriptParsed {
    /// Its id.
    pub script_id: String,
    /// Where it came from; `wasm://…` where no URL is known.
    pub url: String,
    /// `JavaScript` or `WebAssembly`.
    #[serde(default)]
    pub script_language: String,
}

/// `Debugger.getScriptSource`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GetScriptSource<'a> {
    /// Which.
    pub script_id: &'a str,
}

impl Command for GetScriptSource<'_> {
    const METHOD: &'static str = "Debugger.getScriptSource";
    type Reply = ScriptSource;
}

/// The source of a script.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScriptSource {
    /// Of a module: its bytes, in base64.
    pub bytecode: Option<String>,
}
