//! Whether a host is there, and what it says of itself.
//!
//! Most web servers answer 200 to `/healthz`, or to anything: only one that answers in the
//! contract's own words is taken for a host of the contract.

use std::time::Duration;

use serde::Deserialize;

use super::exchange::{Answer, Exchange, Sent};
use super::mapped::Mapped;
use crate::subject::Inability;

/// What a host says of itself; of a mapped one, nothing is known.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Health {
    /// As in `wasmtime`.
    pub name: String,
    /// Its version.
    #[serde(default)]
    pub version: String,
    /// What runs the guests.
    #[serde(default)]
    pub engine: String,
    /// What it does beside calling guests.
    pub features: Vec<String>,
    /// How many of its processes died since the start.
    #[serde(default)]
    pub processes_lost: Option<u64>,
    /// What it holds guests to.
    #[serde(default)]
    pub limits: Announced,
}

/// What a host says that it holds guests to; only what a target file does not say is read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Announced {
    /// Calls a second of one tenant.
    pub calls_per_s: Option<u32>,
}

/// What to do about a host that speaks otherwise.
const ADVICE: &str = "a host that speaks otherwise is described by `host: { mapping: … }` or a \
                      `preset` in a target file (see the README, Deployed hosts)";

/// What a host of the contract at `root` says.
///
/// # Errors
/// When it is not there, or is no such host.
pub fn by_contract(
    exchange: &Exchange,
    root: &str,
    patience: Duration,
) -> Result<Health, Inability> {
    let url = format!("{root}/healthz");
    let answer = answer(exchange.look(&url, patience), &url, root)?;
    if !(200..300).contains(&answer.status) {
        return Err(Inability(format!(
            "{url}: status {}, so nothing here speaks the host contract; expected the address of \
             a plugin host, as `gauntlet testbed` prints one beside `host`; {ADVICE}",
            answer.status
        )));
    }
    serde_json::from_slice(&answer.body).map_err(|error| {
        Inability(format!(
            "{url}: status {}, and not the contract's JSON with `name` and `features` ({error}), \
             so this may be any web server; {ADVICE}",
            answer.status
        ))
    })
}

/// Whether a mapped host answers as its mapping says.
///
/// # Errors
/// When it is not there, or answers with another status.
pub fn mapped(
    exchange: &Exchange,
    mapped: &Mapped,
    patience: Duration,
) -> Result<Health, Inability> {
    let url = mapped.health_url();
    let answer = answer(exchange.look(&url, patience), &url, &url)?;
    let fits = |range: &(u16, u16)| (range.0..=range.1).contains(&answer.status);
    match mapped.mapping().health_status.iter().any(fits) {
        true => Ok(Health::default()),
        false => Err(Inability(format!(
            "{url}: status {}, which is not among those that `health` of the mapping names",
            answer.status
        ))),
    }
}

fn answer(sent: Sent, url: &str, root: &str) -> Result<Answer, Inability> {
    match sent {
        Sent::Answer(answer) => Ok(answer),
        Sent::Cut { detail, .. } if detail.contains("Connection refused") => {
            Err(Inability(format!(
                "{root}: connection refused: nothing listens there; check the port, and whether \
                 the host runs"
            )))
        }
        Sent::Cut { detail, .. } => Err(Inability(format!("{url}: {detail}"))),
        Sent::Never(why) => Err(Inability(why)),
    }
}
