//! Rules on messages: what is answered, in which form, and what is refused.

use serde_json::json;
use wasm_gauntlet_host::process::launch::Launch;
use wasm_gauntlet_host::protocol::{Ask, Reply, Stats, VERSION, feature};
use wasm_gauntlet_model::limits::{Grants, Limits};

use super::talk::{PATIENCE, Talk, Wrong, module, shown};
use super::{Check, must};

/// In the order of the protocol's page.
pub(super) const CHECKS: &[Check] = &[
    always("hello has a protocol, a name and known features", hello),
    always("unknown members are ignored", unknown_member),
    always("hello with another version gets the adapter's version, or is refused", other_version),
    always("a line that is not a request is refused with id 0, the next line is answered", garbage),
    always("a request of an unknown kind is refused with its id", unknown_request),
    always("a load whose digest is wrong is refused", wrong_digest),
    always("a call of a module that was never loaded is refused", never_loaded),
    always("stats counts the loaded modules", stats),
    always("an unloaded module is gone, and cannot be unloaded twice", unload),
    always("after bye the process ends with status 0", bye),
    always("the process ends when stdin ends", hang_up),
    always("the adapter leaves no processes running when it ends", nothing_left),
];

const fn always(rule: &'static str, look: fn(&Launch) -> Result<(), Wrong>) -> Check {
    Check { rule, needs: None, look }
}

/// Every word that has a meaning under `features`.
const FEATURES: [&str; 10] = [
    feature::WASI,
    feature::FUEL,
    feature::LOG,
    feature::TENANTS,
    feature::LIMITS,
    feature::GRANTS,
    feature::RATE,
    feature::REGISTRY,
    feature::METRICS,
    feature::CAPACITY,
];

fn hello(launch: &Launch) -> Result<(), Wrong> {
    let (_, hello) = Talk::greeted(launch)?;
    must(hello.protocol == VERSION, || format!("speaks protocol {}", hello.protocol))?;
    must(!hello.name.is_empty(), || "gave no name".to_owned())?;
    let strange = hello.features.iter().find(|word| !FEATURES.contains(&word.as_str()));
    must(strange.is_none(), || {
        format!("`{}` is not a known feature", strange.cloned().unwrap_or_default())
    })
}

fn unknown_member(launch: &Launch) -> Result<(), Wrong> {
    let mut talk = Talk::begin(launch)?;
    talk.write(r#"{"id":1,"ask":"hello","protocol":1,"mood":{"good":[true]}}"#)?;
    match talk.hear_to(1, PATIENCE)? {
        Reply::Hello(_) => Ok(()),
        other => Err(format!("answered {}", shown(&json!(other)))),
    }
}

fn other_version(launch: &Launch) -> Result<(), Wrong> {
    let mut talk = Talk::begin(launch)?;
    match talk.ask(Ask::Hello { protocol: 999 }, PATIENCE)? {
        Reply::Hello(hello) => {
            must(hello.protocol == VERSION, || format!("claims protocol {}", hello.protocol))
        }
        Reply::Refused { .. } => Ok(()),
        other => Err(format!("answered {}", shown(&json!(other)))),
    }
}

fn garbage(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    for line in ["garbage", r#"{"id":"#, "[]", "\u{1b}[2J"] {
        talk.write(line)?;
        refused(talk.hear_to(0, PATIENCE)?)?;
    }
    answers_stats(&mut talk).map(drop)
}

fn unknown_request(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    talk.write(r#"{"id":77,"ask":"dance"}"#)?;
    let answer = talk.hear(PATIENCE)?;
    must(matches!(answer.id, 0 | 77), || format!("answered with id {}", answer.id))?;
    refused(answer.reply)?;
    answers_stats(&mut talk).map(drop)
}

fn wrong_digest(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    let bytes = module("benign-tiny")?.bytes;
    let (limits, grants) = (Limits::default(), Grants::default());
    let (module, digest) = ("m".to_owned(), "0".repeat(64));
    refused(talk.ask(Ask::Load { module, digest, bytes, limits, grants }, PATIENCE)?)
}

fn never_loaded(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    let (module, tenant) = ("never".to_owned(), "t".to_owned());
    refused(talk.ask(Ask::Call { module, tenant, input: Vec::new() }, PATIENCE)?)
}

fn stats(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    must(answers_stats(&mut talk)?.modules == 0, || "counts modules that are not loaded".into())?;
    talk.loaded("benign-tiny", &Limits::default(), &Grants::default())?;
    let counted = answers_stats(&mut talk)?.modules;
    must(counted == 1, || format!("counts {counted} modules, but one is loaded"))
}

fn unload(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    talk.loaded("benign-tiny", &Limits::default(), &Grants::default())?;
    let unload = || Ask::Unload { module: "benign-tiny".to_owned() };
    match talk.ask(unload(), PATIENCE)? {
        Reply::Unloaded => {}
        other => return Err(format!("answered {}", shown(&json!(other)))),
    }
    let (module, tenant) = ("benign-tiny".to_owned(), "t".to_owned());
    refused(talk.ask(Ask::Call { module, tenant, input: Vec::new() }, PATIENCE)?)?;
    refused(talk.ask(unload(), PATIENCE)?)
}

fn bye(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    match talk.ask(Ask::Bye, PATIENCE)? {
        Reply::Bye => {}
        other => return Err(format!("answered {}", shown(&json!(other)))),
    }
    let code = talk.ended(PATIENCE)?;
    must(code == Some(0), || format!("ended with status {code:?}"))
}

fn hang_up(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    talk.hang_up();
    talk.ended(PATIENCE).map(drop)
}

fn nothing_left(launch: &Launch) -> Result<(), Wrong> {
    let (mut talk, _) = Talk::greeted(launch)?;
    talk.loaded("benign-tiny", &Limits::default(), &Grants::default())?;
    talk.hang_up();
    talk.ended(PATIENCE)?;
    let left = talk.strays();
    must(left == 0, || format!("{left} processes still ran after its end; they were killed"))
}

/// What `stats` says.
pub(super) fn answers_stats(talk: &mut Talk) -> Result<Stats, Wrong> {
    match talk.ask(Ask::Stats, PATIENCE)? {
        Reply::Stats(stats) => Ok(stats),
        other => Err(format!("answered stats with {}", shown(&json!(other)))),
    }
}

fn refused(reply: Reply) -> Result<(), Wrong> {
    match reply {
        Reply::Refused { reason } => must(!reason.is_empty(), || "refused without a reason".into()),
        other => Err(format!("answered {} instead of a refusal", shown(&json!(other)))),
    }
}
