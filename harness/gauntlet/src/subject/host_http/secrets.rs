//! What every request to a host carries and nothing shows: neither what it answers, nor the command
//! line that repeats a call.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use wasm_gauntlet_model::target::Credential;

use super::curl::quoted;

/// A shorter secret would be found in honest answers, and is none.
const SECRET_BYTES_MIN: usize = 8;

/// What stands where a host tells a secret back.
const TAKEN_OUT: &str = "[secret]";

/// A credential that cannot be used. The secret is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The variable is not there, or no text.
    #[error("`credentials` name the environment variable `{0}`, which is not set")]
    Missing(String),
    /// It is no secret.
    #[error(
        "the secret in the environment variable `{0}` is shorter than {SECRET_BYTES_MIN} bytes"
    )]
    Short(String),
    /// It cannot stand in a header.
    #[error("the environment variable `{0}` holds what no header field can, as a line end")]
    NoHeader(String),
}

/// Header fields with secrets in them.
#[derive(Default)]
pub struct Secrets(Vec<Secret>);

struct Secret {
    credential: Credential,
    name: HeaderName,
    value: HeaderValue,
    secret: String,
}

impl Secrets {
    /// The secrets of `credentials`, each from its variable.
    ///
    /// # Errors
    /// A variable that holds none.
    pub fn new(
        credentials: &[Credential],
        value: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Unfit> {
        let secret = |credential: &Credential| {
            let Credential { header, before, variable, after } = credential;
            let named = || variable.clone();
            let secret = value(variable).ok_or_else(|| Unfit::Missing(named()))?;
            if secret.len() < SECRET_BYTES_MIN {
                return Err(Unfit::Short(named()));
            }
            let name = HeaderName::from_bytes(header.as_bytes());
            let value = HeaderValue::from_str(&format!("{before}{secret}{after}"));
            let (Ok(name), Ok(mut value)) = (name, value) else {
                return Err(Unfit::NoHeader(named()));
            };
            value.set_sensitive(true);
            Ok(Secret { credential: credential.clone(), name, value, secret })
        };
        credentials.iter().map(secret).collect::<Result<_, _>>().map(Self)
    }

    /// Put them on a request, in place of what stands there under their names.
    pub(super) fn put_on(&self, headers: &mut HeaderMap) {
        for secret in &self.0 {
            headers.insert(secret.name.clone(), secret.value.clone());
        }
    }

    /// An answer without the secrets that a host tells back.
    pub(super) fn taken_out(&self, headers: HeaderMap, body: Vec<u8>) -> (HeaderMap, Vec<u8>) {
        if self.0.is_empty() {
            return (headers, body);
        }
        let mut seen = HeaderMap::with_capacity(headers.len());
        for (name, value) in &headers {
            let value = self.without(value.as_bytes().to_vec());
            // Parts of a value that was one, around a word that is one.
            let value = HeaderValue::from_bytes(&value);
            seen.append(name, value.unwrap_or(HeaderValue::from_static(TAKEN_OUT)));
        }
        (seen, self.without(body))
    }

    fn without(&self, bytes: Vec<u8>) -> Vec<u8> {
        self.0.iter().fold(bytes, |bytes, secret| replaced(bytes, secret.secret.as_bytes()))
    }

    /// Options of curl that set the same fields, with the variables in place of the secrets.
    pub(super) fn options(&self) -> String {
        let option = |secret: &Secret| {
            let Credential { header, before, variable, after } = &secret.credential;
            let begin = quoted(&format!("{header}: {before}"));
            let end = if after.is_empty() { String::new() } else { quoted(after) };
            format!("-H {begin}\"${{{variable}}}\"{end} ")
        };
        self.0.iter().map(option).collect()
    }
}

/// `bytes` with [`TAKEN_OUT`] in place of each `secret`.
fn replaced(bytes: Vec<u8>, secret: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = &bytes[..];
    while let Some(at) = rest.windows(secret.len()).position(|window| window == secret) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(TAKEN_OUT.as_bytes());
        rest = &rest[at + secret.len()..];
    }
    if out.is_empty() && rest.len() == bytes.len() {
        return bytes;
    }
    out.extend_from_slice(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credential(before: &str, after: &str) -> Credential {
        Credential {
            header: "Authorization".to_owned(),
            before: before.to_owned(),
            variable: "TOKEN".to_owned(),
            after: after.to_owned(),
        }
    }

    fn secrets(value: &str) -> Result<Secrets, Unfit> {
        Secrets::new(&[credential("Bearer ", ";v=1")], |name| {
            (name == "TOKEN").then(|| value.to_owned())
        })
    }

    #[test]
    fn a_secret_is_sent_and_neither_told_back_nor_repeated() {
        let secrets = secrets("hush-hush").expect("it is fit");
        let mut headers = HeaderMap::new();
        headers.insert("authorization", HeaderValue::from_static("other"));
        secrets.put_on(&mut headers);
        assert_eq!(headers["authorization"], "Bearer hush-hush;v=1");
        assert!(!format!("{headers:?}").contains("hush"), "{headers:?}");
        let body = b"no hush-hush, no HUSH: hush-hush".to_vec();
        let (headers, body) = secrets.taken_out(headers, body);
        assert_eq!(headers["authorization"], "Bearer [secret];v=1");
        assert_eq!(body, b"no [secret], no HUSH: [secret]");
        assert_eq!(secrets.options(), "-H 'Authorization: Bearer '\"${TOKEN}\"';v=1' ");
    }

    #[test]
    fn what_is_no_secret_is_refused_by_the_name_of_its_variable() {
        let nothing = Secrets::new(&[credential("", "")], |_| None).err();
        assert_eq!(nothing, Some(Unfit::Missing("TOKEN".to_owned())));
        assert_eq!(secrets("short").err(), Some(Unfit::Short("TOKEN".to_owned())));
        assert_eq!(secrets("two\nlines of it").err(), Some(Unfit::NoHeader("TOKEN".to_owned())));
    }
}
