//! Each fault of the origin changes exactly the facts that it is meant to change.

use std::collections::BTreeSet;

use wasm_gauntlet_model::fault::Part;
use wasm_gauntlet_web::coding::{DecodeBounds, Layer, decode_declared, peel};

use super::facts::{self, Fact};
use super::{Fault, Visitor, between};

/// Whether a coding other than identity is chosen for the offer of this fact.
fn coded(fact: &Fact) -> bool {
    br(fact) || matches!(fact.offer, "gzip" | "br;q=0, *")
}

fn br(fact: &Fact) -> bool {
    matches!(fact.offer, "br" | "gzip, br")
}

/// The facts that `fault` is meant to change.
fn meant(fault: Fault, fact: &Fact) -> bool {
    let module = fact.asset == "module";
    let what = fact.what;
    match fault {
        Fault::MimeOctetStream | Fault::MimeText | Fault::MimeParameter | Fault::MimeMissing => {
            module && what == "type"
        }
        Fault::MimeTwice | Fault::MimeConflict => module && what == "type",
        Fault::NegotiateBySubstring => {
            let refused = fact.offer == "br;q=0, *";
            (fact.offer == "abrupt" || refused) && matches!(what, "coding" | "layers")
        }
        // The script alone differs. What it does differs only in a browser.
        Fault::Eager
        | Fault::LoadsEveryClick
        | Fault::NoLoadingState
        | Fault::NoCatch
        | Fault::NoRetry
        | Fault::StaleShim
        | Fault::ProgressOvershoot => fact.asset == "shim" && what == "digest",
        Fault::BlocksPaint => matches!(fact.asset, "entry" | "shim") && what == "digest",
        Fault::SkewBreaks => {
            fact.asset == "shim" && what == "digest"
                || module && matches!(what, "name" | "cache" | "304-cache")
        }
        Fault::PageAsDownload => fact.asset == "entry" && what == "type",
        Fault::BrOfOldBuild => module && br(fact) && what == "digest",
        Fault::Soft404 => fact.asset == "lost",
        Fault::LongCached404 => fact.asset == "lost" && what == "cache",
        Fault::LengthOfRaw => module && coded(fact) && what == "length",
        Fault::EtagShared => what == "etags",
        Fault::HeadDiffers => coded(fact) && what == "head",
        Fault::RangeOfRaw => module && what == "part",
        Fault::CspBlocksWasm | Fault::NoCors => fact.asset == "entry" && what == "policy",
        Fault::NoCompression => coded(fact) && matches!(what, "coding" | "layers"),
        Fault::NoVary => matches!(what, "vary" | "304-vary"),
        Fault::NoVaryOnIdentity => !coded(fact) && what == "vary",
        Fault::NoVaryOn304 | Fault::OtherVaryOn304 => what == "304-vary",
        Fault::GzipOverBr => module && br(fact) && what == "layers",
        Fault::CodingTwice => {
            module && coded(fact) && !br(fact) && matches!(what, "coding" | "layers")
        }
        Fault::CodingUndeclared => module && coded(fact) && what == "coding",
        Fault::CodingDeclaredOnly => {
            let gzip = coded(fact) && !br(fact);
            module && ((coded(fact) && what == "layers") || (!gzip && what == "coding"))
        }
        Fault::ImmutableUnhashed => matches!(fact.asset, "module" | "shim") && what == "name",
        Fault::EntryLongCache => fact.asset == "entry" && matches!(what, "cache" | "304-cache"),
        Fault::Truncated => module && matches!(what, "content" | "digest"),
        Fault::HtmlFallback => {
            let of_page = matches!(what, "type" | "cache" | "304-cache" | "policy");
            module && (of_page || matches!(what, "content" | "digest"))
        }
        Fault::HashedNoCache => {
            matches!(fact.asset, "module" | "shim") && matches!(what, "cache" | "304-cache")
        }
        Fault::ShimUnhashed => {
            fact.asset == "shim" && matches!(what, "name" | "cache" | "304-cache")
        }
        // The names carry hashes, and the hash is a fact of the bytes that the fault changes.
        Fault::Wasip1InPage | Fault::OverBudget | Fault::NotStripped => {
            module && matches!(what, "digest")
        }
        _ => false,
    }
}

