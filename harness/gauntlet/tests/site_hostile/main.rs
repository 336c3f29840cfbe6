//! The subject `site` against hostile or broken servers. Every exchange is bounded, ends cleanly,
//! and never looks like a good one.

mod field;
mod files;
mod page_policies;
mod raw;
mod server;
mod toolchains;
mod verdicts;

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use gauntlet::subject::Subject;
use gauntlet::subject::site::Site;
use wasm_gauntlet_model::action::Asset;
use wasm_gauntlet_model::observation::Value;
use wasm_gauntlet_web::coding::{Layer, encode};

use crate::server::{BOUNDS, Server, assert_says, response, send};

#[test]
fn a_redirect_loop_ends_and_is_reported() {
    let server = Server::saying("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n");
    let seen = server.fetch("/").expect("a redirect is an answer");
    assert_eq!(seen.facts["status"], Value::Int(302));
    assert_eq!(seen.facts["module-valid"], Value::Bool(false));
    assert_eq!(seen.facts.get("layers-match"), None);
    let reason = server.site().profile().expect_err("no page").to_string();
    assert_says(&reason, "redirect loop");
}

#[test]
fn ever_new_redirects_end_at_the_bound() {
    let server = Server::new(|path, connection| {
        let next = format!("HTTP/1.1 302 Found\r\nLocation: {path}x\r\nContent-Length: 0\r\n\r\n");
        send(connection, next.as_bytes());
    });
    let seen = server.fetch("/a").expect("a redirect is an answer");
    assert_eq!(seen.facts["redirects"], Value::Int(10));
    assert_eq!(seen.facts["status"], Value::Int(302));
}

#[test]
fn a_redirect_out_of_the_web_is_not_followed() {
    let server = Server::saying(
        "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
    );
    let seen = server.fetch("/").expect("a redirect is an answer");
    assert_eq!(seen.facts["redirects"], Value::Int(0));
    let why = seen.evidence.iter().find(|piece| piece.what == "redirect not followed");
    assert_says(&why.expect("evidence of it").text, "file:");
}

#[test]
fn an_endless_body_is_cut_and_says_nothing() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let server = Server::new(move |_, connection| {
        send(connection, b"HTTP/1.1 200 OK\r\nContent-Type: application/wasm\r\n\r\n\0asm");
        while connection.write_all(&[0; 65_536]).is_ok() {
            counter.fetch_add(65_536, Ordering::Relaxed);
        }
    });
    assert_says(&server.fetch("/m.wasm").expect_err("too long").to_string(), "exceeds 1048576");
    // The bound, and the socket buffers of both sides.
    let sent = sent.load(Ordering::Relaxed);
    assert!(sent < 32 << 20, "{sent} bytes were taken");
}

