//! Fixes of an incident: configuration for the recognised server.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::named::Named;
use crate::reading::{Log, Read, expected};
use crate::yaml::Node;

/// Fixes of an incident, by the name of a server or runtime. `any` fits everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fixes(pub Vec<(String, String)>);

impl Fixes {
    /// The fixes for `software`, nearest to the client first, since each of these servers may hold
    /// the cause. If none is known, the fix for the server that `about` names. If there is none
    /// either, the fix for `any`.
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

    /// The fix for this server or runtime.
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
