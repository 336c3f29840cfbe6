//! What reading a file tells: the module's own words, the scripts beside it, the build around it.

use super::observation;

observation! {
    /// One file of a site or of a build directory, read and not run. `inspect` gives it. A fact
    /// of the build alone is unknown for a site.
    Inspection {
        /// Whether the file is there and is a module that can be read to its end.
        module_readable = "module-readable": bool,
        /// Why the file is no valid module, as in `is an ELF program`; absent if it is one. Of a
        /// build directory alone.
        no_module = "no-module": String,
        /// What the bytes are: `wasm`, `html`, `javascript`, `empty`, `other`; absent if the file
        /// could not be had whole.
        content = "content": String,
        /// SHA-256 of the file, codings undone, lower-case hex.
        sha256 = "sha256": String,
        /// Bytes of the file, codings undone.
        raw_bytes = "raw-bytes": i64,
        /// What the module was built for: `go-js`, `tinygo-js`, `tinygo-wasip1`,
        /// `wasip1-command`, `wasip1-reactor`, `wasm-bindgen`, `emscripten`, `component`, `core`
        /// (no imports), `other`.
        flavour = "flavour": String,
        /// What made the module, as it says itself, as in `Go go1.26.8`.
        toolchain = "toolchain": String,
        /// The minor version of Go that made the module, as in 26; absent if it is not Go's.
        go_minor = "go-minor": i64,
        /// The least that a module of this toolchain weighs, in words.
        floor = "floor": String,
        /// Namespaces of the module's imports, sorted.
        import_namespaces = "import-namespaces": Vec<String>,
        /// Exports that the target file asks for and the module lacks; absent where it asks for
        /// none.
        exports_missing = "exports-missing": Vec<String>,
        /// Bytes of custom sections, debug and names among them.
        custom_bytes = "custom-bytes": i64,
        /// Bytes of debug sections and source maps.
        debug_bytes = "debug-bytes": i64,
        /// Bytes of the section of names.
        name_bytes = "name-bytes": i64,
        /// Paths of source files on the machine that built it; the first of them.
        build_paths = "build-paths": Vec<String>,
        /// Number of such paths.
        build_path_count = "build-path-count": i64,
        /// Bytes of such paths.
        build_path_bytes = "build-path-bytes": i64,
        /// What says which build it is: a section, an export, or Go's build information.
        build_id = "build-id": String,
        /// Whether the name is content-addressed: a hash-like segment, or a versioned path.
        name_hashed = "name-hashed": bool,
        /// Whether the file's own name has a hash-like part; a version is none.
        name_carries_hash = "name-carries-hash": bool,
        /// The digest of the content that the name begins with, as in `sha256 of the raw bytes`;
        /// absent if none of the common ones.
        hash_scheme = "hash-scheme": String,
        /// The scheme that another file beside it follows; absent if none does.
        scheme_beside = "scheme-beside": String,
        /// The digest that the target file says names carry, as in `sha256-raw`; absent if it says
        /// nothing.
        name_digest = "name-digest": String,
        /// Whether the digits in the name begin that digest; absent where nothing is said, or the
        /// name has no digits.
        name_digest_right = "name-digest-right": bool,
        /// Bytes on the wire in the best coding that is there; of a build directory alone.
        wire_bytes = "wire-bytes": i64,
        /// Bytes that the target file allows on the wire; absent if it says nothing.
        wire_budget = "wire-budget": i64,
        /// Bytes on the wire past that; 0 if within; absent if nothing is said.
        over_wire_budget = "over-wire-budget": i64,
        /// Bytes that the target file allows the file itself; absent if it says nothing.
        raw_budget = "raw-budget": i64,
        /// Bytes of the file past that; 0 if within; absent if nothing is said.
        over_raw_budget = "over-raw-budget": i64,
        /// The script that defines what the module imports; absent if none does.
        glue = "glue": String,
        /// Whether the name of that script is content-addressed.
        glue_hashed = "glue-hashed": bool,
        /// Namespaces of the module's imports that no script beside it so much as names.
        namespaces_undefined = "namespaces-undefined": Vec<String>,
        /// Imports that no script defines, `namespace.function`, where a script defines others of
        /// the namespace, or where the whole namespace is Go's and missing.
        imports_undefined = "imports-undefined": Vec<String>,
        /// Scripts that pages load and no browser can run, each with why; of a build directory
        /// alone.
        scripts_wrong = "scripts-wrong": Vec<String>,
        /// Namespaces of a Go or TinyGo module for a page that no script of the directory so much
        /// as names; absent where a page loads scripts from elsewhere. Of a build directory alone.
        namespaces_nowhere = "namespaces-nowhere": Vec<String>,
        /// Go's namespace that the module imports and no script of the page so much as names;
        /// absent if one does; unknown where scripts come by names that are made at run time.
        shim_missing = "shim-missing": String,
        /// The shim, where an inline script of the page makes a `Go` before it is run; absent if
        /// none does.
        shim_late = "shim-late": String,
        /// A page that makes a `Go` which no script that it loads so much as names; absent if none
        /// does. Of a build directory alone.
        shim_unloaded = "shim-unloaded": String,
        /// Scripts that deal with modules and that no engine takes, each with why.
        scripts_broken = "scripts-broken": Vec<String>,
        /// What is wrong with the integrity that the page demands of the file; absent if nothing
        /// is, or nothing is demanded.
        integrity_wrong = "integrity-wrong": String,
        /// The Go releases that ship exactly this shim, as in `go1.21 to go1.23`; absent if none.
        shim_releases = "shim-releases": String,
        /// Whether the module's version of Go is one of those.
        shim_release_fits = "shim-release-fits": bool,
        /// Whether the pair of Go's shim and module starts in Node; absent where nobody asked.
        ran = "ran": bool,
        /// Where the module goes: `page` or `wasi`; absent if nothing says so.
        destination = "destination": String,
        /// Encoded siblings of the file that are there, as in `app.wasm.br`.
        siblings = "siblings": Vec<String>,
        /// Those that do not decode to the file, each with why.
        siblings_wrong = "siblings-wrong": Vec<String>,
        /// Those that are not there, while other files of the directory have theirs.
        siblings_missing = "siblings-missing": Vec<String>,
        /// Those that are no smaller than the file.
        siblings_fat = "siblings-fat": Vec<String>,
        /// The same of every file that is neither a module nor a script that deals with modules;
        /// told with the first of those, absent with the others, unknown if it is too much to
        /// read.
        beside_wrong = "beside-wrong": Vec<String>,
        /// Siblings of such files that are not there, while smaller files of the kind have theirs.
        beside_missing = "beside-missing": Vec<String>,
        /// Siblings of such files that are no smaller than the file.
        beside_fat = "beside-fat": Vec<String>,
        /// Whether a page, or a script that a page names, names the file; absent without pages.
        named_by_page = "named-by-page": bool,
        /// Files that pages name and that are not there, as in `app.1f.wasm in index.html`.
        dangling = "dangling": Vec<String>,
        /// Files that differ from those of the second build, or are in one of the two only.
        differs = "differs": Vec<String>,
        /// Files whose digest is not that of the manifest, or that only the manifest has.
        manifest_wrong = "manifest-wrong": Vec<String>,
        /// Files that the manifest does not name, but for modules and scripts.
        manifest_lacks = "manifest-lacks": Vec<String>,
        /// Modules and scripts that the manifest does not name.
        manifest_lacks_code = "manifest-lacks-code": Vec<String>,
        /// Lines of the manifest that say nothing that we understand, each with what was expected.
        manifest_unread = "manifest-unread": Vec<String>,
        /// Whether the manifest's signature is right; absent if no key is given.
        signature_right = "signature-right": bool,
    }
}
