//! The judge, tested by tables and by properties. It always gives a verdict, and never passes
//! without an observation.

use std::collections::BTreeMap;

use proptest::prelude::*;
use wasm_gauntlet_model::judge::{Context, Judgement, StepFacts, judge};
use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::observation::{Facts, Value};
use wasm_gauntlet_model::scenario::{Scenario, Vocabulary, parse};
use wasm_gauntlet_model::source::Source;
use wasm_gauntlet_model::verdict::Verdict::{self, Fail, Inconclusive, Pass, Skipped};

/// A scenario with these expectations on the steps `got` and `other`.
fn scenario(expect: &str) -> Scenario {
    let text = format!(
        "incident: delivery/test\nclaim: c\nseverity: major\nneeds: [site/entry]\neach: [entry]\n\
         playbook: {{ symptom: s, first-check: f, cause: c, fix: {{ any: x }}, see: [] }}\n\
         steps:\n  - get: {{}}\n    as: got\n  - get: {{}}\n    as: other\nexpect:\n{expect}\n"
    );
    parse(&Source::new("test", text), &Vocabulary::default()).unwrap_or_else(|wrong| {
        panic!("{wrong}");
    })
}

fn judged(expect: &str, facts: Facts, other: Facts) -> Judgement {
    let seen: StepFacts =
        BTreeMap::from([("got".to_owned(), facts.into()), ("other".to_owned(), other.into())]);
    let limits = Limits::default();
    let params = Vec::new();
    let context = Context { params: &params, limits: &limits, grace_ms: 20, noise_factor: 2.0 };
    judge(&scenario(expect), &seen, context)
}

fn facts(list: &[(&str, Value)]) -> Facts {
    list.iter().map(|(name, value)| ((*name).to_owned().into(), value.clone())).collect()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn texts(list: &[&str]) -> Value {
    Value::Texts(list.iter().map(|one| (*one).to_owned()).collect())
}

#[test]
fn each_matcher_decides_as_its_name_says() {
    let table: &[(&str, Option<Value>, Verdict)] = &[
        ("  got.status: 200", Some(Value::Int(200)), Pass),
        ("  got.status: 200", Some(Value::Int(404)), Fail),
        ("  got.status: 200", Some(Value::Absent), Fail),
        ("  got.status: 200", None, Inconclusive),
        ("  got.status: { not: 200 }", Some(Value::Int(404)), Pass),
        ("  got.status: { not: 200 }", Some(Value::Absent), Pass),
        ("  got.status: { one-of: [200, 206] }", Some(Value::Int(206)), Pass),
        ("  got.status: { none-of: [200, 206] }", Some(Value::Int(206)), Fail),
        ("  got.media-type: application/wasm", Some(text("application/wasm")), Pass),
        ("  got.media-type: application/wasm", Some(text("application/wasm;")), Fail),
        ("  got.vary: { has-token: accept-encoding }", Some(texts(&["Accept-Encoding"])), Pass),
        ("  got.vary: { has-token: accept-encoding }", Some(texts(&["accept"])), Fail),
        ("  got.vary: { has-token: accept-encoding }", Some(Value::Absent), Fail),
        ("  got.vary: { lacks-token: a }", Some(texts(&[])), Pass),
        ("  got.etag: { present: true }", Some(Value::Absent), Fail),
        ("  got.etag: { present: false }", Some(Value::Absent), Pass),
        ("  got.etag: { present: false }", None, Inconclusive),
        ("  got.etag: { contains: ab }", Some(text("cab")), Pass),
        ("  got.etag: { lacks: ab }", Some(text("cab")), Fail),
        ("  got.layers: { empty: true }", Some(texts(&[])), Pass),
        ("  got.layers: { empty: false }", Some(texts(&[])), Fail),
        ("  got.wire-ratio: { at-most: 0.3 }", Some(Value::Float(0.3)), Pass),
        ("  got.wire-ratio: { at-most: 0.3 }", Some(Value::Float(0.31)), Fail),
        ("  got.wire-ratio: { at-most: 0.3 }", Some(Value::Float(f64::NAN)), Inconclusive),
        ("  got.wall-ms: { at-most: grace }", Some(Value::Float(20.5)), Fail),
        ("  got.wall-ms: { at-least: deadline }", Some(Value::Int(50)), Pass),
    ];
    for (expect, value, verdict) in table {
        let field = expect.trim().split([':', '.']).nth(1).expect("a field");
        let list = value.iter().map(|value| (field.to_owned().into(), value.clone())).collect();
        let judgement = judged(expect, list, Facts::new());
        assert_eq!(judgement.verdict, *verdict, "{expect} of {value:?}: {}", judgement.reason);
    }
}

#[test]
fn a_failure_decides_before_a_doubt_and_a_doubt_before_a_pass() {
    let expect = "  - got.status: 200\n  - got.etag: a\n  - got.vary: { empty: true }";
    let doubt = facts(&[("status", Value::Int(200)), ("vary", texts(&[]))]);
    assert_eq!(judged(expect, doubt.clone(), Facts::new()).verdict, Inconclusive);
    let mut failing = doubt;
    failing.insert("vary".into(), texts(&["accept"]));
    assert_eq!(judged(expect, failing, Facts::new()).verdict, Fail);
}

#[test]
fn a_block_whose_condition_fails_does_not_apply_and_none_that_applies_is_a_skip() {
    let expect = "  - where: { got.status: 200 }\n    got.etag: a";
    let judgement = judged(expect, facts(&[("status", Value::Int(404))]), Facts::new());
    assert_eq!(judgement.verdict, Skipped);
    assert!(judgement.reason.contains("got.status was 404"), "{}", judgement.reason);
    let unknown = judged(expect, Facts::new(), Facts::new());
    assert_eq!(unknown.verdict, Inconclusive);
}

#[test]
fn what_a_subject_cannot_do_is_said_in_words() {
    let expect = "  - where: { subject.site-origin: true }\n    got.status: 200";
    let subject = |value| facts(&[("site-origin", Value::Bool(value))]);
    let seen = |value| -> StepFacts {
        let got = facts(&[("status", Value::Int(200))]);
        BTreeMap::from([
            ("got".to_owned(), got.into()),
            ("subject".to_owned(), subject(value).into()),
        ])
    };
    let limits = Limits::default();
    let params = Vec::new();
    let context = Context { params: &params, limits: &limits, grace_ms: 20, noise_factor: 2.0 };
    assert_eq!(judge(&scenario(expect), &seen(true), context).verdict, Pass);
    let without = judge(&scenario(expect), &seen(false), context);
    let reason = "does not apply: needs a site whose origin server is named in the target file";
    assert_eq!((without.verdict, without.reason.as_str()), (Skipped, reason));
}

#[test]
fn the_sentence_of_a_failure_is_filled_with_what_was_seen() {
    let expect = "  - says: \"sent as {got.content-type}, other {other.etag}\"\n    got.status: 1";
    let seen = facts(&[("status", Value::Int(2)), ("content-type", text("text/plain"))]);
    let judgement = judged(expect, seen, facts(&[("etag", Value::Absent)]));
    assert_eq!(judgement.reason, "sent as `text/plain`, other (absent)");
    assert_eq!((judgement.observed.as_str(), judgement.expected.as_str()), ("status: 2", "`1`"));
    assert_eq!(judgement.span.map(|span| (span.line, span.column)), Some((14, 5)));
}

#[test]
fn steps_are_compared_with_one_another() {
    let same = "  got.raw-sha256: { same-as: other.raw-sha256 }";
    let one = facts(&[("raw-sha256", text("aa"))]);
    let two = facts(&[("raw-sha256", text("bb"))]);
    assert_eq!(judged(same, one.clone(), one.clone()).verdict, Pass);
    assert_eq!(judged(same, one.clone(), two).verdict, Fail);
    assert_eq!(judged(same, one, Facts::new()).verdict, Inconclusive);
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Absent),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<f64>().prop_map(Value::Float),
        ".{0,8}".prop_map(Value::Text),
        prop::collection::vec(".{0,4}", 0..3).prop_map(Value::Texts),
        (any::<f64>(), any::<f64>()).prop_map(|(low, high)| Value::Interval { low, high }),
    ]
}

