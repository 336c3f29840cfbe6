//! Each kind of condition and of outcome, and answers that no rule fits.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use wasm_gauntlet_model::call::CallOutcome as Outcome;
use wasm_gauntlet_model::source::Source;
use wasm_gauntlet_model::target::{Speech, parse};
use wasm_gauntlet_model::trap::TrapKind;

use super::*;

const DEADLINE: Duration = Duration::from_millis(50);

fn rules(rules: &str) -> Vec<Rule> {
    let text = format!(
        "host:\n  url: http://h/\n  guests: {{ a: /a }}\n  mapping:\n    call:\n      path: \
         \"{{deployed}}\"\n      outcomes: [{rules}]\n"
    );
    let target = parse(&Source::new("t", text), &[]).unwrap_or_else(|wrong| panic!("{wrong}"));
    match target.host.expect("a host").speech {
        Speech::Mapped(mapping) => mapping.call.rules,
        Speech::Contract => panic!("it is a mapping"),
    }
}

fn answer(status: u16, header: (&'static str, &'static str), body: &[u8], ms: u64) -> Sent {
    let mut headers = HeaderMap::new();
    headers.insert(HeaderName::from_static(header.0), HeaderValue::from_static(header.1));
    Sent::Answer(HostResponse {
        status,
        headers,
        body: body.to_vec(),
        wall: Duration::from_millis(ms),
    })
}

/// The outcome of an answer by `rule`; `?` for a doubt.
fn read(
    rule: &str,
    status: u16,
    header: (&'static str, &'static str),
    body: &str,
    ms: u64,
) -> String {
    match timed(answer(status, header, body.as_bytes(), ms), &rules(rule), DEADLINE) {
        Err(_) => "?".to_owned(),
        Ok(timed) => match timed.called.outcome {
            Outcome::Trap { kind } => format!("trap({})", kind.word()),
            Outcome::Rejected(rejection) => {
                format!("rejected({}): {}", rejection.stage.word(), rejection.reason)
            }
            Outcome::GuestError { code, text } => format!("guest-error({code}): {text}"),
            Outcome::Denied { capability } => format!("denied: {capability}"),
            Outcome::Ok { output } => format!("ok: {}", String::from_utf8_lossy(&output)),
            Outcome::HostFault { .. } => format!("host-fault, lost: {}", timed.lost.is_some()),
            other => other.word().to_owned(),
        },
    }
}

