//! What a module was built for, by its imports and exports.

use super::module::ModuleAnatomy;

wasm_gauntlet_model::words! {
    /// What a module was built for.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Flavour {
        /// `GOOS=js`, for a page or Node with Go's `wasm_exec.js`.
        GoJs = "go-js",
        /// TinyGo's target `wasm`, for a page with TinyGo's `wasm_exec.js`.
        TinyGoJs = "tinygo-js",
        /// WASI preview 1, with `_start`.
        Wasip1Command = "wasip1-command",
        /// WASI preview 1, with `_initialize` or with exports alone.
        Wasip1Reactor = "wasip1-reactor",
        /// Rust with wasm-bindgen, for a page with its glue.
        WasmBindgen = "wasm-bindgen",
        /// Emscripten, for a page with its glue.
        Emscripten = "emscripten",
        /// A component, which no browser takes.
        Component = "component",
        /// No imports: runs anywhere.
        Core = "core",
        /// Imports of its own.
        Other = "other",
    }
}

impl Flavour {
    /// The least that such a module weighs, in words; measured on programs that print a line.
    pub fn floor(self, toolchain: Option<&str>) -> Option<&'static str> {
        let go = toolchain.is_some_and(|toolchain| toolchain.starts_with("Go "));
        match self {
            Self::GoJs => Some(GO_FLOOR),
            Self::Wasip1Command | Self::Wasip1Reactor if go => Some(GO_FLOOR),
            Self::TinyGoJs => Some("TinyGo: tens of kilobytes"),
            Self::WasmBindgen => Some("Rust with wasm-bindgen: tens of kilobytes"),
            _ => None,
        }
    }
}

/// Catalogue §8: println alone to `fmt`, and what compression leaves.
const GO_FLOOR: &str = "Go: 1.6 to 1.9 MB raw, 2.4 MB with fmt, 11.7 MB with net/http; \
                        with brotli 23 % of that, with TinyGo a tenth";

/// Names of WASI preview 1 among namespaces.
pub(crate) const WASI_NAMESPACES: &[&str] = &["wasi_snapshot_preview1", "wasi_unstable"];

/// The namespaces of Go's own shim, new (1.21) and old.
pub const GO_NAMESPACES: &[&str] = &["gojs", "go"];

/// What `module` was built for.
pub(crate) fn of(module: &ModuleAnatomy) -> Flavour {
    let exports = |name: &str| module.exports.iter().any(|export| export == name);
    let imports = |wanted: &dyn Fn(&str, &str) -> bool| {
        module.imports.iter().any(|import| wanted(&import.namespace, &import.name))
    };
    let go = |name: &str| name.starts_with("runtime.") || name.starts_with("syscall/js.");
    if module.is_component {
        Flavour::Component
    } else if module.imports.is_empty() {
        Flavour::Core
    } else if imports(&|space, name| GO_NAMESPACES.contains(&space) && go(name)) {
        let tiny = |_: &str, name: &str| ["runtime.ticks", "runtime.sleepTicks"].contains(&name);
        if imports(&tiny) { Flavour::TinyGoJs } else { Flavour::GoJs }
    } else if imports(&|space, name| space == "wbg" || name.starts_with("__wb")) {
        Flavour::WasmBindgen
    } else if imports(&|space, name| {
        ["env", "a"].contains(&space)
            && (space == "a" || EMSCRIPTEN_PREFIXES.iter().any(|prefix| name.starts_with(prefix)))
    }) {
        Flavour::Emscripten
    } else if imports(&|space, _| WASI_NAMESPACES.contains(&space)) {
        if exports("_start") { Flavour::Wasip1Command } else { Flavour::Wasip1Reactor }
    } else {
        Flavour::Other
    }
}

/// Beginnings of names that Emscripten's glue defines.
const EMSCRIPTEN_PREFIXES: &[&str] = &["emscripten_", "_emscripten_", "__syscall_", "invoke_"];
