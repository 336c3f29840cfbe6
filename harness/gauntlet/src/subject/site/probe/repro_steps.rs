//! The commands that show again why a claim does not hold: the earlier steps of the trial that
//! matter, then the one that decided.

use std::sync::Arc;

use url::Url;
use wasm_gauntlet_model::action::{Asset, Fetch, Inspect, Method, OneOff};
use wasm_gauntlet_model::observation::{Facts, Value};
use wasm_gauntlet_model::scenario::Decided;
use wasm_gauntlet_web::wire::redirect::Trail;
use wasm_gauntlet_web::wire::{Client, HttpRequest};

use super::PART_BYTES;
use super::field_commands::{self, ExchangeCommand, FileCommand};
use super::relations::resumed_at;
use super::reproduce::{self, CommandView, Plain};

/// What one step did.
#[derive(Debug)]
pub(crate) struct ReproStep {
    step: String,
    act: StepAct,
}

#[derive(Debug)]
enum StepAct {
    Fetched { fetch: Fetch, trail: Arc<Trail>, policies: bool },
    Inspected { inspect: Inspect, facts: Facts },
}

impl ReproStep {
    /// A step that fetched. `policies` says whether the page itself has some.
    pub(crate) fn fetched(step: &str, fetch: &Fetch, trail: &Arc<Trail>, policies: bool) -> Self {
        let (fetch, trail) = (fetch.clone(), Arc::clone(trail));
        let act = StepAct::Fetched { fetch, trail, policies };
        Self { step: step.to_owned(), act }
    }

    /// A step that read a file and the files around it.
    pub(crate) fn inspected(step: &str, inspect: &Inspect, facts: &Facts) -> Self {
        let act = StepAct::Inspected { inspect: inspect.clone(), facts: facts.clone() };
        Self { step: step.to_owned(), act }
    }

    /// Whether its request has the query word that all steps of the trial share, so a cache may
    /// have its answer for the next step.
    fn plays(&self) -> bool {
        matches!(&self.act, StepAct::Fetched { fetch, .. } if fetch.one_off == Some(OneOff::Trial))
    }

    fn trail(&self) -> Option<&Trail> {
        match &self.act {
            StepAct::Fetched { trail, .. } => Some(trail),
            StepAct::Inspected { .. } => None,
        }
    }
}

/// The query word of a trial, and a value of it that nobody has requested yet. So whoever pastes
/// the line begins with empty caches, as the trial did.
pub(crate) struct StepQuery<'a> {
    /// The word; none where caches are left alone.
    pub(crate) word: Option<&'a str>,
    /// The value that the trial had.
    pub(crate) value: &'a str,
    /// Knows which certificates to trust, and the option of `curl` for them.
    pub(crate) client: &'a Client,
}

impl StepQuery<'_> {
    fn plain(&self, address: &str) -> Option<Plain<'_>> {
        let url = Url::parse(address).ok()?;
        let trust = self.client.trust_option(&url);
        let mut ask = HttpRequest::new(Method::Get, url);
        ask.fields.push(("accept-encoding", "identity".to_owned()));
        Some(Plain { ask, trust })
    }

    fn url(&self, one: &ReproStep, trail: &Trail) -> Url {
        let mut url = reproduce::first(trail).clone();
        let StepAct::Fetched { fetch, .. } = &one.act else { return url };
        let (Some(word), Some(reach)) = (self.word, fetch.one_off) else { return url };
        let fresh = match reach {
            OneOff::Trial => format!("{}-again", self.value),
            OneOff::Step => format!("{}-again-{}", self.value, one.step),
        };
        // Our word is the last. The rest of the address stays as it is.
        let is_ours = |name: &str, value: &str| {
            let digits = value.split('-').next().unwrap_or_default();
            name == word && digits.len() == 16 && digits.bytes().all(|b| b.is_ascii_hexdigit())
        };
        if url.query_pairs().last().is_some_and(|(name, value)| is_ours(&name, &value))
            && let Some((before, _)) = url.query().unwrap_or_default().rsplit_once('=')
        {
            let query = format!("{before}={fresh}");
            url.set_query(Some(&query));
        }
        url
    }
}

/// The commands, in the order of the steps, as one line; none if no step of the trial decided.
pub(super) fn line(past: &[ReproStep], decided: &Decided, fresh: &StepQuery) -> Option<String> {
    let last = past.iter().position(|one| one.step == decided.step)?;
    let plays = past[last].plays();
    let wanted = |(at, one): &(usize, &ReproStep)| {
        let warms = plays && one.plays() && *at < last;
        *at == last || warms || decided.beside.contains(&one.step)
    };
    let mut commands = Vec::new();
    for (at, one) in past.iter().enumerate().filter(wanted) {
        if at == last {
            commands.extend(deciding(one, &decided.field, past, fresh)?);
        } else if let Some(trail) = one.trail() {
            commands.extend(beside(one, trail, &decided.field, fresh));
        }
    }
    (!commands.is_empty()).then(|| commands.join(" && "))
}

