//! The command line and its target files, combined into one target.

use url::Url;
use wasm_gauntlet_host::process::confine::Confinement;
use wasm_gauntlet_model::host_limits::StatedLimits;
use wasm_gauntlet_model::ledger::Ledger;
use wasm_gauntlet_model::source::Source;
use wasm_gauntlet_model::target::{
    self, ArtefactTarget, HostTarget, KnownNames, NOISE_FACTOR_USUAL, SiteTarget, Speech,
};
use wasm_gauntlet_web::shell::quoted;

use super::args::RunArgs;
use super::exit::{Exit, Failure};
use super::own_adapters::{self, OwnAdapter};
use super::previous_run;
use crate::subject::plugin_host::runtimes;

/// Everything that is named.
pub(super) struct NamedTargets {
    pub(crate) sites: Vec<SiteTarget>,
    pub(crate) hosts: Vec<HostTarget>,
    pub(crate) runtimes: Vec<String>,
    /// Adapters of the user, and their known gaps.
    pub(crate) adapters: Vec<OwnAdapter>,
    pub(crate) ledger: Ledger,
    /// Each with the flags that name it on the command line.
    pub(crate) artefacts: Vec<(ArtefactTarget, String)>,
    /// Modules that the last run in the same folder found.
    pub(crate) remembered: Vec<Url>,
    pub(crate) noise_factor: f64,
    pub(crate) authorize: Vec<String>,
    /// What the workers of runtimes may use.
    pub(crate) confinement: Confinement,
}

impl NamedTargets {
    /// Whether nothing is named, so that the reference deployment is tested.
    pub(crate) fn is_empty(&self) -> bool {
        self.sites.is_empty()
            && self.hosts.is_empty()
            && self.runtimes.is_empty()
            && self.adapters.is_empty()
            && self.artefacts.is_empty()
    }
}

/// The target of `args` and of the files that they name.
///
/// # Errors
/// Every complaint about every file; a runtime that does not exist.
pub(super) fn of(args: &RunArgs) -> Result<NamedTargets, Failure> {
    let mut named = NamedTargets {
        sites: args.site.iter().map(|url| SiteTarget::at(url.as_str())).collect(),
        hosts: args.host.iter().map(|url| host(url.as_str())).collect(),
        runtimes: args.runtime.clone(),
        adapters: Vec::new(),
        ledger: Ledger::default(),
        artefacts: args.artefact.iter().map(|dir| artefact(dir)).collect(),
        remembered: args.out.as_deref().map(previous_run::modules).unwrap_or_default(),
        noise_factor: NOISE_FACTOR_USUAL,
        authorize: Vec::new(),
        confinement: Confinement::default(),
    };
    let mut complaints = String::new();
    for path in &args.target {
        let cannot = |error| Failure::usage(format!("cannot read {}: {error}", path.display()));
        let text = std::fs::read_to_string(path).map_err(cannot)?;
        let guests: Vec<&str> = guests().collect();
        let known = KnownNames { runtimes: &runtimes::known(), guests: &guests };
        let source = Source::new(path.display().to_string(), text);
        match target::parse_knowing(&source, known) {
            Ok(target) => {
                named.sites.extend(target.site);
                named.hosts.extend(target.host);
                named.runtimes.extend(target.runtimes);
                // The other keys of a build have no flags of their own.
                let flags = format!("--target {} ", word(&path.display().to_string()));
                named
                    .artefacts
                    .extend(target.artefacts.into_iter().map(|one| (one, flags.clone())));
                named.noise_factor = target.noise_factor;
                named.authorize.extend(target.authorize);
                match own_adapters::of(target.adapters, &source, &flags) {
                    Ok((adapters, ledger)) => {
                        named.adapters.extend(adapters);
                        named.ledger.0.extend(ledger.0);
                    }
                    Err(wrong) => complaints += &wrong,
                }
            }
            Err(wrong) => complaints += &wrong.to_string(),
        }
    }
    if !complaints.is_empty() {
        return Err(Failure { exit: Exit::Usage, text: complaints });
    }
    Ok(named)
}

/// Every guest that can be deployed: those that a compiler builds too.
fn guests() -> impl Iterator<Item = &'static str> {
    let all = hostile_guests::all().iter().chain(hostile_guests::toolchain::all());
    all.map(|guest| guest.id.as_str())
}

fn artefact(dir: &std::path::Path) -> (ArtefactTarget, String) {
    let dir = dir.to_string_lossy().into_owned();
    let flags = format!("--artefact {} ", word(&dir));
    (ArtefactTarget { dir, ..ArtefactTarget::default() }, flags)
}

/// `text` as one word of a shell, quoted where it has to be.
fn word(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+:@,".contains(&byte);
    match text.bytes().all(plain) && !text.is_empty() {
        true => text.to_owned(),
        false => quoted(text),
    }
}

fn host(url: &str) -> HostTarget {
    HostTarget {
        url: url.to_owned(),
        limits: StatedLimits::default(),
        grace_ms: None,
        speech: Speech::Contract,
        credentials: Vec::new(),
    }
}
