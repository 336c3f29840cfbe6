//! How a browser names itself, for the question whether a site refuses tools by their name.

use super::message::{HttpRequest, HttpResponse, USER_AGENT};

/// The `User-Agent` of a Chromium. It is sent only where our own name was refused.
const OF_A_BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 \
                            (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/// Words of pages that ask whether the client is a person.
const CHALLENGES: [&str; 3] = ["captcha", "challenge", "are you human"];

/// Bytes of a page in which they stand.
const CHALLENGE_BYTES_MAX: usize = 64 << 10;

impl HttpRequest {
    /// The same request in the name of a browser.
    #[must_use]
    pub fn as_a_browser(&self) -> Self {
        let mut ask = self.clone();
        ask.call(OF_A_BROWSER);
        ask
    }

    /// Whether it is sent in our own name.
    pub(super) fn has_own_name(&self) -> bool {
        self.fields.iter().any(|(have, value)| *have == "user-agent" && value == USER_AGENT)
    }

    /// Send this as `User-Agent`.
    pub(super) fn call(&mut self, name: &str) {
        let fields = self.fields.iter_mut().filter(|(have, _)| *have == "user-agent");
        fields.for_each(|(_, value)| name.clone_into(value));
    }
}

/// Whether a firewall may have given this answer because of who asked: a 403, or a 429 or 503 with
/// a challenge.
pub fn may_be_a_firewall(reply: &HttpResponse) -> bool {
    match reply.status {
        403 => true,
        429 | 503 => is_challenge(reply),
        _ => false,
    }
}

fn is_challenge(reply: &HttpResponse) -> bool {
    let head = &reply.body[..reply.body.len().min(CHALLENGE_BYTES_MAX)];
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    reply.headers.first("cf-mitigated").is_some()
        || CHALLENGES.iter().any(|word| text.contains(word))
}

/// What is said of it, and what can be done.
pub fn refusal(url: &str, status: u16) -> String {
    format!(
        "{url} is answered with {status} to our client, and with 200 to the same request with a \
         browser's User-Agent: a firewall refuses tools; write `user-agent:` in the target file, \
         as the firewall lets it through, or exempt this machine (an allow-list, credentials)"
    )
}
