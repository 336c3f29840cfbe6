//! What a module says about itself: imports, exports, sections, producers, data.

use std::collections::BTreeSet;

use wasmparser::{BinaryReaderError, Encoding, KnownCustom, Parser, Payload, TypeRef};

use super::{go_info, paths, shown};

/// Imports that are kept; a large Go program with `net/http` has 40, Emscripten's some hundred.
const IMPORTS_MAX: usize = 4096;

/// Exports that are kept; wasm-bindgen makes some hundred.
pub(crate) const EXPORTS_MAX: usize = 4096;

/// Custom sections whose names are kept.
const CUSTOM_MAX: usize = 256;

/// Bytes of an identity that a section holds.
const ID_BYTES_MAX: usize = 128;

/// One import.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    /// The namespace.
    pub namespace: String,
    /// The name in it.
    pub name: String,
    /// Whether it is a function, and no memory, table or global.
    pub(crate) is_function: bool,
}

/// What a module says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ModuleAnatomy {
    /// Whether it is a component, of which nothing more is read.
    pub(crate) is_component: bool,
    /// In the order written.
    pub imports: Vec<Import>,
    /// In the order written.
    pub exports: Vec<String>,
    /// Name and bytes of each custom section.
    pub custom: Vec<(String, usize)>,
    /// Field, name and version of each producer.
    pub producers: Vec<(String, String, String)>,
    /// What says which build it is.
    pub(crate) build_id: Option<String>,
    /// Go's build information, line by line.
    pub(crate) go_info: Vec<String>,
    /// Paths of source files on the machine that built it.
    pub paths: paths::Paths,
}

/// Sections that identify the build of a module.
const ID_SECTIONS: &[&str] =
    &["version", "build_id", "build-id", "git_commit", "revision", "go:buildid"];

/// Exports that say so.
const ID_EXPORTS: &[&str] = &["version", "build_id", "module_version"];

/// Read `bytes`, as far as they are a module.
///
/// # Errors
/// When they are none, with where.
pub(crate) fn read(bytes: &[u8]) -> Result<ModuleAnatomy, String> {
    let mut module = ModuleAnatomy::default();
    let mut image = go_info::Image::default();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(|error| shown(&error.to_string()))?;
        let wrong = |error: BinaryReaderError| shown(&error.to_string());
        if module.take(payload, &mut image).map_err(wrong)? {
            break;
        }
    }
    module.go_info = image.build_info();
    module.paths = paths::find(bytes);
    let revision = module.go_info.iter().find_map(|line| line.strip_prefix("build\tvcs.revision="));
    module.build_id = module.build_id.or_else(|| revision.map(shown)).or_else(|| {
        let export = module.exports.iter().find(|name| ID_EXPORTS.contains(&name.as_str()));
        export.map(|name| format!("export `{name}`"))
    });
    Ok(module)
}

impl ModuleAnatomy {
    /// Take one part; says whether no further part is to be read.
    fn take<'a>(
        &mut self,
        payload: Payload<'a>,
        image: &mut go_info::Image<'a>,
    ) -> Result<bool, BinaryReaderError> {
        match payload {
            Payload::Version { encoding: Encoding::Component, .. } => {
                self.is_component = true;
                return Ok(true);
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports().take(IMPORTS_MAX) {
                    let import = import?;
                    self.imports.push(Import {
                        namespace: import.module.to_owned(),
                        name: import.name.to_owned(),
                        is_function: matches!(import.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)),
                    });
                }
            }
            Payload::ExportSection(section) => {
                for export in section.into_iter().take(EXPORTS_MAX) {
                    self.exports.push(export?.name.to_owned());
                }
            }
            Payload::DataSection(section) => image.take(section)?,
            Payload::CustomSection(section) => self.custom(&section),
            _ => {}
        }
        Ok(false)
    }

    fn custom(&mut self, section: &wasmparser::CustomSectionReader<'_>) {
        if self.custom.len() >= CUSTOM_MAX {
            return;
        }
        self.custom.push((section.name().to_owned(), section.data().len()));
        if let KnownCustom::Producers(producers) = section.as_known() {
            // A custom section that cannot be read is treated as absent.
            for field in producers.into_iter().flatten().take(8) {
                let values = field.values.into_iter().flatten().take(8);
                let of = |value: wasmparser::ProducersFieldValue<'_>| {
                    (shown(field.name), shown(value.name), shown(value.version))
                };
                self.producers.extend(values.map(of));
            }
        }
        if ID_SECTIONS.contains(&section.name()) && self.build_id.is_none() {
            let data = &section.data()[..section.data().len().min(ID_BYTES_MAX)];
            let text = String::from_utf8_lossy(data);
            let text = text.trim_matches(|c: char| c.is_control() || c.is_whitespace());
            let text = text.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
            self.build_id =
                (!text.is_empty()).then(|| format!("{}: {}", section.name(), shown(text)));
        }
    }

    /// Namespaces of the imports.
    pub(crate) fn namespaces(&self) -> BTreeSet<&str> {
        self.imports.iter().map(|import| import.namespace.as_str()).collect()
    }

    /// The version that a producer of this name says.
    fn version_of(&self, name: &str) -> Option<&str> {
        let named = |(_, have, _): &&(String, String, String)| have == name;
        self.producers.iter().find(named).map(|(.., version)| version.as_str())
    }

    /// What made it, as it says itself.
    pub(crate) fn toolchain(&self) -> Option<String> {
        let language = self.producers.iter().find(|(field, ..)| field == "language");
        let (_, name, version) = language.or(self.producers.first())?;
        Some(format!("{name} {version}").trim().to_owned())
    }

    /// The minor version of Go that made it, as in 26.
    pub(crate) fn go_minor(&self) -> Option<u32> {
        go_minor(self.version_of("Go")?)
    }

    /// Bytes of the custom sections that `wanted` names.
    pub(crate) fn custom_bytes(&self, wanted: impl Fn(&str) -> bool) -> usize {
        self.custom.iter().filter(|(name, _)| wanted(name)).map(|(_, bytes)| bytes).sum()
    }
}

/// Whether a custom section is there for debuggers alone.
pub(crate) fn is_debug(section: &str) -> bool {
    section.starts_with(".debug_")
        || section.starts_with("reloc..debug_")
        || ["sourceMappingURL", "external_debug_info"].contains(&section)
}

/// The minor version in a text such as `go1.26.8` or `go1.27rc1`.
pub(crate) fn go_minor(version: &str) -> Option<u32> {
    let rest = version.strip_prefix("go1.")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..digits].parse().ok()
}

#[cfg(test)]
#[path = "module_tests.rs"]
mod tests;
