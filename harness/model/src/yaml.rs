//! YAML as a tree of nodes with positions. Size, depth and aliases are bounded.
//!
//! Built from the events of the parser, without serde, which took twice the time of parsing. Tags
//! and merge keys are refused, so that a scenario has one reading.

use std::collections::BTreeMap;

use granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, Span as Range, StrInput};

use crate::source::{At, Complaint, Source, Span};

mod scalar;

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
/// Most bytes of texts that aliases repeat: as much again as the longest text.
const YAML_REPEATED_BYTES_MAX: usize = YAML_BYTES_MAX;

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
    let options = Options::default();
    let parser = Parser::new_from_str_with_options(&source.text, options);
    Builder { parser, nodes: 0, repeated: 0, anchors: BTreeMap::new() }.document()
}

fn no_yaml(span: Span, problem: &str) -> Complaint {
    Complaint::new(span, format!("this YAML cannot be read: {problem}"))
}

fn too_much(span: Span) -> Complaint {
    no_yaml(span, "it is too large").help(format!(
        "at most {YAML_NODES_MAX} nodes, nested {YAML_DEPTH_MAX} deep; aliases count each time"
    ))
}

fn scan(error: &ScanError) -> Complaint {
    let mark = error.marker();
    no_yaml(place(mark.line(), mark.col(), 0), &error.info().to_string())
}

fn span(range: Range) -> Span {
    place(range.start.line(), range.start.col(), range.end.index() - range.start.index())
}

/// The parser counts columns from 0, people from 1.
fn place(line: usize, column: usize, chars: usize) -> Span {
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Span { line: small(line), column: small(column + 1), chars: small(chars) }
}

/// Makes a tree of events.
struct Builder<'a> {
    parser: Parser<'a, StrInput<'a>>,
    nodes: usize,
    repeated: usize,
    anchors: BTreeMap<usize, Node>,
}

/// What the next event begins.
enum Begun {
    /// A node.
    Node(Node),
    /// Nothing: the list or mapping around it ends.
    End,
}