#[test]
fn each_kind_of_rule_decides_and_nothing_else_is_ok() {
    let plain = ("x-end", "none");
    for (rule, status, header, body, ms, gives) in [
        // Status: one, a class, several.
        ("{ status: [200], outcome: ok }", 200, plain, "hi", 1, "ok: hi"),
        ("{ status: [200], outcome: ok }", 204, plain, "hi", 1, "?"),
        ("{ status: [200], outcome: ok }", 500, plain, "hi", 1, "host-fault, lost: true"),
        ("{ status: [4xx, 503], outcome: busy }", 499, plain, "", 1, "busy"),
        ("{ status: [4xx, 503], outcome: busy }", 503, plain, "", 1, "busy"),
        ("{ status: [4xx, 503], outcome: busy }", 200, plain, "ok", 1, "?"),
        // Header fields, whatever their case; patterns.
        (
            "{ header: { X-End: \"t*\" }, outcome: trap }",
            500,
            ("x-end", "trap"),
            "",
            1,
            "trap(untold)",
        ),
        ("{ header: { X-End: t }, outcome: trap }", 200, ("x-end", "trap"), "", 1, "?"),
        ("{ header: { X-No: \"*\" }, outcome: ok }", 200, plain, "", 1, "?"),
        // Members of JSON: texts, numbers, truths, presence; none in what is no JSON.
        (
            "{ json: { /e/0: cap }, outcome: memory-cap }",
            200,
            plain,
            r#"{"e":["cap"]}"#,
            1,
            "memory-cap",
        ),
        ("{ json: { /n: 7 }, outcome: fuel }", 200, plain, r#"{"n":7}"#, 1, "fuel"),
        ("{ json: { /n: true }, outcome: fuel }", 200, plain, r#"{"n":true}"#, 1, "fuel"),
        ("{ json: { /n: \"*\" }, outcome: fuel }", 200, plain, r#"{"n":{}}"#, 1, "fuel"),
        ("{ json: { /n: \"*\" }, outcome: ok }", 200, plain, "not JSON", 1, "?"),
        ("{ json: { /n: \"*\" }, outcome: ok }", 200, plain, "", 1, "?"),
        // Our clock.
        ("{ past-deadline: true, outcome: deadline }", 500, plain, "", 50, "deadline"),
        ("{ past-deadline: true, outcome: deadline }", 400, plain, "", 49, "?"),
        ("{ past-deadline: false, outcome: trap(stack) }", 500, plain, "", 49, "trap(stack)"),
        // Every condition, and the first rule that fits.
        ("{ status: [200], header: { x-end: no }, outcome: ok }", 200, plain, "", 1, "?"),
        (
            "{ status: [2xx], outcome: busy }, { status: [200], outcome: ok }",
            200,
            plain,
            "",
            1,
            "busy",
        ),
        // Parts of outcomes.
        ("{ status: [200], outcome: ok, output: /o }", 200, plain, r#"{"o":"x"}"#, 1, "ok: x"),
        (
            "{ status: [200], outcome: ok, output: /o, encoding: hex }",
            200,
            plain,
            r#"{"o":"6869"}"#,
            1,
            "ok: hi",
        ),
        (
            "{ status: [200], outcome: ok, output: /o, encoding: base64 }",
            200,
            plain,
            r#"{"o":"aGk="}"#,
            1,
            "ok: hi",
        ),
        (
            "{ status: [200], outcome: ok, output: /o, encoding: base64 }",
            200,
            plain,
            r#"{"o":"!"}"#,
            1,
            "?",
        ),
        ("{ status: [200], outcome: ok, output: /o }", 200, plain, "{}", 1, "?"),
        (
            "{ status: [400], outcome: guest-error, code: /c, text: /t }",
            400,
            plain,
            r#"{"c":-7,"t":"no"}"#,
            1,
            "guest-error(-7): no",
        ),
        ("{ status: [400], outcome: guest-error, code: /c }", 400, plain, r#"{"c":"x"}"#, 1, "?"),
        (
            "{ status: [422], outcome: rejected(import), text: /t }",
            422,
            plain,
            r#"{"t":"env.x"}"#,
            1,
            "rejected(import): env.x",
        ),
        (
            "{ status: [403], outcome: denied, text: /t }",
            403,
            plain,
            r#"{"t":"fs"}"#,
            1,
            "denied: fs",
        ),
        ("{ status: [503], outcome: host-fault }", 503, plain, "", 1, "host-fault, lost: false"),
    ] {
        assert_eq!(read(rule, status, header, body, ms), gives, "{rule} on {status} {body}");
    }
}

#[test]
fn bombs_of_json_are_bounded_and_never_ok() {
    let rules = rules("{ json: { /0: \"*\" }, outcome: ok }");
    let (deep, wide) = ("[".repeat(1 << 20), format!("[{}0]", "0,".repeat(JSON_BYTES_MAX / 2)));
    for body in [deep, wide, "[\"\\ud800\"]".to_owned(), "[1e999999]".to_owned()] {
        let sent = answer(200, ("x-a", "b"), body.as_bytes(), 1);
        assert!(timed(sent, &rules, DEADLINE).is_err(), "{}", &body[..9]);
    }
    let cut = Sent::Cut { detail: "cut".to_owned(), slow: true, wall: DEADLINE };
    assert_eq!(timed(cut, &rules, DEADLINE).expect("a loss").lost, Some(Lost::Hung));
}

#[test]
fn an_untold_trap_is_a_word_that_no_host_can_send() {
    assert!(serde_json::from_str::<TrapKind>("\"untold\"").is_err());
}
