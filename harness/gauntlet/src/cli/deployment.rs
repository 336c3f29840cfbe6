//! The reference deployment: site, shared cache and plugin host on loopback, the build that is
//! served there, and the embedded runtimes; all with the same faults.

use std::net::SocketAddr;

use url::Url;
use wasm_gauntlet_model::fault::{Fault, Part};
use wasm_gauntlet_model::host_limits::StatedLimits;
use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::profile::SubjectKind;
use wasm_gauntlet_model::target::{OriginTarget, SiteTarget};

use super::browser::Witnesses;
use super::exit::Failure;
use super::subjects;
use crate::subject::Subject;
use crate::subject::browser::{PageKnown, PreviousBuild};
use crate::subject::build::{Artefact, Build};
use crate::subject::plugin_host::actions::module;
use crate::subject::plugin_host::http::HostHttp;
use crate::subject::plugin_host::runtimes;
use crate::subject::site::Site;
use crate::testbed::build::{FEATURE, TestbedBuild};
use crate::testbed::plugins::PluginFront;
use crate::testbed::site::TestbedSite;

/// The kind of the subjects that a fault can turn red. The parts of the deployment share nothing.
pub(super) fn kind_with(fault: Fault) -> SubjectKind {
    match fault.part() {
        Part::Origin | Part::Edge => SubjectKind::Site,
        Part::Build => SubjectKind::Artefact,
        Part::Host => SubjectKind::Host,
    }
}

/// The running deployment; it stops when this is dropped.
pub(super) struct Deployment {
    site: TestbedSite,
    plugins: PluginFront,
    build: TestbedBuild,
    faults: Vec<Fault>,
}

/// The control of its page that uses the module.
const TRIGGER: &str = "#compute";

/// The runtime of the deployment's plugin host.
const HOST_RUNTIME: &str = "wasmtime";

impl Deployment {
    /// Start it with `faults`, the site at `listen` or at a free port.
    pub(crate) fn start(faults: &[Fault], listen: Option<SocketAddr>) -> Result<Self, Failure> {
        let cannot = |error| Failure::harness(format!("cannot start the deployment: {error}"));
        let site = TestbedSite::start(faults, listen).map_err(|error| match listen {
            Some(address) => Failure::usage(format!("cannot listen at {address}: {error}")),
            None => cannot(error),
        })?;
        let program = subjects::program()?;
        let plugins = PluginFront::start(&program, HOST_RUNTIME, faults, Limits::default());
        let build = TestbedBuild::write(faults).map_err(cannot)?;
        Ok(Self { site, plugins: plugins.map_err(cannot)?, build, faults: faults.to_vec() })
    }

    /// The address that users of the site load.
    pub(crate) fn site_url(&self) -> String {
        self.site.site_url()
    }

    /// The address behind the shared cache.
    pub(crate) fn origin_url(&self) -> String {
        self.site.origin_url()
    }

    /// The address of the host contract.
    pub(crate) fn host_url(&self) -> String {
        self.plugins.url()
    }

    /// The build that it serves, as a target describes it.
    fn artefact(&self) -> Build {
        Build {
            dir: self.build.dir(),
            second: Some(self.build.second()),
            public_key: Some(self.build.public_key()),
            exports: vec![FEATURE.to_owned()],
            ..Build::default()
        }
    }

    /// Its subjects: those of one kind, or all of them.
    pub(crate) fn subjects(
        &self,
        only: Option<SubjectKind>,
        witnesses: &Witnesses,
    ) -> Result<Vec<Box<dyn Subject>>, Failure> {
        let wanted = |kind: SubjectKind| only.is_none_or(|only| only == kind);
        let mut subjects: Vec<Box<dyn Subject>> = Vec::new();
        if wanted(SubjectKind::Site) {
            subjects.push(Box::new(self.site()?.seen_by(witnesses.witness(self.page_known()?))));
        }
        if wanted(SubjectKind::Artefact) {
            let artefact = Artefact::new(self.artefact(), String::new());
            let witness = witnesses.witness(PageKnown::used_by(TRIGGER));
            subjects.push(Box::new(artefact.seen_by(witness)));
        }
        if wanted(SubjectKind::Host) {
            subjects.extend(self.hosts()?);
        }
        Ok(subjects)
    }

    /// What is known of the page of the site.
    fn page_known(&self) -> Result<PageKnown, Failure> {
        let cannot = |why: String| Failure::harness(format!("no previous build: {why}"));
        let previous = PreviousBuild::named(&self.site.previous_build_url()).map_err(cannot)?;
        Ok(PageKnown { previous: Some(previous), ..PageKnown::used_by(TRIGGER) })
    }

    /// The site, over TLS too.
    fn site(&self) -> Result<Site, Failure> {
        let origin = Some(OriginTarget { url: self.origin_url(), host: None });
        let previous = vec![self.site.previous_url()];
        let site = SiteTarget { origin, previous, ..SiteTarget::at(self.site_url()) };
        let (url, certificate) = self.site.secure();
        let cannot = |why: String| Failure::harness(format!("no TLS for the site: {why}"));
        let url = Url::parse(&url).map_err(|error| cannot(error.to_string()))?;
        let site = subjects::site(&site)?.secured(url, certificate);
        site.map_err(|inability| cannot(inability.to_string()))
    }

    /// The plugin host over HTTP, and the embedded runtimes.
    fn hosts(&self) -> Result<Vec<Box<dyn Subject>>, Failure> {
        let (says, source) = (StatedLimits::default(), Box::new(module::catalogue));
        let host = HostHttp::new("host", &self.host_url(), says, None, source);
        let host = host.map_err(|inability| Failure::harness(inability.to_string()))?;
        let references = subjects::references()?;
        let mut hosts: Vec<Box<dyn Subject>> =
            vec![Box::new(host.compared_with(references.clone()))];
        for runtime in wasm_gauntlet_host::runtimes::NAMES {
            let subject = runtimes::subject(runtime, subjects::program()?, &self.faults);
            hosts.push(Box::new(subject.compared_with(references.clone())));
        }
        Ok(hosts)
    }
}
