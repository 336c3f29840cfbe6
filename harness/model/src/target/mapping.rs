//! The mapping of a host that does not implement the host contract: request templates, and rules
//! from answers to outcomes.

use std::collections::BTreeMap;

use super::preset;
use super::rule::{self, RawRule, Rule};
use super::written::{Status, Texts, check_header};
use crate::profile::Need;
use crate::reading::{Log, written};
use crate::scenario::Template;
use crate::source::{At, Complaint, Span};

written! {
    /// How a host is spoken to that does not speak the contract.
    "a mapping" RawMapping {
        /// How it is seen that the host is there; a GET of `/` if not written.
        health: Option<RawHealth>,
        /// How a guest is uploaded; not written where guests are deployed beforehand.
        load: Option<RawRequest>,
        /// How a guest is called.
        call: At<RawRequest>,
        /// What the host does beside calling guests: `tenants`, `wasi`.
        features: Vec<At<String>>,
    }
}

written! {
    /// How it is seen that a host is there.
    "a check of health" RawHealth {
        /// The path of the GET.
        path: At<String>,
        /// Statuses that say so; all below 500 if not written.
        status: Vec<Status>,
    }
}

written! {
    /// A request with `{words}` in it, and what its answers mean.
    "a request" RawRequest {
        /// The method; `POST` if not written, and `PUT` for an upload.
        method: Option<At<String>>,
        /// The path, as in `/run/{guest}`; or `{deployed}`, where whole addresses are named.
        path: At<String>,
        /// Header fields.
        headers: Option<Texts>,
        /// The body; `{input}` if not written, and `{module}` for an upload.
        body: Option<At<String>>,
        /// What the answers mean, first rule first.
        outcomes: Vec<At<RawRule>>,
    }
}

/// How a host is spoken to.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Speech {
    /// By the contract.
    #[default]
    Contract,
    /// By a mapping.
    Mapped(Box<Mapping>),
}

/// How a host is spoken to that does not speak the contract.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// The path of the GET by which it is seen that the host is there.
    pub health_path: String,
    /// Ranges of the statuses that say so.
    pub health_status: Vec<(u16, u16)>,
    /// How a guest is uploaded; none where guests are deployed beforehand.
    pub load: Option<RequestTemplate>,
    /// How a guest is called.
    pub call: RequestTemplate,
    /// What the host does beside calling guests.
    pub features: Vec<Need>,
    /// The guests that are deployed, and the word `{deployed}` of each; none where they are
    /// uploaded.
    pub guests: Option<BTreeMap<String, String>>,
}

/// A request with words in it.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestTemplate {
    /// The method.
    pub method: String,
    /// The path.
    pub path: Template,
    /// Header fields.
    pub headers: Vec<(String, Template)>,
    /// The body.
    pub body: Template,
    /// What the answers mean.
    pub rules: Vec<Rule>,
}

/// What a mapped host can be said to do.
const FEATURES: [(&str, Need); 2] = [("tenants", Need::HostTenants), ("wasi", Need::HostWasi)];

/// Words that tell one guest from another.
const OF_GUEST: &[&str] = &["guest", "digest", "deployed"];
/// Words of a call, in its path, its header fields and its body.
const IN_PATH: &[&str] = &["guest", "digest", "deployed", "tenant"];
const IN_HEADER: &[&str] = &["guest", "digest", "deployed", "tenant", "input-base64", "input-hex"];
const IN_BODY: &[&str] =
    &["guest", "digest", "deployed", "tenant", "input", "input-base64", "input-hex"];
/// Words of an upload.
const IN_LOAD: &[&str] = &["guest", "digest"];
const IN_LOAD_BODY: &[&str] = &["guest", "digest", "module", "module-base64"];

/// Which words a request may use in which place, and the defaults.
struct RequestKind {
    method: &'static str,
    body: &'static str,
    words: [&'static [&'static str]; 3],
}

const CALL: RequestKind =
    RequestKind { method: "POST", body: "{input}", words: [IN_PATH, IN_HEADER, IN_BODY] };
const LOAD: RequestKind =
    RequestKind { method: "PUT", body: "{module}", words: [IN_LOAD, IN_LOAD, IN_LOAD_BODY] };

/// What a host in a target file says of how it is spoken to.
pub(super) struct RawSpeech {
    pub preset: Option<At<String>>,
    pub mapping: Option<At<RawMapping>>,
    pub guests: Option<At<Texts>>,
}

/// How the host is spoken to; `known` are the guests that exist, none where nobody knows.
pub(super) fn speech(raw: RawSpeech, known: &[&str], log: &mut Log) -> Speech {
    let guests_span = raw.guests.as_ref().map(|guests| guests.span);
    let (mapping, span) = match (raw.preset, raw.mapping) {
        (Some(word), Some(mapping)) => {
            let problem = "a preset is also a mapping: give only one of them";
            let help = "expected `preset` or `mapping`; a preset is a file to copy and change";
            log.add(Complaint::new(mapping.span, problem).help(help));
            (preset::read(&word, log), word.span)
        }
        (Some(word), None) => (preset::read(&word, log), word.span),
        (None, Some(mapping)) => (Some(mapping.value), mapping.span),
        (None, None) => {
            if let Some(span) = guests_span {
                let problem = "`guests` is for a host that does not speak the contract";
                let help = "expected `mapping` or `preset` next to it";
                log.add(Complaint::new(span, problem).help(help));
            }
            return Speech::Contract;
        }
    };
    let deployed = raw.guests.map(|guests| deployed(guests.value, known, log));
    let Some(mapping) = mapping else { return Speech::Contract };
    check_ways(mapping.load.is_some(), guests_span, span, log);
    let Some(mapping) = meant(mapping, deployed, log) else { return Speech::Contract };
    Speech::Mapped(Box::new(mapping))
}

