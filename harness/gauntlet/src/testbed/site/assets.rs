//! The assets of the site: module, shim and page, each in its variants, with names.

use std::sync::{Arc, Mutex, OnceLock};

use hyper::body::Bytes;
use sha2::{Digest, Sha256};
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_web::coding::{Layer, encode};

use super::faults::SiteFaults;
use super::module::{self, ModuleRecipe, WASI_IMPORT};
use super::page_faults;
use crate::locks::unpoisoned;

/// The part of the module that a cut one keeps.
const TRUNCATED_PERCENT: usize = 60;

/// Bytes of a digest in a name and in an `ETag`: 32 and 64 bits, enough for the few files of a
/// site.
const NAME_BYTES: usize = 4;
const ETAG_BYTES: usize = 8;

/// One representation, as it is sent.
#[derive(Debug, Clone)]
pub(super) struct Variant {
    /// The bytes to send.
    pub(super) body: Bytes,
    /// `Content-Encoding`.
    pub(super) coding: Option<&'static str>,
    /// Strong, and different for each coding even where the bytes are equal.
    pub(super) etag: String,
}

impl Variant {
    fn new(asset: &str, coded_as: &str, coding: Option<&'static str>, body: Bytes) -> Self {
        let digest = Sha256::new().chain_update(asset).chain_update([0]).chain_update(coded_as);
        let digest = digest.chain_update([0]).chain_update(&body).finalize();
        Self { body, coding, etag: format!("\"{}\"", hex(&digest[..ETAG_BYTES])) }
    }
}

/// One asset in each of its variants.
#[derive(Debug, Clone)]
pub(super) struct Asset {
    pub(super) path: String,
    identity: Variant,
    br: Variant,
    gzip: Variant,
}

impl Asset {
    fn new(path: String, coded: &Coded) -> Self {
        let variant = |layer: Option<Layer>, body: &Bytes| {
            let coding = layer.map(Layer::word);
            Variant::new(&path, coding.unwrap_or("identity"), coding, body.clone())
        };
        let identity = variant(None, &coded.raw);
        let br = variant(Some(Layer::Br), &coded.br);
        let gzip = variant(Some(Layer::Gzip), &coded.gzip);
        Self { path, identity, br, gzip }
    }

    /// The fault of one `ETag` for all variants, made from the raw file alone.
    fn share_etag(&mut self) {
        for coded in [&mut self.br, &mut self.gzip] {
            coded.etag.clone_from(&self.identity.etag);
        }
    }

    /// The br bytes behind the header of a dictionary that no client has (RFC 9842 §4).
    pub(super) fn by_dictionary(&self) -> Variant {
        let body = [b"\xffDCB", &Sha256::digest(&self.path)[..], &self.br.body].concat();
        Variant::new(&self.path, "dcb", Some("dcb"), Bytes::from(body))
    }

    /// The variant for what negotiation chose.
    pub(super) fn variant(&self, chosen: Option<Layer>) -> &Variant {
        match chosen {
            Some(Layer::Br) => &self.br,
            Some(Layer::Gzip) => &self.gzip,
            _ => &self.identity,
        }
    }
}

/// The assets of the site.
#[derive(Debug, Clone)]
pub(super) struct Assets {
    pub(super) entry: Asset,
    pub(super) shim: Asset,
    pub(super) module: Asset,
    /// The module of the build before this one.
    pub(super) previous: Asset,
}

impl Assets {
    /// The site with its faults. The page loads the module from `elsewhere`, if it is given.
    pub(super) fn new(faults: &SiteFaults, elsewhere: Option<&str>) -> Self {
        Self::made_of(&make(faults), faults, elsewhere)
    }

    /// The site as it was deployed before, with the same faults.
    pub(super) fn before(faults: &SiteFaults) -> Self {
        let import = match faults.has(Fault::SkewBreaks) {
            true => OLD_IMPORT,
            false => PREVIOUS.import,
        };
        Self::made_of(&ModuleRecipe { import, ..PREVIOUS }, faults, None)
    }

    fn made_of(recipe: &ModuleRecipe, faults: &SiteFaults, elsewhere: Option<&str>) -> Self {
        let whole = coded_module(recipe);
        let hashed = !faults.has(Fault::ImmutableUnhashed);
        let module_hashed = hashed && !faults.has(Fault::SkewBreaks);
        let named_by = match faults.has(Fault::WrongHash) {
            true => &module::generate(&PREVIOUS)[..],
            false => &whole.raw[..],
        };
        let module_path = path("app", "wasm", module_hashed.then_some(named_by));
        let module_url = format!("{}{module_path}", elsewhere.unwrap_or_default());
        let shim = shim_text(&module_url, whole.raw.len(), faults.has(Fault::StaleShim));
        let shim = match recipe.import == OLD_IMPORT {
            true => page_faults::replaced(&shim, "\"runtime.wasmExit\":", "\"runtime.exit\":"),
            false => shim,
        };
        let shim = page_faults::spoiled(shim, faults);
        let shim_hashed = hashed && !faults.has(Fault::ShimUnhashed);
        let shim_path = path("loader", "js", shim_hashed.then_some(shim.as_bytes()));
        let entry = page_faults::spoiled_page(entry_text(&shim_path), faults);

        let coded = if faults.has(Fault::Truncated) { cut_module() } else { whole };
        let mut module = Asset::new(module_path, &coded);
        spoil(&mut module, faults);
        let mut entry = Asset::new("/".to_owned(), &Coded::new(entry.into_bytes()));
        let mut shim = Asset::new(shim_path, &Coded::new(shim.into_bytes()));
        if faults.has(Fault::EtagShared) {
            [&mut entry, &mut shim, &mut module].into_iter().for_each(Asset::share_etag);
        }
        let previous = Asset::new(previous_path(), &coded_module(&PREVIOUS));
        Self { entry, shim, module, previous }
    }
}

