//! Everything about one file of a directory and the files around it.

use std::collections::{BTreeMap, BTreeSet};

use wasm_gauntlet_model::action::{Asset, Inspect};
use wasm_gauntlet_model::observation::{Evidence, Fact, Inspection, Observation, count};
use wasm_gauntlet_web::anatomy::flavour::Flavour;
use wasm_gauntlet_web::anatomy::{first, shown, unfit};
use wasm_gauntlet_web::coding::Layer;
use wasm_gauntlet_web::inspection::{self, InspectedFile, Surroundings, held};

use super::files::Files;
use super::page_texts::{Texts, last};
use super::{Artefact, manifest, node, order, shims, siblings, untried_siblings, ways};
use crate::subject::Inability;

/// Read the file that `inspect` names.
pub(crate) fn look(
    artefact: &Artefact,
    files: &Files,
    inspect: &Inspect,
) -> Result<Observation, Inability> {
    let name = &inspect.url;
    let bytes = files.read(name)?;
    let texts = Texts::read(files, &inspect.beside)?;
    let others = Other::all(files, inspect)?;
    let own = Other { name: name.clone(), ..Other::of(files, name)? };
    let beside: Vec<InspectedFile<'_>> = others.iter().map(Other::file).collect();
    let modules = inspect.beside.iter().filter(|found| found.asset == Asset::Module);
    let around = Surroundings {
        texts: &texts.scripts,
        complete: texts.complete,
        is_only_module: modules.count() <= 1,
        beside: &beside,
        name_digest: artefact.build.name_digest,
        budget: artefact.build.budget,
    };
    let mut facts = inspection::of(own.file(), around);
    facts.no_module = Fact::looked(match inspect.asset {
        Asset::Module => unfit::as_module(&bytes),
        _ => None,
    });
    facts.exports_missing = inspection::exports_missing(&bytes, &artefact.build.exports);
    let least = [Some(&own.bytes), own.br.as_ref(), own.gzip.as_ref()];
    let least = least.into_iter().flatten().map(Vec::len).min();
    facts.wire_bytes = count(least.unwrap_or(0)).into();
    let wire_budget = artefact.build.budget.wire_bytes;
    (facts.wire_budget, facts.over_wire_budget) = held(&facts.wire_bytes, wire_budget);
    unidentified(files, inspect, &mut facts)?;
    facts.destination = Fact::looked(destination(artefact, inspect));
    shims::look(files, inspect, &texts, &mut facts)?;
    order::look(files, inspect, &mut facts)?;
    ways::look(files, inspect, artefact.known.ways(files, inspect)?, &mut facts);
    facts.ran = ran(artefact, &bytes, &texts, &facts)?;
    siblings::look(files, name, &bytes, &mut facts)?;
    beside_siblings(files, inspect, &mut facts);
    let has_page = inspect.beside.iter().any(|found| found.asset == Asset::Entry);
    let named = has_page.then(|| texts.named.contains(last(name)));
    facts.named_by_page = Fact::looked(named);
    facts.dangling = first(texts.dangling.iter().map(|one| shown(one))).into();
    if let Some(second) = &artefact.build.second {
        let path = artefact.manifest();
        let own = path.map(|path| manifest::own(&artefact.build, &path)).unwrap_or_default();
        let (here, there) = (artefact.known.digests(files)?, artefact.known.second(second)?);
        facts.differs = differs(here, there, &own);
    }
    if let Some(path) = artefact.manifest() {
        let digests = artefact.known.digests(files)?;
        manifest::look(&artefact.build, digests, &path, &mut facts)?;
    }
    let evidence = evidence(name, bytes.len(), &texts, &facts);
    Ok(Observation { facts: facts.facts(), evidence, reproduce: None })
}

/// The modules that do not say which build they are from. A build is one finding, so only its first
/// module reports them.
fn unidentified(files: &Files, inspect: &Inspect, facts: &mut Inspection) -> Result<(), Inability> {
    let modules = || inspect.beside.iter().filter(|found| found.asset == Asset::Module);
    facts.unidentified = Fact::Absent;
    if modules().next().is_some_and(|one| one.url == inspect.url) {
        let mut without = Vec::new();
        for one in modules() {
            if inspection::says_its_build(&files.read(&one.url)?) == Some(false) {
                without.push(shown(&one.url));
            }
        }
        facts.unidentified = first(without).into();
    }
    Ok(())
}

