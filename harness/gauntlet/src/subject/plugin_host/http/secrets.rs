//! The secrets that every request to a host carries. Nothing shows them: neither the host's answers
//! in our reports, nor the command line that repeats a call.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use wasm_gauntlet_host::worker::parent::work::Timed;
use wasm_gauntlet_model::call::CallOutcome;
use wasm_gauntlet_model::observation::{Evidence, Observation, Value};
use wasm_gauntlet_model::profile::Profile;
use wasm_gauntlet_model::target::Credential;
use wasm_gauntlet_web::shell::quoted;

use super::redactor::{Redactor, TAKEN_OUT};
use crate::subject::Inability;

/// Least length of a secret. A shorter one would be found by chance in other text.
const SECRET_BYTES_MIN: usize = 8;

/// Words that may precede a secret in its variable (RFC 9110 §11.4) and are no part of it.
const SCHEMES: [&str; 6] = ["apikey", "basic", "bearer", "digest", "negotiate", "token"];

/// A credential that cannot be used. The secret is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    /// The variable is not there, or no text.
    #[error("`credentials` uses the environment variable `{0}`, which is not set")]
    Missing(String),
    /// It is no secret.
    #[error(
        "the secret in the environment variable `{0}` is shorter than {SECRET_BYTES_MIN} bytes"
    )]
    Short(String),
    /// It cannot stand in a header.
    #[error("the environment variable `{0}` has a character that a header field cannot have")]
    NoHeader(String),
}

/// Header fields with secrets in them.
#[derive(Default)]
pub(crate) struct Secrets {
    fields: Vec<Secret>,
    redactor: Redactor,
}

struct Secret {
    credential: Credential,
    name: HeaderName,
    value: HeaderValue,
}

