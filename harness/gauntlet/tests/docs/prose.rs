//! Sentences are short: at most 20 words on average on each page. `cargo test --test docs --
//! sentences --nocapture` shows the figures.

use wasm_gauntlet_model::source::Source;
use wasm_gauntlet_model::yaml::{self, Tree};

use crate::markdown::{Document, pages};

/// Words in a sentence, on average. Readers read longer ones twice.
const WORDS_MEAN_MAX: f64 = 20.0;

/// Most words between two of `.`, `;`, `:`, `?` and `!` in a text of the catalogue.
const CLAUSE_WORDS_MAX: usize = 26;

/// The keys of a scenario with texts for people. Everything below `fix` is also such a text.
const READ: [&str; 6] = ["claim", "symptom", "first-check", "cause", "says", "fix"];

/// The paragraphs, with each list item as a paragraph. Tables, headings and pictures are left out.
fn paragraphs(document: &Document) -> Vec<String> {
    let mut all = vec![String::new()];
    for line in document.prose() {
        let line = line.trim();
        let is_item = line.starts_with("- ") || line.split_once(". ").is_some_and(is_number);
        let is_prose = !line.is_empty() && !line.starts_with(['|', '#', '<', '!', '[']);
        if is_item || !is_prose {
            all.push(String::new());
        }
        if is_prose && let Some(last) = all.last_mut() {
            *last += " ";
            *last += line;
        }
    }
    all.retain(|paragraph| !paragraph.trim().is_empty());
    all
}

fn is_number((start, _): (&str, &str)) -> bool {
    !start.is_empty() && start.bytes().all(|byte| byte.is_ascii_digit())
}

/// The number of words of each sentence.
fn sentences(paragraph: &str) -> Vec<usize> {
    let mut counts = vec![0];
    for word in paragraph.split_whitespace() {
        if !word.contains(char::is_alphanumeric) {
            continue;
        }
        if let Some(last) = counts.last_mut() {
            *last += 1;
        }
        if word.trim_end_matches(['*', '`', ')', '"']).ends_with(['.', '?', '!']) {
            counts.push(0);
        }
    }
    counts.retain(|count| *count > 0);
    counts
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures are for whoever asks with --nocapture")]
fn sentences_are_short() {
    for document in pages() {
        let counts: Vec<usize> = paragraphs(&document).iter().flat_map(|p| sentences(p)).collect();
        let words: usize = counts.iter().sum();
        let mean = words as f64 / counts.len().max(1) as f64;
        let longest = counts.iter().max().copied().unwrap_or(0);
        let path = &document.path;
        println!("{mean:5.1} words a sentence, longest {longest:3}, {words:5} words  {path}");
        assert!(mean <= WORDS_MEAN_MAX, "{path}: {mean:.1} words a sentence");
    }
}

/// The texts of a scenario for people, without code, which has lines of its own.
fn texts(tree: &Tree, read: bool, into: &mut Vec<String>) {
    match tree {
        Tree::Text(text) if read && !text.contains('\n') => into.push(text.clone()),
        Tree::List(list) => list.iter().for_each(|one| texts(&one.value, read, into)),
        Tree::Map(map) => {
            for (key, value) in map {
                texts(&value.value, read || READ.contains(&&*key.value), into);
            }
        }
        _ => {}
    }
}

#[test]
fn the_catalogue_is_in_short_sentences() {
    for (path, text) in wasm_gauntlet_scenarios::all() {
        let tree = yaml::parse(&Source::new(path, text)).expect("a scenario is YAML");
        let mut read = Vec::new();
        texts(&tree.value, false, &mut read);
        let counts: Vec<usize> = read.iter().flat_map(|text| sentences(text)).collect();
        let mean = counts.iter().sum::<usize>() as f64 / counts.len().max(1) as f64;
        assert!(counts.len() >= 5, "{path}: {} sentences", counts.len());
        assert!(mean <= WORDS_MEAN_MAX, "{path}: {mean:.1} words a sentence");
        for text in &read {
            let stops = text.replace([';', ':'], ".");
            let longest = sentences(&stops).into_iter().max().unwrap_or(0);
            assert!(longest <= CLAUSE_WORDS_MAX, "{path}: {longest} words at a stretch in: {text}");
        }
    }
}

#[test]
fn words_and_sentences_are_counted() {
    assert_eq!(sentences("It is one. It has `run.json` in it, and `a b`."), [3, 8]);
    assert_eq!(sentences("What is it? (A test.) Yes"), [3, 2, 1]);
}
