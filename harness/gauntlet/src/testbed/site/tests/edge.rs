//! The shared cache: correct without a fault, and wrong in one way with it.

use super::{Answer, Fault, Method, StatusCode, Visitor};

const OFFERS: [&str; 3] = ["br", "gzip", "identity"];

fn coding(answer: &Answer) -> String {
    answer.header("content-encoding").replace('-', "identity")
}

/// Warm the cache with one offer, then ask with another, on a one-off query. Returns the coding of
/// the answer.
async fn play(visitor: &Visitor, path: &str, warm: &str, ask: &str) -> (Answer, Answer) {
    let path = format!("{path}?one-off={warm}-{ask}");
    (visitor.get(&path, warm).await, visitor.get(&path, ask).await)
}

#[tokio::test]
async fn every_order_is_right() {
    let visitor = Visitor::of_edge(&[]);
    let (shim, module) = visitor.discover().await;
    for path in ["/", &shim, &module] {
        for warm in OFFERS {
            for ask in OFFERS {
                let (first, second) = play(&visitor, path, warm, ask).await;
                assert_eq!((coding(&first).as_str(), coding(&second).as_str()), (warm, ask));
                let hit = if warm == ask { "HIT" } else { "MISS" };
                assert_eq!(second.header("x-cache"), hit, "{path} {warm} {ask}");
                assert_eq!(first.header("x-cache"), "MISS");
                assert_eq!(second.header("age") != "-", hit == "HIT");
            }
        }
    }
}

#[tokio::test]
async fn the_fault_hands_the_first_variant_to_all() {
    let visitor = Visitor::of_edge(&[Fault::EdgeIgnoresVary]);
    let (_, module) = visitor.discover().await;
    for warm in OFFERS {
        for ask in OFFERS {
            let (first, second) = play(&visitor, &module, warm, ask).await;
            assert_eq!(coding(&first), warm);
            assert_eq!(coding(&second), warm, "{ask}");
            assert_eq!(second.header("x-cache"), "HIT");
            assert_eq!(second.header("vary"), "Accept-Encoding");
            // The page is revalidated each time, so the origin corrects the cache.
            let (_, page) = play(&visitor, "/", warm, ask).await;
            assert_eq!(coding(&page), ask);
        }
    }
}

#[tokio::test]
async fn a_right_cache_without_vary_is_misled() {
    let visitor = Visitor::of_edge(&[Fault::NoVary]);
    let (_, module) = visitor.discover().await;
    assert_eq!(coding(&play(&visitor, &module, "br", "identity").await.1), "br");
    let visitor = Visitor::of_edge(&[Fault::NoVaryOnIdentity]);
    assert_eq!(coding(&play(&visitor, &module, "identity", "br").await.1), "identity");
    assert_eq!(coding(&play(&visitor, &module, "br", "identity").await.1), "identity");
}

#[tokio::test]
async fn offers_that_mean_the_same_share_an_entry() {
    let visitor = Visitor::of_edge(&[]);
    let (shim, _) = visitor.discover().await;
    visitor.get(&shim, "gzip, br").await;
    assert_eq!(visitor.get(&shim, "BR,gzip").await.header("x-cache"), "HIT");
    assert_eq!(visitor.get(&shim, "gzip").await.header("x-cache"), "MISS");
    let offer = [("accept-encoding", "br, gzip")];
    assert_eq!(visitor.ask(Method::HEAD, &shim, &offer).await.header("x-cache"), "HIT");
    for cache in ["no-cache", "max-age=0", "no-store"] {
        let headers = [offer[0], ("cache-control", cache)];
        let got = visitor.ask(Method::GET, &shim, &headers).await;
        assert_eq!(got.header("x-cache") == "MISS", cache == "no-store", "{cache}");
        assert_eq!(coding(&got), "br");
    }
}

#[tokio::test]
async fn faults_of_the_304_reach_the_user() {
    let visitor = Visitor::of_edge(&[Fault::NoVaryOn304]);
    let (shim, module) = visitor.discover().await;
    for path in ["/", &shim, &module] {
        for _ in 0..2 {
            let got = visitor.get(path, "br").await;
            assert_eq!(got.header("vary"), "Accept-Encoding", "{path}");
            let etag = got.header("etag");
            let headers = [("accept-encoding", "br"), ("if-none-match", etag.as_str())];
            let again = visitor.ask(Method::GET, path, &headers).await;
            assert_eq!((again.status.as_u16(), again.header("vary").as_str()), (304, "-"));
        }
    }
}

#[tokio::test]
async fn a_page_cached_for_a_day_stays_at_the_edge() {
    let visitor = Visitor::of_edge(&[Fault::EntryLongCache]);
    visitor.get("/", "br").await;
    let page = visitor.get("/", "br").await;
    assert_eq!(page.header("cache-control"), "public, max-age=86400");
    assert_eq!((page.header("x-cache"), page.header("age")), ("HIT".into(), "0".into()));
}

#[tokio::test]
async fn over_tls_the_best_protocol_that_is_offered_is_spoken() {
    for (faults, version) in
        [(&[][..], reqwest::Version::HTTP_2), (&[Fault::Http1Only], reqwest::Version::HTTP_11)]
    {
        let visitor = Visitor::of_edge(faults);
        let (_, module) = visitor.discover().await;
        let (url, certificate) = visitor.site.secure();
        let trusted = reqwest::Certificate::from_der(certificate).expect("a certificate");
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([trusted]);
        let client = client.build().expect("a client");
        let url = format!("{}{}", url.trim_end_matches('/'), module);
        let got =
            client.get(&url).header("accept-encoding", "br").send().await.expect("it answers");
        assert_eq!((got.status(), got.version()), (StatusCode::OK, version), "{faults:?}");
        assert_eq!(got.headers()["content-encoding"], "br");
        let plain = visitor.get(&module, "br").await;
        assert!(got.bytes().await.expect("a body") == plain.body, "{faults:?}");
        assert!(visitor.client.get(&url).send().await.is_err(), "nobody else trusts it");
    }
}
