use proptest::prelude::*;

use super::*;

const ALL: [Layer; 4] = [Layer::Gzip, Layer::Br, Layer::Zstd, Layer::Deflate];

fn wasm_like(tail: &[u8]) -> Vec<u8> {
    [b"\0asm\x01\0\0\0", tail].concat()
}

fn wrap(content: &[u8], outermost_first: &[Layer]) -> Vec<u8> {
    outermost_first.iter().rev().fold(content.to_vec(), |bytes, layer| encode(*layer, &bytes))
}

fn peeled(bytes: &[u8]) -> Peeled {
    peel(bytes, &DecodeBounds::default())
}

fn declared(bytes: &[u8], codings: &[&str]) -> Result<Vec<u8>, DecodeError> {
    let codings: Vec<String> = codings.iter().map(|word| word.to_string()).collect();
    decode_declared(bytes, &codings, &DecodeBounds::default())
}

fn any_layers() -> impl Strategy<Value = Vec<Layer>> {
    prop::collection::vec(prop::sample::select(&ALL[..]), 0..=3)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_encoded_is_peeled(
        tail in prop::collection::vec(any::<u8>(), 0..2000),
        layers in any_layers(),
    ) {
        let content = wasm_like(&tail);
        let found = peeled(&wrap(&content, &layers));
        prop_assert_eq!(found, Peeled { layers, content, stopped: None });
    }

    #[test]
    fn what_was_declared_is_undone(
        content in prop::collection::vec(any::<u8>(), 0..2000),
        layers in any_layers(),
    ) {
        let codings: Vec<&str> = layers.iter().rev().map(|layer| layer.word()).collect();
        prop_assert_eq!(declared(&wrap(&content, &layers), &codings), Ok(content));
    }

    #[test]
    fn random_bytes_have_no_layers_and_no_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..5000),
        coding in prop::sample::select(vec!["gzip", "br", "zstd", "deflate", "x", ""]),
    ) {
        let _ = declared(&bytes, &[coding]);
        let _ = classify(&bytes);
        let found = peeled(&bytes);
        prop_assert!(!found.layers.contains(&Layer::Br), "{:?}", found.layers);
    }

    #[test]
    fn broken_layers_do_not_panic(
        tail in prop::collection::vec(any::<u8>(), 0..600),
        layers in any_layers(),
        at in any::<prop::sample::Index>(),
        flip in 1..=255u8,
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = wrap(&wasm_like(&tail), &layers);
        let place = at.index(bytes.len());
        bytes[place] ^= flip;
        bytes.truncate(cut.index(bytes.len()) + 1);
        let _ = peeled(&bytes);
        let _ = declared(&bytes, &["gzip"]);
        let _ = declared(&bytes, &["zstd", "br"]);
    }
}

#[test]
fn a_header_without_a_layer_fails() {
    let module = wasm_like(&[7; 100]);
    for coding in ["gzip", "br", "zstd", "deflate"] {
        let error = declared(&module, &[coding]).expect_err(coding);
        assert!(matches!(error, DecodeError::Stopped(DecodeStop::Corrupt(_))), "{coding}: {error}");
    }
    assert_eq!(declared(&module, &["identity"]), Ok(module.clone()));
    assert!(declared(&module, &["GZip"]).is_err());
    assert_eq!(
        declared(&module, &["aws-chunked"]),
        Err(DecodeError::Unknown("aws-chunked".into()))
    );
}

#[test]
fn codings_are_undone_in_the_order_declared() {
    let module = wasm_like(&[7; 100]);
    let sent = wrap(&module, &[Layer::Gzip, Layer::Br]);
    assert_eq!(declared(&sent, &["br", "x-gzip"]), Ok(module));
    assert!(declared(&sent, &["gzip", "br"]).is_err());
    assert_eq!(declared(&sent, &["gzip"; 5]), Err(DecodeError::TooMany(5)));
}

#[test]
fn a_cut_layer_is_named_with_its_stop() {
    let module = wasm_like(&(0..=255).collect::<Vec<u8>>());
    for layer in ALL {
        let whole = encode(layer, &module);
        let cut = &whole[..whole.len() - 5];
        let error = declared(cut, &[layer.word()]);
        assert_eq!(error, Err(DecodeError::Stopped(DecodeStop::Corrupt(layer))));
        let longer = [&whole[..], b"tail"].concat();
        let error = declared(&longer, &[layer.word()]);
        assert_eq!(error, Err(DecodeError::Stopped(DecodeStop::Trailing { layer, bytes: 4 })));
    }
    let cut = &encode(Layer::Gzip, &module)[..60];
    let found = peeled(cut);
    assert_eq!((found.layers, found.content), (vec![Layer::Gzip], cut.to_vec()));
    assert_eq!(found.stopped, Some(DecodeStop::Corrupt(Layer::Gzip)));
}

