//! What a subject saw: facts by name, with the evidence to believe them.
//!
//! Each kind of observation is a struct here. Its fields are the paths that a scenario may
//! name, so a wrong path is refused when the scenario is loaded. A fact has three states:
//! it has a value, it is known to be absent (a header that was not sent), or nobody looked
//! (which makes an expectation on it inconclusive, never true).

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod agreement;
mod control;
mod inspection;
mod kinds;
mod staleness;
mod visit;

pub use agreement::Agreement;
pub use control::{Audit, Fill, Flood, Registration, Rollback, Starts};
pub use inspection::Inspection;
pub use kinds::{Exchange, GuestCall, Lattice, Pace, TenantLatency};
pub use staleness::Staleness;
pub use visit::{PageLoads, PageSkew, PageVisit};

/// The value of one fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Value {
    /// Looked for, and not there.
    Absent,
    /// A truth.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text; hostile, not yet escaped.
    Text(String),
    /// Texts in the order seen.
    Texts(Vec<String>),
    /// A number that is known to lie between two others.
    Interval {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
}

/// What kind of value a field holds, so that a matcher that cannot fit is refused at load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// `Value::Bool`.
    Bool,
    /// `Value::Int` or `Value::Float`.
    Number,
    /// `Value::Text`.
    Text,
    /// `Value::Texts`.
    Texts,
    /// `Value::Interval`.
    Interval,
}

/// One field of one kind of observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The name in a path, as in `variant.content-type`.
    pub name: &'static str,
    /// What it holds.
    pub kind: ValueKind,
    /// The words that it may hold, where these are few and known; empty where any text may be.
    pub words: &'static [&'static str],
    /// What it means, with its unit and source.
    pub doc: &'static str,
}

/// Facts by field name. A missing name was not looked at. Names are borrowed from `FIELDS`: an
/// exchange has a hundred, and copying them took a tenth of the time of a plain check.
pub type Facts = BTreeMap<Cow<'static, str>, Value>;

/// One piece of evidence: its name and its text (hostile; its maker limits the length).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// As in `request`, `response headers`, `guest digest`.
    pub what: String,
    /// The text itself.
    pub text: String,
}

/// The result of one action.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// The facts.
    pub facts: Facts,
    /// The evidence for the facts.
    pub evidence: Vec<Evidence>,
    /// A command line that reproduces the result.
    pub reproduce: Option<String>,
}

/// A type that a field of an observation may have.
pub trait FieldValue {
    /// The kind it is checked as.
    const KIND: ValueKind;
    /// The value it becomes.
    fn value(self) -> Value;
}

impl FieldValue for bool {
    const KIND: ValueKind = ValueKind::Bool;
    fn value(self) -> Value {
        Value::Bool(self)
    }
}

impl FieldValue for i64 {
    const KIND: ValueKind = ValueKind::Number;
    fn value(self) -> Value {
        Value::Int(self)
    }
}

impl FieldValue for f64 {
    const KIND: ValueKind = ValueKind::Number;
    fn value(self) -> Value {
        Value::Float(self)
    }
}

impl FieldValue for String {
    const KIND: ValueKind = ValueKind::Text;
    fn value(self) -> Value {
        Value::Text(self)
    }
}

impl FieldValue for Vec<String> {
    const KIND: ValueKind = ValueKind::Texts;
    fn value(self) -> Value {
        Value::Texts(self)
    }
}

impl FieldValue for (f64, f64) {
    const KIND: ValueKind = ValueKind::Interval;
    fn value(self) -> Value {
        Value::Interval { low: self.0, high: self.1 }
    }
}

/// One field of an observation: seen, seen to be absent, or not looked at.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Fact<T> {
    /// Nobody looked.
    #[default]
    Unknown,
    /// Looked for, and not there.
    Absent,
    /// There.
    Is(T),
}

impl<T> From<T> for Fact<T> {
    fn from(value: T) -> Self {
        Self::Is(value)
    }
}

impl<T> Fact<T> {
    /// `Absent` for `None`: somebody looked.
    pub fn looked(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Is)
    }
}

/// `Unknown` for `None`: nobody could look.
pub fn known<T>(value: Option<T>) -> Fact<T> {
    value.map_or(Fact::Unknown, Fact::Is)
}

/// A count, as a fact has it.
pub fn count(items: usize) -> i64 {
    i64::try_from(items).unwrap_or(i64::MAX)
}

impl<T: FieldValue> Fact<T> {
    /// The fact of this name, unless nobody looked.
    fn fact(self, name: &'static str) -> Option<(Cow<'static, str>, Value)> {
        match self {
            Self::Unknown => None,
            Self::Absent => Some((Cow::Borrowed(name), Value::Absent)),
            Self::Is(value) => Some((Cow::Borrowed(name), value.value())),
        }
    }
}

/// Declares a kind of observation: its struct, its table of fields, and the way to facts.
macro_rules! observation {
    ($(#[doc = $doc:literal])+ $name:ident { $(
        $(#[doc = $field_doc:literal])+ $field:ident = $path:literal: $type:ty $([$words:expr])?,
    )+ }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct $name {
            $($(#[doc = $field_doc])+ pub $field: crate::observation::Fact<$type>,)+
        }

        impl $name {
            /// The paths that a scenario may name.
            pub const FIELDS: &[crate::observation::Field] = &[$(crate::observation::Field {
                name: $path,
                kind: <$type as crate::observation::FieldValue>::KIND,
                words: {
                    let words: &[&str] = &[];
                    $(let words: &[&str] = if words.is_empty() { $words } else { words };)?
                    words
                },
                doc: concat!($($field_doc),+).trim_ascii(),
            },)+];

            /// The facts, by the names of `FIELDS`.
            pub fn facts(self) -> crate::observation::Facts {
                [$(self.$field.fact($path)),+].into_iter().flatten().collect()
            }
        }
    };
}
pub(crate) use observation;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unseen_field_is_no_fact_and_an_absent_one_is() {
        let exchange = Exchange { etag: Fact::Absent, status: 200.into(), ..Exchange::default() };
        let facts = exchange.facts();
        assert_eq!(facts.get("etag"), Some(&Value::Absent));
        assert_eq!(facts.get("status"), Some(&Value::Int(200)));
        assert_eq!(facts.get("vary"), None);
    }
}
