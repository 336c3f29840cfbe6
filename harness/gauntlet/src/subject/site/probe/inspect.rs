//! A file of a site, read with the page and the scripts beside it.
//!
//! Requests offer `identity` alone, as those of discovery do. A broken cache that gives the answer
//! to others then has a variant that every client understands.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use url::Url;
use wasm_gauntlet_model::action::{Asset, Inspect, Method};
use wasm_gauntlet_model::observation::{Fact, Inspection, Observation};
use wasm_gauntlet_web::coding::{self, Layer};
use wasm_gauntlet_web::inspection::{self, InspectedFile, Surroundings};
use wasm_gauntlet_web::text::visible;
use wasm_gauntlet_web::wire::HttpRequest;
use wasm_gauntlet_web::wire::redirect::Trail;

use super::loaded::{self, LoadedText};
use super::{Probe, evidence, reproduce, scripts};
use crate::locks::unpoisoned;
use crate::subject::Inability;

/// Scripts and pages read beside one file; no page loads more that deal with modules.
const BESIDE_MAX: usize = 32;

/// Files by their address, each read once in a run. Six incidents are about the same module, and
/// reading one of 2 MB takes 10 ms.
#[derive(Debug, Default)]
pub(crate) struct Inspected(Mutex<BTreeMap<String, Arc<Mutex<Option<Observation>>>>>);

/// The result of one address.
struct Got {
    /// Path and query.
    name: String,
    trail: Arc<Trail>,
    content: Vec<u8>,
    /// The outermost layer that was around it.
    layer: Option<Layer>,
}

impl Got {
    /// Whether the answer was a whole file.
    fn is_whole(&self) -> bool {
        let reply = &self.trail.reply;
        reply.status == 200 && reply.broken.is_none() && self.trail.stopped.is_none()
    }

    fn file(&self) -> InspectedFile<'_> {
        let form = |layer| (self.layer == Some(layer)).then_some(&self.trail.reply.body[..]);
        let (br, gzip) = (form(Layer::Br), form(Layer::Gzip));
        InspectedFile { name: &self.name, bytes: &self.content, br, gzip }
    }
}

impl Probe<'_> {
    /// Read the file that `inspect` names.
    pub(super) fn inspect(&self, inspect: &Inspect) -> Result<Observation, Inability> {
        let known = || unpoisoned(self.site.inspected.0.lock());
        let own = Arc::clone(known().entry(inspect.url.clone()).or_default());
        let mut own = unpoisoned(own.lock());
        if let Some(observation) = &*own {
            return Ok(observation.clone());
        }
        let observation = self.look(inspect)?;
        *own = Some(observation.clone());
        Ok(observation)
    }

    fn look(&self, inspect: &Inspect) -> Result<Observation, Inability> {
        let got = self.read(&inspect.url)?;
        let mut evidence = evidence::of(&got.trail);
        let reproduce = Some(reproduce::curl(&got.trail));
        if !got.is_whole() {
            let facts = Inspection {
                module_readable: false.into(),
                content: Fact::Absent,
                name_carries_hash: false.into(),
                ..Inspection::default()
            };
            return Ok(Observation { facts: facts.facts(), evidence, reproduce });
        }
        let (mut texts, mut others, mut complete) = (Vec::new(), Vec::new(), true);
        let mut loaded = Vec::new();
        let beside = inspect.beside.iter().filter(|found| found.url != inspect.url);
        for found in beside.filter(|found| found.asset != Asset::Previous).take(BESIDE_MAX) {
            match (found.asset, self.read(&found.url)) {
                (Asset::Module | Asset::Previous, _) => {}
                (asset, Ok(other)) if other.is_whole() => {
                    texts.push((other.name.clone(), text(asset, &other)));
                    loaded.push(LoadedText {
                        asset,
                        url: found.url.clone(),
                        name: other.name.clone(),
                        text: String::from_utf8_lossy(&other.content).into_owned(),
                        from: other.trail.ask.url.clone(),
                    });
                    others.push(other);
                }
                _ => complete = false,
            }
        }
        complete &= inspect.beside.len() <= BESIDE_MAX;
        let modules = inspect.beside.iter().filter(|found| found.asset == Asset::Module);
        let beside: Vec<InspectedFile<'_>> = others.iter().map(Got::file).collect();
        let around = Surroundings {
            texts: &texts,
            complete,
            is_only_module: modules.count() <= 1,
            beside: &beside,
            name_digest: self.site.name_digest,
            budget: self.site.budget,
        };
        let mut facts = inspection::of(got.file(), around);
        let seen = unpoisoned(self.site.seen.lock()).clone();
        loaded::add(&mut facts, (&inspect.url, &got.content), &loaded, seen.unseen.is_some());
        scripts::add(&mut facts, &inspect.url, &seen);
        evidence.extend(seen.unseen.as_ref().map(|why| evidence::piece("not seen", why)));
        if let Fact::Is(missing) = &facts.imports_undefined
            && !missing.is_empty()
        {
            evidence.push(evidence::piece("imports that no script defines", &missing.join("\n")));
        }
        let names: Vec<&str> = texts.iter().map(|(name, _)| name.as_str()).collect();
        evidence.push(evidence::piece("read with it", &names.join(", ")));
        Ok(Observation { facts: facts.facts(), evidence, reproduce })
    }

    /// GET an address, and decode its content.
    fn read(&self, address: &str) -> Result<Got, Inability> {
        let url = Url::parse(address).map_err(|error| {
            Inability::unreadable(format!("`{}` is not a URL: {error}", visible(address)))
        })?;
        let name = url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
        let mut ask = HttpRequest::new(Method::Get, url);
        ask.fields.push(("accept-encoding", "identity".to_owned()));
        let make = |ask| self.follow("inspect", None, None, ask);
        let trail = self.site.asked.once(ask, None, make)?;
        let peeled = coding::peel(&trail.reply.body, &coding::DecodeBounds::default());
        let layer = peeled.layers.first().copied();
        Ok(Got { name, content: peeled.content, trail, layer })
    }
}

/// The scripts in an answer.
fn text(asset: Asset, got: &Got) -> String {
    let text = String::from_utf8_lossy(&got.content);
    match asset {
        Asset::Entry => inspection::inline_scripts(&text, &got.trail.ask.url),
        _ => text.into_owned(),
    }
}
