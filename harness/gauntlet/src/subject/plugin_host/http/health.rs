//! Whether a host is there, and what it says about itself.
//!
//! Most web servers answer 200 to `/healthz`, or to anything. Only one that answers in the words of
//! the contract counts as a host of the contract.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use wasm_gauntlet_model::host_limits::{HostLimit, StatedLimits};

use super::exchange::{Exchange, HostResponse, Sent};
use super::mapped::Mapped;
use crate::subject::Inability;

/// What a host says about itself. A mapped one says nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Health {
    /// As in `wasmtime`.
    pub(crate) name: String,
    /// Its version.
    #[serde(default)]
    pub(crate) version: String,
    /// What runs the guests.
    #[serde(default)]
    pub(crate) engine: String,
    /// What it does beside calling guests.
    pub(crate) features: Vec<String>,
    /// How many of its processes died since the start.
    #[serde(default)]
    pub(crate) processes_lost: Option<u64>,
    /// What it holds guests to, as it says it.
    #[serde(default)]
    pub(crate) limits: Value,
}

/// The limits that a host announces, each a whole number within its range. Those that are `written`
/// in a target file are not read. Members that the contract does not name are ignored, and `null`
/// is the same as no member.
///
/// # Errors
/// The first that is no such number.
pub(crate) fn announced(limits: &Value, written: &StatedLimits) -> Result<StatedLimits, String> {
    if !(limits.is_object() || limits.is_null()) {
        return Err(format!("`limits` is {}, expected an object", shown(limits)));
    }
    let mut said = StatedLimits::default();
    for limit in HostLimit::ALL {
        let member = &limits[limit.word()];
        let (range, word) = (limit.range(), limit.word());
        match member.as_u64().filter(|value| range.contains(value)) {
            Some(value) => said = said.with(*limit, value),
            None if member.is_null() || written.get(*limit).is_some() => {}
            None => {
                return Err(format!(
                    "`limits.{word}` is {}, expected a whole number from {} to {} ({}); or write \
                     `{}` under `host` in a target file",
                    shown(member),
                    range.start(),
                    range.end(),
                    limit.doc().trim_end_matches('.'),
                    word.replace('_', "-")
                ));
            }
        }
    }
    Ok(said)
}

/// Most characters of a value that are shown.
const SHOWN_CHARS_MAX: usize = 60;

fn shown(value: &Value) -> String {
    value.to_string().chars().take(SHOWN_CHARS_MAX).collect()
}

/// Advice for a host that does not speak the contract.
const ADVICE: &str = "for a host with another protocol, write `host: { mapping: … }` or a \
                      `preset` in a target file (see the README, Deployed hosts)";

/// What the host of the contract at `root` says about itself.
///
/// # Errors
/// When there is no host, or it does not speak the contract.
pub(crate) fn by_contract(
    exchange: &Exchange,
    root: &str,
    patience: Duration,
) -> Result<Health, Inability> {
    let url = format!("{root}/healthz");
    let answer = answer(exchange.look(&url, patience), &url, root)?;
    if !(200..300).contains(&answer.status) {
        return Err(Inability::unreadable(format!(
            "{url}: status {}, so this is not a host that speaks the contract; expected the \
             address of a plugin host, as `gauntlet testbed` prints it after `host`; {ADVICE}",
            answer.status
        )));
    }
    serde_json::from_slice(&answer.body).map_err(|error| {
        Inability::unreadable(format!(
            "{url}: status {}, but not the JSON of the contract with `name` and `features` \
             ({error}), so this may be any web server; {ADVICE}",
            answer.status
        ))
    })
}

/// Whether a mapped host answers as its mapping says.
///
/// # Errors
/// When there is no host, or it answers with another status.
pub(crate) fn mapped(
    exchange: &Exchange,
    mapped: &Mapped,
    patience: Duration,
) -> Result<Health, Inability> {
    let url = mapped.health_url();
    let answer = answer(exchange.look(&url, patience), &url, &url)?;
    let fits = |range: &(u16, u16)| (range.0..=range.1).contains(&answer.status);
    match mapped.mapping().health_status.iter().any(fits) {
        true => Ok(Health::default()),
        false => Err(Inability::unreadable(format!(
            "{url}: status {}, which `health` of the mapping does not list",
            answer.status
        ))),
    }
}

fn answer(sent: Sent, url: &str, root: &str) -> Result<HostResponse, Inability> {
    match sent {
        Sent::Answer(answer) => Ok(answer),
        Sent::Cut { detail, .. } if detail.contains("Connection refused") => {
            Err(Inability::unreachable(format!(
                "{root}: connection refused: no program listens there; check the port, and that \
                 the host runs"
            )))
        }
        Sent::Cut { detail, .. } => Err(Inability::unreachable(format!("{url}: {detail}"))),
        Sent::Never(why) => Err(Inability::setup(why)),
    }
}