impl<'a> Builder<'a> {
    /// The only document; a text without any is nothing.
    fn document(mut self) -> Result<Node, Complaint> {
        let mut root: Option<Node> = None;
        loop {
            let (event, range) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentEnd => {}
                Event::StreamEnd => {
                    let nothing = At { value: Tree::Null, span: place(1, 0, 0) };
                    return Ok(root.unwrap_or(nothing));
                }
                Event::DocumentStart(..) if root.is_some() => {
                    return Err(no_yaml(span(range), "a second document begins here"));
                }
                Event::DocumentStart(..) => {
                    let (event, range) = self.next()?;
                    if let Begun::Node(node) = self.node(event, range, 0)? {
                        root = Some(node);
                    }
                }
                _ => return Err(no_yaml(span(range), "there is something outside the document")),
            }
        }
    }

    /// The next event that is no comment.
    fn next(&mut self) -> Result<(Event<'a>, Range), Complaint> {
        match self.parser.next_event() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => Err(scan(&error)),
            None => Ok((Event::StreamEnd, Range::default())),
        }
    }

    /// The node that `event` begins.
    fn node(&mut self, event: Event<'a>, range: Range, depth: usize) -> Result<Begun, Complaint> {
        let at = span(range);
        self.nodes += 1;
        if self.nodes > YAML_NODES_MAX || depth > YAML_DEPTH_MAX {
            return Err(too_much(at));
        }
        let (value, anchor) = match event {
            Event::SequenceEnd | Event::MappingEnd => return Ok(Begun::End),
            Event::Alias(id) => return self.alias(id, at).map(Begun::Node),
            event if event.tag().is_some() => {
                return Err(no_yaml(at, "tags such as `!!str` are not supported"));
            }
            Event::Scalar(text, ScalarStyle::Plain, anchor, _) => {
                let meant = scalar::plain(&text);
                (meant.ok_or_else(|| no_yaml(at, "the number is not finite"))?, anchor)
            }
            Event::Scalar(text, _, anchor, _) => (Tree::Text(text.into_owned()), anchor),
            Event::SequenceStart(_, anchor, _) => (self.list(depth)?, anchor),
            Event::MappingStart(_, anchor, _) => (self.map(depth)?, anchor),
            _ => return Err(no_yaml(at, "a value is missing")),
        };
        let node = At { value, span: at };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(Begun::Node(node))
    }

    fn list(&mut self, depth: usize) -> Result<Tree, Complaint> {
        let mut items = Vec::new();
        loop {
            let (event, range) = self.next()?;
            match self.node(event, range, depth + 1)? {
                Begun::Node(item) => items.push(item),
                Begun::End => return Ok(Tree::List(items)),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Tree, Complaint> {
        let mut pairs: Vec<(At<String>, Node)> = Vec::new();
        loop {
            let (event, range) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(Tree::Map(pairs));
            }
            let key = key(event, range)?;
            if pairs.iter().any(|(earlier, _)| earlier.value == key.value) {
                let problem = format!("duplicate mapping key: {}", key.value);
                return Err(no_yaml(key.span, &problem));
            }
            let (event, range) = self.next()?;
            match self.node(event, range, depth + 1)? {
                Begun::Node(value) => pairs.push((key, value)),
                Begun::End => return Ok(Tree::Map(pairs)),
            }
        }
    }

    /// The node that an anchor named, at the position of the alias. It counts as if it were written
    /// there.
    fn alias(&mut self, id: usize, at: Span) -> Result<Node, Complaint> {
        let Some(named) = self.anchors.get(&id) else {
            return Err(no_yaml(at, "an alias is inside the node that it names"));
        };
        let (nodes, bytes) = weight(named);
        self.nodes += nodes;
        self.repeated += bytes;
        if self.nodes > YAML_NODES_MAX || self.repeated > YAML_REPEATED_BYTES_MAX {
            return Err(too_much(at));
        }
        Ok(repeated(named, at))
    }
}

fn key(event: Event, range: Range) -> Result<At<String>, Complaint> {
    let at = span(range);
    match event {
        Event::Scalar(text, ScalarStyle::Plain, 0, None) if text == "<<" => {
            Err(no_yaml(at, "merge keys are not supported"))
        }
        Event::Scalar(text, style, 0, None)
            if style != ScalarStyle::Plain || scalar::plain(&text) != Some(Tree::Null) =>
        {
            Ok(At { value: text.into_owned(), span: at })
        }
        _ => Err(no_yaml(at, "a key must be a text without anchor or tag")),
    }
}

/// A copy of a tree, with every part at the position of the alias.
fn repeated(node: &Node, at: Span) -> Node {
    let pair = |(key, node): &(At<String>, Node)| {
        (At { value: key.value.clone(), span: at }, repeated(node, at))
    };
    let value = match &node.value {
        Tree::List(items) => Tree::List(items.iter().map(|item| repeated(item, at)).collect()),
        Tree::Map(pairs) => Tree::Map(pairs.iter().map(pair).collect()),
        leaf => leaf.clone(),
    };
    At { value, span: at }
}

/// Nodes of a tree, and bytes of its texts.
fn weight(node: &Node) -> (usize, usize) {
    let sum = |(nodes, bytes): (usize, usize), (more, longer): (usize, usize)| {
        (nodes + more, bytes + longer)
    };
    match &node.value {
        Tree::Text(text) => (1, text.len()),
        Tree::List(items) => items.iter().map(weight).fold((1, 0), sum),
        Tree::Map(pairs) => {
            let pair = |(key, node): &(At<String>, Node)| sum((0, key.value.len()), weight(node));
            pairs.iter().map(pair).fold((1, 0), sum)
        }
        _ => (1, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> Complaint {
        parse(&Source::new("t", text)).expect_err("it is refused")
    }

    #[test]
    fn a_bomb_of_aliases_is_one_complaint() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x]\n");
        for level in 1..9 {
            let below = level - 1;
            let items = vec![format!("*a{below}"); 8].join(", ");
            text += &format!("a{level}: &a{level} [{items}]\n");
        }
        assert!(refused(&text).help.is_some_and(|help| help.contains("nodes")));
    }

    #[test]
    fn a_long_text_is_not_repeated_without_bound() {
        let long = "x".repeat(1 << 19);
        let text = format!("a: &a {long}\nb: [*a, *a, *a]\n");
        assert!(refused(&text).problem.contains("too large"));
    }

    #[test]
    fn deep_nesting_is_one_complaint() {
        for text in ["[".repeat(5_000), "- ".repeat(5_000), "a:\n ".repeat(50) + &"[".repeat(70)] {
            assert!(refused(&text).span.line > 0);
        }
    }

    #[test]
    fn a_duplicate_key_is_a_complaint_at_the_second() {
        let complaint = refused("a: 1\nb: 2\na: 3\n");
        assert_eq!((complaint.span.line, complaint.span.column), (3, 1));
    }

    #[test]
    fn what_would_hide_a_meaning_is_refused() {
        let table = [
            "a: !!str 5",
            "a: &x {b: 1}\nc:\n  <<: *x\n",
            "a: &x [*x]",
            "? [a]\n: b",
            "null: a",
            "a: 1\n---\nb: 2\n",
            "a: .nan",
            "a: *nobody",
        ];
        for text in table {
            assert!(refused(text).problem.starts_with("this YAML cannot be read"), "{text}");
        }
    }

    #[test]
    fn an_alias_has_the_place_where_it_is_used() {
        let tree = parse(&Source::new("t", "a: &x text\nb: *x\n")).expect("it is YAML");
        let Tree::Map(pairs) = tree.value else { panic!("it is a mapping") };
        assert_eq!(pairs[1].1.value, Tree::Text("text".to_owned()));
        assert_eq!(pairs[1].1.span, Span { line: 2, column: 4, chars: 2 });
    }

    proptest::proptest! {
        #[test]
        fn parsing_never_panics(text in "(?s).{0,200}") {
            let _tree = parse(&Source::new("t", text));
        }

        #[test]
        fn parsing_punctuation_never_panics(text in "[-a&*:?,\\[\\]{}!|>'\"#%\n 1]{0,80}") {
            let _tree = parse(&Source::new("t", text));
        }
    }
}