impl Secrets {
    /// The secrets of `credentials`, each from its variable.
    ///
    /// # Errors
    /// A variable without a secret.
    pub(crate) fn new(
        credentials: &[Credential],
        value: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Unfit> {
        let mut all = Self::default();
        for credential in credentials {
            let Credential { header, before, variable, after } = credential;
            let named = || variable.clone();
            let secret = value(variable).ok_or_else(|| Unfit::Missing(named()))?;
            if without_scheme(&secret).len() < SECRET_BYTES_MIN {
                return Err(Unfit::Short(named()));
            }
            let name = HeaderName::from_bytes(header.as_bytes());
            let value = HeaderValue::from_str(&format!("{before}{secret}{after}"));
            let (Ok(name), Ok(mut value)) = (name, value) else {
                return Err(Unfit::NoHeader(named()));
            };
            value.set_sensitive(true);
            for word in words(&secret) {
                all.redactor.add(&word);
            }
            all.fields.push(Secret { credential: credential.clone(), name, value });
        }
        Ok(all)
    }

    /// Set them on a request, in place of fields with the same names.
    pub(super) fn put_on(&self, headers: &mut HeaderMap) {
        for secret in &self.fields {
            headers.insert(secret.name.clone(), secret.value.clone());
        }
    }

    /// An answer without the secrets that a host tells back, in whatever way it escapes them: a
    /// text that is cut later on would be cut within them.
    pub(super) fn taken_out(&self, headers: HeaderMap, mut body: Vec<u8>) -> (HeaderMap, Vec<u8>) {
        if self.redactor.is_empty() {
            return (headers, body);
        }
        let mut seen = HeaderMap::with_capacity(headers.len());
        for (name, value) in &headers {
            let mut value = value.as_bytes().to_vec();
            self.redactor.bytes(&mut value);
            // The parts of a value around a redacted word.
            let value = HeaderValue::from_bytes(&value);
            seen.append(name, value.unwrap_or(HeaderValue::from_static(TAKEN_OUT)));
        }
        self.redactor.bytes(&mut body);
        (seen, body)
    }

    /// A call without them: what was decoded may hold what the answer did not show.
    pub(super) fn out_of_call(&self, mut timed: Timed) -> Timed {
        let called = &mut timed.called;
        match &mut called.outcome {
            CallOutcome::Ok { output } => self.redactor.bytes(output),
            CallOutcome::GuestError { text, .. } => self.redactor.text(text),
            CallOutcome::Rejected(rejection) => self.redactor.text(&mut rejection.reason),
            CallOutcome::Denied { capability } => self.redactor.text(capability),
            CallOutcome::HostFault { detail, signal } => {
                self.redactor.text(detail);
                signal.iter_mut().for_each(|signal| self.redactor.text(signal));
            }
            CallOutcome::Trap { .. }
            | CallOutcome::Deadline
            | CallOutcome::MemoryCap
            | CallOutcome::Fuel
            | CallOutcome::Busy => {}
        }
        for line in &mut called.log {
            self.redactor.text(&mut line.tenant);
            self.redactor.text(&mut line.text);
        }
        self.redactor.text(&mut called.digest);
        called.stopped_by.iter_mut().for_each(|word| self.redactor.text(word));
        timed
    }

    /// What a step gave, without them, wherever it came from.
    pub(super) fn out_of_step(
        &self,
        seen: Result<Observation, Inability>,
    ) -> Result<Observation, Inability> {
        let mut seen = seen.map_err(|unable| self.out_of_inability(unable))?;
        for value in seen.facts.values_mut() {
            match value {
                Value::Text(text) => self.redactor.text(text),
                Value::Texts(texts) => texts.iter_mut().for_each(|text| self.redactor.text(text)),
                Value::Absent
                | Value::Bool(_)
                | Value::Int(_)
                | Value::Float(_)
                | Value::Interval { .. } => {}
            }
        }
        for Evidence { what, text } in &mut seen.evidence {
            self.redactor.text(what);
            self.redactor.text(text);
        }
        seen.reproduce.iter_mut().for_each(|line| self.redactor.text(line));
        Ok(seen)
    }

    /// What a host says of itself, without them.
    pub(super) fn out_of_profile(
        &self,
        profile: Result<Profile, Inability>,
    ) -> Result<Profile, Inability> {
        let mut profile = profile.map_err(|unable| self.out_of_inability(unable))?;
        self.redactor.text(&mut profile.about);
        Ok(profile)
    }

    pub(super) fn out_of_inability(&self, mut unable: Inability) -> Inability {
        self.redactor.text(&mut unable.text);
        unable
    }

    /// Options of curl that set the same fields, with the variables in place of the secrets.
    pub(super) fn options(&self) -> String {
        let option = |secret: &Secret| {
            let Credential { header, before, variable, after } = &secret.credential;
            let begin = quoted(&format!("{header}: {before}"));
            let end = if after.is_empty() { String::new() } else { quoted(after) };
            format!("-H {begin}\"${{{variable}}}\"{end} ")
        };
        self.fields.iter().map(option).collect()
    }
}

/// A secret without the scheme of RFC 9110 §11.4 that its variable may begin with.
fn without_scheme(secret: &str) -> &str {
    match secret.trim().split_once(' ') {
        Some((scheme, rest)) if SCHEMES.iter().any(|one| scheme.eq_ignore_ascii_case(one)) => {
            rest.trim()
        }
        _ => secret,
    }
}

/// The words of a secret that a host may repeat: the whole, the part after the scheme, the name and
/// password that this is in base64 (RFC 7617), and the password alone.
fn words(secret: &str) -> Vec<String> {
    let bare = without_scheme(secret);
    let mut words = vec![secret.to_owned(), bare.to_owned()];
    let decoded = STANDARD.decode(bare).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    if let Some(pair) =
        decoded.filter(|text| text.bytes().all(|byte| (b' '..=b'~').contains(&byte)))
    {
        words.extend(pair.split_once(':').map(|(_, password)| password.to_owned()));
        words.push(pair);
    }
    words.retain(|word| word.len() >= SECRET_BYTES_MIN);
    words.sort();
    words.dedup();
    words
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
    fn a_secret_is_known_without_its_scheme_and_as_the_pair_that_it_is() {
        for (variable, told, shown) in [
            ("Bearer hush-hush", "it is hush-hush", "it is [secret]"),
            ("basic bWU6aHVzaC1odXNo", "me:hush-hush", "[secret]"),
            ("basic bWU6aHVzaC1odXNo", "pass=hush-hush", "pass=[secret]"),
            ("hush-hush", r"\u0068ush-hus\u0068", "[secret]"),
        ] {
            let secrets = secrets(variable).expect("it is fit");
            let (_, body) = secrets.taken_out(HeaderMap::new(), told.as_bytes().to_vec());
            assert_eq!(String::from_utf8_lossy(&body), shown, "{variable}");
        }
        assert_eq!(secrets("Bearer short").err(), Some(Unfit::Short("TOKEN".to_owned())));
    }

    #[test]
    fn what_is_no_secret_is_refused_by_the_name_of_its_variable() {
        let nothing = Secrets::new(&[credential("", "")], |_| None).err();
        assert_eq!(nothing, Some(Unfit::Missing("TOKEN".to_owned())));
        assert_eq!(secrets("short").err(), Some(Unfit::Short("TOKEN".to_owned())));
        assert_eq!(secrets("two\nlines of it").err(), Some(Unfit::NoHeader("TOKEN".to_owned())));
    }
}
