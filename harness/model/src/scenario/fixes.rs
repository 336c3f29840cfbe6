//! What mends an incident: configuration for the server that was recognised.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::raw::Named;
use crate::reading::{Log, Read, expected};
use crate::yaml::Node;

/// What mends an incident, by the name of a server or runtime; `any` fits everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fixes(pub Vec<(String, String)>);

impl Fixes {
    /// Those for `software`, by name, what is nearest to the client first: any of them may be
    /// where it is mended. The one for whatever calls itself `about`, where there is none of these
    /// names; the one for `any`, where nothing is nearer.
    pub fn best(&self, software: &[String], about: &str) -> String {
        let known = software.iter().filter_map(|name| self.0.iter().find(|(have, _)| have == name));
        let known: Vec<&(String, String)> = known.collect();
        match known.as_slice() {
            [] => self.near(about).to_owned(),
            [(_, fix)] => fix.clone(),
            many => {
                let each = many.iter().map(|(name, fix)| format!("at {name}:\n{fix}"));
                each.collect::<Vec<_>>().join("\n")
            }
        }
    }

    fn near(&self, about: &str) -> &str {
        let about = about.to_ascii_lowercase();
        let near = self.0.iter().find(|(name, _)| about.contains(&name.to_ascii_lowercase()));
        near.map_or(self.of("any").unwrap_or_default(), |(_, fix)| fix)
    }

    /// The one for this server or runtime.
    pub fn of(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(have, _)| have == name).map(|(_, fix)| fix.as_str())
    }
}

impl Read for Fixes {
    fn noun() -> Cow<'static, str> {
        "a mapping such as `{ any: ..., nginx: ... }`".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let fixes = Named::read(node, log)?.0;
        if !fixes.iter().any(|(name, _)| name.value == "any") {
            return expected("a mapping with the key `any`", node, log);
        }
        Some(Self(fixes.into_iter().map(|(name, fix)| (name.value, fix.value)).collect()))
    }

    fn stand_in() -> Option<Self> {
        Some(Self::default())
    }
}

impl JsonSchema for Fixes {
    fn schema_name() -> Cow<'static, str> {
        "Fixes".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "required": ["any"],
            "additionalProperties": { "type": "string" }
        })
    }
}