/// The variant of the module for the faults of its build.
fn make(faults: &SiteFaults) -> ModuleRecipe {
    ModuleRecipe {
        import: match faults.has(Fault::Wasip1InPage) {
            true => WASI_IMPORT,
            false => ModuleRecipe::default().import,
        },
        debug: faults.has(Fault::NotStripped),
        ballast: faults.has(Fault::OverBudget),
        ..ModuleRecipe::default()
    }
}

/// The build before this one.
pub(in crate::testbed) const PREVIOUS: ModuleRecipe = ModuleRecipe {
    import: ("gojs", "runtime.wasmExit"),
    version: Some("gauntlet-testbed 0.9.0+33c0"),
    go: None,
    feature: "checksum",
    debug: false,
    ballast: false,
};

/// The import of the build before, where the builds do not fit each other: a LinkError.
const OLD_IMPORT: (&str, &str) = ("gojs", "runtime.exit");

/// Where the module of the build before this one is.
pub(super) fn previous_path() -> String {
    path("app", "wasm", Some(&coded_module(&PREVIOUS).raw))
}

/// The script that loads the module of `bytes` at `module_path`. A stale one defines the imports of
/// modules before Go 1.21.
pub(in crate::testbed) fn shim_text(module_path: &str, bytes: usize, stale: bool) -> String {
    let text = include_str!("loader.js").replace("__MODULE__", module_path);
    let text = text.replace("__MODULE_BYTES__", &bytes.to_string());
    if stale { page_faults::replaced(&text, "gojs: {", "go: {") } else { text }
}

/// The page that loads the script at `shim_path`.
pub(in crate::testbed) fn entry_text(shim_path: &str) -> String {
    include_str!("entry.html").replace("__LOADER__", shim_path)
}

/// The faults of the module's variants.
fn spoil(module: &mut Asset, faults: &SiteFaults) {
    if faults.has(Fault::GzipOverBr) {
        let twice = Bytes::from(encode(Layer::Gzip, &module.br.body));
        module.br = Variant::new(&module.path, "br", Some("br"), twice);
    }
    if faults.has(Fault::BrOfOldBuild) {
        module.br = old_variant(&module.path, Some(Layer::Br));
    }
    if faults.has(Fault::CodingTwice) {
        let twice = Bytes::from(encode(Layer::Gzip, &module.gzip.body));
        module.gzip = Variant::new(&module.path, "gzip, gzip", Some("gzip"), twice);
    }
    let Asset { path, identity, br, gzip } = module;
    if faults.has(Fault::CodingUndeclared) {
        for coded in [&mut *br, &mut *gzip] {
            coded.coding = None;
        }
    }
    if faults.has(Fault::CodingDeclaredOnly) {
        // As with raw files that are uploaded with the metadata of compressed ones: for every
        // client.
        let raw = identity.body.clone();
        for (name, variant) in [("identity", identity), ("br", br), ("gzip", gzip)] {
            *variant = Variant::new(path, name, Some("gzip"), raw.clone());
        }
    }
}

/// Bytes, raw and encoded.
#[derive(Debug)]
pub(in crate::testbed) struct Coded {
    pub(in crate::testbed) raw: Bytes,
    pub(in crate::testbed) br: Bytes,
    pub(in crate::testbed) gzip: Bytes,
}

impl Coded {
    /// `raw`, and both of its encodings.
    pub(in crate::testbed) fn new(raw: Vec<u8>) -> Self {
        let br = encode(Layer::Br, &raw).into();
        let gzip = encode(Layer::Gzip, &raw).into();
        Self { raw: raw.into(), br, gzip }
    }
}

/// Generated and compressed once for each process and kind. A proof starts a hundred testbeds, each
/// with this module in its site and twice in its build, and it takes 0.3 s.
pub(in crate::testbed) fn coded_module(make: &ModuleRecipe) -> Arc<Coded> {
    static MADE: Mutex<Vec<(ModuleRecipe, Arc<Coded>)>> = Mutex::new(Vec::new());
    let mut made = unpoisoned(MADE.lock());
    if let Some((_, coded)) = made.iter().find(|(have, _)| have == make) {
        return Arc::clone(coded);
    }
    let coded = Arc::new(Coded::new(module::generate(make)));
    made.push((*make, Arc::clone(&coded)));
    coded
}

/// The module of the build before, in one variant, as if under the name of this build.
pub(super) fn old_variant(path: &str, coding: Option<Layer>) -> Variant {
    static OLD: OnceLock<Coded> = OnceLock::new();
    let old = OLD.get_or_init(|| Coded::new(module::generate(&PREVIOUS)));
    Asset::new(path.to_owned(), old).variant(coding).clone()
}

fn cut_module() -> Arc<Coded> {
    static CUT: OnceLock<Arc<Coded>> = OnceLock::new();
    let cut = || {
        let whole = &coded_module(&ModuleRecipe::default()).raw;
        Arc::new(Coded::new(whole[..whole.len() * TRUNCATED_PERCENT / 100].to_vec()))
    };
    CUT.get_or_init(cut).clone()
}

/// `/assets/STEM.HASH.SUFFIX`, with the hash of `hashed`.
pub(in crate::testbed) fn path(stem: &str, suffix: &str, hashed: Option<&[u8]>) -> String {
    match hashed {
        Some(bytes) => {
            let digest = Sha256::digest(bytes);
            format!("/assets/{stem}.{}.{suffix}", hex(&digest[..NAME_BYTES]))
        }
        None => format!("/assets/{stem}.{suffix}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