/// The siblings of the files without a trial of their own. They are reported once, with the first
/// file that has one.
fn beside_siblings(files: &Files, inspect: &Inspect, facts: &mut Inspection) {
    let own = inspect.beside.iter().filter(|found| found.asset != Asset::Entry);
    let own: BTreeSet<&str> = own.map(|found| found.url.as_str()).collect();
    let is_first = own.first().is_none_or(|first| *first == inspect.url);
    if !is_first {
        facts.beside_wrong = Fact::Absent;
        facts.beside_missing = Fact::Absent;
        facts.beside_fat = Fact::Absent;
    } else if let Some(beside) = untried_siblings::beside(files, &own) {
        facts.beside_wrong = first(beside.wrong.iter().map(|one| shown(one))).into();
        facts.beside_missing = first(beside.missing.iter().map(|one| shown(one))).into();
        facts.beside_fat = first(beside.fat.iter().map(|one| shown(one))).into();
    }
}

/// A file with its encoded forms, of which the digests in names are made.
struct Other {
    name: String,
    bytes: Vec<u8>,
    br: Option<Vec<u8>>,
    gzip: Option<Vec<u8>>,
}

/// Files whose names are compared with their digests, to learn the rule for names.
const NAMED_ALIKE_MAX: usize = 16;

impl Other {
    fn of(files: &Files, name: &str) -> Result<Self, Inability> {
        let form = |layer| siblings::form(files, name, layer);
        let (br, gzip) = (form(Layer::Br), form(Layer::Gzip));
        Ok(Self { name: name.to_owned(), bytes: files.read(name)?, br, gzip })
    }

    fn all(files: &Files, inspect: &Inspect) -> Result<Vec<Self>, Inability> {
        let other = |found: &&wasm_gauntlet_model::profile::Found| {
            found.url != inspect.url && found.asset != Asset::Entry
        };
        let others = inspect.beside.iter().filter(other).take(NAMED_ALIKE_MAX);
        others.map(|found| Self::of(files, &found.url)).collect()
    }

    fn file(&self) -> InspectedFile<'_> {
        let (br, gzip) = (self.br.as_deref(), self.gzip.as_deref());
        InspectedFile { name: &self.name, bytes: &self.bytes, br, gzip }
    }
}

/// Whether the pair starts, if it is Go's and may be started.
fn ran(
    artefact: &Artefact,
    module: &[u8],
    texts: &Texts,
    facts: &Inspection,
) -> Result<Fact<bool>, Inability> {
    let of_go = matches!(&facts.flavour, Fact::Is(flavour) if flavour == Flavour::GoJs.word());
    let (Some(node), Fact::Is(glue)) = (&artefact.build.node, &facts.glue) else {
        return Ok(Fact::Absent);
    };
    match texts.scripts.iter().find(|(name, _)| shown(name) == *glue) {
        Some((_, shim)) if of_go => Ok(node::starts(node, shim, module)?.into()),
        _ => Ok(Fact::Absent),
    }
}

/// Where the module will run: as the target says, or in a page if the directory has one.
fn destination(artefact: &Artefact, inspect: &Inspect) -> Option<String> {
    let page = inspect.beside.iter().any(|found| found.asset == Asset::Entry);
    artefact.build.destination.clone().or_else(|| page.then(|| "page".to_owned()))
}

/// Files that differ between two builds, without those in `own`.
fn differs(
    here: &BTreeMap<String, String>,
    there: &BTreeMap<String, String>,
    own: &BTreeSet<String>,
) -> Fact<Vec<String>> {
    let (mut here, mut there) = (here.clone(), there.clone());
    for digests in [&mut here, &mut there] {
        digests.retain(|name, _| !own.contains(name));
    }
    let lacks = |name: &str, of: &BTreeMap<String, String>| !of.contains_key(name);
    let only = |from: &BTreeMap<String, String>, of: &BTreeMap<String, String>, which: &str| {
        let names = from.keys().filter(|name| lacks(name, of));
        names
            .map(|name| format!("{} is only in the {which} build", shown(name)))
            .collect::<Vec<_>>()
    };
    let changed =
        here.iter().filter(|(name, digest)| there.get(*name).is_some_and(|other| other != *digest));
    let changed = changed.map(|(name, _)| format!("{} differs", shown(name)));
    let all = changed.chain(only(&here, &there, "first")).chain(only(&there, &here, "second"));
    first(all).into()
}

fn evidence(name: &str, bytes: usize, texts: &Texts, facts: &Inspection) -> Vec<Evidence> {
    let piece = |what: &str, text: String| Evidence { what: what.to_owned(), text };
    let read: Vec<String> = texts.scripts.iter().map(|(name, _)| shown(name)).collect();
    let mut pieces = vec![
        piece("file", format!("{}, {} bytes", shown(name), count(bytes))),
        piece("read with it", first(read).join(", ")),
    ];
    if let Fact::Is(digest) = &facts.sha256 {
        pieces.push(piece("sha256", digest.clone()));
    }
    pieces
}
