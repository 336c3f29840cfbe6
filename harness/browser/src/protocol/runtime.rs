//! The domain `Runtime`: what scripts say, and what they did not catch.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Command, Done, plain_commands};

plain_commands! {
    Enable = "Runtime.enable",
    RunIfWaiting = "Runtime.runIfWaitingForDebugger",
}

/// `Runtime.addBinding`: a function of this name in each global scope. Calls of it are events.
#[derive(Debug, Serialize)]
pub struct AddBinding<'a> {
    /// Its name.
    pub name: &'a str,
}

impl Command for AddBinding<'_> {
    const METHOD: &'static str = "Runtime.addBinding";
    type Reply = Done;
}

/// `Runtime.bindingCalled`.
#[derive(Debug, Clone, Deserialize)]
pub struct BindingCalled {
    /// The binding.
    pub name: String,
    /// Its argument.
    pub payload: String,
}

/// `Runtime.consoleAPICalled`.
#[derive(Debug, Clone, Deserialize)]
pub struct ConsoleCalled {
    /// `log`, `warning`, `error`, …
    pub r#type: String,
    /// What was said.
    pub args: Vec<RemoteObject>,
}

/// `Runtime.exceptionThrown`: also a rejection that nothing handled.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExceptionThrown {
    /// The details.
    pub exception_details: ExceptionDetails,
}

/// An exception.
#[derive(Debug, Clone, Deserialize)]
pub struct ExceptionDetails {
    /// As `Uncaught (in promise)`.
    pub text: String,
    /// What was thrown.
    pub exception: Option<RemoteObject>,
    /// The script.
    pub url: Option<String>,
}

/// A value of a script.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct RemoteObject {
    /// `string`, `object`, …
    #[serde(default)]
    pub r#type: String,
    /// The value, where it is JSON.
    pub value: Option<Value>,
    /// A text for people, as the stack of an error.
    pub description: Option<String>,
}

impl RemoteObject {
    /// As a person reads it.
    pub fn text(&self) -> String {
        match (&self.description, &self.value) {
            (Some(text), _) | (None, Some(Value::String(text))) => text.clone(),
            (None, Some(value)) => value.to_string(),
            (None, None) => self.r#type.clone(),
        }
    }
}

/// `Runtime.evaluate`: the value of an expression, once it is there.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Evaluate<'a> {
    /// The expression.
    pub expression: &'a str,
    /// Whether a promise is waited for.
    pub await_promise: bool,
    /// Whether the value comes as JSON.
    pub return_by_value: bool,
    /// Whether it counts as done by a person.
    pub user_gesture: bool,
}

impl Command for Evaluate<'_> {
    const METHOD: &'static str = "Runtime.evaluate";
    type Reply = Evaluated;
}

/// What came of it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evaluated {
    /// The value.
    pub result: RemoteObject,
    /// What it threw instead.
    pub exception_details: Option<ExceptionDetails>,
}
