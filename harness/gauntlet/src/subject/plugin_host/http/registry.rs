//! The registry of a host over HTTP: uploads, the active module, the counters.
//!
//! The module that was active before a trial is active again after it, where the host says which it
//! was.

use wasm_gauntlet_model::action::Verb;

use super::exchange::{HostResponse, Sent};
use super::trial::{CALL_PATIENCE, HttpSession, UPLOAD_PATIENCE};
use crate::subject::Inability;
use crate::subject::plugin_host::actions::registrar::{
    Registrar, RegistryAnswer, RegistryRequest, Told,
};

/// The tenant that asks which module is active.
pub(super) const ASKER: &str = "gauntlet";

/// Longest word of a problem that is shown.
const WORD_CHARS_MAX: usize = 40;

/// The header that names the module that was called.
const DIGEST: &str = "x-guest-digest";

impl Registrar for HttpSession<'_> {
    fn ask(&self, request: RegistryRequest<'_>) -> Result<Told, Inability> {
        let RegistryRequest { verb, module, digest, tenant, input } = request;
        let (url, exchange) = (&self.host.url, &self.host.exchange);
        let guest = format!("{url}/guests/{digest}");
        if let Some(why) = self.absent() {
            let line = format!("no answer: the host cannot be reached: {why}");
            return Ok(Told { said: RegistryAnswer::Lost, line, output: Vec::new(), digest: None });
        }
        let input = || input.to_vec();
        registry_answer(match verb {
            Verb::Upload => exchange.put(&guest, module.bytes.clone(), UPLOAD_PATIENCE),
            Verb::Activate => {
                self.active_before.get_or_init(|| self.active());
                self.activate(digest)
            }
            Verb::Call => exchange.post(&format!("{guest}/call"), tenant, input(), CALL_PATIENCE),
            Verb::Run => exchange.post(&format!("{url}/run"), tenant, input(), CALL_PATIENCE),
        })
    }

    fn counters(&self) -> Result<String, Inability> {
        let url = format!("{}/metrics", self.host.url);
        match self.host.exchange.get(&url, None) {
            Sent::Answer(answer) if answer.status == 200 => {
                Ok(String::from_utf8_lossy(&answer.body).into_owned())
            }
            Sent::Answer(answer) => {
                Err(Inability::unreadable(format!("{url}: status {}", answer.status)))
            }
            Sent::Cut { detail, .. } => Err(Inability::unreachable(format!("{url}: {detail}"))),
            Sent::Never(why) => Err(Inability::setup(why)),
        }
    }
}

impl HttpSession<'_> {
    fn activate(&self, digest: &str) -> Sent {
        let document = serde_json::json!({ "digest": digest }).to_string();
        let url = format!("{}/active", self.host.url);
        self.host.exchange.put(&url, document.into_bytes(), UPLOAD_PATIENCE)
    }

    /// The digest of the module that is active, by its own word.
    fn active(&self) -> Option<String> {
        let url = format!("{}/run", self.host.url);
        match self.host.exchange.post(&url, ASKER, Vec::new(), CALL_PATIENCE) {
            Sent::Answer(answer) => answer.header(DIGEST).map(str::to_owned),
            _ => None,
        }
    }

    /// Put back what was active, if we switched.
    pub(super) fn back(&self) {
        match self.active_before.get() {
            // The host is gone, so it cannot be put back.
            Some(Some(digest)) if self.absent().is_none() => {
                self.activate(digest);
            }
            _ => {}
        }
    }
}

/// Reads a response.
fn registry_answer(sent: Sent) -> Result<Told, Inability> {
    let lost = |line| Told { said: RegistryAnswer::Lost, line, output: Vec::new(), digest: None };
    let answer = match sent {
        Sent::Never(why) => return Err(Inability::setup(why)),
        Sent::Cut { detail, .. } => return Ok(lost(format!("no answer: {detail}"))),
        Sent::Answer(answer) => answer,
    };
    let (status, digest) = (answer.status, answer.header(DIGEST).map(str::to_owned));
    if let 200..=299 = status {
        let line = status.to_string();
        return Ok(Told { said: RegistryAnswer::Done, line, output: answer.body, digest });
    }
    let word = word(&answer);
    let line = format!("{status} {}", word.as_deref().unwrap_or("without a problem"));
    match (status, word.as_deref()) {
        (300..=399, _) => {
            Err(Inability::unreadable(format!("status {status}: redirects are not followed here")))
        }
        (500.., None | Some("host-fault")) => Ok(lost(line)),
        _ => Ok(Told { said: RegistryAnswer::Refused, line, output: Vec::new(), digest }),
    }
}

/// The last word of the type of a problem.
fn word(answer: &HostResponse) -> Option<String> {
    let kind = answer.header("content-type")?.split(';').next()?.trim();
    if !kind.eq_ignore_ascii_case("application/problem+json") {
        return None;
    }
    let problem: serde_json::Value = serde_json::from_slice(&answer.body).ok()?;
    let word = problem["type"].as_str()?.rsplit(['/', ':', '#']).next()?;
    (!word.is_empty()).then(|| word.chars().take(WORD_CHARS_MAX).collect())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

    use super::*;

    #[test]
    fn an_answer_is_a_deed_a_refusal_or_a_loss() {
        const PROBLEM: &str = "application/problem+json";
        for (status, kind, body, said, line) in [
            (204, "text/plain", "", RegistryAnswer::Done, "204"),
            (
                404,
                PROBLEM,
                r#"{"type":"x/problems/unknown"}"#,
                RegistryAnswer::Refused,
                "404 unknown",
            ),
            (404, "text/html", "<h1>", RegistryAnswer::Refused, "404 without a problem"),
            (502, PROBLEM, r#"{"type":"x/outcomes/trap"}"#, RegistryAnswer::Refused, "502 trap"),
            (500, PROBLEM, r#"{"type":"x/host-fault"}"#, RegistryAnswer::Lost, "500 host-fault"),
            (502, "text/plain", "gone", RegistryAnswer::Lost, "502 without a problem"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
            let (body, wall) = (body.as_bytes().to_vec(), Duration::ZERO);
            let told = registry_answer(Sent::Answer(HostResponse { status, headers, body, wall }));
            let told = told.expect("it is an answer");
            assert_eq!((told.said, told.line.as_str()), (said, line));
        }
    }
}