proptest! {
    /// Every observation of any kind gives a verdict. Without an observation there is no pass.
    #[test]
    fn the_judge_is_total(
        values in prop::collection::btree_map(
            prop::sample::select(vec!["status", "etag", "vary", "wire-ratio", "revalidated"]),
            any_value(), 0..5),
    ) {
        let facts: Facts = values.into_iter().map(|(k, v)| (k.to_owned().into(), v)).collect();
        let complete = facts.len() == 5;
        let expect = "  - got.status: { above: 5, not: 7 }\n    got.etag: { contains: a }\n  - \
            where: { got.revalidated: true }\n    got.vary: { has-token: x }\n  - \
            got.wire-ratio: { below: 0.5 }\n    got.vary: { empty: true }\n    \
            got.revalidated: { same-as: other.revalidated }";
        let judgement = judged(expect, facts.clone(), facts);
        prop_assert!(complete || judgement.verdict != Pass);
    }
}

#[test]
fn why_nothing_applied_is_told_once_a_block_and_at_most_three_times() {
    let block = |status: u32| format!("  - where: {{ got.status: {status} }}\n    got.etag: a\n");
    let blocks = |all: &[u32]| all.iter().map(|one| block(*one)).collect::<String>();
    let told =
        |expect: &str| judged(expect, facts(&[("status", Value::Int(404))]), Facts::new()).reason;
    assert_eq!(told(&blocks(&[200, 206, 200])).matches("got.status").count(), 2);
    let many = told(&blocks(&[200, 201, 202, 203, 204]));
    assert_eq!(many.matches("got.status").count(), 3, "{many}");
    assert!(many.ends_with("; and 2 more conditions"), "{many}");
    let both = "  - where: { got.status: 200, got.vary: { empty: false } }\n    got.etag: a";
    let seen = facts(&[("status", Value::Int(404)), ("vary", texts(&[]))]);
    assert!(!judged(both, seen.clone(), Facts::new()).reason.contains("vary"));
    let empty = judged("  - got.vary: { empty: false }", seen, Facts::new());
    assert_eq!(empty.observed, "vary: (empty)");
}
