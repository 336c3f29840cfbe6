//! What a client offers in `Accept-Encoding` (RFC 9110 §12.5.3).

use super::list;

/// The name of a coding, lower case, aliases resolved (§8.4.1.3).
pub(crate) fn canonical(coding: &str) -> String {
    let name = coding.to_ascii_lowercase();
    match name.as_str() {
        "x-gzip" => "gzip".to_owned(),
        "x-compress" => "compress".to_owned(),
        _ => name,
    }
}

/// Whether a request with this `Accept-Encoding` accepts `coding`. Without the field, any coding is
/// accepted. With it, only those with a weight above zero, listed or matched by `*`.
pub fn takes(accept_encoding: Option<&str>, coding: &str) -> bool {
    let Some(field) = accept_encoding else { return true };
    let wanted = canonical(coding);
    let offers: Vec<_> = list::members(field).into_iter().map(offer).collect();
    let of = |name: &str| offers.iter().find(|(have, _)| have == name).map(|(_, weight)| *weight);
    of(&wanted).or_else(|| of("*")).is_some_and(|weight| weight > 0.0)
}

/// Whether a request with this `Accept-Encoding` refuses an answer without a coding.
pub fn refuses_identity(accept_encoding: Option<&str>) -> bool {
    let offers: Vec<_> =
        accept_encoding.iter().flat_map(|field| list::members(field)).map(offer).collect();
    let of = |name: &str| offers.iter().find(|(have, _)| have == name).map(|(_, weight)| *weight);
    of("identity").or_else(|| of("*")).is_some_and(|weight| weight <= 0.0)
}

/// Values of `Accept-Encoding` that existing clients send, each with one such client. None is a
/// request without the field. Written without blanks, in lower case.
const SENT_BY: &[(Option<&str>, &str)] = &[
    (None, "curl"),
    (Some("identity"), "GNU Wget"),
    (Some("gzip"), "Go's net/http, and Varnish towards its backend"),
    (Some("br"), "Fastly towards its backend"),
    (Some("gzip,deflate"), "Python's requests"),
    (Some("gzip;q=1.0,deflate;q=0.6,identity;q=0.3"), "Ruby's Net::HTTP"),
    (Some("br;q=1.0,gzip;q=0.9,deflate;q=0.8"), "Alamofire"),
    (Some("gzip,deflate,br"), "browsers"),
    (Some("gzip,deflate,br,zstd"), "browsers"),
    (Some("deflate,gzip,br,zstd"), "curl --compressed"),
    (Some("identity;q=1,*;q=0"), "Chromium, for sound and film"),
];

/// A client that exists and sends this `Accept-Encoding`.
pub fn sent_by(accept_encoding: Option<&str>) -> Option<&'static str> {
    let plain = |field: &str| {
        field.chars().filter(|c| !c.is_ascii_whitespace()).collect::<String>().to_ascii_lowercase()
    };
    let field = accept_encoding.map(plain);
    SENT_BY.iter().find(|(sent, _)| *sent == field.as_deref()).map(|(_, client)| *client)
}

/// One member: the coding and its weight, 1 where none or a broken one is given.
fn offer(member: &str) -> (String, f64) {
    let mut parts = list::split(member, ';').into_iter();
    let coding = canonical(parts.next().unwrap_or_default());
    let weight = parts
        .filter_map(|part| part.split_once('='))
        .find(|(name, _)| list::trim(name).eq_ignore_ascii_case("q"))
        .and_then(|(_, value)| weight(list::trim(value)));
    (coding, weight.unwrap_or(1.0))
}

/// `0` or `1` with decimals (§12.4.2), no sign, no exponent; more than three are read too.
fn weight(text: &str) -> Option<f64> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let is_weight = matches!(whole, "0" | "1") && digits(decimals);
    is_weight.then(|| text.parse().ok()).flatten().filter(|weight| *weight <= 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_offer_is_read_by_the_rfc() {
        for (field, coding, taken) in [
            (None, "br", true),
            (Some(""), "br", false),
            (Some("br"), "br", true),
            (Some("br"), "gzip", false),
            (Some("BR;q=0"), "br", false),
            (Some("br;Q=0.000, *"), "br", false),
            (Some("br;q=0, *"), "gzip", true),
            (Some("*;q=0"), "gzip", false),
            (Some("gzip; q=0.5"), "x-gzip", true),
            (Some("gzip\t;\tq=0.001"), "gzip", true),
            (Some("br;q=0."), "br", false),
            (Some("br;q=1.000"), "br", true),
            (Some(", ,br,,"), "br", true),
            // A text that is no weight is ignored.
            (Some("br;q=-0"), "br", true),
            (Some("br;q=0e5"), "br", true),
            (Some("br;q=nan"), "br", true),
            (Some("br;level=0;q=0"), "br", false),
            (Some("br;q=0, br"), "br", false),
            (Some("x-gzip"), "gzip", true),
            (Some("brotli, abr"), "br", false),
            (Some("identity"), "zstd", false),
        ] {
            assert_eq!(takes(field, coding), taken, "{field:?} {coding}");
        }
    }

    #[test]
    fn identity_is_taken_unless_it_is_refused() {
        for (field, refused) in [
            (None, false),
            (Some(""), false),
            (Some("br"), false),
            (Some("identity;q=0"), true),
            (Some("*;q=0"), true),
            (Some("*;q=0, identity"), false),
            (Some("gzip;q=0"), false),
            (Some("*;q=0, identity;q=0.001"), false),
        ] {
            assert_eq!(refuses_identity(field), refused, "{field:?}");
        }
    }

    #[test]
    fn what_a_client_sends_is_told_from_what_only_tests_send() {
        assert_eq!(sent_by(None), Some("curl"));
        assert_eq!(sent_by(Some("gzip, deflate, br")), Some("browsers"));
        assert_eq!(sent_by(Some("identity;q=1, *;q=0")), Some("Chromium, for sound and film"));
        for tried in ["", "br;q=0", "br;q=0, *", "BR, GZIP, x", "*;q=0", "xbr, x-gzip-not"] {
            assert_eq!(sent_by(Some(tried)), None, "{tried}");
        }
        for (sent, _) in SENT_BY {
            assert!(sent.is_none_or(|sent| !sent.contains([' ', 'Q'])), "{sent:?}");
        }
    }

    proptest! {
        #[test]
        fn any_field_is_read(field in "\\PC*", coding in "\\PC*") {
            let _ = takes(Some(&field), &coding);
        }
    }
}
