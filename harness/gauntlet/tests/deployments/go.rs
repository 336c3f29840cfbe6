//! Go's net/http, in the small program `programs/fileserver.go`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Deployment;
use crate::files::Files;
use crate::servers::{Place, Server, is_there};

const SOURCE: &str = include_str!("programs/fileserver.go");

/// The program of `source`, built once.
fn program(source: &str) -> PathBuf {
    let length = source.len();
    let sum = source.bytes().fold(5381_u64, |sum, byte| sum.wrapping_mul(33) ^ u64::from(byte));
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fileserver");
    let program = cache.join(format!("fileserver-{length}-{sum:016x}"));
    if !program.is_file() {
        fs::create_dir_all(&cache).expect("a cache folder");
        let work = tempfile::tempdir_in(&cache).expect("a folder to build in");
        let (main, out) = (work.path().join("main.go"), work.path().join("out"));
        fs::write(&main, source).expect("a source");
        let mut build = Command::new("go");
        build.args(["build", "-trimpath", "-o"]).arg(&out).arg(&main);
        let built = build.env("GO111MODULE", "off").output().expect("go runs");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        // Moved into place as a whole, because two test programs may build at the same time.
        fs::rename(out, &program).expect("the program moves into the cache");
    }
    program
}

/// The program in this mode.
pub(crate) fn serving(site: &Path, mode: &str) -> Option<Vec<Server>> {
    if !is_there("go") {
        return None;
    }
    let program = program(SOURCE);
    let place = Place::new(site);
    let address = format!("127.0.0.1:{}", place.port);
    let root = place.path("site");
    Some(vec![place.start(Command::new(program).args([mode, &address, &root]))])
}

/// The program of `source`. Its arguments are its address and the folder of the site.
pub(crate) fn serving_program(site: &Path, source: &str) -> Option<Vec<Server>> {
    if !is_there("go") {
        return None;
    }
    let program = program(source);
    let place = Place::new(site);
    let (address, root) = (format!("127.0.0.1:{}", place.port), place.path("site"));
    Some(vec![place.start(Command::new(program).args([address, root]))])
}

/// Every deployment of this server.
pub(crate) const DEPLOYMENTS: &[Deployment] = &[
    Deployment {
        name: "http.FileServer alone",
        page: "/",
        files: Files::Plain,
        start: |site| serving(site, "plain"),
        incidents: &["critical delivery/entry-not-revalidated", "major delivery/uncompressed"],
    },
    Deployment {
        name: "variants chosen by Accept-Encoding",
        page: "/",
        files: Files::Hashed,
        start: |site| serving(site, "right"),
        incidents: &[],
    },
    Deployment {
        name: "a variant taken by strings.Contains, the type sniffed",
        page: "/",
        files: Files::Hashed,
        start: |site| serving(site, "naive"),
        incidents: &[
            "critical delivery/entry-not-revalidated",
            "critical delivery/mime-type",
            "critical delivery/missing-vary",
            "minor delivery/negotiation",
            "minor delivery/short-cache-hashed",
        ],
    },
];
