//! The subject `artefact`: a directory that a build produced, before it is deployed.
//!
//! Files are read. Only a browser runs what they hold, in its sandbox (`subject/browser`). Names,
//! sizes, links and contents are hostile: links that lead outside of the directory are not
//! followed, and large files are not read.

mod files;
mod known;
mod listing;
mod look;
pub(crate) mod manifest;
mod node;
mod order;
mod page_texts;
mod references;
mod shims;
mod siblings;
#[cfg(test)]
mod tests;
mod untried_siblings;
mod ways;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use url::Url;
use wasm_gauntlet_model::action::{Action, Asset, Deploy, Loads, Visit};
use wasm_gauntlet_model::found::first_page;
use wasm_gauntlet_model::observation::Observation;
use wasm_gauntlet_model::profile::{Found, Need, Profile, SubjectKind};
use wasm_gauntlet_model::target::{Budget, NameDigest};
use wasm_gauntlet_web::anatomy::{first, shown};

use self::files::Files;
use self::known::Known;
use super::browser::{BuildPlace, ServedDirectory, Witness};
use super::{Inability, Session, Subject};

/// The usual name of a manifest, which is used where none is named.
pub(crate) const MANIFEST_USUAL: &str = "SHA256SUMS";

/// A build directory, and what is known of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Build {
    /// The directory.
    pub dir: PathBuf,
    /// A second build of the same sources.
    pub second: Option<PathBuf>,
    /// The manifest of digests; `SHA256SUMS` in the directory where none is named.
    pub manifest: Option<PathBuf>,
    /// The signature over the manifest's bytes: 64 bytes, or the same in base64 or hexadecimal.
    pub signature: Option<PathBuf>,
    /// The public key of the signature, ed25519.
    pub public_key: Option<[u8; 32]>,
    /// Where the modules will run: `page` or `wasi`. Those of a directory with pages run in a page.
    pub destination: Option<String>,
    /// Exports that each module must have.
    pub exports: Vec<String>,
    /// Node, where pairs of Go's shim and module may be started.
    pub node: Option<PathBuf>,
    /// What each module may weigh.
    pub budget: Budget,
    /// The digest that names carry.
    pub name_digest: Option<NameDigest>,
}

/// A build directory under test.
pub struct Artefact {
    build: Build,
    flags: String,
    /// The browser that looks at the page, if there is one.
    witness: Option<Witness>,
    /// The directory on loopback, for the browser.
    served: OnceLock<ServedDirectory>,
    known: Known,
}

impl Artefact {
    /// The directory of `build`, named on the command line by `flags`.
    pub fn new(build: Build, flags: String) -> Self {
        let (witness, served, known) = (None, OnceLock::new(), Known::default());
        Self { build, flags, witness, served, known }
    }

    /// The same directory, at which a browser looks too.
    #[must_use]
    pub(crate) fn seen_by(self, witness: Option<Witness>) -> Self {
        Self { witness, ..self }
    }

    /// The address of a page of the directory.
    fn page(&self, name: &str) -> Result<Url, Inability> {
        if self.served.get().is_none() {
            let served = ServedDirectory::start(&self.build.dir);
            let cannot = |error| Inability::harness_fault(format!("it cannot be served: {error}"));
            let _ = self.served.set(served.map_err(cannot)?);
        }
        let url = self.served.get().and_then(|served| served.url(name));
        url.ok_or_else(|| Inability::unreadable(format!("`{}` has no address", shown(name))))
    }
}

impl Subject for Artefact {
    fn name(&self) -> &str {
        "artefact"
    }

    fn flags(&self) -> String {
        self.flags.clone()
    }