/// The command for an exchange that the deciding one is compared with, or that came before it.
fn beside(one: &ReproStep, trail: &Trail, field: &str, fresh: &StepQuery) -> Option<String> {
    let view = match field_commands::of_exchange(field) {
        Some(ExchangeCommand::View(CommandView::Digest)) => CommandView::Digest,
        // The deciding command downloads both.
        Some(ExchangeCommand::PartOfWhole | ExchangeCommand::ResumedDownload) => return None,
        _ => CommandView::Fields,
    };
    Some(reproduce::again(trail, &fresh.url(one, trail), view))
}

/// The commands for the step that decided; none if it has no such field.
fn deciding(
    one: &ReproStep,
    field: &str,
    past: &[ReproStep],
    fresh: &StepQuery,
) -> Option<Vec<String>> {
    match &one.act {
        StepAct::Inspected { inspect, facts } => {
            Some(inspected(inspect, facts, field_commands::of_file(field)?, fresh))
        }
        StepAct::Fetched { fetch, trail, policies } => {
            let command = field_commands::of_exchange(field)?;
            let named = |step: &Option<String>| {
                let one = past.iter().find(|one| Some(&one.step) == step.as_ref());
                one.and_then(ReproStep::trail)
            };
            let view = |view| reproduce::again(trail, &fresh.url(one, trail), view);
            let has_coding = !trail.reply.headers.codings().is_empty();
            let command = match command {
                ExchangeCommand::View(shown) => view(shown),
                ExchangeCommand::ByCoding { declared, .. } if has_coding => view(declared),
                ExchangeCommand::ByCoding { none, .. } => view(none),
                ExchangeCommand::OfGet(shown) if trail.ask.method == Method::Get => view(shown),
                ExchangeCommand::PagePolicies if *policies => view(CommandView::Policies),
                ExchangeCommand::OfGet(_) | ExchangeCommand::PagePolicies => {
                    view(CommandView::Fields)
                }
                ExchangeCommand::PartOfWhole => match named(&fetch.special.part_of) {
                    Some(whole) => {
                        reproduce::parts(whole, trail, (whole.reply.body.len() / 3, PART_BYTES))
                    }
                    None => view(CommandView::Fields),
                },
                ExchangeCommand::ResumedDownload => match named(&fetch.special.resumes) {
                    Some(first) => reproduce::resumed(first, trail, resumed_at(&first.reply)),
                    None => view(CommandView::Fields),
                },
            };
            Some(vec![command])
        }
    }
}

/// The commands for a file that was read.
fn inspected(
    inspect: &Inspect,
    facts: &Facts,
    command: FileCommand,
    fresh: &StepQuery,
) -> Vec<String> {
    let Some(module) = fresh.plain(&inspect.url) else { return Vec::new() };
    let scripts = inspect.beside.iter().filter(|found| found.asset == Asset::Shim);
    let scripts = scripts.take(SCRIPTS_MAX).filter_map(|found| fresh.plain(&found.url));
    let first = |field: &str| match facts.get(field) {
        Some(Value::Texts(texts)) => texts.first(),
        _ => None,
    };
    match command {
        FileCommand::View(view) => vec![reproduce::asked(&module, view)],
        FileCommand::ImportsInScripts => {
            let name = first("imports-undefined").and_then(|name| name.split_once('.'));
            let name = name.map_or("", |(_, name)| name);
            let defined = scripts.flat_map(|script| {
                [reproduce::namespaces(&script), reproduce::occurrences(&script, name)]
            });
            let imports = reproduce::asked(&module, CommandView::Imports);
            std::iter::once(imports).chain(defined).collect()
        }
        FileCommand::NamespacesOfScripts => {
            let imports = reproduce::asked(&module, CommandView::Imports);
            let defined = scripts.map(|script| reproduce::namespaces(&script));
            std::iter::once(imports).chain(defined).collect()
        }
        FileCommand::FieldsOfAll => {
            let all = std::iter::once(module).chain(scripts);
            all.map(|one| reproduce::asked(&one, CommandView::Fields)).collect()
        }
        FileCommand::BuildPaths => vec![match first("build-paths") {
            Some(path) => reproduce::occurrences(&module, path),
            None => reproduce::asked(&module, CommandView::Fields),
        }],
    }
}

/// Most scripts that get a command. A page has one or two.
const SCRIPTS_MAX: usize = 4;
