//! The directory of the reference build: page, shim, module, encoded siblings, a manifest with its
//! signature, and a second build of the same sources. Each fault makes one part of it wrong.

use std::io;
use std::path::{Path, PathBuf};

use ed25519_compact::{KeyPair, Seed};
use sha2::{Digest, Sha256};
use wasm_gauntlet_host::process::scratch::Scratch;
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_web::coding::{Layer, encode};

use super::site::assets::{Coded, PREVIOUS, coded_module, entry_text, path, shim_text};
use super::site::module::{ModuleRecipe, WASI_IMPORT};

/// The seed of the key that signs the manifest. It is public, so that builds are equal.
const KEY_SEED: [u8; 32] = *b"a key of the gauntlet's testbed!";

/// The feature that the module exports, and that the target asks for.
pub const FEATURE: &str = "checksum";

/// The reference build, in a temporary folder that is removed on drop.
#[derive(Debug)]
pub struct TestbedBuild {
    folder: Scratch,
    key: [u8; 32],
}

impl TestbedBuild {
    /// Write the build with `faults`. Those of other parts are ignored.
    ///
    /// # Errors
    /// When no folder can be made or written to.
    pub fn write(faults: &[Fault]) -> io::Result<Self> {
        let folder = Scratch::new()?;
        let pair = KeyPair::from_seed(Seed::new(KEY_SEED));
        let made = MadeBuild { faults, pair: &pair };
        made.build(&folder.path().join("first"), false)?;
        made.build(&folder.path().join("second"), true)?;
        Ok(Self { folder, key: *pair.pk })
    }

    /// The build itself.
    pub fn dir(&self) -> PathBuf {
        self.folder.path().join("first")
    }

    /// The second build of the same sources.
    pub fn second(&self) -> PathBuf {
        self.folder.path().join("second")
    }

    /// The public key of the manifest's signature.
    pub fn public_key(&self) -> [u8; 32] {
        self.key
    }
}

struct MadeBuild<'a> {
    faults: &'a [Fault],
    pair: &'a KeyPair,
}

impl MadeBuild<'_> {
    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// How the module is made. The second build differs with the fault of builds that cannot be
    /// reproduced.
    fn make(&self, second: bool) -> ModuleRecipe {
        let usual = ModuleRecipe::default();
        let strange = second && self.has(Fault::BuildUnreproducible);
        ModuleRecipe {
            import: if self.has(Fault::BuildWrongFlavour) { WASI_IMPORT } else { usual.import },
            version: match (self.has(Fault::BuildUnidentified), strange) {
                (true, _) => None,
                (_, true) => Some("gauntlet-testbed 1.0.0+built-at-noon"),
                _ => usual.version,
            },
            go: self.has(Fault::BuildOldToolchain).then_some("go1.23.12"),
            feature: if self.has(Fault::BuildOldToolchain) { "unexported" } else { FEATURE },
            debug: self.has(Fault::BuildUnstripped),
            ballast: self.has(Fault::BuildOverBudget),
        }
    }

    fn build(&self, dir: &Path, second: bool) -> io::Result<()> {
        std::fs::create_dir_all(dir.join("assets"))?;
        let coded = coded_module(&self.make(second));
        let previous = || coded_module(&PREVIOUS).raw.to_vec();
        let named_by =
            if self.has(Fault::BuildWrongName) { previous() } else { coded.raw.to_vec() };
        let module = path("app", "wasm", Some(&named_by));
        let shim = shim_text(&module, coded.raw.len(), self.has(Fault::BuildOldShim));
        let hashed = !self.has(Fault::BuildUnhashedShim);
        let shim_path = path("loader", "js", hashed.then_some(shim.as_bytes()));
        let entry = match self.has(Fault::BuildPageOfOldBuild) {
            true => entry_text(&path("loader", "js", Some(b"an earlier build"))),
            false => entry_text(&shim_path),
        };
        let mut files = vec![("index.html".to_owned(), entry.into_bytes())];
        let coded_shim = Coded::new(shim.into_bytes());
        for (path, coded) in [(&shim_path, &coded_shim), (&module, &*coded)] {
            with_siblings(&mut files, &path[1..], coded);
        }
        self.spoil(&mut files, &module[1..], previous);
        self.sign(&mut files, &module[1..]);
        if self.has(Fault::BuildUnlisted) {
            files.push(("assets/left-over.txt".to_owned(), b"not of this build\n".to_vec()));
        }
        files.iter().try_for_each(|(name, bytes)| std::fs::write(dir.join(name), bytes))
    }

    /// The faults of the module's siblings.
    fn spoil(
        &self,
        files: &mut Vec<(String, Vec<u8>)>,
        module: &str,
        previous: impl Fn() -> Vec<u8>,
    ) {
        let (br, gz) = (format!("{module}.br"), format!("{module}.gz"));
        if self.has(Fault::BuildMissingGz) {
            files.retain(|(name, _)| *name != gz);
        }
        let found = files.iter().find(|(name, _)| name == module);
        let raw = found.map(|(_, bytes)| bytes.clone()).unwrap_or_default();
        for (name, bytes) in files {
            if *name == br && self.has(Fault::BuildStaleBr) {
                *bytes = encode(Layer::Br, &previous());
            } else if *name == br && self.has(Fault::BuildFatBr) {
                *bytes = stored(&raw);
            } else if *name == gz && self.has(Fault::BuildCutGz) {
                bytes.truncate(bytes.len() / 2);
            }
        }
    }

    /// The manifest and its signature.
    fn sign(&self, files: &mut Vec<(String, Vec<u8>)>, module: &str) {
        let line = |(name, bytes): &(String, Vec<u8>)| {
            let of_another = self.has(Fault::BuildWrongDigest) && name == module;
            let digest = if of_another { Sha256::digest(b"other") } else { Sha256::digest(bytes) };
            let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{digest}  {name}\n")
        };
        let mut manifest: String = files.iter().map(line).collect();
        let signature = self.pair.sk.sign(manifest.as_bytes(), None);
        if self.has(Fault::BuildForgedManifest) {
            manifest.push('\n');
        }
        files.push(("SHA256SUMS".to_owned(), manifest.into_bytes()));
        files.push(("SHA256SUMS.sig".to_owned(), signature.to_vec()));
    }
}

/// A brotli stream that stores `bytes` as they are (RFC 7932 §9.2), so it is larger than they are.
fn stored(bytes: &[u8]) -> Vec<u8> {
    /// Bytes of one stored piece: what 16 bits of length hold.
    const PIECE: usize = 1 << 16;
    let mut out = Vec::new();
    for (index, piece) in bytes.chunks(PIECE).enumerate() {
        // Not the last piece, four digits of length, the length, stored; before the first of
        // all, one bit for the window.
        let head = ((piece.len() as u32 - 1) << 3) | (1 << 19);
        let head = if index == 0 { head << 1 } else { head };
        out.extend(&head.to_le_bytes()[..3]);
        out.extend(piece);
    }
    // The last piece, and it is empty.
    out.push(0b11);
    out
}

/// Add a file and its encoded siblings.
fn with_siblings(files: &mut Vec<(String, Vec<u8>)>, name: &str, coded: &Coded) {
    files.push((format!("{name}.br"), coded.br.to_vec()));
    files.push((format!("{name}.gz"), coded.gzip.to_vec()));
    files.push((name.to_owned(), coded.raw.to_vec()));
}
