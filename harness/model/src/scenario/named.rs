//! A mapping of names to texts, as people write it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::reading::{Log, Read, pairs};
use crate::source::At;
use crate::yaml::Node;

use super::scalar::Scalar;

/// Texts by name, in the order written.
#[derive(Debug, Clone, Default)]
pub(super) struct Named(pub Vec<(At<String>, At<String>)>);

impl Read for Named {
    fn noun() -> Cow<'static, str> {
        "a mapping of names to texts".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let read = pairs("a mapping of names to texts", node, log)?
            .iter()
            .map(|(key, value)| {
                let scalar = At::<Scalar>::read(value, log)?;
                Some((key.clone(), scalar.map(|scalar| scalar.text())))
            })
            .collect::<Vec<_>>();
        Some(Self(read.into_iter().flatten().collect()))
    }

    fn missing() -> Option<Self> {
        Some(Self::default())
    }
}

impl JsonSchema for Named {
    fn schema_name() -> Cow<'static, str> {
        "Named".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "additionalProperties": { "type": ["string", "number", "boolean", "null"] }
        })
    }
}