    fn profile(&self) -> Result<Profile, Inability> {
        let files = self.known.files(&self.build)?;
        let found = found(&files);
        let has = |asset| found.iter().any(|one| one.asset == asset);
        if !has(Asset::Module) {
            let advice = "give the directory that contains the built modules, as in \
                          `--artefact dist`";
            let seen = files.names().count();
            let dir = shown(&self.build.dir.display().to_string());
            return Err(Inability::not_offered(format!(
                "no .wasm among the {seen} files of {dir}; {advice}"
            )));
        }
        let can = [
            (true, Need::ArtefactModule),
            // A page needs its script. One that is no script, or is missing, is what the scenarios
            // look for.
            (has(Asset::Shim) || has(Asset::Entry), Need::ArtefactShim),
            (self.build.second.is_some(), Need::ArtefactSecond),
            (self.manifest().is_some_and(|path| path.is_file()), Need::ArtefactManifest),
        ];
        let can = can.into_iter().filter(|(has, _)| *has).map(|(_, need)| need).collect();
        let about: Vec<String> = std::iter::once(format!("{} files", files.names().count()))
            .chain(first(files.notes.iter().cloned()))
            .collect();
        let about = about.join("; ");
        let kind = SubjectKind::Artefact;
        let (left_out, limits, held, deployed) = (Vec::new(), None, Vec::new(), None);
        let mut profile =
            Profile { kind, about, can, found, left_out, limits, held, deployed, grace_ms: 0 };
        if let Some((witness, page)) = self.witness.as_ref().zip(first_page(&profile.found)) {
            let glance = witness.glance(&self.page(&page.url)?)?;
            witness.tell(&mut profile, &glance);
        }
        Ok(profile)
    }

    fn open(&self, _seed: u64) -> Result<Box<dyn Session + '_>, Inability> {
        Ok(Box::new(Reader { artefact: self, files: self.known.files(&self.build)? }))
    }
}

impl Artefact {
    /// The manifest that is named, or the usual one where it is there.
    fn manifest(&self) -> Option<PathBuf> {
        let usual = || Some(self.build.dir.join(MANIFEST_USUAL)).filter(|path| path.is_file());
        self.build.manifest.clone().or_else(usual)
    }
}

/// Modules, pages, and scripts that deal with modules.
fn found(files: &Files) -> Vec<Found> {
    let of = |asset, name: &str| Found {
        asset,
        url: name.to_owned(),
        label: shown(name),
        how: "file".to_owned(),
    };
    let mut found: Vec<Found> = files
        .names()
        .filter_map(|name| match extension(name) {
            "wasm" => Some(of(Asset::Module, name)),
            "html" | "htm" => Some(of(Asset::Entry, name)),
            _ if is_script(name) && page_texts::is_shim(files, name) => Some(of(Asset::Shim, name)),
            _ => None,
        })
        .take(files::FILES_OF_A_KIND_MAX)
        .collect();
    found.sort();
    found
}

/// Whether the name is that of a script.
fn is_script(name: &str) -> bool {
    ["js", "mjs", "cjs"].contains(&extension(name))
}

/// The part after the last dot of a name, as written.
fn extension(name: &str) -> &str {
    Path::new(name).extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

/// One trial on a build directory.
struct Reader<'a> {
    artefact: &'a Artefact,
    files: Arc<Files>,
}

impl Reader<'_> {
    fn witness(&self) -> Result<&Witness, Inability> {
        let none = || Inability::tool_missing("there is no browser to visit it with");
        self.artefact.witness.as_ref().ok_or_else(none)
    }
}

impl Session for Reader<'_> {
    fn perform(&mut self, _step: &str, action: &Action) -> Result<Observation, Inability> {
        match action {
            Action::Inspect(inspect) => {
                let look = || look::look(self.artefact, &self.files, inspect);
                self.artefact.known.looked(&inspect.url, look)
            }
            Action::Visit(visit) => {
                let url = self.artefact.page(&visit.url)?.to_string();
                self.witness()?.visit(&Visit { url, ..visit.clone() })
            }
            Action::Loads(loads) => {
                let url = self.artefact.page(&loads.url)?.to_string();
                self.witness()?.loads(&Loads { url, ..loads.clone() })
            }
            Action::Deploy(deploy) => {
                let url = self.artefact.page(&deploy.url)?.to_string();
                let current = BuildPlace::Directory(self.artefact.build.dir.clone());
                self.witness()?.deploy(&Deploy { url, ..deploy.clone() }, current)
            }
            _ => Err(Inability::not_offered("a build directory can only be inspected".to_owned())),
        }
    }
}
