//! Builds by the real toolchain with mistakes that people really make, as the folder that is
//! deployed.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use wasm_gauntlet_web::coding::Layer;

use crate::servers::pair::{self, coded, digest, go, page, pair, write};

/// The mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// Plain names, and the `.br` of the module is from the previous build.
    StaleBr,
    /// Plain names, next to the module of the previous build, `main.old.wasm`.
    WithOld,
    /// The module is stripped after it got its hashed name.
    Patched,
    /// The step that adds hashes to names leaves the script out.
    PlainShim,
    /// The script is not deployed.
    WithoutShim,
    /// The script is a copy from a Go release before 1.21.
    OldShim,
    /// Built for WASI.
    ForWasi,
    /// Built without any flag.
    Unstripped,
    /// A file of 4 MB is embedded that no compressor makes smaller.
    Large,
}

impl Wrong {
    /// The folder that is deployed.
    pub(crate) fn site(self) -> TempDir {
        let module = match self {
            Self::ForWasi => build(&Build { target: "wasip1", ..RELEASE }),
            Self::Unstripped => build(&UNSTRIPPED),
            Self::Large => build(&Build { embeds: true, ..RELEASE }),
            _ => pair().module.clone(),
        };
        let shim = match self {
            Self::OldShim => old_shim(),
            _ => pair().shim.clone(),
        };
        if matches!(self, Self::StaleBr | Self::WithOld) {
            return self.plain(&module);
        }
        let named_by = match self {
            Self::Patched => build(&Build { flags: &[], ..RELEASE }),
            _ => module.clone(),
        };
        let shim_name = match self {
            Self::PlainShim => "wasm_exec.js".to_owned(),
            _ => format!("wasm_exec.{}.js", digest(&shim)),
        };
        let site = hashed(&module, &format!("main.{}.wasm", digest(&named_by)), &shim, &shim_name);
        if self == Self::WithoutShim {
            for end in ["", ".gz", ".br"] {
                let file = site.path().join(format!("{shim_name}{end}"));
                fs::remove_file(file).expect("the script was there");
            }
        }
        site
    }

    fn plain(self, module: &[u8]) -> TempDir {
        let site = pair::plain_site();
        let old = build(&OLD);
        match self {
            Self::StaleBr => {
                write(&site, "main.wasm.gz", &coded(Layer::Gzip, module));
                write(&site, "main.wasm.br", &coded(Layer::Br, &old));
            }
            _ => write(&site, "main.old.wasm", &old),
        }
        site
    }
}

/// A page, a module and a script under these names, each with its variants.
fn hashed(module: &[u8], module_name: &str, shim: &[u8], shim_name: &str) -> TempDir {
    let site = tempfile::tempdir().expect("a site");
    let page = page(shim_name, module_name);
    for (name, bytes) in [("index.html", page.as_bytes()), (shim_name, shim), (module_name, module)]
    {
        write(&site, name, bytes);
        write(&site, &format!("{name}.gz"), &coded(Layer::Gzip, bytes));
        write(&site, &format!("{name}.br"), &coded(Layer::Br, bytes));
    }
    site
}

/// The script of a Go release before 1.21, which calls the namespace `go`. The toolchains of that
/// time are no longer available, and only the name matters.
pub(crate) fn old_shim() -> Vec<u8> {
    let text = String::from_utf8_lossy(&pair().shim).into_owned();
    assert!(text.contains("gojs: {"), "the script has another form");
    text.replace("gojs: {", "go: {").into_bytes()
}

/// How a module is built.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Build {
    /// The name of its cache folder.
    pub(crate) text: &'static str,
    /// `GOOS`.
    pub(crate) target: &'static str,
    /// Flags of the build.
    pub(crate) flags: &'static [&'static str],
    /// Whether an incompressible file is embedded.
    pub(crate) embeds: bool,
}

/// A release build.
pub(crate) const RELEASE: Build =
    Build { text: "hello", target: "js", flags: &["-trimpath", "-ldflags=-s -w"], embeds: false };

/// A development build with the name of its author. If the sources are recorded under another
/// folder, that is the folder of an ordinary home.
pub(crate) const UNSTRIPPED: Build =
    Build { flags: &["-gcflags=-trimpath=@WORK@=>/home/eve/hello"], ..RELEASE };

/// The build before the release.
pub(crate) const OLD: Build = Build { text: "hello of yesterday", ..RELEASE };

/// Embedded bytes. 4 MB of noise alone exceed the usual budget of 3 MiB.
const EMBEDDED_BYTES: usize = 4_000_000;

/// The module, built once for each target folder and Go release.
pub(crate) fn build(build: &Build) -> Vec<u8> {
    let release = go(&["env", "GOVERSION"], &[]);
    let key = format!("{release} {build:?}");
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("builds");
    let module = cache.join(format!("{}.wasm", digest(key.as_bytes())));
    if !module.is_file() {
        fs::create_dir_all(&cache).expect("a cache folder");
        let work = tempfile::tempdir_in(&cache).expect("a folder to build in");
        let out = made(build, work.path());
        // Moved into place as a whole, because two test programs may build at the same time.
        fs::rename(out, &module).expect("the module moves into the cache");
    }
    fs::read(module).expect("the module is in the cache")
}

fn made(build: &Build, work: &Path) -> PathBuf {
    let embedded = match build.embeds {
        true => "import _ \"embed\"\n\n//go:embed noise\nvar noise string\n",
        false => "const noise = \"\"\n",
    };
    let text = build.text;
    let source = format!(
        "package main\n\n{embedded}\n\
         func main() {{ println(\"{text}\", len(noise), noise[:min(4, len(noise))]) }}\n"
    );
    fs::write(work.join("main.go"), source).expect("a source");
    fs::write(work.join("go.mod"), "module example.test/hello\n\ngo 1.21\n").expect("a module");
    if build.embeds {
        fs::write(work.join("noise"), noise()).expect("noise");
    }
    let out = work.join("out.wasm");
    let (out_text, dir) = (out.display().to_string(), work.display().to_string());
    let mut arguments = vec!["build", "-C", &dir, "-buildvcs=false", "-o", &out_text];
    let flags: Vec<String> = build.flags.iter().map(|flag| flag.replace("@WORK@", &dir)).collect();
    arguments.extend(flags.iter().map(String::as_str));
    arguments.push(".");
    go(&arguments, &[("GOOS", build.target), ("GOARCH", "wasm"), ("GO111MODULE", "on")]);
    out
}

/// Incompressible bytes, equal in every run.
fn noise() -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = || {
        // xorshift64: a compressor cannot make its output smaller.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(EMBEDDED_BYTES).collect()
}
