//! The site without a fault: right in every respect, at the origin and at the edge.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::facts::{self, Fact, OFFERS};
use super::{Method, StatusCode, TestbedSite, Visitor};

#[tokio::test]
async fn every_fact_is_right() {
    let visitor = Visitor::of_origin(&[]);
    for (fact, value) in facts::all(&visitor).await {
        let Fact { asset, offer, what } = &fact;
        let coding = match *offer {
            "gzip" | "br;q=0, *" => "gzip",
            "br" | "gzip, br" => "br",
            _ => "",
        };
        let expected = match (*what, *asset) {
            ("status", "lost") => "404 Not Found",
            ("cache", "lost") => "no-store",
            ("status", _) => "200 OK",
            ("type", "entry") => "text/html; charset=utf-8",
            ("type", "shim") => "text/javascript; charset=utf-8",
            ("type", _) => "application/wasm",
            ("coding", _) if coding.is_empty() => "-",
            ("coding" | "layers", _) => coding,
            ("vary" | "304-vary", _) => "Accept-Encoding",
            ("cache" | "304-cache", "entry") => "no-cache",
            ("cache" | "304-cache", _) => "public, max-age=31536000, immutable",
            ("nosniff", _) => "nosniff",
            ("modified", _) => "Tue, 07 Jan 2025 09:00:00 GMT",
            ("length" | "head" | "304-etag", _) => "true",
            ("content", "entry") => "html valid=false",
            ("content", "shim") => "javascript valid=false",
            ("content", _) => "wasm valid=true",
            ("policy", "entry") => "compiles=true own=true",
            ("policy", _) => "compiles=false own=true",
            ("allow", _) => "-",
            ("part", _) => "200 OK",
            ("etags", _) => "true",
            ("304", _) => "304 Not Modified",
            ("304-body", _) => "0",
            ("name", "entry") => "/",
            ("name", "shim") => "/assets/loader.#.js",
            ("name", _) => "/assets/app.#.wasm",
            _ => continue,
        };
        assert_eq!(value, expected, "{fact:?}");
    }
}

#[tokio::test]
async fn names_carry_the_hash_of_their_content() {
    let visitor = Visitor::of_origin(&[]);
    let (shim, module) = visitor.discover().await;
    for path in [shim, module] {
        let digest = Sha256::digest(visitor.get(&path, "identity").await.body);
        let hash: String = digest[..4].iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(path.split('.').nth(1), Some(hash.as_str()), "{path}");
    }
}

#[tokio::test]
async fn an_etag_revalidates_its_own_variant_alone() {
    let visitor = Visitor::of_origin(&[]);
    let (shim, module) = visitor.discover().await;
    for path in ["/", &shim, &module] {
        let offers = ["br", "gzip", "identity"];
        let mut etags = Vec::new();
        for offer in offers {
            etags.push(visitor.get(path, offer).await.header("etag"));
        }
        etags.iter().for_each(|etag| assert!(etag.starts_with('"'), "{path}: {etag} is weak"));
        let distinct: BTreeSet<&String> = etags.iter().collect();
        assert_eq!(distinct.len(), offers.len(), "{path}: {etags:?}");
        for (offer, own) in offers.iter().zip(&etags) {
            for etag in &etags {
                let weak = format!("\"x\", W/{etag}");
                let headers = [("accept-encoding", *offer), ("if-none-match", weak.as_str())];
                let status = visitor.ask(Method::GET, path, &headers).await.status.as_u16();
                assert_eq!(status, if etag == own { 304 } else { 200 }, "{path} {offer} {etag}");
            }
        }
    }
    let later = [("if-modified-since", "Wed, 08 Jan 2025 09:00:00 GMT")];
    assert_eq!(visitor.ask(Method::HEAD, "/", &later).await.status, StatusCode::NOT_MODIFIED);
    let earlier = [("if-modified-since", "Mon, 06 Jan 2025 09:00:00 GMT")];
    assert_eq!(visitor.ask(Method::GET, "/", &earlier).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_cannot_be_had_is_refused_and_not_cached() {
    for visitor in [Visitor::of_origin(&[]), Visitor::of_edge(&[])] {
        let table = [
            (Method::GET, "/", "*;q=0", 406),
            (Method::GET, "/", "identity;q=0", 406),
            (Method::GET, "/none", "br", 404),
            (Method::HEAD, "/none", "br", 404),
            (Method::POST, "/", "br", 405),
        ];
        for (method, path, offer, status) in table {
            let got = visitor.ask(method, path, &[("accept-encoding", offer)]).await;
            assert_eq!(got.status.as_u16(), status, "{path} {offer}");
            assert_eq!(got.header("cache-control"), "no-store");
        }
    }
}

#[tokio::test]
async fn starts_soon_and_stops_when_dropped() {
    let start = Instant::now();
    let site = TestbedSite::start(&[], None).expect("a site");
    // Unoptimised code may take 5 s on a machine that six processes share.
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    let address = site.site_url().replace("http://", "").replace('/', "");
    TcpStream::connect(&address).await.expect("it listens");
    drop(site);
    for _ in 0..100 {
        if TcpStream::connect(&address).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it still listens");
}

#[tokio::test]
async fn oversized_heads_are_refused() {
    let site = TestbedSite::start(&[], None).expect("a site");
    let address = site.site_url().replace("http://", "").replace('/', "");
    let long = format!("GET / HTTP/1.1\r\nHost: x\r\nA: {}\r\n\r\n", "a".repeat(64 << 10));
    let many = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "A: b\r\n".repeat(100));
    for head in [long, many] {
        let mut stream = TcpStream::connect(&address).await.expect("it listens");
        stream.write_all(head.as_bytes()).await.ok();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok();
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    }
}

#[tokio::test]
async fn the_edge_shows_what_the_origin_shows() {
    let visitor = Visitor::of_edge(&[]);
    let mut at_origin = facts::all(&Visitor::of_origin(&[])).await;
    for round in ["cold", "warm"] {
        assert_eq!(facts::all(&visitor).await, at_origin, "{round}");
    }
    at_origin.retain(|fact, _| fact.what == "coding");
    assert_eq!(at_origin.len(), 3 * OFFERS.len());
}
