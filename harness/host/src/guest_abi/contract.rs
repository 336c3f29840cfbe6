//! The contract of a module, checked before any engine compiles it: its structure, imports, exports
//! and initial sizes.
//!
//! Reasons are for people. Names in them come from the module, so they are escaped.

use wasm_gauntlet_model::call::{RejectStage, Rejection};
use wasmparser::{
    FuncType, Parser, Payload, ValType, Validator, WasmFeatures,
    types::{EntityType, TypesRef},
};

use super::growth::Caps;
use super::log::plain;
use super::{ALLOC, ENV, INITIALIZE, MEMORY, MODULE_BYTES_MAX, PROCESS, WASI, preview1, sniff};
use crate::static_limits::{self, Refusal, StaticLimits};

/// Longest name shown in a reason, bytes.
const NAME_SHOWN_BYTES: usize = 80;
/// Most export names shown in a reason.
const EXPORTS_SHOWN: usize = 8;
const PAGE: u64 = 65_536;

/// The features that both embedded hosts offer: WebAssembly 2.0 (SIMD too), tail calls and
/// extended constants. No threads, 64-bit memory, second memory, exceptions or GC. A runtime
/// without a collector refuses `externref` when it compiles.
pub const FEATURES: WasmFeatures =
    WasmFeatures::WASM2.union(WasmFeatures::TAIL_CALL).union(WasmFeatures::EXTENDED_CONST);

/// What a host needs to know of a module that keeps the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contract {
    /// Whether it imports WASI.
    pub wasi: bool,
    /// Whether it is a reactor that needs `_initialize` called.
    pub initialize: bool,
    /// Its start function.
    pub start: Option<u32>,
}

/// Check `bytes` against the contract, under [`FEATURES`], `caps` and `limits`. Counts come first,
/// because a module can make a validator work hard too.
///
/// # Errors
/// The first thing that keeps the module from running here.
pub fn check(bytes: &[u8], caps: Caps, limits: &StaticLimits) -> Result<Contract, Rejection> {
    if bytes.len() > MODULE_BYTES_MAX {
        let reason = format!("{} bytes, the host takes {MODULE_BYTES_MAX}", bytes.len());
        return Err(refuse(RejectStage::Size, reason));
    }
    if let Some(reason) = sniff::not_a_module(bytes) {
        return Err(refuse(RejectStage::Validate, reason));
    }
    // For bytes that do not parse, the validator gives a better reason.
    if let Err(over @ Refusal::Over { .. }) = static_limits::check(limits, bytes) {
        return Err(over.into());
    }
    let types = Validator::new_with_features(FEATURES).validate_all(bytes).map_err(|error| {
        let text = plain(error.message().as_bytes(), 400);
        refuse(RejectStage::Validate, format!("{text} (at offset {:#x})", error.offset()))
    })?;
    let module = ModuleTypes { types: types.as_ref() };
    let wasi = module.imports()?;
    let initialize = module.exports()?;
    module.sizes(caps)?;
    Ok(Contract { wasi, initialize, start: start(bytes) })
}

fn refuse(stage: RejectStage, reason: String) -> Rejection {
    Rejection { stage, reason }
}

/// The start function of a module that is valid.
fn start(bytes: &[u8]) -> Option<u32> {
    Parser::new(0).parse_all(bytes).find_map(|payload| match payload {
        Ok(Payload::StartSection { func, .. }) => Some(func),
        _ => None,
    })
}

struct ModuleTypes<'a> {
    types: TypesRef<'a>,
}