#[test]
fn a_body_that_stops_each_time_is_told() {
    let server = Server::new(|_, connection| {
        send(connection, b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n\0asm");
        std::thread::sleep(Duration::from_secs(30));
    });
    let seen = server.fetch("/m.wasm").expect("a part is an answer");
    assert_eq!(seen.facts["module-valid"], Value::Bool(false));
    let Value::Text(why) = &seen.facts["module-error"] else { panic!("{seen:?}") };
    assert_says(why, "4 of 1000 bytes came, then nothing");
}

#[test]
fn a_body_that_stops_now_and_then_times_out() {
    let turn = AtomicUsize::new(0);
    let server = Server::new(move |_, connection| {
        let bytes = &b"\0asm\x01\0"[..4 + turn.fetch_add(1, Ordering::Relaxed) % 2];
        send(connection, &[b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", bytes].concat());
        std::thread::sleep(Duration::from_secs(30));
    });
    assert_says(&server.refuses("/m.wasm"), "timed out after");
}

#[test]
fn a_drip_fed_body_times_out_in_all() {
    let server = Server::new(|_, connection| {
        send(connection, b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        while connection.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(300));
        }
    });
    assert_says(&server.refuses("/m.wasm"), "timed out");
}

#[test]
fn who_sends_without_a_pause_gets_no_more_time_than_others() {
    let chunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let endless: [(&str, &'static [u8]); 2] = [
        // The size of this chunk has an endless row of leading zeros.
        (chunk, &[b'0'; 4096]),
        ("", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
    ];
    for (head, piece) in endless {
        let server = Server::new(move |_, connection| {
            send(connection, head.as_bytes());
            while connection.write_all(piece).is_ok() {}
        });
        assert_says(&server.refuses("/m.wasm"), "timed out");
    }
}

#[test]
fn a_silent_server_times_out() {
    let server = Server::new(|_, _| std::thread::sleep(Duration::from_secs(30)));
    assert_says(&server.refuses("/"), "timed out");
}

#[test]
fn a_body_that_breaks_off_is_no_module() {
    for reset in [false, true] {
        let answer = |_: &str, connection: &mut TcpStream| {
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/wasm\r\n";
            send(connection, format!("{head}Content-Length: 1000\r\n\r\n\0asm\x01").as_bytes());
            // The client reads the data from before the reset.
            std::thread::sleep(Duration::from_millis(200));
        };
        let server = if reset { Server::resetting(answer) } else { Server::new(answer) };
        let seen = server.fetch("/m.wasm").expect("a part is an answer");
        assert_eq!(seen.facts["status"], Value::Int(200), "{reset}");
        assert_eq!(seen.facts["content-length"], Value::Int(1000));
        assert_eq!(seen.facts["wire-bytes"], Value::Int(5));
        assert_eq!(seen.facts["content"], Value::Text("wasm".to_owned()));
        assert_eq!(seen.facts["module-valid"], Value::Bool(false));
        for unseen in ["raw-bytes", "raw-sha256", "layers", "layers-match", "lost-3g-s"] {
            assert_eq!(seen.facts.get(unseen), None, "{unseen}");
        }
        let Value::Text(error) = &seen.facts["module-error"] else { panic!("{seen:?}") };
        assert_says(error, "ended early, after 5 bytes");
    }
}

#[test]
fn a_length_that_is_too_small_cuts_the_module() {
    let module = wat::parse_str("(module (func (export \"f\")))").expect("a module");
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", module.len() - 4);
    let server = Server::saying([head.as_bytes(), &module].concat());
    let seen = server.fetch("/m.wasm").expect("an answer");
    assert_eq!(seen.facts["module-valid"], Value::Bool(false));
}

#[test]
fn a_body_is_read_to_its_end_however_it_comes() {
    let long = vec![b'a'; 300_000];
    let chunk = format!("{:x}\r\n{}\r\n", long.len(), "a".repeat(long.len()));
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunks = |end: &str| format!("{head}{chunk}{chunk}{end}").into_bytes();
    let more = [response("", &long), b"more than was announced".to_vec()].concat();
    let bare = [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), long.clone()].concat();
    for (bytes, count, whole) in [
        (response("", &long), 300_000, true),
        (more, 300_000, true),
        (bare, 300_000, true),
        (chunks("0\r\n\r\n"), 600_000, true),
        (chunks(""), 600_000, false),
        (chunks("zz"), 600_000, false),
    ] {
        let server = Server::new(move |_, connection| {
            for piece in bytes.chunks(100_001) {
                send(connection, piece);
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let seen = server.fetch("/a.txt").expect("an answer");
        assert_eq!(seen.facts["wire-bytes"], Value::Int(count));
        let told = seen.evidence.iter().any(|piece| piece.text.contains("the body ended early"));
        assert_eq!(told, !whole, "{:?}", seen.evidence);
    }
}

#[test]
fn nonsense_lengths_are_told() {
    for length in ["-1", "99999999999999999999999", "1\r\nContent-Length: 2", "x"] {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\nabc");
        let server = Server::saying(head);
        let seen = server.fetch("/").expect("each time the same");
        assert_eq!(seen.facts["status"], Value::Absent, "{length}");
        let Value::Text(told) = &seen.facts["length-unusable"] else { panic!("{seen:?}") };
        assert_says(told, length.split('\r').next().expect("a length"));
        assert_says(&server.site().profile().expect_err("no page").to_string(), "Content-Length");
    }
}

#[test]
fn a_header_flood_is_no_answer() {
    let many = "X-Flood: 1\r\n".repeat(5000);
    assert_says(&Server::saying(response(&many, b"")).refuses("/"), "be read as HTTP");
    let long = format!("X-Flood: {}\r\n", "a".repeat(4 << 20));
    assert_says(&Server::saying(response(&long, b"")).refuses("/"), "be read as HTTP");
}

#[test]
fn an_endless_header_is_no_answer() {
    let server = Server::new(|_, connection| {
        send(connection, b"HTTP/1.1 200 OK\r\nX-Flood: ");
        while connection.write_all(&[b'a'; 65_536]).is_ok() {}
    });
    assert_says(&server.refuses("/"), "be read as HTTP");
}

#[test]
fn garbage_in_header_fields_is_escaped_or_refused() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: \xff\xfe\x80text\r\nVary: \xc2\x9b31m\r\n";
    let body = b"Content-Length: 0\r\n\r\n";
    let seen = Server::saying([&head[..], body].concat()).fetch("/").expect("an answer");
    let shown = seen.evidence.iter().find(|piece| piece.what == "response").expect("evidence");
    assert_says(&shown.text, "content-type: \\xff\\xfe\\x80text");
    assert_says(&shown.text, "vary: \\u{9b}31m");
    assert_eq!(seen.facts["vary"], Value::Texts(Vec::new()));
    let control = "HTTP/1.1 200 OK\r\nX: a\x1b[31mb\r\nContent-Length: 0\r\n\r\n";
    assert_says(&Server::saying(control).refuses("/"), "be read as HTTP");
    let server = Server::saying(vec![0xff_u8; 4096]);
    let seen = server.fetch("/").expect("each time the same");
    let Value::Text(told) = &seen.facts["no-answer"] else { panic!("{seen:?}") };
    assert_says(told, "not HTTP");
    assert_says(&Server::saying("").refuses("/"), "closed before a response");
}

#[test]
fn a_bomb_is_told_and_not_unpacked() {
    let bomb = encode(Layer::Gzip, &vec![0; 200 << 20]);
    let head = "Content-Type: application/wasm\r\nContent-Encoding: gzip\r\n";
    let seen = Server::saying(response(head, &bomb)).fetch("/m.wasm").expect("an answer");
    assert_eq!(seen.facts["status"], Value::Int(200));
    for unseen in ["raw-bytes", "layers-match", "module-valid", "content"] {
        assert_eq!(seen.facts.get(unseen), None, "{unseen}");
    }
    let told = seen.evidence.iter().find(|piece| piece.what == "decoding");
    assert_says(&told.expect("evidence of it").text, "gzip");
    let page = Server::saying(response("Content-Encoding: gzip\r\n", &bomb)).site().profile();
    assert_says(&page.expect_err("the page stays packed").to_string(), "no module was found");
}

#[test]
fn discovery_is_bounded_on_a_page_that_names_without_end() {
    let server = Server::new(|path, connection| {
        let names: String = (0..5000).map(|n| format!("'{n}.wasm' './{n}{n}.js' ")).collect();
        let body = match path {
            "/" => format!("<script>{names}</script><script src=/s.js></script>"),
            path if path.ends_with(".js") => names,
            _ => "\0asm".to_owned(),
        };
        send(connection, &response("Connection: close\r\n", body.as_bytes()));
    });
    let begun = Instant::now();
    let profile = server.site().profile().expect("a page");
    assert_eq!(profile.found.len(), 64);
    assert!(profile.about.len() < 4096);
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

#[test]
fn what_browsers_cannot_read_is_told() {
    let coded =
        [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], &[3, 0, 0, 0, 0, 0, 0, 0, 0, 0][..]].concat();
    let chunk = [format!("{:x}\r\n", coded.len()).as_bytes(), &coded, b"\r\n"].concat();
    let gzip = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n";
    let chunked = [format!("{gzip}Transfer-Encoding: chunked\r\n\r\n").as_bytes(), &chunk].concat();
    let whole = [&chunked[..], b"0\r\n\r\n"].concat();
    let raw = response("Content-Encoding: gzip\r\n", b"<!doctype html>");
    let short = [format!("{gzip}Content-Length: 99\r\n\r\n").as_bytes(), &coded].concat();
    let foreign = response("Content-Encoding: aws-chunked\r\n", b"<!doctype html>");
    let table = [(chunked, true), (whole, false), (raw, true), (short, true), (foreign, false)];
    for (at, (bytes, expected)) in table.into_iter().enumerate() {
        let seen = Server::saying(bytes).fetch("/").expect("a response");
        let told = seen.facts.get("unreadable");
        assert_eq!(matches!(told, Some(Value::Text(_))), expected, "{at}: {told:?}");
        assert!(expected || told == Some(&Value::Absent), "{at}: {told:?}");
    }
}

#[test]
fn what_discovery_did_not_read_is_no_whole_look() {
    let server = Server::new(|path, connection| {
        let loader = "WebAssembly.instantiateStreaming(fetch('/m.wasm'))";
        let body = match path {
            "/" => format!("<script src=/broken.js></script><script>{loader}</script>"),
            "/deep" => format!("<script type=module src=/1.js></script><script>{loader}</script>"),
            "/many" => (0..2000).map(|one| format!("<script>'{one}.wasm'</script>")).collect(),
            "/names" => {
                let names: String = (0..2000).map(|one| format!("'{one}.wasm' ")).collect();
                format!("<script>{names}</script>")
            }
            "/broken.js" => {
                return send(connection, b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nload()");
            }
            module if module.ends_with(".wasm") => "\0asm\u{1}\0\0\0".to_owned(),
            script => {
                let number: u32 = script[1..].trim_end_matches(".js").parse().unwrap_or(0);
                format!("import '/{}.js'", number + 1)
            }
        };
        send(connection, &response("Content-Type: text/html\r\n", body.as_bytes()));
    });
    let table = [
        ("", "/broken.js is incomplete"),
        ("deep", "deeper than"),
        ("names", "not all names"),
        ("many", "module names are requested"),
    ];
    for (path, said) in table {
        let url = format!("http://127.0.0.1:{}/{path}", server.port);
        let site = Site::within(url::Url::parse(&url).expect("an address"), BOUNDS);
        let profile = site.expect("a client").profile().expect("it is found");
        let left_out = format!("{:?}", profile.left_out);
        assert_says(&left_out, said);
    }
}

#[test]
fn what_cannot_be_reached_says_why() {
    let refused = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = refused.local_addr().expect("its address").port();
    drop(refused);
    let plain = Server::saying("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").port;
    for (url, says) in [
        (format!("http://127.0.0.1:{port}/"), "connection refused"),
        (format!("https://127.0.0.1:{plain}/"), "TLS failed"),
        (format!("http://127.0.0.1:{plain}/"), "status 400"),
        // A label this long is not allowed (RFC 1035 §2.3.4), so no resolver is asked.
        (format!("http://{}.test/", "a".repeat(64)), "does not resolve"),
    ] {
        let url = url::Url::parse(&url).expect("an address");
        let site = Site::within(url, BOUNDS).expect("a client");
        assert_says(&site.profile().expect_err("nothing is there").to_string(), says);
    }
    for bad in ["ftp://a.test/", "http://user:secret@a.test/"] {
        let url = url::Url::parse(bad).expect("an address");
        let reason = Site::new(url).err().expect("not an address of a site").to_string();
        assert!(!reason.contains("secret"), "{reason}");
    }
}

#[test]
fn candidates_that_are_gone_are_told_and_not_tested() {
    let server = Server::new(|path, connection| {
        let page = "<script src=/loader.js></script><link rel=preload as=fetch href=/gone.wasm>";
        let answer = match path {
            "/" => response("", page.as_bytes()),
            "/loader.js" => response("", b"f('dead.wasm'); f('sick.wasm'); f('good.wasm?x=1')"),
            "/good.wasm?x=1" => response("", b"\0asm\x01\0\0\0"),
            "/sick.wasm" => b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n".to_vec(),
            _ => b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n".to_vec(),
        };
        send(connection, &answer);
    });
    let profile = server.site().profile().expect("a page");
    let found: Vec<_> = profile.found.iter().map(|f| (f.asset, f.label.as_str())).collect();
    assert_eq!(
        found,
        [
            (Asset::Entry, "/"),
            (Asset::Module, "/gone.wasm"),
            (Asset::Module, "/good.wasm?x=1"),
            (Asset::Module, "/sick.wasm"),
            (Asset::Shim, "/loader.js"),
        ]
    );
    assert_says(&profile.about, "not there: /dead.wasm (string in /loader.js)");
}
