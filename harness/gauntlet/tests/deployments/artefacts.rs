//! Build directories before they are deployed, right ones and ones with mistakes that people really
//! make. The real toolchain, `gzip`, Node's brotli and `sha256sum` make them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use crate::builds::{self, Build, OLD, RELEASE, UNSTRIPPED, build};
use crate::servers::is_there;
use crate::servers::pair::{digest, page, pair};
use crate::{held, run_on};

/// One directory.
pub(crate) struct Directory {
    /// Its special property.
    pub(crate) name: &'static str,
    /// Makes it in a folder and returns the lines of the target file that follow `dir`.
    make: fn(&Dist) -> String,
    /// `severity incident` for each finding of severity minor or above.
    pub(crate) incidents: &'static [&'static str],
}

/// The folder that a build writes to.
pub(crate) struct Dist(pub PathBuf);

impl Dist {
    /// An empty one under `folder`.
    pub(crate) fn under(folder: &Path) -> Self {
        let dist = Self(folder.join("dist"));
        fs::create_dir(&dist.0).expect("a folder");
        dist
    }

    /// Write a file.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.join(name), bytes).expect("a file of the build");
    }

    /// The output of a shell line that runs in the folder.
    pub(crate) fn shell(&self, line: &str) -> String {
        let ran = Command::new("sh").args(["-ec", line]).current_dir(&self.0).output();
        let ran = ran.expect("a shell");
        assert!(ran.status.success(), "{line}: {}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8_lossy(&ran.stdout).into_owned()
    }

    /// Compresses every file, as a build script does. All tests share the results, because the best
    /// brotli of a module takes seconds.
    pub(crate) fn compress(&self) {
        static MADE: Mutex<BTreeMap<Vec<u8>, [Vec<u8>; 2]>> = Mutex::new(BTreeMap::new());
        for file in fs::read_dir(&self.0).expect("the folder is there").flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            if ![".html", ".js", ".wasm"].iter().any(|ending| name.ends_with(ending)) {
                continue;
            }
            let siblings = [format!("{name}.gz"), format!("{name}.br")];
            let bytes = fs::read(file.path()).expect("a file of the build");
            let made = MADE.lock().expect("no test panics with it").get(&bytes).cloned();
            if let Some(made) = made {
                siblings.iter().zip(made).for_each(|(name, bytes)| self.put(name, &bytes));
                continue;
            }
            self.shell(&format!(
                "gzip -9 -n -k -f '{name}'; node -e \"\
                 const fs = require('fs'), zlib = require('zlib');\
                 const coded = zlib.brotliCompressSync(fs.readFileSync('{name}'));\
                 fs.writeFileSync('{name}.br', coded);\""
            ));
            let made = siblings.map(|name| fs::read(self.0.join(name)).expect("it was made"));
            MADE.lock().expect("no test panics with it").insert(bytes, made);
        }
    }

    /// Page, script and module. `named_by` names the module.
    fn write(&self, module: &[u8], named_by: &[u8], shim: &[u8]) {
        let (shim_name, module_name) = names(named_by, shim);
        self.put("index.html", page(&shim_name, &module_name).as_bytes());
        self.put(&shim_name, shim);
        self.put(&module_name, module);
    }

    /// A correct build of this module.
    fn right(&self, module: &[u8]) {
        self.write(module, module, &pair().shim);
        self.compress();
    }
}

fn names(module: &[u8], shim: &[u8]) -> (String, String) {
    let (shim, module) = (digest(shim), digest(module));
    (format!("wasm_exec.{shim}.js"), format!("main.{module}.wasm"))
}

/// Least passes of a correct directory: its incidents, and for some incidents the page and the
/// script too.
const PASSES_MIN: usize = 9;

const MANIFEST: &str = "sha256sum *.html *.js *.wasm *.gz *.br > SHA256SUMS";

/// Long enough that compression helps.
fn error_page() -> String {
    "<!doctype html><title>404</title>".repeat(9)
}