/// Whether a fault changes something that is not among these facts: the edge, digits in a name, the
/// text of the shim, files that the page does not name, requests that offer a coding with a
/// dictionary.
fn lies_elsewhere(fault: Fault) -> bool {
    fault.part() == Part::Edge
        || matches!(fault, Fault::WrongHash | Fault::PreviousGone)
        || fault == Fault::DictionaryUnasked
}

/// Whether a fault answers with something else, so that every fact changes.
fn gives_another_answer(fault: Fault) -> bool {
    matches!(fault, Fault::BrowsersRefused | Fault::ModuleGone | Fault::ShimFallback)
}

#[tokio::test]
async fn browsers_are_refused_where_simple_checks_are_served() {
    let visitor = Visitor::of_origin(&[Fault::BrowsersRefused]);
    assert_eq!(visitor.get("/", "identity").await.status, 200);
    assert_eq!(visitor.get("/", "br").await.status, 503);
}

#[tokio::test]
async fn each_fault_changes_what_it_says_and_nothing_else() {
    let healthy = facts::all(&Visitor::of_origin(&[])).await;
    let at_origin =
        Fault::ALL.iter().filter(|fault| matches!(fault.part(), Part::Origin | Part::Edge));
    for fault in at_origin.copied().filter(|fault| !gives_another_answer(*fault)) {
        let faulty = facts::all(&Visitor::of_origin(&[fault])).await;
        assert!(healthy.keys().eq(faulty.keys()), "{fault:?}");
        let changed: BTreeSet<&Fact> =
            healthy.keys().filter(|fact| healthy[fact] != faulty[fact]).collect();
        let meant: BTreeSet<&Fact> = healthy.keys().filter(|fact| meant(fault, fact)).collect();
        assert_eq!(changed, meant, "{fault:?}");
        assert_eq!(changed.is_empty(), lies_elsewhere(fault), "{fault:?}");
    }
}

#[tokio::test]
async fn types_are_those_of_the_catalogue() {
    let table = [
        (Fault::MimeOctetStream, "application/octet-stream"),
        (Fault::MimeText, "text/plain"),
        (Fault::MimeParameter, "application/wasm; charset=utf-8"),
        (Fault::MimeMissing, "-"),
        (Fault::MimeTwice, "application/wasm, application/wasm"),
        (Fault::MimeConflict, "application/wasm, application/octet-stream"),
        (Fault::EdgeRewritesType, "application/octet-stream"),
    ];
    for (fault, kind) in table {
        let visitor = Visitor::of_edge(&[fault]);
        let (_, module) = visitor.discover().await;
        assert_eq!(visitor.get(&module, "br").await.header("content-type"), kind, "{fault:?}");
    }
}

#[tokio::test]
async fn codings_disagree_with_bytes_as_the_catalogue_says() {
    let bounds = DecodeBounds::default();
    let table = [
        (Fault::GzipOverBr, "br", vec![Layer::Gzip, Layer::Br]),
        (Fault::CodingUndeclared, "-", vec![Layer::Br]),
        (Fault::CodingDeclaredOnly, "gzip", vec![]),
    ];
    for (fault, declared, layers) in table {
        let visitor = Visitor::of_edge(&[fault]);
        let (_, module) = visitor.discover().await;
        let got = visitor.get(&module, "gzip, br").await;
        assert_eq!(got.header("content-encoding"), declared, "{fault:?}");
        let peeled = peel(&got.body, &bounds);
        assert_eq!((peeled.layers, peeled.stopped), (layers, None), "{fault:?}");
        assert!(peeled.content.starts_with(b"\0asm"), "{fault:?}");
        let words: Vec<String> = declared.split(", ").map(|word| word.replace('-', "")).collect();
        let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
        let undone = decode_declared(&got.body, &words, &bounds);
        assert!(!undone.is_ok_and(|bytes| bytes.starts_with(b"\0asm")), "{fault:?}");
    }
}