#[test]
fn a_bomb_is_stopped_early() {
    let blank = vec![0; 32 << 20];
    for layer in ALL {
        let bomb = encode(layer, &blank);
        let found = peeled(&bomb);
        let stop = found.stopped.expect("a bomb is stopped");
        assert!(matches!(stop, DecodeStop::RatioTooHigh { .. }), "{layer}: {stop}");
        assert!(found.content.len() < 1 << 20, "{layer}: {}", found.content.len());
    }
}

#[test]
fn sizes_past_the_bounds_stop() {
    let bounds =
        DecodeBounds { layer_bytes_max: 1000, total_bytes_max: 1500, ..DecodeBounds::default() };
    let large = encode(Layer::Gzip, &wasm_like(&[1; 2000]));
    let stop = DecodeStop::TooLarge { layer: Layer::Gzip, bytes_max: 1000 };
    assert_eq!(peel(&large, &bounds).stopped, Some(stop));
    let five = wrap(&wasm_like(&[1; 200]), &[Layer::Gzip; 5]);
    let found = peeled(&five);
    assert_eq!(found.layers, vec![Layer::Gzip; 4]);
    assert_eq!(found.stopped, Some(DecodeStop::TooManyLayers(4)));
}

#[test]
fn a_large_brotli_window_is_refused() {
    let module = wasm_like(&[7; 5000]);
    for (large_window, lgwin) in [(false, 24), (true, 28)] {
        let params = brotli::enc::BrotliEncoderParams { large_window, lgwin, ..Default::default() };
        let mut bytes = Vec::new();
        brotli::BrotliCompress(&mut &module[..], &mut bytes, &params).expect("memory");
        assert_eq!(declared(&bytes, &["br"]).is_err(), large_window);
    }
}

#[test]
fn a_layer_without_a_magic_word_needs_a_content_that_can_be_recognised() {
    let opaque: Vec<u8> = (0..=255).rev().collect();
    let bytes = encode(Layer::Br, &opaque);
    let found = peeled(&bytes);
    assert_eq!(found, Peeled { layers: vec![], content: bytes.clone(), stopped: None });
    assert_eq!(declared(&bytes, &["br"]), Ok(opaque));
}

#[test]
fn text_is_its_own_content_and_is_found_inside_brotli() {
    let page = b"<!DOCTYPE html>\n<title>A page that is long enough</title>";
    assert_eq!(peeled(page).layers, []);
    let found = peeled(&encode(Layer::Br, page));
    assert_eq!((found.layers, found.content), (vec![Layer::Br], page.to_vec()));
    let mut bare = flate2::write::DeflateEncoder::new(Vec::new(), Default::default());
    std::io::Write::write_all(&mut bare, page).expect("memory");
    let bare = bare.finish().expect("memory");
    assert_eq!(peeled(&bare).layers, [Layer::Deflate]);
    assert_eq!(declared(&bare, &["deflate"]), Ok(page.to_vec()));
}

#[test]
fn contents_are_told_apart() {
    let table: &[(&[u8], Content)] = &[
        (b"", Content::Empty),
        (b"\0asm\x01\0\0\0", Content::Wasm),
        (b"\0as", Content::Other),
        (b"\xef\xbb\xbf \n<!DocType HTML><p>", Content::Html),
        (b"<!-- a comment --><html>", Content::Html),
        (b"<?xml version=\"1.0\"?><Error/>", Content::Other),
        (b"const x = await fetch('/a.wasm');", Content::Javascript),
        (b"(()=>{go()})();", Content::Javascript),
        (b"{\"error\": \"function import (x);\"}", Content::Json),
        (b" [{\"a\": 1}]\n", Content::Json),
        (b"{\"a\": 1} and more", Content::Other),
        (b"{ let a = () => 1; }", Content::Javascript),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", Content::LfsPointer),
        (b"AGFzbQEAAAABBAFg\nAAA=\n", Content::Base64),
        (b"AGFzbQEAAAAB, a text", Content::Other),
        (b"@import url(a.css); a { color: red; }", Content::Other),
        (b"404 page not found", Content::Other),
        (b"\x89PNG\r\n\x1a\n", Content::Other),
    ];
    for (bytes, content) in table {
        assert_eq!(classify(bytes), *content, "{:?}", String::from_utf8_lossy(bytes));
    }
}
