//! The complaint about a renamed key names the new key.

use wasm_gauntlet_model::scenario::{Vocabulary, Words, parse};
use wasm_gauntlet_model::source::Source;

const SCENARIO: &str = "\
incident: mine/renamed
claim: Each guest is contained
severity: major
faults: [no-deadline]
playbook: { symptom: s, first-check: f, cause: c, fix: { any: x } }
matrix: { hostile: [cpu-loop] }
steps:
- call: { guest: \"{hostile.counterpart}\" }
  as: other
- noisy-neighbour:
    noise: \"{hostile}\"
    polite-tenants: 1
    polite-per-s: 1
    polite-ms: 1
    phase-ms: 1
    rounds: 1
    noise-at-once: 1
    floor-ms: 1
  as: noise
expect:
- other.outcome: ok
  noise.p99-ratio: { at-most: 2 }
";

fn complaints(from: &str, to: &str) -> String {
    let vocabulary = Vocabulary::new(|| Words {
        guests: ["cpu-loop", "benign-loop"].map(str::to_owned).to_vec(),
        counterparts: vec![("cpu-loop".to_owned(), "benign-loop".to_owned())],
        ..Words::default()
    });
    let text = SCENARIO.replace(from, to);
    let parsed = parse(&Source::new("mine.yaml", &text), &vocabulary);
    parsed.err().map(|complaints| complaints.to_string()).unwrap_or_default()
}

#[test]
fn an_old_key_is_refused_and_the_new_one_is_named() {
    for (new, old, problem) in [
        ("faults:", "twins:", "`twins` is now `faults`"),
        ("noisy-neighbour:", "contest:", "`contest` is now `noisy-neighbour`"),
        (".counterpart}", ".near-twin}", "`{hostile.near-twin}` is now `{hostile.counterpart}`"),
    ] {
        let said = complaints(new, old);
        assert!(said.contains(problem), "{old}: {said}");
        let usual = complaints("", "");
        assert!(!usual.contains("is now"), "{usual}");
    }
}
