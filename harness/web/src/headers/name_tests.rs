//! Names from bundlers and people, and the rate at which random digests are missed.

use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::*;

fn says(name: &str) -> bool {
    let (path, query) = name.split_once('?').map_or((name, None), |(p, q)| (p, Some(q)));
    is_content_addressed(path, query)
}

#[test]
fn content_addressed_names() {
    for name in [
        "/app.3f9a2c1b.wasm",
        "/index-BkX3f9aZ.js",
        "/assets/index-D_k3-x9Z.js",
        "/assets/main-DkLmNoPq.js",
        "/chunk-QWERTYUI.js",
        "/chunk-5VBXKQ2L.js",
        "/jquery-3.7.1.min.js",
        "/v1.2.3/app.wasm",
        "/npm/pkg@1.2.3/dist/app.wasm",
        "/app.wasm?v=3",
        "/app.wasm?a=b&hash=abc",
        "/app.wasm?3f9a2c1b",
        "/app.wasm?v=3&gauntlet=word",
        "/static/3f9a2c1b7d/app.wasm",
        "/6f1ed002ab5595859014ebf0951522d9.module.wasm",
        "/app-0b1c2d3e-aaaa-4bbb-8ccc-0123456789ab.wasm",
        "/app.1716239022.wasm",
        "/app.20249901.wasm",
        "/pkg-x7k2m9qa.wasm",
        "/app_bg-4f2a9c.wasm",
        "/app-deadbeef.wasm",
        "/app.bcdfadce.wasm",
    ] {
        assert!(says(name), "{name}");
    }
}

#[test]
fn names_that_move() {
    for name in [
        "/main.wasm",
        "/wasm_exec.js",
        "/decade.wasm",
        "/decade1.wasm",
        "/facade.wasm",
        "/module.20240101.wasm",
        "/jquery-3.7.min.js",
        "/v1/app.wasm",
        "/v1.2/app.wasm",
        "/npm/pkg@1/app.wasm",
        "/app.wasm?v=",
        "/app.wasm?gauntlet=3f9a2c1b",
        "/app.wasm?lang=en",
        "/MyWasmModule.wasm",
        "/app-MyModule.js",
        "/HTMLView.js",
        "/main-FormPart.js",
        "/sha256sum.wasm",
        "/base64url.wasm",
        "/utf8.wasm",
        "/x86_64.wasm",
        "/wasm32-wasip1.wasm",
        "/README.txt",
        "/LICENSES",
        "/app-123456.wasm",
        "/",
        "",
        "/sqlite3-opfs-async-proxy.js",
        "/ort-wasm-simd-threaded.wasm",
        "/AdapterHost.wasm",
    ] {
        assert!(!says(name), "{name}");
    }
}

#[test]
fn what_may_be_a_digest_and_may_be_words_is_doubtful() {
    for (name, doubtful) in [
        ("/assets/app-DiwrgTda.wasm", true),
        ("/app-MyWidget.wasm", true),
        ("/app-onLoader.wasm", true),
        ("/app.onLoader.wasm", true),
        ("/app-Download.wasm", false),
        ("/app-download.wasm", false),
        ("/app-DOWNLOAD.wasm", false),
        ("/my-long-words.wasm", false),
        ("/MyWidget.wasm", false),
        ("/app-DkLmNoPq.wasm", false),
        ("/app-3f9a2c1b.wasm", false),
        ("/app-MyWidget.wasm?v=3", false),
    ] {
        let (path, query) = name.split_once('?').map_or((name, None), |(p, q)| (p, Some(q)));
        assert_eq!(is_doubtful(path, query), doubtful, "{name}");
    }
}

/// Of 2000 random digests of `length` over `alphabet`, how many are not seen as such.
fn missed(alphabet: &[u8], length: usize) -> usize {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut pick = || char::from(alphabet[random.next_u32() as usize % alphabet.len()]);
    let names = (0..2000).map(|_| (0..length).map(|_| pick()).collect::<String>());
    names.filter(|digest| !says(&format!("/index-{digest}.js"))).count()
}

#[test]
fn few_random_digests_are_missed() {
    let base64url = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let base32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    for (what, alphabet, length, most) in [
        ("hex of 6", &b"0123456789abcdef"[..], 6, 180),
        ("hex of 8", b"0123456789abcdef", 8, 30),
        ("hex of 20", b"0123456789abcdef", 20, 0),
        ("base64url of 8", base64url, 8, 110),
        ("base32 of 8", base32, 8, 0),
    ] {
        let missed = missed(alphabet, length);
        assert!(missed <= most, "{what}: {missed} of 2000");
    }
}

proptest! {
    #[test]
    fn any_name_is_classified(path in "\\PC*", query in "\\PC*") {
        let _ = is_content_addressed(&path, Some(&query));
    }

    #[test]
    fn plain_words_are_never_hashes(word in "[a-z]{1,20}", other in "[A-Z][a-z]{3,7}") {
        let vowels = other.bytes().any(|b| b"aeiouyAEIOUY".contains(&b));
        let [word, camel] = [format!("/{word}.wasm"), format!("/{other}.wasm")];
        prop_assert!(!says(&word), "{}", word);
        prop_assume!(vowels && is_word(&other));
        prop_assert!(!says(&camel), "{}", camel);
    }
}
