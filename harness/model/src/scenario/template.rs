//! Texts with `{parameter}` or `{step.field}` in them.

use crate::reading::Log;
use crate::source::{At, Complaint};

use super::scalar::Scalar;

/// A text in parts. Braces that do not hold a name are plain text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template(Vec<TemplatePart>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum TemplatePart {
    Text(String),
    Name(String),
}

/// Values of parameters in one case, in the order of the matrix.
pub type Params = Vec<(String, Scalar)>;

impl Template {
    /// The template of a text.
    pub fn new(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, name, after)) = next_name(rest) {
            if !before.is_empty() {
                parts.push(TemplatePart::Text(before.to_owned()));
            }
            parts.push(TemplatePart::Name(name.to_owned()));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(TemplatePart::Text(rest.to_owned()));
        }
        Self(parts)
    }

    /// The names that the template holds.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            TemplatePart::Name(name) => Some(name.as_str()),
            TemplatePart::Text(_) => None,
        })
    }

    /// The text, each name replaced by what `value` gives for it.
    pub fn fill(&self, value: impl Fn(&str) -> Option<String>) -> String {
        let part = |part: &TemplatePart| match part {
            TemplatePart::Text(text) => text.clone(),
            TemplatePart::Name(name) => value(name).unwrap_or_else(|| format!("{{{name}}}")),
        };
        self.0.iter().map(part).collect()
    }

    /// The bytes, each name replaced by what `value` gives for it.
    pub fn fill_bytes(&self, value: impl Fn(&str) -> Option<Vec<u8>>) -> Vec<u8> {
        let part = |part: &TemplatePart| match part {
            TemplatePart::Text(text) => text.clone().into_bytes(),
            TemplatePart::Name(name) => {
                value(name).unwrap_or_else(|| format!("{{{name}}}").into_bytes())
            }
        };
        self.0.iter().flat_map(part).collect()
    }

    /// The text with parameters filled in.
    pub fn text(&self, params: &Params) -> String {
        self.fill(|name| param(params, name).map(Scalar::text))
    }

    /// Whether the template is exactly one parameter, and its value is nothing.
    pub fn is_null(&self, params: &Params) -> bool {
        matches!(self.0.as_slice(), [TemplatePart::Name(name)]
            if param(params, name) == Some(&Scalar::Null))
    }
}

fn param<'a>(params: &'a Params, name: &str) -> Option<&'a Scalar> {
    params.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// What comes before the first `{name}`, the name, and what comes after.
fn next_name(text: &str) -> Option<(&str, &str, &str)> {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'))
    };
    text.match_indices('{').find_map(|(open, _)| {
        let close = open + text[open..].find('}')?;
        let name = &text[open + 1..close];
        is_name(name).then(|| (&text[..open], name, &text[close + 1..]))
    })
}

/// Check that each name in `text` is known, and return the template.
pub(super) fn checked(text: &At<String>, known: &[String], log: &mut Log) -> Template {
    let template = Template::new(&text.value);
    for name in template.names() {
        if !known.iter().any(|one| one == name) {
            let (parameter, old) = name.rsplit_once('.').unwrap_or_default();
            if let Some(new) = crate::renamed::new_name(old) {
                let problem = format!("`{{{name}}}` is now `{{{parameter}.{new}}}`");
                log.add(Complaint::new(text.span, problem));
                continue;
            }
            let near = crate::name::nearest(name, known.iter().map(String::as_str));
            let help = near.map_or_else(
                || "a name in braces is a parameter of `matrix`".to_owned(),
                |near| format!("did you mean `{{{near}}}`?"),
            );
            let problem = format!("`{{{name}}}` is not known here");
            log.add(Complaint::new(text.span, problem).help(help));
        }
    }
    template
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_and_other_braces_stay() {
        let params = vec![("a".to_owned(), Scalar::Int(7))];
        assert_eq!(Template::new("x{a}y{ b }{").text(&params), "x7y{ b }{");
    }

    proptest::proptest! {
        #[test]
        fn a_text_without_parameters_is_itself(text in "[^a-z]{0,40}") {
            proptest::prop_assert_eq!(Template::new(&text).text(&Vec::new()), text);
        }
    }
}
