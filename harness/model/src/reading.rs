//! From a YAML tree to typed structs. Every complaint is kept, and unknown keys are refused.
//!
//! A struct that is declared with `written!` gives both the reading and the JSON schema, so the two
//! always agree.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::name::nearest;
use crate::source::{At, Complaint, Span};
use crate::yaml::{Node, Tree};

/// The complaints so far.
#[derive(Debug, Default)]
pub struct Log(pub Vec<Complaint>);

impl Log {
    /// Keep a complaint.
    pub fn add(&mut self, complaint: Complaint) {
        self.0.push(complaint);
    }

    /// Keep a complaint about an unknown word.
    pub fn unknown(&mut self, noun: &str, read: &At<impl AsRef<str>>, known: &[&str]) {
        let word = read.value.as_ref();
        let help = match nearest(word, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("expected one of: {}", known.join(", ")),
        };
        self.add(Complaint::new(read.span, format!("unknown {noun} `{word}`")).help(help));
    }
}

/// Something that can be read from a node. `None` means that a complaint was kept.
pub trait Read: Sized {
    /// What is expected, for complaints.
    fn noun() -> Cow<'static, str>;

    /// Read it, keeping every complaint.
    fn read(node: &Node, log: &mut Log) -> Option<Self>;

    /// The value of a key that was not written; `None` if the key is required.
    fn missing() -> Option<Self> {
        None
    }

    /// A stand-in for something that could not be read, so that the rest is still checked and all
    /// complaints appear at once. It is never used, because a complaint was kept.
    fn stand_in() -> Option<Self> {
        Self::missing()
    }
}

/// Keep a complaint: `node` is not what was expected.
pub fn expected<T>(noun: &str, node: &Node, log: &mut Log) -> Option<T> {
    let read = match &node.value {
        Tree::Int(number) => format!("{number}"),
        Tree::Float(number) => format!("{number}"),
        other => other.noun().to_owned(),
    };
    let problem = format!("expected {noun}, read {read}");
    log.add(Complaint::new(node.span, problem));
    None
}

/// Add help to the last complaint.
fn hint(log: &mut Log, help: &str) {
    let last = log.0.pop().map(|complaint| complaint.help(help));
    log.0.extend(last);
}

macro_rules! leaf {
    ($type:ty, $noun:literal, $pattern:pat => $value:expr) => {
        impl Read for $type {
            fn noun() -> Cow<'static, str> {
                $noun.into()
            }

            fn read(node: &Node, log: &mut Log) -> Option<Self> {
                match &node.value {
                    $pattern => $value,
                    _ => None,
                }
                .or_else(|| expected($noun, node, log))
            }

            fn stand_in() -> Option<Self> {
                Some(Self::default())
            }
        }
    };
}

leaf!(bool, "`true` or `false`", Tree::Bool(value) => Some(*value));
leaf!(u32, "a whole number from 0 to 4294967295", Tree::Int(value) => u32::try_from(*value).ok());
leaf!(u64, "a whole number, 0 or more", Tree::Int(value) => u64::try_from(*value).ok());
leaf!(String, "a text", Tree::Text(value) => Some(value.clone()));

impl<T: Read> Read for Option<T> {
    fn noun() -> Cow<'static, str> {
        T::noun()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        T::read(node, log).map(Some)
    }

    fn missing() -> Option<Self> {
        Some(None)
    }
}

impl<T: Read> Read for At<T> {
    fn noun() -> Cow<'static, str> {
        T::noun()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        T::read(node, log).map(|value| At { value, span: node.span })
    }

    fn stand_in() -> Option<Self> {
        T::stand_in().map(|value| At { value, span: Span::default() })
    }
}

/// A list. Not written, it is empty.
impl<T: Read> Read for Vec<T> {
    fn noun() -> Cow<'static, str> {
        format!("a list of {}", T::noun()).into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let Tree::List(items) = &node.value else {
            let none = expected(&Self::noun(), node, log);
            hint(log, "write a list in brackets, as in `[a, b]`");
            return none;
        };
        Some(items.iter().filter_map(|item| T::read(item, log)).collect())
    }

    fn missing() -> Option<Self> {
        Some(Self::new())
    }
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// Whether a field's Rust name is this key: `_` stands for `-`.
pub fn is_key(field: &str, key: &str) -> bool {
    let field = field.trim_start_matches("r#");
    field.len() == key.len()
        && field.bytes().zip(key.bytes()).all(|(f, k)| f == k || (f == b'_' && k == b'-'))
}

fn key_of(field: &str) -> String {
    field.trim_start_matches("r#").replace('_', "-")
}

/// The pairs of a mapping. Keeps a complaint if the node is no mapping.
pub fn pairs<'a>(noun: &str, node: &'a Node, log: &mut Log) -> Option<&'a [(At<String>, Node)]> {
    match &node.value {
        Tree::Map(pairs) => Some(pairs),
        _ => expected(noun, node, log),
    }
}

/// The field `name` of a mapping at `span`: its value, or the default when it is not written.
pub fn field<T: Read>(
    name: &str,
    pairs: &[(At<String>, Node)],
    span: Span,
    log: &mut Log,
) -> Option<T> {
    match pairs.iter().find(|(key, _)| is_key(name, &key.value)) {
        Some((_, node)) => T::read(node, log),
        None => T::missing().or_else(|| {
            let key = key_of(name);
            let help = format!("expected `{key}: {}`", T::noun());
            log.add(Complaint::new(span, format!("the key `{key}` is missing")).help(help));
            None
        }),
    }
}

