//! Parts of a mapping as people write them: mappings of names to texts, and statuses.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::pattern::Pattern;
use crate::reading::{Log, Read, expected, pairs};
use crate::source::{At, Complaint};
use crate::yaml::{Node, Tree};

/// Names with a text each, in the order written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Texts(pub Vec<(At<String>, At<String>)>);

impl Texts {
    /// The texts as patterns.
    pub(super) fn patterns(self) -> Vec<(String, Pattern)> {
        self.0.into_iter().map(|(name, text)| (name.value, Pattern::new(text.value))).collect()
    }
}

impl Read for Texts {
    fn noun() -> Cow<'static, str> {
        "a mapping of names to texts".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let pairs = pairs(&Self::noun(), node, log)?;
        let mut texts = Vec::new();
        for (name, node) in pairs {
            let text = match &node.value {
                Tree::Text(text) => text.clone(),
                Tree::Int(number) => number.to_string(),
                Tree::Bool(truth) => truth.to_string(),
                _ => {
                    expected::<()>("a text", node, log);
                    continue;
                }
            };
            texts.push((name.clone(), At { value: text, span: node.span }));
        }
        Some(Self(texts))
    }

    fn stand_in() -> Option<Self> {
        Some(Self::default())
    }
}

impl JsonSchema for Texts {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Texts".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "additionalProperties": { "type": ["string", "integer", "boolean"] }
        })
    }
}

/// A status, or all that begin alike: the first and the last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Status(pub (u16, u16));

impl Status {
    fn of(node: &Node) -> Option<(u16, u16)> {
        match &node.value {
            Tree::Int(number) => {
                let status = u16::try_from(*number).ok().filter(|s| (100..600).contains(s))?;
                Some((status, status))
            }
            Tree::Text(text) => {
                let class: u16 = text.strip_suffix("xx")?.parse().ok()?;
                (1..6).contains(&class).then_some((class * 100, class * 100 + 99))
            }
            _ => None,
        }
    }
}

impl Read for Status {
    fn noun() -> Cow<'static, str> {
        "a status (200, or 2xx for all of them)".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let found = Self::of(node).map(Self);
        found.or_else(|| match &node.value {
            Tree::Text(text) => {
                let problem = format!("`{text}` is not a status");
                log.add(Complaint::new(node.span, problem).help("expected 200, or 2xx"));
                None
            }
            _ => expected(&Self::noun(), node, log),
        })
    }
}

impl JsonSchema for Status {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Status".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "oneOf": [
                { "type": "integer", "minimum": 100, "maximum": 599 },
                { "type": "string", "pattern": "^[1-5]xx$" }
            ]
        })
    }
}

/// Keep a complaint where `name` is no name of a header field (RFC 9110 §5.1).
pub(super) fn check_header(name: &At<String>, log: &mut Log) {
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if name.value.is_empty() || !name.value.bytes().all(is_token) {
        let problem = format!("`{}` is not a valid header field name", name.value);
        log.add(Complaint::new(name.span, problem).help("expected as in `X-Tenant`"));
    }
}
