//! The time to load 1,000 scenarios. The promise is 50 ms on two processors.

use gauntlet::load;
use wasm_gauntlet_model::source::Source;

/// Scenarios of the benchmark: ten times the size that the catalogue may reach.
const SCENARIOS: usize = 1_000;

fn main() {
    divan::main();
}

/// A scenario of about 1 kB, the usual size in the catalogue.
fn text(index: usize) -> String {
    format!(
        r#"incident: delivery/generated-{index}
claim: A response chosen by Accept-Encoding says so in Vary, number {index}
severity: critical
faults: [no-vary, no-vary-on-identity]
implied-by: [mime-text]
playbook:
  symptom: Some people get a corrupt module and others do not, and a cache stands in front
  first-check: the Vary header of each variant, at the edge
  cause: a shared cache keeps one variant for everybody
  fix: {{ any: "Vary: Accept-Encoding on every variant, the raw one too", nginx: "gzip_vary on;" }}
  see: [RFC 9110 §12.5.5, RFC 9111 §4.1]
needs: [site/module]
each: [module]
matrix: {{ offer: [br, gzip, "br, gzip", identity, ""] }}
steps:
  - get: {{ accept-encoding: "{{offer}}" }}
    as: variant
  - get: {{ accept-encoding: identity }}
    as: raw
expect:
  - where: {{ variant.status: 200 }}
    variant.vary: {{ has-token: accept-encoding }}
    variant.media-type: application/wasm
  - where: {{ raw.status: 200 }}
    severity: minor
    says: "the raw variant says {{raw.vary}}"
    raw.vary: {{ has-token: accept-encoding }}
    raw.wire-bytes: {{ at-least: 8, at-most: 100000000 }}
"#
    )
}

fn sources() -> Vec<Source> {
    (0..SCENARIOS).map(|index| Source::new(format!("{index}.yaml"), text(index))).collect()
}

#[divan::bench]
fn a_thousand_scenarios(bencher: divan::Bencher) {
    let sources = sources();
    let vocabulary = load::vocabulary();
    bencher.counter(divan::counter::ItemsCount::new(SCENARIOS)).bench_local(|| {
        let loaded = load::scenarios(&sources, &vocabulary);
        assert_eq!(loaded.map(|list| list.len()).unwrap_or(0), SCENARIOS);
    });
}

#[divan::bench]
fn yaml_alone_on_one_thread(bencher: divan::Bencher) {
    let sources = sources();
    bencher.bench_local(|| {
        sources.iter().filter(|source| wasm_gauntlet_model::yaml::parse(source).is_ok()).count()
    });
}
