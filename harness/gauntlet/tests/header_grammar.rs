//! Header fields that RFC 9110 and RFC 9112 allow, sent by a real server over the wire: folded
//! lines, repeated lengths, tags with bytes past ASCII, and both length fields at once.

use std::io::{BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};

use gauntlet::subject::Subject;
use gauntlet::subject::site::Site;
use wasm_gauntlet_model::action::{Action, Fetch, Method, Special};
use wasm_gauntlet_model::observation::{Facts, Value};

/// Answers every request with `bytes`, and keeps the requests.
fn serve(bytes: &'static [u8]) -> (String, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&asked);
    std::thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let mut request = Vec::new();
            for byte in BufReader::new(&connection).bytes().map_while(Result::ok) {
                request.push(byte);
                if request.ends_with(b"\r\n\r\n") {
                    break;
                }
            }
            keep.lock().expect("no other panics").extend(request);
            let _gone = connection.write_all(bytes);
        }
    });
    (format!("http://127.0.0.1:{port}/m.wasm"), asked)
}

fn fetch(url: &str, revalidates: Option<&str>) -> Action {
    Action::Fetch(Fetch {
        method: Method::Get,
        url: url.to_owned(),
        accept_encoding: Some("br".to_owned()),
        revalidates: revalidates.map(str::to_owned),
        one_off: None,
        special: Special::default(),
    })
}

fn seen(bytes: &'static [u8]) -> Facts {
    let (url, _) = serve(bytes);
    let site = Site::new(url::Url::parse(&url).expect("an address")).expect("a client");
    let mut session = site.open(1).expect("a session");
    session.perform("step", &fetch(&url, None)).expect("an answer").facts
}

#[test]
fn a_folded_line_is_one_line() {
    let seen = seen(
        b"HTTP/1.1 200 OK\r\nVary: Origin,\r\n\tAccept-Encoding\r\nContent-Length: 4\r\n\r\n\0asm",
    );
    let vary = ["origin", "accept-encoding"].map(str::to_owned).to_vec();
    assert_eq!(seen["vary"], Value::Texts(vary));
}

#[test]
fn a_length_may_stand_twice() {
    for head in [
        &b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\n\0asm"[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: 4, 4\r\n\r\n\0asm",
    ] {
        let seen = seen(head);
        assert_eq!(seen["length-fits"], Value::Bool(true));
        assert_eq!(seen["content-length"], Value::Int(4));
        assert_eq!(seen["length-and-transfer-coding"], Value::Bool(false));
    }
}

#[test]
fn both_ways_to_tell_a_length_are_told() {
    let seen = seen(
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n\
          4\r\n\0asm\r\n0\r\n\r\n",
    );
    assert_eq!(seen["length-and-transfer-coding"], Value::Bool(true));
    assert_eq!(seen["wire-bytes"], Value::Int(4), "the chunks are what counts");
}

#[test]
fn a_tag_is_sent_back_byte_by_byte() {
    let (url, asked) =
        serve(b"HTTP/1.1 200 OK\r\nETag: W/\"a\xe9\xff,b\"\r\nContent-Length: 0\r\n\r\n");
    let site = Site::new(url::Url::parse(&url).expect("an address")).expect("a client");
    let mut session = site.open(1).expect("a session");
    let first = session.perform("first", &fetch(&url, None)).expect("an answer");
    assert_eq!(first.facts["etag-weak"], Value::Bool(true));
    session.perform("again", &fetch(&url, Some("first"))).expect("an answer");
    let asked = asked.lock().expect("no other panics").clone();
    let field = b"if-none-match: W/\"a\xe9\xff,b\"\r\n";
    let is_there = asked.windows(field.len()).any(|part| part.eq_ignore_ascii_case(field));
    assert!(is_there, "{}", String::from_utf8_lossy(&asked));
}

#[test]
fn a_dictionary_is_noted_and_its_bytes_are_no_garbage() {
    const BODY: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Encoding: dcb\r\nConnection: close\r\n\r\n\
                          \xffDCB0123456789abcdef0123456789abcdefand what only the client knows";
    let seen = seen(BODY);
    assert_eq!(seen["dictionary"], Value::Text("dcb".to_owned()));
    assert_eq!(seen["layers-match"], Value::Bool(true));
    assert_eq!(seen["coding-not-offered"], Value::Text("dcb".to_owned()));
    for unseen in ["content", "module-valid", "raw-bytes"] {
        assert_eq!(seen.get(unseen), None, "{unseen}");
    }
}

#[test]
fn a_dictionary_that_is_only_declared_or_only_there_is_a_mismatch() {
    let declared = seen(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: dcz\r\nContent-Length: 8\r\n\r\n\0asm\x01\0\0\0",
    );
    assert_eq!(declared["layers-match"], Value::Bool(false));
    assert_eq!(declared["dictionary"], Value::Text("dcz".to_owned()));
    let there = seen(
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n\
          \x5e\x2a\x4d\x18\x20\0\0\x00\x30123456789abcdef0123456789abcdefrest",
    );
    assert_eq!(there["layers-match"], Value::Bool(false));
    assert_eq!(there["dictionary"], Value::Text("dcz".to_owned()));
}
