//! The media type as the WebAssembly Web API reads it: the combined field value, blanks
//! trimmed, compared whole. `WebAssembly.compileStreaming` refuses anything but
//! `application/wasm` in any ASCII case, so any parameter, even an empty one, and any second
//! header line is refused (<https://webassembly.github.io/spec/web-api/>).

use super::list::trim;

/// The value that engines compare: HTTP tabs and spaces trimmed, ASCII lower case.
pub fn media_type(combined: &str) -> String {
    trim(combined).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_bare_type_is_taken() {
        for (value, taken) in [
            ("application/wasm", true),
            ("\t Application/WASM ", true),
            ("application/wasm;", false),
            ("application/wasm; charset=utf-8", false),
            ("application/wasm, application/wasm", false),
            ("application/octet-stream", false),
            ("", false),
            // A no-break space is no HTTP blank.
            ("application/wasm\u{a0}", false),
        ] {
            assert_eq!(media_type(value) == "application/wasm", taken, "{value:?}");
        }
    }
}