/// Every directory gives exactly its incidents.
pub(crate) fn check() {
    if !["go", "gzip", "node", "sha256sum"].into_iter().all(is_there) {
        return;
    }
    let mut wrong = Vec::new();
    for directory in DIRECTORIES {
        let folder = tempfile::tempdir().expect("a folder");
        let dist = Dist::under(folder.path());
        let lines = (directory.make)(&dist);
        let file = folder.path().join("gauntlet.yaml");
        let dir = dist.0.display();
        let text = format!("artefacts:\n  - dir: \"{dir}\"\n{lines}");
        fs::write(&file, text).expect("a target file");
        let (code, record) = run_on(&["--target", &path(&file)], "artefact/");
        let expected = (directory.incidents, PASSES_MIN);
        wrong.extend(held(directory.name, expected, code, &record));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

/// Every directory of this suite.
pub(crate) const DIRECTORIES: &[Directory] = &[
    Directory {
        name: "as it should be, twice, with its manifest",
        make: |dist| {
            dist.right(&pair().module);
            dist.shell("cp -r . ../again");
            // Only the released build has variants.
            dist.shell(MANIFEST);
            dist.shell("echo of the release > SHA256SUMS.sig");
            let again = path(&dist.0.with_file_name("again"));
            format!("    second-build: \"{again}\"\n    name-digest: sha256-raw\n")
        },
        incidents: &[],
    },
    Directory {
        name: "built again, and the .br left as it was",
        make: |dist| {
            for (name, bytes) in [("wasm_exec.js", &pair().shim), ("main.wasm", &build(&OLD))] {
                dist.put(name, bytes);
            }
            dist.put("index.html", page("wasm_exec.js", "main.wasm").as_bytes());
            dist.compress();
            dist.put("main.wasm", &pair().module);
            dist.shell("gzip -9 -n -k -f main.wasm");
            String::new()
        },
        incidents: &["critical artefact/siblings"],
    },
    Directory {
        name: "the page changed by hand, and its .gz and .br left as they were",
        make: |dist| {
            dist.right(&pair().module);
            dist.shell("echo '<!-- v2 -->' >> index.html");
            String::new()
        },
        incidents: &["critical artefact/siblings"],
    },
    Directory {
        name: "stripped after it was named",
        make: |dist| {
            let whole = build(&Build { flags: &[], ..RELEASE });
            dist.write(&pair().module, &whole, &pair().shim);
            dist.compress();
            String::new()
        },
        incidents: &["critical artefact/names"],
    },
    Directory {
        name: "the script copied once, from a Go before 1.21",
        make: |dist| {
            dist.write(&pair().module, &pair().module, &builds::old_shim());
            dist.compress();
            String::new()
        },
        incidents: &["critical artefact/shim-pair"],
    },
    Directory {
        name: "the script cut short by a copy",
        make: |dist| {
            let shim = &pair().shim;
            dist.write(&pair().module, &pair().module, &shim[..shim.len() / 2]);
            dist.compress();
            String::new()
        },
        incidents: &["critical artefact/shim-pair"],
    },
    Directory {
        name: "the script empty",
        make: |dist| {
            dist.write(&pair().module, &pair().module, b"\n");
            dist.compress();
            String::new()
        },
        incidents: &["critical artefact/shim-pair"],
    },
    Directory {
        name: "a page of an error under the script's name",
        make: |dist| {
            dist.write(&pair().module, &pair().module, error_page().as_bytes());
            dist.compress();
            String::new()
        },
        incidents: &["critical artefact/shim-pair"],
    },
    Directory {
        name: "the script of another program under its name",
        make: |dist| {
            let other = "globalThis.Go = class { run() {} };\n".repeat(9);
            dist.write(&pair().module, &pair().module, other.as_bytes());
            dist.compress();
            String::new()
        },
        incidents: &["critical artefact/shim-pair"],
    },
    Directory {
        name: "GOOS=wasip1 for a page",
        make: |dist| {
            dist.right(&build(&Build { target: "wasip1", ..RELEASE }));
            String::new()
        },
        incidents: &["major artefact/flavour-and-version"],
    },
    Directory {
        name: "a disk that was full while the module was copied",
        make: |dist| {
            let module = &pair().module;
            dist.right(&module[..module.len() / 2]);
            String::new()
        },
        incidents: &["critical artefact/flavour-and-version"],
    },
    Directory {
        name: "a page of an error under the module's name",
        make: |dist| {
            dist.right(error_page().as_bytes());
            String::new()
        },
        incidents: &["critical artefact/flavour-and-version"],
    },
    Directory {
        name: "GOOS and GOARCH not set",
        make: |dist| {
            dist.right(&fs::read(env!("CARGO_BIN_EXE_gauntlet")).expect("a program")[..4096]);
            String::new()
        },
        incidents: &["critical artefact/flavour-and-version"],
    },
    Directory {
        name: "the script left out of the copy",
        make: |dist| {
            dist.right(&pair().module);
            dist.shell("rm wasm_exec.*");
            String::new()
        },
        incidents: &["critical artefact/names", "critical artefact/shim-pair"],
    },
    Directory {
        name: "go build without any flag",
        make: |dist| {
            dist.right(&build(&UNSTRIPPED));
            String::new()
        },
        incidents: &["minor artefact/stripped"],
    },
    Directory {
        name: "built twice, with the hour in it",
        make: |dist| {
            dist.right(&pair().module);
            dist.shell("cp -r . ../again");
            let again = Dist(dist.0.with_file_name("again"));
            again.shell("rm *");
            again.right(&build(&Build { text: "hello at noon", ..RELEASE }));
            format!("    second-build: \"{}\"\n", path(&again.0))
        },
        incidents: &["major artefact/reproducible"],
    },
    Directory {
        name: "without a word on which build it is",
        make: |dist| {
            let flags = &["-trimpath", "-ldflags=-s -w -buildid="];
            dist.right(&build(&Build { flags, ..RELEASE }));
            String::new()
        },
        incidents: &["minor artefact/identified"],
    },
    Directory {
        name: "built again after the manifest was made",
        make: |dist| {
            dist.right(&pair().module);
            dist.shell(MANIFEST);
            dist.shell("rm main.* index.*");
            dist.right(&build(&OLD));
            String::new()
        },
        incidents: &["major artefact/supply-chain"],
    },
    Directory {
        name: "a manifest of everything but the module",
        make: |dist| {
            dist.right(&pair().module);
            dist.shell("sha256sum --tag *.html *.js *.gz *.br > SHA256SUMS");
            String::new()
        },
        incidents: &["major artefact/supply-chain"],
    },
    Directory {
        name: "a manifest of another digest",
        make: |dist| {
            dist.right(&pair().module);
            dist.shell("sha512sum *.html *.js *.wasm *.gz *.br > SHA256SUMS");
            String::new()
        },
        incidents: &["major artefact/supply-chain"],
    },
    Directory {
        name: "a manifest as sha256sum --tag writes it",
        make: |dist| {
            dist.right(&pair().module);
            dist.shell("sha256sum --tag *.html *.js *.wasm *.gz *.br > ../MANIFEST");
            format!("    manifest: \"{}\"\n", path(&dist.0.with_file_name("MANIFEST")))
        },
        incidents: &[],
    },
    Directory {
        name: "a file of 4 MB in the module that nothing compresses",
        make: |dist| {
            dist.right(&build(&Build { embeds: true, ..RELEASE }));
            String::new()
        },
        incidents: &["minor artefact/budget"],
    },
    Directory {
        name: "past the budget of the target file",
        make: |dist| {
            dist.right(&pair().module);
            "    budget: { raw-bytes: 1000000 }\n".to_owned()
        },
        incidents: &["minor artefact/budget"],
    },
];
