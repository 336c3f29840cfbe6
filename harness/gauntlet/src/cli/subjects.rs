//! The subjects that a command line names.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, Weak};

use url::{Host, Url};
use wasm_gauntlet_browser::visit::Certificates;
use wasm_gauntlet_model::name::nearest;
use wasm_gauntlet_model::target::{Credential, HostTarget, SiteTarget, Speech};

use super::adapters;
use super::browser::Witnesses;
use super::build_directory;
use super::exit::Failure;
use super::previous_run;
use super::targets::NamedTargets;
use crate::locks::unpoisoned;
use crate::subject::Subject;
use crate::subject::browser::{PageKnown, PreviousBuild};
use crate::subject::plugin_host::actions::module;
use crate::subject::plugin_host::adapter::ReferenceRuntimes;
use crate::subject::plugin_host::http::{HostHttp, Secrets, Unfit, mapped};
use crate::subject::plugin_host::{external, runtimes};
use crate::subject::site::Site;

/// The subjects of `named`, in its order: sites, build directories, hosts, runtimes.
///
/// # Errors
/// A runtime that does not exist, or a host to which hostile guests may not be sent.
pub(super) fn of(
    named: &NamedTargets,
    witnesses: &Witnesses,
) -> Result<Vec<Box<dyn Subject>>, Failure> {
    let mut subjects: Vec<Box<dyn Subject>> = Vec::new();
    for site in &named.sites {
        let mut site = site.clone();
        site.previous.extend(previous_run::of_site(&named.remembered, &site.url));
        let own = site.certificate.is_some();
        // The certificate of the target file is checked by every other request.
        let certificates = if own { Certificates::Any } else { Certificates::Trusted };
        let previous = previous_build(site.previous_build.as_deref())?;
        let known = PageKnown { trigger: site.trigger.clone(), previous, certificates };
        let witness = witnesses.witness(known);
        subjects.push(Box::new(self::site(&site)?.seen_by(witness)));
    }
    for (target, flags) in &named.artefacts {
        let artefact = build_directory::of(target, flags.clone())?;
        let previous = previous_build(target.previous_build.as_deref())?;
        let trigger = target.trigger.clone();
        let known = PageKnown { trigger, previous, ..PageKnown::default() };
        let witness = witnesses.witness(known);
        subjects.push(Box::new(artefact.seen_by(witness)));
    }
    for target in &named.hosts {
        subjects.push(Box::new(host(target, &named.authorize)?));
    }
    let program = program()?;
    for (index, runtime) in named.runtimes.iter().enumerate() {
        if named.runtimes[..index].contains(runtime) {
            return Err(Failure::usage(format!("the runtime `{runtime}` is named twice")));
        }
        if let Some(external) = external::find(runtime) {
            subjects.push(adapters::subject(external, references()?, named.confinement));
        } else if wasm_gauntlet_host::runtimes::NAMES.contains(&runtime.as_str()) {
            let subject = runtimes::subject(runtime, program.clone(), &[]);
            let subject = subject.compared_with(references()?);
            subjects.push(Box::new(subject.confined(named.confinement)));
        } else {
            let known = runtimes::known();
            let help = match nearest(runtime, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are {}", known.join(", ")),
            };
            return Err(Failure::usage(format!("unknown runtime `{runtime}`; {help}")));
        }
    }
    for (index, adapter) in named.adapters.iter().enumerate() {
        if named.adapters[..index].iter().any(|other| other.name == adapter.name) {
            let name = &adapter.name;
            return Err(Failure::usage(format!("two adapters have the name `{name}`")));
        }
        subjects.push(adapter.subject(references()?, named.confinement));
    }
    Ok(subjects)
}

/// The build that a target file names as `previous-build`.
fn previous_build(named: Option<&str>) -> Result<Option<PreviousBuild>, Failure> {
    let read = |name: &str| {
        PreviousBuild::named(name).map_err(|why| {
            Failure::usage(format!(
                "`previous-build` is {name}: {why}; expected the address of a page, as in \
                 https://old.example/, or a directory; paths start at the current directory"
            ))
        })
    };
    named.map(read).transpose()
}

/// The site of `target`.
pub(super) fn site(target: &SiteTarget) -> Result<Site, Failure> {
    let wrong = |inability| Failure::usage(format!("{}: {inability}", target.url));
    Site::of(target).map_err(wrong)
}

/// The plugin host of `target`, and the addresses of guests that are deployed elsewhere.
fn host(target: &HostTarget, authorize: &[String]) -> Result<HostHttp, Failure> {
    let url = &target.url;
    check_authorized(url, authorize)?;
    if let Speech::Mapped(mapping) = &target.speech {
        mapped::addresses(mapping).try_for_each(|url| check_authorized(url, authorize))?;
    }
    let source = Box::new(module::catalogue);
    let host = HostHttp::new("host", url, target.limits.clone(), target.grace_ms, source);
    let host = host.and_then(|host| host.speaking(&target.speech));
    let host = host.map_err(|inability| Failure::usage(inability.to_string()))?;
    let host = host.with_secrets(secrets(&target.credentials)?);
    Ok(host.called_by(format!("--host {url} ")).compared_with(references()?))
}

/// The secrets that the environment holds.
fn secrets(credentials: &[Credential]) -> Result<Secrets, Failure> {
    let wrong = |unfit: Unfit| Failure::usage(unfit.to_string());
    let value = |variable: &str| std::env::var_os(variable)?.into_string().ok();
    Secrets::new(credentials, value).map_err(wrong)
}

/// Hostile guests and load go only to a host on this machine, or to one whose owner allows it.
fn check_authorized(url: &str, authorize: &[String]) -> Result<(), Failure> {
    let wrong = |error: String| Failure::usage(format!("{url}: {error}"));
    let parsed = Url::parse(url).map_err(|error| wrong(error.to_string()))?;
    let name = parsed.host_str().unwrap_or_default().to_owned();
    let named = match parsed.port() {
        Some(port) => format!("{name}:{port}"),
        None => name.clone(),
    };
    if !is_loopback(&parsed) && !authorize.contains(&named) {
        let help = "hostile guests are sent only to this machine, and to hosts that a target \
                    file names under `authorize`";
        return Err(wrong(format!("{help}; expected `authorize: [\"{named}\"]`")));
    }
    Ok(())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The references for all subjects of this process: the same two workers for all that live at the
/// same time.
pub(super) fn references() -> Result<Arc<ReferenceRuntimes>, Failure> {
    static SHARED: Mutex<Weak<ReferenceRuntimes>> = Mutex::new(Weak::new());
    let program = program()?;
    let mut shared = unpoisoned(SHARED.lock());
    let references = shared.upgrade().unwrap_or_else(|| runtimes::references(&program));
    *shared = Arc::downgrade(&references);
    Ok(references)
}

/// This program, which workers run.
pub(super) fn program() -> Result<PathBuf, Failure> {
    let unknown = |error| Failure::harness(format!("cannot find this program: {error}"));
    std::env::current_exe().map_err(unknown)
}
