//! The parameters of a scenario as written: lists of values, or names of guests.
//!
//! With a pattern, a new guest file is a new case of every scenario whose pattern matches its name.
//! No scenario has to change.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::reading::{Log, Read, expected, pairs, written};
use crate::source::{At, Complaint, Span};
use crate::yaml::{Node, Tree};

use super::scalar::Scalar;
use super::vocabulary::Vocabulary;

/// Parameters with their values, in the order written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Matrix(pub(crate) Vec<(At<String>, Values)>);

/// The values of one parameter.
#[derive(Debug, Clone)]
pub(super) enum Values {
    /// These.
    List(Vec<At<Scalar>>),
    /// The guests whose names fit.
    Guests(RawGuests),
}

written! {
    /// Guests by name. A `*` at the end matches any rest, among guests that are safe to run
    /// anywhere.
    "guests such as `{ guests: [trap-*] }`" RawGuests {
        /// Names and patterns.
        guests: Vec<At<String>>,
        /// Names and patterns of guests to leave out.
        except: Vec<At<String>>,
        /// Names and patterns of guests that can exhaust a machine. They run with `--tier heavy`
        /// only. A pattern here matches such guests only.
        heavy: Vec<At<String>>,
    }
}

impl Matrix {
    /// Where a value of a list is written.
    pub(super) fn place(&self, value: &str) -> Option<Span> {
        let listed = self.0.iter().flat_map(|(_, values)| match values {
            Values::List(list) => list.as_slice(),
            Values::Guests(_) => &[],
        });
        listed.into_iter().find(|one| one.value.text() == value).map(|one| one.span)
    }

    /// Every parameter with its values, patterns resolved.
    pub(super) fn resolved(
        &self,
        vocabulary: &Vocabulary,
        log: &mut Log,
    ) -> Vec<(At<String>, Vec<Scalar>)> {
        let values = |values: &Values, log: &mut Log| match values {
            Values::List(list) => list.iter().map(|value| value.value.clone()).collect(),
            Values::Guests(named) => named.resolved(vocabulary, log),
        };
        self.0.iter().map(|(name, list)| (name.clone(), values(list, log))).collect()
    }
}

impl RawGuests {
    /// The names, in the order of the patterns and each once.
    fn resolved(&self, vocabulary: &Vocabulary, log: &mut Log) -> Vec<Scalar> {
        if vocabulary.guests.is_empty() {
            return Vec::new();
        }
        let mut names: Vec<&str> = Vec::new();
        for pattern in &self.guests {
            for name in fitting(pattern, false, vocabulary, log) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        for pattern in &self.except {
            let fitting = fitting(pattern, false, vocabulary, log);
            if !fitting.is_empty() && !fitting.iter().any(|name| names.contains(name)) {
                let problem = format!("`{}` excludes nothing", pattern.value);
                log.add(Complaint::new(pattern.span, problem));
            }
            names.retain(|name| !fitting.contains(name));
        }
        if let (true, true, Some(first)) = (names.is_empty(), log.0.is_empty(), self.guests.first())
        {
            log.add(Complaint::new(first.span, "no guest is left"));
        }
        names.extend(self.exhausting(vocabulary, log));
        names.into_iter().map(|name| Scalar::Text(name.to_owned())).collect()
    }

    /// The guests of `heavy`.
    fn exhausting<'a>(&self, vocabulary: &'a Vocabulary, log: &mut Log) -> Vec<&'a str> {
        let mut names: Vec<&str> = Vec::new();
        for pattern in &self.heavy {
            for name in fitting(pattern, true, vocabulary, log) {
                if !vocabulary.is_heavy(name) {
                    let problem = format!("`{name}` is safe to run anywhere");
                    log.add(Complaint::new(pattern.span, problem).help("name it under `guests`"));
                }
                names.push(name);
            }
        }
        names
    }
}

/// The guests that a name or pattern matches. Keeps a complaint if there are none.
fn fitting<'a>(
    pattern: &At<String>,
    heavy: bool,
    vocabulary: &'a Vocabulary,
    log: &mut Log,
) -> Vec<&'a str> {
    let Some(start) = pattern.value.strip_suffix('*') else {
        let known: Vec<&str> = vocabulary.guests.iter().map(String::as_str).collect();
        let found: Vec<&str> = known.iter().copied().filter(|id| *id == pattern.value).collect();
        if found.is_empty() {
            log.unknown("guest", pattern, &known);
        }
        return found;
    };
    let ids = vocabulary.guests.iter().map(String::as_str);
    let found: Vec<&str> =
        ids.filter(|id| id.starts_with(start) && vocabulary.is_heavy(id) == heavy).collect();
    if found.is_empty() {
        let problem = format!("no guest name matches `{}`", pattern.value);
        let help = "expected the start of a name and a star, as in `trap-*`";
        log.add(Complaint::new(pattern.span, problem).help(help));
    }
    found
}

impl Read for Matrix {
    fn noun() -> Cow<'static, str> {
        "a mapping of parameters to lists of values".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let read = pairs(&Self::noun(), node, log)?
            .iter()
            .map(|(key, value)| Some((key.clone(), Values::read(value, log)?)))
            .collect::<Vec<_>>();
        Some(Self(read.into_iter().flatten().collect()))
    }

    fn missing() -> Option<Self> {
        Some(Self::default())
    }
}

impl Read for Values {
    fn noun() -> Cow<'static, str> {
        "a list of values, or guests such as `{ guests: [trap-*] }`".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        if matches!(node.value, Tree::Map(_)) {
            let named = RawGuests::read(node, log)?;
            let some = !named.guests.is_empty();
            return some.then_some(Self::Guests(named)).or_else(|| none(node, log));
        }
        let list = Vec::<At<Scalar>>::read(node, log)?;
        if list.is_empty() { none(node, log) } else { Some(Self::List(list)) }
    }
}

fn none(node: &Node, log: &mut Log) -> Option<Values> {
    let nothing = At { value: Tree::Null, span: node.span };
    expected("at least one value", &nothing, log)
}

impl JsonSchema for Matrix {
    fn schema_name() -> Cow<'static, str> {
        "Matrix".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let scalar = generator.subschema_for::<Scalar>();
        let guests = generator.subschema_for::<RawGuests>();
        let list = json_schema!({ "type": "array", "minItems": 1, "items": scalar });
        json_schema!({
            "type": "object",
            "additionalProperties": { "anyOf": [list, guests] }
        })
    }
}
