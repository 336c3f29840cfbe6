//! Whether an adapter keeps the protocol: one check for each rule, each with its own process.
//!
//! This checks the protocol and not the runtime behind it. The scenarios find what a runtime cannot
//! contain.

mod calls;
mod limits;
mod manners;
mod talk;
#[cfg(test)]
mod tests;

use wasm_gauntlet_host::process::launch::Launch;
use wasm_gauntlet_host::protocol::Hello;

use crate::subject::Inability;
use limits::Limits;
use talk::{Talk, Wrong};

/// A rule of the protocol, and how it is checked.
struct Check {
    rule: &'static str,
    /// The feature without which the adapter need not keep it.
    needs: Option<&'static str>,
    look: fn(&Launch) -> Result<(), Wrong>,
}

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Came {
    /// The rule is kept.
    Kept,
    /// It is not, and what was seen.
    Broken(Wrong),
    /// The adapter does not offer the feature that it is about.
    Skipped(&'static str),
}

/// A rule and its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checked {
    /// The rule, one sentence without a full stop.
    pub(crate) rule: &'static str,
    /// What came of it.
    pub(crate) came: Came,
}

/// The adapter's hello, and the result of each rule.
#[derive(Debug)]
pub(crate) struct Conformance {
    /// What the adapter says of itself.
    pub(crate) hello: Hello,
    /// Every rule, in a fixed order.
    pub(crate) checked: Vec<Checked>,
}

/// Check every rule on the adapter that `launch` starts.
///
/// # Errors
/// When it cannot be started, or its hello cannot be read.
pub(crate) fn check(launch: &Launch) -> Result<Conformance, Inability> {
    let mut limits = Limits::default();
    let (_, hello) = Talk::greeted(launch)
        .map_err(|wrong| Inability::unreadable(limits.explain(wrong, launch, Talk::greeted)))?;
    let has = |feature: &str| hello.features.iter().any(|word| word == feature);
    let mut one = |check: &Check| {
        let broken = |wrong| Came::Broken(limits.explain(wrong, launch, check.look));
        let came = match check.needs {
            Some(feature) if !has(feature) => Came::Skipped(feature),
            _ => (check.look)(launch).map_or_else(broken, |()| Came::Kept),
        };
        Checked { rule: check.rule, came }
    };
    let checked = manners::CHECKS.iter().chain(calls::CHECKS).map(&mut one).collect();
    Ok(Conformance { hello, checked })
}

/// Fails with `wrong` where a rule is not kept.
fn must(kept: bool, wrong: impl FnOnce() -> Wrong) -> Result<(), Wrong> {
    if kept { Ok(()) } else { Err(wrong()) }
}
