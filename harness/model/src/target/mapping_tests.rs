//! Mappings as written: what is read, and what each complaint points at.

use super::*;
use crate::call::{CallOutcome, RejectStage};
use crate::source::Source;
use crate::target::preset::PRESETS;
use crate::target::{Encoding, Gives, KnownNames, parse_knowing};
use crate::trap::TrapKind;

const GUESTS: &[&str] = &["benign-echo", "cpu-loop"];

fn read(text: &str) -> Result<Speech, String> {
    let known = KnownNames { runtimes: &[], guests: GUESTS };
    let target = parse_knowing(&Source::new("t.yaml", text), known);
    target.map(|target| target.host.expect("a host").speech).map_err(|wrong| wrong.to_string())
}

fn mapping(text: &str) -> Mapping {
    match read(text) {
        Ok(Speech::Mapped(mapping)) => *mapping,
        other => panic!("{other:?}"),
    }
}

const WHOLE: &str = r#"
host:
  url: http://127.0.0.1:1
  mapping:
    health: { path: /live, status: [204, 3xx] }
    features: [tenants]
    load:
      path: /plugins/{digest}
      outcomes: [{ status: [2xx], outcome: ok }]
    call:
      method: PATCH
      path: /run/{guest}
      headers: { X-Customer: "{tenant}", X-Limit: 5 }
      body: '{"in": "{input-base64}", "of": {}}'
      outcomes:
        - { status: [200], json: { /ok: true }, outcome: ok, output: /out, encoding: base64 }
        - { header: { x-end: "time*" }, past-deadline: true, outcome: deadline }
        - { json: { /error: stack }, outcome: trap(stack) }
        - { status: [500], outcome: trap }
        - { status: [422], outcome: rejected(import), text: /why }
        - { status: [400], outcome: guest-error, code: /code, text: /why }
"#;

#[test]
fn a_whole_mapping_is_read() {
    let mapping = mapping(WHOLE);
    assert_eq!(mapping.health_path, "/live");
    assert_eq!(mapping.health_status, [(204, 204), (300, 399)]);
    assert_eq!(mapping.features, [Need::HostTenants]);
    let load = mapping.load.expect("a load");
    assert_eq!((&*load.method, load.body), ("PUT", Template::new("{module}")));
    assert_eq!(mapping.call.method, "PATCH");
    assert_eq!(mapping.call.headers[1], ("X-Limit".to_owned(), Template::new("5")));
    let rules = mapping.call.rules;
    assert_eq!(rules[0].finds.encoding, Encoding::Base64);
    assert_eq!(rules[1].past_deadline, Some(true));
    let gives: Vec<&Gives> = rules.iter().map(|rule| &rule.gives).collect();
    let trap = |kind| Gives::Just(CallOutcome::Trap { kind });
    let (stack, untold) = (trap(TrapKind::Stack), trap(TrapKind::Untold));
    let deadline = Gives::Just(CallOutcome::Deadline);
    let import = Gives::Rejected(RejectStage::Import);
    assert_eq!(gives, [&Gives::Ok, &deadline, &stack, &untold, &import, &Gives::GuestError]);
}

#[test]
fn what_is_not_written_is_the_usual() {
    let text = "host:\n  url: http://h/\n  guests: { cpu-loop: /loop }\n  mapping:\n    call: { \
                path: \"{deployed}\", outcomes: [{ status: [200], outcome: ok }] }\n";
    let mapping = mapping(text);
    assert_eq!((&*mapping.health_path, mapping.health_status), ("/", vec![(100, 499)]));
    assert_eq!((&*mapping.call.method, mapping.call.body), ("POST", Template::new("{input}")));
    assert_eq!(mapping.guests.expect("guests")["cpu-loop"], "/loop");
    assert!(matches!(read("host: { url: http://h/ }"), Ok(Speech::Contract)));
}

#[test]
fn every_preset_is_a_mapping_that_can_be_read() {
    for (name, _) in PRESETS {
        let text =
            format!("host: {{ url: http://h/, preset: {name}, guests: {{ benign-echo: /e }} }}");
        assert!(!mapping(&text).call.rules.is_empty(), "{name}");
    }
}

