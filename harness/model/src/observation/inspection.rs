//! Facts from reading a file: its own contents, the scripts next to it, the build around it.

use super::observation;

observation! {
    /// One file of a site or of a build directory, read and not run. `inspect` gives it. A fact
    /// that only a build has is unknown for a site.
    Inspection {
        /// Whether the file exists and is a module that can be read completely.
        module_readable = "module-readable": bool,
        /// Why the file is no valid module, as in `is an ELF program`. Absent if it is one. Build
        /// directories only.
        no_module = "no-module": String,
        /// The format of the bytes: `wasm`, `html`, `javascript`, `empty`, `git-lfs-pointer`,
        /// `base64`, `json`, `other`. Absent if the file could not be read completely.
        content = "content": String,
        /// SHA-256 of the file after decoding, lower-case hex.
        sha256 = "sha256": String,
        /// Bytes of the file after decoding.
        raw_bytes = "raw-bytes": i64,
        /// The target of the module: `go-js`, `tinygo-js`, `tinygo-wasip1`, `wasip1-command`,
        /// `wasip1-reactor`, `wasm-bindgen`, `emscripten`, `component`, `core` (no imports),
        /// `other`.
        flavour = "flavour": String,
        /// The toolchain that the module names, as in `Go go1.26.8`.
        toolchain = "toolchain": String,
        /// The minor version of Go that built the module, as in 26. Absent for other toolchains.
        go_minor = "go-minor": i64,
        /// The smallest size of a module from this toolchain, in words.
        floor = "floor": String,
        /// Namespaces of the module's imports, sorted.
        import_namespaces = "import-namespaces": Vec<String>,
        /// Exports that the target file requires and the module lacks. Absent if it requires none.
        exports_missing = "exports-missing": Vec<String>,
        /// Bytes of custom sections, debug and name sections included.
        custom_bytes = "custom-bytes": i64,
        /// Bytes of debug sections and source maps.
        debug_bytes = "debug-bytes": i64,
        /// Bytes of the name section.
        name_bytes = "name-bytes": i64,
        /// Paths of source files on the build machine: the first ones.
        build_paths = "build-paths": Vec<String>,
        /// Number of such paths.
        build_path_count = "build-path-count": i64,
        /// Bytes of such paths.
        build_path_bytes = "build-path-bytes": i64,
        /// What identifies the build: a section, an export, or Go's build information.
        build_id = "build-id": String,
        /// Modules of the build that nothing identifies. Only the first module reports them: it is
        /// absent for the others. Build directories only.
        unidentified = "unidentified": Vec<String>,
        /// Whether the name is content-addressed: it has a hash-like segment or a versioned path.
        name_hashed = "name-hashed": bool,
        /// Whether the file name has a hash-like part. A version is none.
        name_carries_hash = "name-carries-hash": bool,
        /// The digest of the content whose first digits are in the name, as in
        /// `sha256 of the raw bytes`. Absent if it is none of the common ones.
        hash_scheme = "hash-scheme": String,
        /// The scheme that another file next to it follows. Absent if none does.
        scheme_beside = "scheme-beside": String,
        /// The digest that names carry according to the target file, as in `sha256-raw`. Absent if
        /// it sets none.
        name_digest = "name-digest": String,
        /// Whether that digest begins with the digits in the name. Absent if the target file sets
        /// none, or if the name has no digits.
        name_digest_right = "name-digest-right": bool,
        /// Bytes on the wire in the best available coding. Build directories only.
        wire_bytes = "wire-bytes": i64,
        /// Bytes on the wire that the target file allows. Absent if it sets no budget.
        wire_budget = "wire-budget": i64,
        /// Bytes on the wire over that budget; 0 if within. Absent without a budget.
        over_wire_budget = "over-wire-budget": i64,
        /// Bytes that the target file allows for the file itself. Absent if it sets no budget.
        raw_budget = "raw-budget": i64,
        /// Bytes of the file over that budget; 0 if within. Absent without a budget.
        over_raw_budget = "over-raw-budget": i64,
        /// The script that defines the imports of the module. Absent if none does.
        glue = "glue": String,
        /// Whether the name of that script is content-addressed.
        glue_hashed = "glue-hashed": bool,
        /// Namespaces of the module's imports that no script next to it even mentions.
        namespaces_undefined = "namespaces-undefined": Vec<String>,
        /// Imports, as `namespace.function`, that no script defines. They count if a script defines
        /// others of the namespace, or if all of Go's namespace is missing.
        imports_undefined = "imports-undefined": Vec<String>,
        /// Imports, as `namespace.function`, that the glue written for this module does not give.
        /// Absent where no glue can be read with certainty.
        glue_lacks = "glue-lacks": Vec<String>,
        /// Exports that this glue calls and the module does not have. Absent as `glue-lacks`.
        module_lacks = "module-lacks": Vec<String>,
        /// The script that imports the module with `import … from`, as if it were a script. Absent
        /// if none does.
        imported_as_script = "imported-as-script": String,
        /// Scripts that pages load and no browser can run, each with the reason. Build directories
        /// only.
        scripts_wrong = "scripts-wrong": Vec<String>,
        /// Namespaces of a Go or TinyGo module for a page that no script of the directory even
        /// mentions. Absent if a page loads scripts from elsewhere. Build directories only.
        namespaces_nowhere = "namespaces-nowhere": Vec<String>,
        /// Go's namespace, if the module imports it and no script of the page even mentions it.
        /// Absent if one does. Unknown if the page computes script names at run time.
        shim_missing = "shim-missing": String,
        /// The shim, if an inline script of the page creates a `Go` before the shim runs. Absent
        /// otherwise.
        shim_late = "shim-late": String,
        /// A page that creates a `Go` which no loaded script even mentions. Absent if there is
        /// none. Build directories only.
        shim_unloaded = "shim-unloaded": String,
        /// Scripts about modules that no engine accepts, each with the reason.
        scripts_broken = "scripts-broken": Vec<String>,
        /// How the file fails the integrity that the page requires. Absent if it passes, or if none
        /// is required. Of a build directory: the first script of any page that fails.
        integrity_wrong = "integrity-wrong": String,
        /// The Go releases that ship exactly this shim, as in `go1.21 to go1.23`. Absent if none
        /// does.
        shim_releases = "shim-releases": String,
        /// Whether the module's Go version is one of those releases.
        shim_release_fits = "shim-release-fits": bool,
        /// Whether the pair of Go's shim and module starts in Node. Absent if this was not
        /// requested.
        ran = "ran": bool,
        /// The destination of the module: `page` or `wasi`. Absent if nothing shows it.
        destination = "destination": String,
        /// Existing encoded siblings of the file, as in `app.wasm.br`.
        siblings = "siblings": Vec<String>,
        /// Siblings that do not decode to the file, each with the reason.
        siblings_wrong = "siblings-wrong": Vec<String>,
        /// Missing siblings, if other files of the directory have theirs.
        siblings_missing = "siblings-missing": Vec<String>,
        /// Siblings that are no smaller than the file.
        siblings_fat = "siblings-fat": Vec<String>,
        /// Wrong siblings of all files that are neither modules nor scripts about modules. Only the
        /// first module or script reports them: it is absent for the others, and unknown if there
        /// is too much to read.
        beside_wrong = "beside-wrong": Vec<String>,
        /// Missing siblings of such files, if smaller files of the kind have theirs.
        beside_missing = "beside-missing": Vec<String>,
        /// Siblings of such files that are no smaller than the file.
        beside_fat = "beside-fat": Vec<String>,
        /// Whether a page, or a script that a page names, names the file. Absent without pages.
        named_by_page = "named-by-page": bool,
        /// Files that pages name and that do not exist, as in `app.1f.wasm in index.html`.
        dangling = "dangling": Vec<String>,
        /// Files that differ from the second build, or that only one of the two has.
        differs = "differs": Vec<String>,
        /// Files with another digest than in the manifest, and files that only the manifest has.
        manifest_wrong = "manifest-wrong": Vec<String>,
        /// Files that the manifest does not name, except modules and scripts.
        manifest_lacks = "manifest-lacks": Vec<String>,
        /// Modules and scripts that the manifest does not name.
        manifest_lacks_code = "manifest-lacks-code": Vec<String>,
        /// Lines of the manifest that we cannot read, each with the expected form.
        manifest_unread = "manifest-unread": Vec<String>,
        /// Whether the signature of the manifest is right. Absent if no key is given.
        signature_right = "signature-right": bool,
    }
}