/// Complain about each unknown key.
pub(crate) fn refuse_unknown(fields: &[&str], pairs: &[(At<String>, Node)], log: &mut Log) {
    for (key, _) in pairs {
        if !fields.iter().any(|field| is_key(field, &key.value)) {
            let new = crate::renamed::new_name(&key.value);
            if let Some(new) = new.filter(|new| fields.iter().any(|field| is_key(field, new))) {
                let problem = format!("`{}` is now `{new}`", key.value);
                let help = format!("write `{new}:`; its value stays the same");
                log.add(Complaint::new(key.span, problem).help(help));
                continue;
            }
            let known: Vec<String> = fields.iter().map(|field| key_of(field)).collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            log.unknown("key", key, &known);
        }
    }
}

/// Make `schema` require the keys of these fields and no others.
pub(crate) fn require(fields: &[&str], schema: &mut Schema) {
    let keys: Vec<String> = fields.iter().map(|field| key_of(field)).collect();
    match keys.is_empty() {
        true => drop(schema.remove("required")),
        false => drop(schema.insert("required".to_owned(), keys.into())),
    }
}

/// Declares a mapping as people write it: the struct, its reading, and its JSON schema.
macro_rules! written {
    ($(#[doc = $doc:literal])+ $noun:literal $name:ident { $(
        $(#[doc = $field_doc:literal])+ $field:ident: $type:ty,
    )+ }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, schemars::JsonSchema)]
        #[schemars(rename_all = "kebab-case", deny_unknown_fields)]
        #[schemars(transform = $name::required_only)]
        pub(crate) struct $name {
            $($(#[doc = $field_doc])+ pub(crate) $field: $type,)+
        }

        impl $name {
            /// The schema requires what the reading requires.
            fn required_only(schema: &mut schemars::Schema) {
                use $crate::reading::Read;
                let mut required: Vec<&str> = Vec::new();
                $(if <$type>::missing().is_none() {
                    required.push(stringify!($field));
                })+
                $crate::reading::require(&required, schema);
            }
        }

        impl $crate::reading::Read for $name {
            fn noun() -> std::borrow::Cow<'static, str> {
                $noun.into()
            }

            fn read(
                node: &$crate::yaml::Node,
                log: &mut $crate::reading::Log,
            ) -> Option<Self> {
                let pairs = $crate::reading::pairs($noun, node, log)?;
                $crate::reading::refuse_unknown(&[$(stringify!($field)),+], pairs, log);
                $(let $field =
                    $crate::reading::field(stringify!($field), pairs, node.span, log);)+
                Some(Self { $($field: $field.or_else($crate::reading::Read::stand_in)?),+ })
            }

            fn stand_in() -> Option<Self> {
                Some(Self { $($field: $crate::reading::Read::stand_in()?),+ })
            }
        }
    };
}
pub(crate) use written;

/// A text as a word, where it stands.
pub(crate) fn as_word(node: &Node) -> Option<At<String>> {
    match &node.value {
        Tree::Text(text) => Some(At { value: text.clone(), span: node.span }),
        _ => None,
    }
}

/// The known words; only the first few if there are many. A line holds about eight.
pub(crate) fn few(known: &[&str]) -> String {
    const SHOWN: usize = 8;
    let more = if known.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", known.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", "))
}

/// Makes a closed enum readable by its words.
macro_rules! worded {
    ($type:ty, $noun:literal, $known:expr) => {
        impl $crate::reading::Read for $type {
            fn noun() -> std::borrow::Cow<'static, str> {
                $noun.into()
            }

            fn read(node: &$crate::yaml::Node, log: &mut $crate::reading::Log) -> Option<Self> {
                let Some(read) = $crate::reading::as_word(node) else {
                    let known: Vec<&str> = $known.iter().map(|one| one.word()).collect();
                    let noun = format!("a {} ({})", $noun, $crate::reading::few(&known));
                    return $crate::reading::expected(&noun, node, log);
                };
                let found = $known.iter().copied().find(|one| one.word() == read.value);
                if found.is_none() {
                    let known: Vec<&str> = $known.iter().map(|one| one.word()).collect();
                    log.unknown($noun, &read, &known);
                }
                found
            }

            fn stand_in() -> Option<Self> {
                $known.first().copied()
            }
        }
    };
}

worded!(crate::verdict::Severity, "severity", crate::verdict::Severity::ALL);
worded!(crate::fault::Fault, "fault", crate::fault::Fault::ALL);
worded!(crate::profile::Need, "need", crate::profile::Need::ALL);
worded!(crate::action::Asset, "asset", crate::action::Asset::ALL);
worded!(crate::action::OneOff, "reach of a one-off word", crate::action::OneOff::ALL);
worded!(crate::action::Place, "place", crate::action::Place::ALL);
worded!(crate::excuse::Excuse, "excuse", crate::excuse::Excuse::ALL);
worded!(crate::action::Naming, "way to write a digest", crate::action::Naming::ALL);