/// A mapping with `call`, and after it what else stands in the host.
fn wrong(call: &str, rest: &str) -> String {
    let text = format!("host:\n  url: http://h/\n  mapping:\n    call: {call}\n{rest}");
    read(&text).expect_err("it is wrong")
}

#[test]
fn each_complaint_points_at_its_place_and_says_what_was_meant() {
    let guests = "  guests: { cpu-loop: /x }\n";
    let rule =
        |rule: &str| wrong(&format!("{{ path: \"/{{guest}}\", outcomes: [{rule}] }}"), guests);
    let ok = "outcomes: [{ status: [200], outcome: ok }]";
    for (shown, parts) in [
        (rule("{ outcome: ok }"), &["t.yaml:4:42", "would match every answer"][..]),
        (rule("{ status: [200], outcome: dedline }"), &["t.yaml:4:68", "did you mean `deadline`?"]),
        (rule("{ status: [200], outcome: trap(stak) }"), &["did you mean `stack`?"]),
        (rule("{ status: [200], outcome: rejected }"), &["unknown stage", "expected one of: size"]),
        (rule("{ status: [99], outcome: ok }"), &["t.yaml:4:53", "expected a status"]),
        (rule("{ status: [6xx], outcome: ok }"), &["`6xx` is not a status"]),
        (rule("{ json: { error: x }, outcome: trap }"), &["not a JSON pointer", "`/error`"]),
        (rule("{ header: { \"a b\": x }, outcome: trap }"), &["not a valid header field name"]),
        (rule("{ status: [200], outcome: trap, output: /x }"), &["needs `outcome: ok`"]),
        (rule("{ status: [200], outcome: ok, encoding: hex }"), &["`encoding` needs `output`"]),
        (
            rule("{ status: [200], outcome: ok, output: /x, encoding: b64 }"),
            &["unknown encoding `b64`"],
        ),
        (rule("{ status: [400], outcome: guest-error }"), &["needs the guest's own error code"]),
        (wrong(&format!("{{ path: \"/run\", {ok} }}"), guests), &["t.yaml:4:11", "same for every"]),
        (wrong(&format!("{{ path: \"run/{{guest}}\", {ok} }}"), guests), &["`/run/{guest}`"]),
        (wrong(&format!("{{ path: \"/{{gest}}\", {ok} }}"), guests), &["did you mean `{guest}`?"]),
        (
            wrong(&format!("{{ path: \"/{{guest}}/{{input}}\", {ok} }}"), guests),
            &["not known here"],
        ),
        (
            wrong(&format!("{{ path: \"/{{guest}}\", method: post, {ok} }}"), guests),
            &["`post` is not a method"],
        ),
        (wrong("{ path: \"/{guest}\" }", guests), &["no rule says what the answers mean"]),
        (
            wrong(&format!("{{ path: \"/{{guest}}\", {ok} }}"), ""),
            &["the mapping has no way to bring a guest to this host"],
        ),
        (
            wrong(&format!("{{ path: \"/{{guest}}\", {ok} }}"), "  guests: { cpu-lop: /x }\n"),
            &["t.yaml:5:13", "did you mean `cpu-loop`?"],
        ),
        (
            wrong(&format!("{{ path: \"/{{guest}}\", {ok} }}"), "  preset: workerd\n"),
            &["give only one of them"],
        ),
    ] {
        for part in parts {
            assert!(shown.contains(part), "{part} is not in\n{shown}");
        }
    }
}

#[test]
fn what_belongs_to_a_mapping_is_refused_without_one() {
    for (text, part) in [
        ("guests: { cpu-loop: /x }", "expected `mapping` or `preset`"),
        ("preset: workred", "did you mean `workerd`?"),
    ] {
        let shown = read(&format!("host: {{ url: http://h/, {text} }}")).expect_err("wrong");
        assert!(shown.contains(part), "{shown}");
    }
    let both = WHOLE.replace("  mapping:", "  guests: { cpu-loop: /x }\n  mapping:");
    assert!(read(&both).expect_err("wrong").contains("cannot be deployed already"));
    let feature = WHOLE.replace("[tenants]", "[tenant]");
    assert!(read(&feature).expect_err("wrong").contains("did you mean `tenants`?"));
}
