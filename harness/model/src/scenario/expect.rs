//! Expectations: `path: matcher`, in blocks that may apply only under a condition.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::reading::{Log, Read, pairs, written};
use crate::source::At;
use crate::verdict::Severity;
use crate::yaml::{Node, Tree};

use super::fixes::Fixes;
use super::scalar::Scalar;

/// What must be seen, as written: one block or a list of blocks.
#[derive(Debug, Clone)]
pub(crate) struct RawExpect(pub(crate) Vec<RawBlock>);

impl Read for RawExpect {
    fn noun() -> Cow<'static, str> {
        "a mapping of paths to matchers, or a list of such".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        match &node.value {
            Tree::List(_) => Vec::read(node, log).map(Self),
            _ => RawBlock::read(node, log).map(|block| Self(vec![block])),
        }
    }

    fn stand_in() -> Option<Self> {
        Some(Self(Vec::new()))
    }
}

impl JsonSchema for RawExpect {
    fn schema_name() -> Cow<'static, str> {
        "Expect".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let block = generator.subschema_for::<RawBlock>();
        json_schema!({ "anyOf": [block, { "type": "array", "items": block }] })
    }
}

/// Claims that hold together, as written.
#[derive(Debug, Clone)]
pub(crate) struct RawBlock {
    /// The conditions under which the block applies.
    pub r#where: RawClaims,
    /// How bad it is when the block fails, where that differs from the scenario.
    pub severity: Option<Severity>,
    /// What to say when it fails; may hold `{step.field}`.
    pub says: Option<At<String>>,
    /// What mends it, where that differs from the playbook.
    pub fix: Option<Fixes>,
    /// Other incidents that explain a failure of the block, each with its conditions.
    pub follows_from: RawFollows,
    /// The claims.
    pub claims: RawClaims,
}

/// The keys of a block that are not paths.
const BLOCK_KEYS: [&str; 5] = ["where", "severity", "says", "fix", "follows_from"];

impl Read for RawBlock {
    fn noun() -> Cow<'static, str> {
        "a mapping of paths to matchers".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let all = pairs(&Self::noun(), node, log)?;
        let (keys, paths): (Vec<_>, Vec<_>) =
            all.iter().cloned().partition(|(key, _)| !key.value.contains('.'));
        crate::reading::refuse_unknown(&BLOCK_KEYS, &keys, log);
        let r#where = crate::reading::field("where", &keys, node.span, log);
        let severity = crate::reading::field("severity", &keys, node.span, log);
        let says = crate::reading::field("says", &keys, node.span, log);
        let fix = crate::reading::field("fix", &keys, node.span, log);
        let follows = crate::reading::field("follows_from", &keys, node.span, log);
        let claims = RawClaims::read(&At { value: Tree::Map(paths), span: node.span }, log);
        Some(Self {
            r#where: r#where.or_else(Read::stand_in)?,
            severity: severity.or_else(Read::stand_in)?,
            says: says.or_else(Read::stand_in)?,
            fix: fix.or_else(Read::stand_in)?,
            follows_from: follows.or_else(Read::stand_in)?,
            claims: claims?,
        })
    }
}

impl JsonSchema for RawBlock {
    fn schema_name() -> Cow<'static, str> {
        "Block".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let matcher = generator.subschema_for::<RawMatch>();
        let severity = generator.subschema_for::<Severity>();
        let fix = generator.subschema_for::<Fixes>();
        let follows = generator.subschema_for::<RawFollows>();
        json_schema!({
            "type": "object",
            "properties": {
                "where": {
                    "type": "object",
                    "patternProperties": { "^[a-z0-9-]+\\.[a-z0-9-]+$": matcher },
                    "additionalProperties": false
                },
                "severity": severity,
                "says": { "type": "string" },
                "fix": fix,
                "follows-from": follows
            },
            "patternProperties": { "^[a-z0-9-]+\\.[a-z0-9-]+$": matcher },
            "additionalProperties": false
        })
    }
}