#[tokio::test]
async fn the_cut_module_is_cut_alike_in_all_codings() {
    let whole = Visitor::of_origin(&[]);
    let (_, module) = whole.discover().await;
    let whole = whole.get(&module, "identity").await.body;
    let visitor = Visitor::of_origin(&[Fault::Truncated]);
    for offer in ["br", "gzip", "identity"] {
        let got = visitor.get(&module, offer).await;
        let content = peel(&got.body, &DecodeBounds::default()).content;
        assert_eq!(content.len(), whole.len() * 60 / 100, "{offer}");
        assert!(whole.starts_with(&content), "{offer}");
    }
}

#[tokio::test]
async fn the_fallback_is_the_page_itself() {
    let visitor = Visitor::of_edge(&[Fault::HtmlFallback]);
    let (_, module) = visitor.discover().await;
    let (page, fallback) = (visitor.get("/", "br").await, visitor.get(&module, "br").await);
    assert!(page.body == fallback.body && page.header("etag") == fallback.header("etag"));
    assert_eq!(visitor.get("/assets/app.00000000.wasm", "br").await.status.as_u16(), 404);
}

#[tokio::test]
async fn an_old_build_is_a_whole_module_with_other_bytes() {
    let whole = Visitor::of_edge(&[]);
    let (_, module) = whole.discover().await;
    let new = whole.get(&module, "identity").await.body;
    let content = |answer: super::Answer| peel(&answer.body, &DecodeBounds::default()).content;
    // Who gets it: at the edge everybody, unless past its store; in br those who offer br.
    let table = [
        (Fault::EdgeStale, "identity", "", true),
        (Fault::EdgeStale, "br", "", true),
        (Fault::EdgeStale, "br", "?past=it", false),
        (Fault::BrOfOldBuild, "br", "", true),
        (Fault::BrOfOldBuild, "gzip", "", false),
        (Fault::BrOfOldBuild, "identity", "", false),
    ];
    for (fault, offer, query, is_old) in table {
        let visitor = Visitor::of_edge(&[fault]);
        let got = content(visitor.get(&format!("{module}{query}"), offer).await);
        assert_eq!(got != new, is_old, "{fault:?} {offer} {query}");
        assert!(wasmparser::Validator::new().validate_all(&got).is_ok(), "{fault:?} {offer}");
    }
}

#[tokio::test]
async fn an_announced_length_of_the_raw_module_cuts_the_connection() {
    let visitor = Visitor::of_origin(&[Fault::LengthOfRaw]);
    let (_, module) = visitor.discover().await;
    let raw = visitor.get(&module, "identity").await;
    let coded = visitor.get(&module, "br").await;
    assert_eq!(raw.header("content-length"), raw.body.len().to_string());
    assert_eq!(coded.header("content-length"), raw.body.len().to_string());
    assert_eq!(peel(&coded.body, &DecodeBounds::default()).content, raw.body);
}

#[tokio::test]
async fn the_edge_without_codings_gives_none() {
    let visitor = Visitor::of_edge(&[Fault::EdgeIdentityOnly]);
    let (shim, module) = visitor.discover().await;
    for path in ["/", &shim, &module] {
        let got = visitor.get(path, "br").await;
        assert_eq!(got.header("content-encoding"), "-", "{path}");
        assert_eq!(got.header("vary"), "Accept-Encoding", "{path}");
    }
}

#[tokio::test]
async fn the_module_elsewhere_may_be_asked_for_and_not_read() {
    let visitor = Visitor::of_edge(&[Fault::NoCors]);
    let page = visitor.get("/", "identity").await;
    let shim = between(&String::from_utf8_lossy(&page.body), "src=\"", "\"");
    let script = String::from_utf8(visitor.get(&shim, "identity").await.body).expect("text");
    let module = between(&script, "const MODULE = \"", "\"");
    let elsewhere = module.split("/assets").next().expect("an origin");
    assert!(page.header("content-security-policy").contains(elsewhere), "{module}");
    let got = visitor.client.get(&module).send().await.expect("it answers");
    assert_eq!(got.status().as_u16(), 200);
    assert!(!got.headers().contains_key("access-control-allow-origin"));
}
