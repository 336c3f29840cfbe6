//! YAML as a tree in which every node knows its place. Bounded: sizes, depth, aliases.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_yaml::{DuplicateKeyPolicy, Location, Spanned};

use crate::source::{At, Complaint, Source, Span};

/// A node with its place.
pub type Node = At<Tree>;

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    /// `~`, `null` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Another number.
    Float(f64),
    /// A text.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the order written; keys are unique.
    Map(Vec<(At<String>, Node)>),
}

impl Tree {
    /// What the node is, for complaints.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a truth",
            Self::Int(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

/// Longest text that is parsed, bytes: a scenario is about 2 kB, a target file less.
pub const YAML_BYTES_MAX: usize = 1 << 20;
/// Most nodes of one text, those that aliases repeat included; a scenario has about 100.
const YAML_NODES_MAX: usize = 20_000;
/// Deepest nesting; a scenario has 6.
const YAML_DEPTH_MAX: usize = 64;

/// The tree of `source`.
///
/// # Errors
/// The first thing that is no YAML, or a passed bound.
pub fn parse(source: &Source) -> Result<Node, Complaint> {
    if source.text.len() > YAML_BYTES_MAX {
        let problem = format!("the text has {} bytes", source.text.len());
        let help = format!("at most {YAML_BYTES_MAX} bytes are read");
        return Err(Complaint::new(Span { line: 1, column: 1, chars: 0 }, problem).help(help));
    }
    let options = serde_yaml::options! {
        budget: serde_yaml::budget! {
            max_nodes: YAML_NODES_MAX,
            max_depth: YAML_DEPTH_MAX,
        },
        duplicate_keys: DuplicateKeyPolicy::Error,
        with_snippet: false,
    };
    serde_yaml::from_str_with_options::<Spanned<Raw>>(&source.text, options)
        .map(node)
        .map_err(|error| complaint(&error))
}

fn complaint(error: &serde_yaml::Error) -> Complaint {
    let span = error.location().map_or(Span { line: 1, column: 1, chars: 0 }, span);
    let text = error.without_snippet().to_string();
    let first = text.lines().next().unwrap_or_default();
    let problem = first
        .split_once(": ")
        .map_or(first, |(head, tail)| if head.starts_with("error") { tail } else { first });
    let ends = [", set DuplicateKeyPolicy", " at line "];
    let problem = ends.iter().fold(problem, |text, end| text.split(end).next().unwrap_or(text));
    let bound = problem.contains("budget breached");
    let complaint = Complaint::new(span, format!("this is no YAML that is read here: {problem}"));
    match bound {
        true => complaint.help(format!(
            "at most {YAML_NODES_MAX} nodes, nested {YAML_DEPTH_MAX} deep; aliases count each time"
        )),
        false => complaint,
    }
}

fn span(location: Location) -> Span {
    let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    Span {
        line: small(location.line()),
        column: small(location.column()),
        chars: small(u64::from(location.span().len())),
    }
}

/// As serde hands it over, before the places are made ours.
enum Raw {
    Leaf(Tree),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

fn node(raw: Spanned<Raw>) -> Node {
    let span = span(raw.referenced);
    let value = match raw.value {
        Raw::Leaf(tree) => tree,
        Raw::List(items) => Tree::List(items.into_iter().map(node).collect()),
        Raw::Map(pairs) => Tree::Map(pairs.into_iter().map(pair).collect()),
    };
    At { value, span }
}

fn pair((key, value): (Spanned<String>, Spanned<Raw>)) -> (At<String>, Node) {
    (At { span: span(key.referenced), value: key.value }, node(value))
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("YAML")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Leaf(Tree::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Leaf(Tree::Int(value)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Leaf(i64::try_from(value).map_or(Tree::Float(value as f64), Tree::Int)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Leaf(Tree::Float(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Leaf(Tree::Text(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Leaf(Tree::Text(value)))
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Leaf(Tree::Null))
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Leaf(Tree::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Raw::Map(pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bomb_of_aliases_is_one_complaint() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x]\n");
        for level in 1..9 {
            let below = level - 1;
            let items = vec![format!("*a{below}"); 8].join(", ");
            text += &format!("a{level}: &a{level} [{items}]\n");
        }
        let complaint = parse(&Source::new("bomb", text)).expect_err("a bomb is refused");
        assert!(complaint.help.is_some_and(|help| help.contains("nodes")));
    }

    #[test]
    fn a_duplicate_key_is_a_complaint_at_the_second() {
        let complaint = parse(&Source::new("t", "a: 1\nb: 2\na: 3\n")).expect_err("refused");
        assert_eq!((complaint.span.line, complaint.span.column), (3, 1));
    }

    proptest::proptest! {
        #[test]
        fn parsing_never_panics(text in "(?s).{0,200}") {
            let _tree = parse(&Source::new("t", text));
        }
    }
}
