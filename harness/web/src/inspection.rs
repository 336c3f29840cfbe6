//! One file with its surroundings: the facts that a site and a build directory share. The input is
//! bytes and texts, and their origin is not known here.

use std::collections::{BTreeMap, BTreeSet};

use wasm_gauntlet_model::observation::{Fact, Inspection, count};
use wasm_gauntlet_model::target::{Budget, Form, NameDigest};

use super::anatomy::flavour::{self, GO_NAMESPACES};
use super::anatomy::hash::{Digests, hex};
use super::anatomy::module::{self, ModuleAnatomy};
use super::anatomy::{first, releases, shown};
use super::pair;
use crate::coding::{self, Content};
use crate::discovery::glue::{self, Space};
use crate::discovery::page;
use crate::headers::name;

/// A file by its name, and its bytes with all codings undone.
#[derive(Debug, Clone, Copy)]
pub struct InspectedFile<'a> {
    /// Path, with a query where the address has one.
    pub name: &'a str,
    /// The bytes.
    pub bytes: &'a [u8],
    /// The br form, where one is there.
    pub br: Option<&'a [u8]>,
    /// The gzip form.
    pub gzip: Option<&'a [u8]>,
}

/// The surroundings of a file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Surroundings<'a> {
    /// Scripts and pages (whose inline scripts count), by name, with their texts.
    pub texts: &'a [(String, String)],
    /// Whether each text that belongs to the file could be read.
    pub complete: bool,
    /// Whether the file is the only module of the site or build.
    pub is_only_module: bool,
    /// Other files of the same build, held for the scheme of their names.
    pub beside: &'a [InspectedFile<'a>],
    /// The digest that names carry, from the target file.
    pub name_digest: Option<NameDigest>,
    /// The size limits of files, from the target file.
    pub budget: Budget,
}

/// The facts of `file`.
pub fn of(file: InspectedFile<'_>, around: Surroundings<'_>) -> Inspection {
    let mut facts = Inspection {
        sha256: hex(&<sha2::Sha256 as sha2::Digest>::digest(file.bytes)).into(),
        raw_bytes: count(file.bytes.len()).into(),
        ran: Fact::Absent,
        glue_lacks: Fact::Absent,
        module_lacks: Fact::Absent,
        ..Inspection::default()
    };
    names(file, around, &mut facts);
    (facts.raw_budget, facts.over_raw_budget) = held(&facts.raw_bytes, around.budget.raw_bytes);
    let content = coding::classify(file.bytes);
    facts.content = content.word().to_owned().into();
    let is_wasm = content == Content::Wasm;
    let module = is_wasm.then(|| module::read(file.bytes).ok()).flatten();
    facts.module_readable = module.is_some().into();
    if let Some(module) = module {
        anatomy(&module, &mut facts);
        pair(file, &module, around, &mut facts);
    }
    facts
}

fn is_hashed(file: &str) -> bool {
    let (path, query) = file.split_once('?').map_or((file, None), |(p, q)| (p, Some(q)));
    name::is_content_addressed(path, query)
}

fn may_be_hashed(file: &str) -> bool {
    let (path, query) = file.split_once('?').map_or((file, None), |(p, q)| (p, Some(q)));
    name::is_doubtful(path, query)
}

