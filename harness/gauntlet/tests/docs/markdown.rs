//! The documents of this repository and their parts: code blocks, links, prose.

use std::fs;
use std::path::{Path, PathBuf};

/// A document.
pub(crate) struct Document {
    /// Its path below the root of the repository.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// One code block.
#[derive(Debug, Clone, Default)]
pub(crate) struct Block {
    /// The first word behind the fence, as in `console`.
    pub language: String,
    /// What follows it: `key=value`, or a word alone.
    pub attributes: Vec<(String, String)>,
    /// The text between the fences.
    pub text: String,
    /// `path:line` of the fence.
    pub place: String,
}

impl Block {
    /// The value of an attribute; empty for a word alone.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The documents that this test checks. The code generates `harness/docs/reference`.
pub(crate) fn documents() -> Vec<Document> {
    let mut paths: Vec<String> =
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "hostile-guests/README.md"]
            .map(str::to_owned)
            .to_vec();
    let mut guides: Vec<String> = fs::read_dir(root().join("harness/docs"))
        .expect("the guides are there")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".md"))
        .map(|name| format!("harness/docs/{name}"))
        .collect();
    guides.sort();
    paths.extend(guides);
    paths.into_iter().map(document).collect()
}

/// The documents, and the pages for developers and for authors of adapters.
pub(crate) fn pages() -> Vec<Document> {
    let others = [
        "harness/ARCHITECTURE.md",
        "harness/host/src/protocol/PROTOCOL.md",
        "hostile-guests/FACTS.md",
    ];
    documents().into_iter().chain(others.map(document)).collect()
}

/// One document.
pub(crate) fn document(path: impl Into<String>) -> Document {
    let path = path.into();
    let text = fs::read_to_string(root().join(&path));
    let text = text.unwrap_or_else(|error| panic!("{path}: {error}"));
    Document { path, text }
}

impl Document {
    /// Its code blocks, in their order.
    pub(crate) fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open: Option<Block> = None;
        for (index, line) in self.text.lines().enumerate() {
            match (line.strip_prefix("```"), &mut open) {
                (Some(info), None) => {
                    let mut words = info.split_whitespace();
                    open = Some(Block {
                        language: words.next().unwrap_or_default().to_owned(),
                        attributes: words.map(attribute).collect(),
                        text: String::new(),
                        place: format!("{}:{}", self.path, index + 1),
                    });
                }
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (None, Some(block)) => {
                    block.text += line;
                    block.text.push('\n');
                }
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{}: a code block has no end", self.path);
        blocks
    }

    /// Its lines outside of code blocks.
    pub(crate) fn prose(&self) -> Vec<&str> {
        let mut inside = false;
        let lines = self.text.lines().filter(|line| {
            let is_fence = line.starts_with("```");
            inside ^= is_fence;
            !inside && !is_fence
        });
        lines.collect()
    }

    /// The targets of its links.
    pub(crate) fn links(&self) -> Vec<String> {
        let mut links = Vec::new();
        for line in self.prose() {
            let mut rest = line;
            while let Some((_, after)) = rest.split_once("](") {
                let Some((target, after)) = after.split_once(')') else { break };
                links.push(target.to_owned());
                rest = after;
            }
        }
        links
    }

    /// Its headings, in the form that GitHub and mdBook use in links.
    pub(crate) fn anchors(&self) -> Vec<String> {
        let headings = self.prose().into_iter().filter(|line| line.starts_with('#'));
        headings.map(|line| slug(line.trim_start_matches('#').trim())).collect()
    }
}

fn attribute(word: &str) -> (String, String) {
    let (key, value) = word.split_once('=').unwrap_or((word, ""));
    (key.to_owned(), value.to_owned())
}

fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}
