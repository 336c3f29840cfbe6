//! Each switch of the origin changes exactly the facts that it is named for, and no other.

use std::collections::BTreeSet;

use wasm_gauntlet_model::twin::Part;

use super::facts::{self, Fact};
use super::{Twin, Visitor};
use crate::coding::{Bounds, Layer, decode_declared, peel};

/// Whether a coding other than identity is chosen for the offer of this fact.
fn coded(fact: &Fact) -> bool {
    br(fact) || matches!(fact.offer, "gzip" | "br;q=0, *")
}

fn br(fact: &Fact) -> bool {
    matches!(fact.offer, "br" | "gzip, br")
}

/// The facts that `twin` is meant to change.
fn meant(twin: Twin, fact: &Fact) -> bool {
    let module = fact.asset == "module";
    let what = fact.what;
    match twin {
        Twin::MimeOctetStream | Twin::MimeText | Twin::MimeParameter | Twin::MimeMissing => {
            module && what == "type"
        }
        Twin::NoCompression => coded(fact) && matches!(what, "coding" | "layers"),
        Twin::NoVary => matches!(what, "vary" | "304-vary"),
        Twin::NoVaryOnIdentity => !coded(fact) && what == "vary",
        Twin::NoVaryOn304 => what == "304-vary",
        Twin::GzipOverBr => module && br(fact) && what == "layers",
        Twin::CodingUndeclared => module && coded(fact) && what == "coding",
        Twin::CodingDeclaredOnly => {
            let gzip = coded(fact) && !br(fact);
            module && ((coded(fact) && what == "layers") || (!gzip && what == "coding"))
        }
        Twin::ImmutableUnhashed => matches!(fact.asset, "module" | "shim") && what == "name",
        Twin::EntryLongCache => fact.asset == "entry" && matches!(what, "cache" | "304-cache"),
        Twin::Truncated => module && matches!(what, "content" | "digest"),
        Twin::HtmlFallback => {
            module && matches!(what, "type" | "cache" | "304-cache" | "content" | "digest")
        }
        Twin::HashedNoCache => {
            matches!(fact.asset, "module" | "shim") && matches!(what, "cache" | "304-cache")
        }
        Twin::ShimUnhashed => {
            fact.asset == "shim" && matches!(what, "name" | "cache" | "304-cache")
        }
        // The names carry hashes, and the hash is a fact of the bytes that the switch changes.
        Twin::Wasip1InPage | Twin::OverBudget | Twin::NotStripped => {
            module && matches!(what, "digest")
        }
        _ => false,
    }
}

/// Whether a switch changes what these facts do not hold: the edge, digits in a name, the text
/// of the shim, what the page does not name.
fn lies_elsewhere(twin: Twin) -> bool {
    twin.part() == Part::Edge
        || matches!(twin, Twin::WrongHash | Twin::StaleShim | Twin::PreviousGone)
}

#[tokio::test]
async fn each_switch_changes_what_it_says_and_nothing_else() {
    let healthy = facts::all(&Visitor::of_origin(&[])).await;
    let at_origin =
        Twin::ALL.iter().filter(|twin| matches!(twin.part(), Part::Origin | Part::Edge));
    for twin in at_origin.copied() {
        let faulty = facts::all(&Visitor::of_origin(&[twin])).await;
        assert!(healthy.keys().eq(faulty.keys()), "{twin:?}");
        let changed: BTreeSet<&Fact> =
            healthy.keys().filter(|fact| healthy[fact] != faulty[fact]).collect();
        let meant: BTreeSet<&Fact> = healthy.keys().filter(|fact| meant(twin, fact)).collect();
        assert_eq!(changed, meant, "{twin:?}");
        assert_eq!(changed.is_empty(), lies_elsewhere(twin), "{twin:?}");
    }
}

#[tokio::test]
async fn types_are_those_of_the_catalogue() {
    let table = [
        (Twin::MimeOctetStream, "application/octet-stream"),
        (Twin::MimeText, "text/plain"),
        (Twin::MimeParameter, "application/wasm; charset=utf-8"),
        (Twin::MimeMissing, "-"),
    ];
    for (twin, kind) in table {
        let visitor = Visitor::of_edge(&[twin]);
        let (_, module) = visitor.discover().await;
        assert_eq!(visitor.get(&module, "br").await.header("content-type"), kind, "{twin:?}");
    }
}

#[tokio::test]
async fn codings_disagree_with_bytes_as_the_catalogue_says() {
    let bounds = Bounds::default();
    let table = [
        (Twin::GzipOverBr, "br", vec![Layer::Gzip, Layer::Br]),
        (Twin::CodingUndeclared, "-", vec![Layer::Br]),
        (Twin::CodingDeclaredOnly, "gzip", vec![]),
    ];
    for (twin, declared, layers) in table {
        let visitor = Visitor::of_edge(&[twin]);
        let (_, module) = visitor.discover().await;
        let got = visitor.get(&module, "gzip, br").await;
        assert_eq!(got.header("content-encoding"), declared, "{twin:?}");
        let peeled = peel(&got.body, &bounds);
        assert_eq!((peeled.layers, peeled.stopped), (layers, None), "{twin:?}");
        assert!(peeled.content.starts_with(b"\0asm"), "{twin:?}");
        let words: Vec<String> = declared.split(", ").map(|word| word.replace('-', "")).collect();
        let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
        let undone = decode_declared(&got.body, &words, &bounds);
        assert!(!undone.is_ok_and(|bytes| bytes.starts_with(b"\0asm")), "{twin:?}");
    }
}

#[tokio::test]
async fn the_cut_module_is_cut_alike_in_all_codings() {
    let whole = Visitor::of_origin(&[]);
    let (_, module) = whole.discover().await;
    let whole = whole.get(&module, "identity").await.body;
    let visitor = Visitor::of_origin(&[Twin::Truncated]);
    for offer in ["br", "gzip", "identity"] {
        let got = visitor.get(&module, offer).await;
        let content = peel(&got.body, &Bounds::default()).content;
        assert_eq!(content.len(), whole.len() * 60 / 100, "{offer}");
        assert!(whole.starts_with(&content), "{offer}");
    }
}

#[tokio::test]
async fn the_fallback_is_the_page_itself() {
    let visitor = Visitor::of_edge(&[Twin::HtmlFallback]);
    let (_, module) = visitor.discover().await;
    let (page, fallback) = (visitor.get("/", "br").await, visitor.get(&module, "br").await);
    assert!(page.body == fallback.body && page.header("etag") == fallback.header("etag"));
    assert_eq!(visitor.get("/assets/app.00000000.wasm", "br").await.status.as_u16(), 404);
}
