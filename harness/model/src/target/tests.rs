//! What a target file says, and what is wrong with one.

use super::*;

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let text = "site: { url: example.org }\nruntimes: [wasmtme]\nnoise-factr: 3\n";
    let wrong = parse(&Source::new("t.yaml", text), &["wasmtime", "wasmi"]).expect_err("wrong");
    let shown = wrong.to_string();
    for part in ["t.yaml:1:14", "did you mean `wasmtime`?", "did you mean `noise-factor`?"] {
        assert!(shown.contains(part), "{part} is not in\n{shown}");
    }
}

#[test]
fn the_ways_to_a_site_are_read() {
    let text = "site:\n  url: https://s.test/\n  one-off: false\n  \
                origin: { url: http://o.test, host: s.test }\n  \
                addresses: [192.0.2.1, \"2001:db8::1\"]\n";
    let site = parse(&Source::new("t.yaml", text), &[]).expect("a target").site;
    let site = site.expect("a site");
    assert_eq!(site.addresses.len(), 2);
    assert_eq!(site.origin.and_then(|origin| origin.host).as_deref(), Some("s.test"));
    assert_eq!(site.one_off_word, None);
    let plain = parse(&Source::new("t.yaml", "site: { url: http://s.test/ }"), &[]);
    assert_eq!(plain.expect("a target").site, Some(SiteTarget::at("http://s.test/")));
    let text = "site: { url: http://s/, user-agent: acme-monitor/1.0 }";
    let named = parse(&Source::new("t.yaml", text), &[]).expect("a target").site;
    assert_eq!(named.and_then(|site| site.user_agent).as_deref(), Some("acme-monitor/1.0"));
    for wrong in ["\"\"", "\"a\\nb: c\"", "\" a\"", "ä"] {
        let text = format!("site: {{ url: http://s/, user-agent: {wrong} }}");
        let said = parse(&Source::new("t.yaml", text), &[]).expect_err("wrong").to_string();
        assert!(said.contains("cannot be sent as User-Agent"), "{wrong}: {said}");
    }
    let text = "site: { url: http://s/, addresses: [edge], one-off-word: \"a b\" }";
    let wrong = parse(&Source::new("t.yaml", text), &[]).expect_err("wrong").to_string();
    assert!(wrong.contains("not an IP address") && wrong.contains("query parameter"), "{wrong}");
}

#[test]
fn a_noise_factor_that_would_forgive_anything_is_refused() {
    let read = |factor: &str| {
        let text = format!("runtimes: [wasmi]\nnoise-factor: {factor}\n");
        parse(&Source::new("t.yaml", text), &["wasmi"])
    };
    assert_eq!(read("10").expect("a target").noise_factor, 10.0);
    for wrong in ["0", "11", "4000000000"] {
        let shown = read(wrong).expect_err("wrong").to_string();
        assert!(shown.contains("t.yaml:2:15") && shown.contains("1 to 10"), "{shown}");
    }
}

proptest::proptest! {
    #[test]
    fn reading_never_panics(text in "(?s)(site|host|url|:|\\{|\\}| |\n|[a-z]){0,40}") {
        let _target = parse(&Source::new("t", text), &["wasmtime"]);
    }
}