/// The digests of a file in all its forms. Missing forms are made.
fn digests(file: InspectedFile<'_>) -> Digests<'_> {
    let forms = [("raw", Some(file.bytes)), ("br", file.br), ("gz", file.gzip)];
    let known: Vec<_> = forms.iter().filter_map(|(form, bytes)| Some((*form, (*bytes)?))).collect();
    Digests::of(&known)
}

fn names(file: InspectedFile<'_>, around: Surroundings<'_>, facts: &mut Inspection) {
    let path = file.name.split('?').next().unwrap_or_default();
    facts.name_hashed = is_hashed(file.name).into();
    facts.name_carries_hash = name::carries_hash(path).into();
    facts.hash_scheme = Fact::looked(digests(file).scheme(path).map(|scheme| scheme.to_string()));
    let beside = around.beside.iter().filter(|other| other.name != file.name);
    let scheme = beside
        .filter_map(|other| digests(*other).scheme(other.name.split('?').next()?))
        .find(|scheme| scheme.may_name(path));
    facts.scheme_beside = Fact::looked(scheme.map(|scheme| scheme.to_string()));
    facts.name_digest = Fact::looked(around.name_digest.map(|digest| digest.to_string()));
    facts.name_digest_right = match around.name_digest {
        Some(digest) if name::carries_hash(path) => named_by(file, path, digest),
        _ => Fact::Absent,
    };
}

/// Whether the digits in the name are the start of this digest; unknown where the form is missing.
fn named_by(file: InspectedFile<'_>, path: &str, digest: NameDigest) -> Fact<bool> {
    let bytes = match digest.form {
        Form::Raw => Some(file.bytes),
        Form::Br => file.br,
        Form::Gz => file.gzip,
    };
    let Some(bytes) = bytes else { return Fact::Unknown };
    let digests = Digests::of(&[(digest.form.word(), bytes)]).only(digest.algorithm);
    digests.scheme(path).is_some().into()
}

/// The bound that the target file sets, and the bytes past it.
pub fn held(bytes: &Fact<i64>, bound: Option<u32>) -> (Fact<i64>, Fact<i64>) {
    let Some(bound) = bound.map(i64::from) else { return (Fact::Absent, Fact::Absent) };
    let over = match bytes {
        Fact::Is(bytes) => (bytes - bound).max(0).into(),
        _ => Fact::Unknown,
    };
    (bound.into(), over)
}

fn anatomy(module: &ModuleAnatomy, facts: &mut Inspection) {
    let flavour = flavour::of(module);
    let toolchain = module.toolchain();
    let floor = flavour.floor(toolchain.as_deref()).map(str::to_owned);
    facts.flavour = flavour.word().to_owned().into();
    facts.floor = Fact::looked(floor);
    facts.toolchain = Fact::looked(toolchain);
    facts.go_minor = Fact::looked(module.go_minor().map(i64::from));
    facts.import_namespaces = first(module.namespaces().into_iter().map(shown)).into();
    facts.custom_bytes = count(module.custom_bytes(|_| true)).into();
    facts.debug_bytes = count(module.custom_bytes(module::is_debug)).into();
    facts.name_bytes = count(module.custom_bytes(|name| name == "name")).into();
    facts.build_paths = module.paths.first.clone().into();
    facts.build_path_count = count(module.paths.count).into();
    facts.build_path_bytes = count(module.paths.bytes).into();
    facts.build_id = Fact::looked(module.build_id.clone());
}

/// Whether the module at `bytes` says which build it is from; none where it cannot be read.
pub fn says_its_build(bytes: &[u8]) -> Option<bool> {
    module::read(bytes).ok().map(|module| module.build_id.is_some())
}

/// The exports of `wanted` that the module at `bytes` lacks.
pub fn exports_missing(bytes: &[u8], wanted: &[String]) -> Fact<Vec<String>> {
    match module::read(bytes) {
        Ok(module) if !wanted.is_empty() => {
            let lacks = |name: &&String| !module.exports.contains(name);
            wanted.iter().filter(lacks).cloned().collect::<Vec<_>>().into()
        }
        _ => Fact::Absent,
    }
}

/// The pair of a module and the scripts beside it.
fn pair(
    file: InspectedFile<'_>,
    module: &ModuleAnatomy,
    around: Surroundings<'_>,
    facts: &mut Inspection,
) {
    let mut wanted = module.namespaces();
    let own = wanted.clone();
    wanted.extend(GO_NAMESPACES);
    let read = |(name, text): &(String, String)| (name.clone(), glue::read(text, &wanted));
    let scripts: Vec<(String, BTreeMap<String, Space>)> = around.texts.iter().map(read).collect();
    let defines = |spaces: &BTreeMap<String, Space>| {
        let of_go = spaces.values().any(Space::is_of_go) && own.contains("gojs");
        of_go || own.iter().any(|name| spaces.get(*name).is_some_and(|space| space.written))
    };
    let glue = scripts.iter().find(|(_, spaces)| defines(spaces)).map(|(name, _)| name);
    facts.glue_hashed = Fact::looked(glue.map(|name| is_hashed(name) || may_be_hashed(name)));
    facts.glue = Fact::looked(glue.map(|name| shown(name)));
    if !around.complete {
        return;
    }
    let named = |space: &str| scripts.iter().any(|(_, spaces)| spaces.contains_key(space));
    let undefined = own.iter().filter(|space| !named(space)).map(|space| shown(space));
    facts.namespaces_undefined = first(undefined).into();
    facts.imports_undefined = first(imports_undefined(module, &scripts)).into();
    let lacks = pair::lacks(module, file.name, around.texts, around.is_only_module);
    facts.glue_lacks = Fact::looked(lacks.imports.map(|all| first(all.iter().map(|n| shown(n)))));
    facts.module_lacks = Fact::looked(lacks.exports.map(|all| first(all.iter().map(|n| shown(n)))));
    release(module, around, glue, facts);
}

/// Functions that the scripts for this kind of module do not define. A namespace that may have more
/// functions is left out.
fn imports_undefined(
    module: &ModuleAnatomy,
    scripts: &[(String, BTreeMap<String, Space>)],
) -> BTreeSet<String> {
    let has_go_shim = scripts.iter().any(|(_, spaces)| spaces.values().any(Space::is_of_go));
    let missing = module.imports.iter().filter(|import| {
        let mut spaces = scripts.iter().filter_map(|(_, spaces)| spaces.get(&import.namespace));
        let mut written = false;
        let defined = spaces.any(|space| {
            written |= space.written;
            space.open || space.functions.contains(&import.name)
        });
        let of_go = GO_NAMESPACES.contains(&import.namespace.as_str()) && has_go_shim;
        import.is_function && !defined && (written || of_go)
    });
    missing.map(|import| shown(&format!("{}.{}", import.namespace, import.name))).collect()
}

/// The releases that ship exactly this shim, if any.
fn release(
    module: &ModuleAnatomy,
    around: Surroundings<'_>,
    glue: Option<&String>,
    facts: &mut Inspection,
) {
    let script = around.texts.iter().find(|(name, _)| Some(name) == glue);
    let releases = script.and_then(|(_, text)| releases::of(text));
    facts.shim_releases = Fact::looked(releases.map(|releases| releases.to_string()));
    facts.shim_release_fits = match (releases, module.go_minor()) {
        (Some(releases), Some(minor)) => releases.fit(minor).into(),
        _ => Fact::Absent,
    };
}

/// The texts of all inline scripts of a page as one text, because they share their names.
pub fn inline_scripts(html: &str, address: &url::Url) -> String {
    page::read(html, address).inline.join("\n")
}