/// Guests are uploaded or deployed beforehand, not both.
fn check_ways(loads: bool, guests: Option<Span>, mapping: Span, log: &mut Log) {
    match (loads, guests) {
        (true, Some(span)) => {
            let problem = "`load` uploads guests, so they cannot be deployed already";
            log.add(Complaint::new(span, problem).help("remove `guests` or `load`"));
        }
        (false, None) => {
            let problem = "the mapping has no way to bring a guest to this host";
            let help = "expected `load` in the mapping, or `guests: { benign-echo: /where }` in \
                        the host: `gauntlet guests export DIR` writes them";
            log.add(Complaint::new(mapping, problem).help(help));
        }
        _ => {}
    }
}

fn deployed(raw: Texts, known: &[&str], log: &mut Log) -> BTreeMap<String, String> {
    for (guest, _) in raw.0.iter().filter(|_| !known.is_empty()) {
        if !known.contains(&&*guest.value) {
            let near = crate::name::nearest(&guest.value, known.iter().copied());
            let help = near.map_or_else(
                || "`gauntlet guests list` shows them".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let problem = format!("unknown guest `{}`", guest.value);
            log.add(Complaint::new(guest.span, problem).help(help));
        }
    }
    raw.0.into_iter().map(|(guest, place)| (guest.value, place.value)).collect()
}

/// The mapping as meant; none if a complaint leaves nothing to return.
fn meant(
    raw: RawMapping,
    guests: Option<BTreeMap<String, String>>,
    log: &mut Log,
) -> Option<Mapping> {
    let call = raw.call.value;
    let written = call.headers.iter().flat_map(|texts| texts.0.iter().map(|(_, text)| text));
    let texts: Vec<&At<String>> = written.chain([&call.path]).chain(&call.body).collect();
    let tells = |text: &&At<String>| {
        Template::new(&text.value).names().any(|name| OF_GUEST.contains(&name))
    };
    if !texts.iter().any(tells) {
        let problem = "the call would be the same for every guest";
        let help = "expected `{guest}`, `{digest}` or `{deployed}` in path, headers or body";
        log.add(Complaint::new(raw.call.span, problem).help(help));
    }
    let health_path = raw.health.as_ref().map_or("/".to_owned(), |health| {
        check_path(&health.path, &[], log);
        health.path.value.clone()
    });
    let said = raw.health.map(|health| health.status).unwrap_or_default();
    let health_status = match said.is_empty() {
        true => vec![(100, 499)],
        false => said.into_iter().map(|status| status.0).collect(),
    };
    let mut features = Vec::new();
    for word in &raw.features {
        match FEATURES.iter().find(|(known, _)| *known == word.value) {
            Some((_, need)) => features.push(*need),
            None => log.unknown("feature", word, &FEATURES.map(|(word, _)| word)),
        }
    }
    let load = raw.load.map(|load| request(load, &LOAD, log));
    let call = request(call, &CALL, log)?;
    let load = match load {
        Some(load) => Some(load?),
        None => None,
    };
    Some(Mapping { health_path, health_status, load, call, features, guests })
}

fn request(raw: RawRequest, kind: &RequestKind, log: &mut Log) -> Option<RequestTemplate> {
    let [in_path, in_header, in_body] = kind.words;
    check_path(&raw.path, in_path, log);
    let path = checked(&raw.path, in_path, log);
    let mut headers = Vec::new();
    for (name, text) in raw.headers.unwrap_or_default().0 {
        check_header(&name, log);
        headers.push((name.value, checked(&text, in_header, log)));
    }
    let body = raw.body.map_or_else(|| Template::new(kind.body), |b| checked(&b, in_body, log));
    if let Some(method) = &raw.method {
        let is_method = !method.value.is_empty()
            && method.value.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-');
        if !is_method {
            let problem = format!("`{}` is not a method", method.value);
            log.add(Complaint::new(method.span, problem).help("expected as in `POST`"));
        }
    }
    let method = raw.method.map_or_else(|| kind.method.to_owned(), |method| method.value);
    if raw.outcomes.is_empty() {
        let problem = "no rule says what the answers mean";
        let help = "expected `outcomes: [{ status: [200], outcome: ok }, …]`";
        log.add(Complaint::new(raw.path.span, problem).help(help));
    }
    let wanted = raw.outcomes.len();
    let rules: Vec<Rule> =
        raw.outcomes.into_iter().filter_map(|raw| rule::meant(raw, log)).collect();
    (rules.len() == wanted).then_some(RequestTemplate { method, path, headers, body, rules })
}

/// A path starts with `/`. Only an entry of `guests` may be a whole address.
fn check_path(path: &At<String>, words: &[&str], log: &mut Log) {
    let whole = words.contains(&"deployed") && path.value.starts_with("{deployed}");
    if !path.value.starts_with('/') && !whole {
        let problem = format!("`{}` is not a path", path.value);
        let help = format!("expected as in `/{}`", path.value.trim_start_matches("./"));
        log.add(Complaint::new(path.span, problem).help(help));
    }
}

fn checked(text: &At<String>, words: &[&str], log: &mut Log) -> Template {
    let template = Template::new(&text.value);
    for name in template.names().filter(|name| !words.contains(name)) {
        let near = crate::name::nearest(name, words.iter().copied());
        let all: Vec<String> = words.iter().map(|word| format!("{{{word}}}")).collect();
        let help = near.map_or_else(
            || format!("there are {}", all.join(", ")),
            |near| format!("did you mean `{{{near}}}`?"),
        );
        let problem = format!("`{{{name}}}` is not known here");
        log.add(Complaint::new(text.span, problem).help(help));
    }
    template
}

#[cfg(test)]
#[path = "mapping_tests.rs"]
mod tests;