/// Incidents that explain a failure, each with the conditions under which it does; `{}` where it
/// always does.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawFollows(pub(crate) Vec<(At<String>, RawClaims)>);

impl Read for RawFollows {
    fn noun() -> Cow<'static, str> {
        "a mapping of incidents to conditions, as in `delivery/answers: {}`".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let read = pairs(&Self::noun(), node, log)?
            .iter()
            .map(|(incident, claims)| Some((incident.clone(), RawClaims::read(claims, log)?)))
            .collect::<Vec<_>>();
        Some(Self(read.into_iter().flatten().collect()))
    }

    fn missing() -> Option<Self> {
        Some(Self::default())
    }
}

impl JsonSchema for RawFollows {
    fn schema_name() -> Cow<'static, str> {
        "FollowsFrom".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let matcher = generator.subschema_for::<RawMatch>();
        json_schema!({
            "description": "Other incidents that explain a failure of the block, where they \
                            failed on the same subject and asset and the conditions hold.",
            "type": "object",
            "patternProperties": {
                "^[a-z0-9-]+/[a-z0-9-]+$": {
                    "type": "object",
                    "patternProperties": { "^[a-z0-9-]+\\.[a-z0-9-]+$": matcher },
                    "additionalProperties": false
                }
            },
            "additionalProperties": false
        })
    }
}

/// Paths with their matchers, in the order written.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawClaims(pub(crate) Vec<(At<String>, At<RawMatch>)>);

impl Read for RawClaims {
    fn noun() -> Cow<'static, str> {
        "a mapping of paths to matchers".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let read = pairs(&Self::noun(), node, log)?
            .iter()
            .map(|(path, matcher)| Some((path.clone(), At::read(matcher, log)?)))
            .collect::<Vec<_>>();
        Some(Self(read.into_iter().flatten().collect()))
    }

    fn missing() -> Option<Self> {
        Some(Self::default())
    }
}

/// A matcher as written: a plain value, or a mapping of matchers that must all hold.
#[derive(Debug, Clone)]
pub(crate) enum RawMatch {
    /// `is` this value.
    Is(Scalar),
    /// All of these.
    All(Box<RawMatchers>),
}

impl Read for RawMatch {
    fn noun() -> Cow<'static, str> {
        "a value or a matcher".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        match &node.value {
            Tree::Map(_) => RawMatchers::read(node, log).map(|all| Self::All(Box::new(all))),
            _ => Scalar::read(node, log).map(Self::Is),
        }
    }
}

impl JsonSchema for RawMatch {
    fn schema_name() -> Cow<'static, str> {
        "Match".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let scalar = generator.subschema_for::<Scalar>();
        let matchers = generator.subschema_for::<RawMatchers>();
        json_schema!({ "anyOf": [scalar, matchers] })
    }
}

written! {
    /// Matchers; all that are written must hold.
    "a matcher" RawMatchers {
        /// Equal; texts in their case.
        is: Option<At<Scalar>>,
        /// Not equal.
        not: Option<At<Scalar>>,
        /// Equal to one of these.
        one_of: Option<Vec<At<Scalar>>>,
        /// Equal to none of these.
        none_of: Option<Vec<At<Scalar>>>,
        /// This number or less; or `grace`, `deadline`, `memory-pages`, `noise-factor`.
        at_most: Option<At<Scalar>>,
        /// This number or more.
        at_least: Option<At<Scalar>>,
        /// Less than this number.
        below: Option<At<Scalar>>,
        /// More than this number.
        above: Option<At<Scalar>>,
        /// The list holds this text, in any ASCII case.
        has_token: Option<At<String>>,
        /// The list does not hold this text, in any ASCII case.
        lacks_token: Option<At<String>>,
        /// The text holds this text.
        contains: Option<At<String>>,
        /// The text does not hold this text.
        lacks: Option<At<String>>,
        /// Whether there is a value at all.
        present: Option<bool>,
        /// Whether the text or list is empty.
        empty: Option<bool>,
        /// Equal to what another step saw.
        same_as: Option<At<String>>,
        /// Different from what another step saw.
        differs_from: Option<At<String>>,
    }
}