impl ModuleTypes<'_> {
    /// Whether WASI is among the imports, all of which the host offers.
    fn imports(&self) -> Result<bool, Rejection> {
        let mut wasi = false;
        for (module, name, entity) in self.types.core_imports().into_iter().flatten() {
            self.import(module, name, entity)
                .map_err(|reason| refuse(RejectStage::Import, reason))?;
            wasi |= module == WASI;
        }
        Ok(wasi)
    }

    fn import(&self, module: &str, name: &str, entity: EntityType) -> Result<(), String> {
        let shown = format!("`{}.{}`", show(module), show(name));
        let expected = match offered(module, name) {
            Some(expected) => expected,
            None => return Err(unknown(module, &shown)),
        };
        match self.function(entity) {
            Some(found) if found == expected => Ok(()),
            Some(found) => {
                Err(format!("import {shown} has type {found}; the host offers {expected}"))
            }
            None => {
                let kind = kind(entity);
                Err(format!("import {shown} is a {kind}; the host offers a function {expected}"))
            }
        }
    }

    /// Whether there is `_initialize`, next to the three required exports.
    fn exports(&self) -> Result<bool, Rejection> {
        self.exports_checked().map_err(|reason| refuse(RejectStage::Export, reason))
    }

    fn exports_checked(&self) -> Result<bool, String> {
        if self.export("_start").is_some() && self.export(PROCESS).is_none() {
            return Err("a command: it exports `_start` and no `process`; build a reactor \
                (Go: -buildmode=c-shared, Rust: crate-type cdylib)"
                .to_owned());
        }
        match self.export(MEMORY) {
            Some(EntityType::Memory(_)) => {}
            Some(other) => return Err(format!("export `memory` is a {}", kind(other))),
            None => return Err(self.missing(MEMORY)),
        }
        self.exported_function(ALLOC, "(i32) -> i32")?;
        self.exported_function(PROCESS, "(i32, i32) -> i64")?;
        if self.export(INITIALIZE).is_none() {
            return Ok(false);
        }
        self.exported_function(INITIALIZE, "() -> ()").map(|()| true)
    }

    fn exported_function(&self, name: &str, expected: &str) -> Result<(), String> {
        let entity = self.export(name).ok_or_else(|| self.missing(name))?;
        match self.function(entity) {
            Some(found) if found == expected => Ok(()),
            Some(found) => Err(format!("export `{name}` has type {found}, expected {expected}")),
            None => Err(format!("export `{name}` is a {}, expected a function", kind(entity))),
        }
    }

    fn export(&self, name: &str) -> Option<EntityType> {
        let mut exports = self.types.core_exports().into_iter().flatten();
        exports.find(|(other, _)| *other == name).map(|(_, entity)| entity)
    }

    fn missing(&self, name: &str) -> String {
        let exports = self.types.core_exports().into_iter().flatten();
        let all: Vec<String> = exports.take(EXPORTS_SHOWN).map(|(name, _)| show(name)).collect();
        let all = if all.is_empty() { "nothing".to_owned() } else { all.join(", ") };
        format!("no export is named `{name}`; the module exports {all}")
    }

    /// The type of a function in words.
    fn function(&self, entity: EntityType) -> Option<String> {
        let (EntityType::Func(id) | EntityType::FuncExact(id)) = entity else { return None };
        let sub = self.types.get(id)?;
        Some(words(sub.unwrap_func()))
    }

    /// The initial sizes that instantiation needs.
    fn sizes(&self, caps: Caps) -> Result<(), Rejection> {
        let over = |what: &str, asked: u64, cap: usize| {
            let reason = format!("the {what} starts at {asked}, but the cap is {cap}");
            (asked > cap as u64).then(|| refuse(RejectStage::Instantiate, reason))
        };
        let memories = (0..self.types.memory_count()).filter_map(|index| {
            let bytes = self.types.memory_at(index).initial.saturating_mul(PAGE);
            over("memory, in bytes,", bytes, caps.memory_bytes)
        });
        let tables = (0..self.types.table_count()).filter_map(|index| {
            over("table, in elements,", self.types.table_at(index).initial, caps.table_elements)
        });
        memories.chain(tables).next().map_or(Ok(()), Err)
    }
}

/// The type of a function that the host offers.
fn offered(module: &str, name: &str) -> Option<String> {
    match (module, name) {
        (ENV, "log") => Some("(i32, i32) -> ()".to_owned()),
        (ENV, "error") => Some("(i32, i32, i32) -> ()".to_owned()),
        (WASI, name) => preview1::params(name).map(|params| {
            let params: Vec<&str> =
                params.chars().map(|c| if c == 'I' { "i64" } else { "i32" }).collect();
            let result = if name == preview1::PROC_EXIT { "()" } else { "i32" };
            format!("({}) -> {result}", params.join(", "))
        }),
        _ => None,
    }
}

fn unknown(module: &str, shown: &str) -> String {
    let hint = match module {
        "go" | "gojs" => "; built for the browser (GOOS=js); build with GOOS=wasip1",
        "wbg" | "__wbindgen_placeholder__" => "; built for a page (wasm-bindgen)",
        "wasi_unstable" => "; WASI snapshot 0; build for wasi_snapshot_preview1",
        _ if module.starts_with("wasi:") => "; WASI 0.2, which is for components",
        _ => "",
    };
    format!("unknown import {shown}{hint}; the host offers env.log, env.error and {WASI}")
}

