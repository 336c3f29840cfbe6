//! Single values, as matrices, inputs and matchers hold them.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::reading::{Log, Read, expected};
use crate::yaml::{Node, Tree};

/// A single value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    /// Nothing.
    Null,
    /// A truth.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text.
    Text(String),
}

impl Scalar {
    /// The value as text; nothing is the empty text.
    pub fn text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
            Self::Text(value) => value.clone(),
        }
    }

    /// The value as it names a case: nothing is `none`, the empty text is `""`.
    pub fn label(&self) -> String {
        match self {
            Self::Null => "none".to_owned(),
            Self::Text(text) if text.is_empty() => "\"\"".to_owned(),
            other => other.text(),
        }
    }
}

impl Read for Scalar {
    fn noun() -> Cow<'static, str> {
        "a single value".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        match &node.value {
            Tree::Null => Some(Self::Null),
            Tree::Bool(value) => Some(Self::Bool(*value)),
            Tree::Int(value) => Some(Self::Int(*value)),
            Tree::Float(value) => Some(Self::Float(*value)),
            Tree::Text(value) => Some(Self::Text(value.clone())),
            Tree::List(_) | Tree::Map(_) => expected("a single value", node, log),
        }
    }
}
