//! Requests of mappings, and that no value can lead them to another host.

use wasm_gauntlet_model::limits::{Grants, Limits};
use wasm_gauntlet_model::source::Source;
use wasm_gauntlet_model::target::{Speech, parse};

use super::*;

fn mapped(host: &str) -> Result<Mapped, Inability> {
    let target = parse(&Source::new("t", host), &[]).unwrap_or_else(|wrong| panic!("{wrong}"));
    let host = target.host.expect("a host");
    let Speech::Mapped(mapping) = host.speech else { panic!("it is a mapping") };
    Mapped::new(*mapping, Url::parse(&host.url).expect("an address"))
}

fn call(mapped: &Mapped, guest: &str, tenant: &str, input: &[u8]) -> Result<Spoken, Inability> {
    let module = GuestModule::new(guest, "", true, b"\0asm".to_vec());
    let (limits, grants) = (&Limits::default(), &Grants::default());
    mapped.call(&Work { module: &module, tenant, input, limits, grants })
}

#[test]
fn words_are_filled_where_they_stand() {
    let mapped = mapped(
        r#"
host:
  url: http://127.0.0.1:1/base/
  mapping:
    load:
      path: /plugins/{guest}
      body: '{"wasm": "{module-base64}"}'
      outcomes: [{ status: [200], outcome: ok }]
    call:
      path: /run/{guest}?for={tenant}
      headers: { X-In: "{input-hex}" }
      body: "in={input};"
      outcomes: [{ status: [200], outcome: ok }]
"#,
    );
    let mapped = mapped.expect("it is right");
    let request = call(&mapped, "g", "a/../&b", &[0, 255]).expect("it is right");
    assert_eq!(request.method, "POST");
    assert_eq!(request.url, "http://127.0.0.1:1/base/run/g?for=a%2F..%2F%26b");
    assert_eq!(request.headers, [("X-In".to_owned(), "00ff".to_owned())]);
    assert_eq!(request.body, b"in=\x00\xff;");
    let module = GuestModule::new("g", "", true, b"\0asm".to_vec());
    let load = mapped.load(&module).expect("there is one").expect("it is right");
    assert_eq!((&*load.method, &*load.body), ("PUT", &br#"{"wasm": "AGFzbQ=="}"#[..]));
    assert_eq!(mapped.health_url(), "http://127.0.0.1:1/base/");
    assert_eq!(mapped.deployed(), None);
}

fn deployed(place: &str) -> Result<Mapped, Inability> {
    mapped(&format!(
        "host:\n  url: http://127.0.0.1:1\n  guests: {{ g: \"{place}\" }}\n  mapping:\n    \
         call: {{ path: \"{{deployed}}\", outcomes: [{{ status: [200], outcome: ok }}] }}\n"
    ))
}

#[test]
fn a_guest_is_called_where_it_is_deployed_and_nowhere_else() {
    let url = |place: &str| deployed(place).and_then(|mapped| call(&mapped, "g", "t", b""));
    for (place, asked) in [
        ("/echo", "http://127.0.0.1:1/echo"),
        ("echo", "http://127.0.0.1:1/echo"),
        ("http://127.0.0.1:2/", "http://127.0.0.1:2/"),
        ("@example.org/", "http://127.0.0.1:1/@example.org/"),
        ("//example.org/", "http://127.0.0.1:1//example.org/"),
        (".example.org", "http://127.0.0.1:1/.example.org"),
    ] {
        assert_eq!(url(place).expect("it is right").url, asked, "{place}");
    }
    assert!(url("http://").is_err());
    let mapped = deployed("/g").expect("it is right");
    assert_eq!(mapped.deployed(), Some(vec!["g".to_owned()]));
    let other = call(&mapped, "h", "t", b"").expect_err("it is not deployed");
    assert_eq!(other.to_string(), "guest h is not deployed on this host");
}

#[test]
fn an_address_that_was_not_named_is_never_asked() {
    let mut mapped = deployed("http://127.0.0.1:2/").expect("it is right");
    mapped.origins.truncate(1);
    assert!(call(&mapped, "g", "t", b"").is_err());
}