fn words(function: &FuncType) -> String {
    let list = |types: &[ValType]| types.iter().map(ToString::to_string).collect::<Vec<_>>();
    let params = list(function.params()).join(", ");
    let results = list(function.results());
    match results.as_slice() {
        [one] => format!("({params}) -> {one}"),
        many => format!("({params}) -> ({})", many.join(", ")),
    }
}

fn kind(entity: EntityType) -> &'static str {
    match entity {
        EntityType::Func(_) | EntityType::FuncExact(_) => "function",
        EntityType::Table(_) => "table",
        EntityType::Memory(_) => "memory",
        EntityType::Global(_) => "global",
        EntityType::Tag(_) => "tag",
    }
}

fn show(name: &str) -> String {
    plain(name.as_bytes(), NAME_SHOWN_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest_abi::growth::TABLES_MAX;

    const CAPS: Caps = Caps { memory_bytes: 1 << 24, table_elements: 10_000 };

    fn reason(text: &str, stage: RejectStage) -> String {
        let bytes = wat::parse_str(text).expect("it assembles");
        let rejection =
            check(&bytes, CAPS, &StaticLimits::recommended()).expect_err("it is refused");
        assert_eq!(rejection.stage, stage, "{}", rejection.reason);
        rejection.reason
    }

    const ABI: &str = r#"(memory (export "memory") 1)
        (func (export "alloc") (param i32) (result i32) (i32.const 0))
        (func (export "process") (param i32 i32) (result i64) (i64.const 0))"#;

    fn module(rest: &str) -> String {
        format!("(module {rest} {ABI})")
    }

    #[test]
    fn imports_are_refused_with_what_is_offered() {
        let import = |rest: &str| reason(&module(rest), RejectStage::Import);
        assert!(import(r#"(import "gojs" "f" (func))"#).contains("GOOS=wasip1"));
        assert!(import(r#"(import "env" "nope" (func))"#).contains("`env.nope`"));
        assert!(import(r#"(import "env" "log" (func))"#).contains("() -> ()"));
        assert!(import(r#"(import "env" "log" (global i32))"#).contains("is a global"));
        assert!(
            import(r#"(import "wasi_snapshot_preview1" "proc_exit" (func))"#)
                .contains("offers (i32) -> ()")
        );
        assert!(import(r#"(import "a\0a\1b[2J" "b" (func))"#).contains(r"`a\n\u{1b}[2J.b`"));
    }

    #[test]
    fn exports_are_refused_with_what_is_there() {
        let export = |text: &str| reason(text, RejectStage::Export);
        assert!(export("(module)").contains("exports nothing"));
        assert!(export(r#"(module (memory 1) (func (export "_start")))"#).contains("a command"));
        assert!(export(r#"(module (func (export "memory")))"#).contains("is a function"));
        let alloc = r#"(module (memory (export "memory") 1) (func (export "alloc")))"#;
        assert!(export(alloc).contains("() -> (), expected (i32) -> i32"));
        let initialize = module(r#"(func (export "_initialize") (param i32))"#);
        assert!(export(&initialize).contains("_initialize"));
    }

    #[test]
    fn sizes_over_the_caps_are_refused_before_anything_is_made() {
        let big = module("").replace("\"memory\") 1", "\"memory\") 257");
        assert!(reason(&big, RejectStage::Instantiate).contains("16842752"));
        reason(&module("(table 10001 funcref)"), RejectStage::Instantiate);
        reason(&module("(memory $two 1)"), RejectStage::StaticLimit);
        let tables = "(table 0 funcref)".repeat(TABLES_MAX + 1);
        reason(&module(&tables), RejectStage::StaticLimit);
    }

    #[test]
    fn features_that_are_off_are_refused() {
        reason("(module (memory i64 1))", RejectStage::Validate);
        reason("(module (memory 1 2 shared))", RejectStage::Validate);
        reason("(module (tag))", RejectStage::Validate);
        reason("(module (type (struct)))", RejectStage::Validate);
    }

    #[test]
    fn a_module_that_keeps_the_contract_is_described() {
        let text = module(
            r#"(import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
            (func $s) (start $s) (func (export "_initialize"))"#,
        );
        let bytes = wat::parse_str(text).expect("it assembles");
        let contract = check(&bytes, CAPS, &StaticLimits::recommended()).expect("it is taken");
        assert_eq!(contract, Contract { wasi: true, initialize: true, start: Some(1) });
    }

    #[test]
    fn no_prefix_of_a_module_panics_or_passes() {
        let bytes = wat::parse_str(module("")).expect("it assembles");
        for end in 0..bytes.len() {
            check(&bytes[..end], CAPS, &StaticLimits::recommended())
                .expect_err("a part is no module");
        }
    }
}
