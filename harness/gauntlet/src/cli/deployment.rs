//! The reference deployment: site, shared cache and plugin host on loopback, and the embedded
//! runtimes; all with the same switches.

use std::net::SocketAddr;

use wasm_gauntlet_model::limits::Limits;
use wasm_gauntlet_model::target::{OriginTarget, SiteTarget};
use wasm_gauntlet_model::twin::Twin;

use super::exit::Failure;
use super::subjects;
use crate::subject::calls::module;
use crate::subject::host_http::HostHttp;
use crate::subject::{Subject, runtimes};
use crate::testbed::plugins::PluginFront;
use crate::testbed::site::TestbedSite;

/// Whether a subject of the deployment is its site, and not a host.
pub(super) fn is_site(subject: &str) -> bool {
    subject == "site"
}

/// The running deployment; it stops when this is dropped.
pub(super) struct Deployment {
    site: TestbedSite,
    plugins: PluginFront,
    faults: Vec<Twin>,
}

/// The runtime of the deployment's plugin host.
const HOST_RUNTIME: &str = "wasmtime";

impl Deployment {
    /// Start it with the switches of `faults`, the site at `listen` or at a free port.
    pub fn start(faults: &[Twin], listen: Option<SocketAddr>) -> Result<Self, Failure> {
        let cannot = |error| Failure::harness(format!("cannot start the deployment: {error}"));
        let site = TestbedSite::start(faults, listen).map_err(|error| match listen {
            Some(address) => Failure::usage(format!("cannot listen at {address}: {error}")),
            None => cannot(error),
        })?;
        let program = subjects::program()?;
        let plugins = PluginFront::start(&program, HOST_RUNTIME, faults, Limits::default());
        Ok(Self { site, plugins: plugins.map_err(cannot)?, faults: faults.to_vec() })
    }

    /// What users of the site load.
    pub fn site_url(&self) -> String {
        self.site.site_url()
    }

    /// What stands behind the shared cache.
    pub fn origin_url(&self) -> String {
        self.site.origin_url()
    }

    /// Where the host contract is served.
    pub fn host_url(&self) -> String {
        self.plugins.url()
    }

    /// The subjects that it gives.
    pub fn subjects(&self) -> Result<Vec<Box<dyn Subject>>, Failure> {
        let host = self.host_url();
        let host =
            HostHttp::new("host", &host, Limits::default(), None, Box::new(module::catalogue));
        let host = host.map_err(|inability| Failure::harness(inability.to_string()))?;
        let origin = Some(OriginTarget { url: self.origin_url(), host: None });
        let site = SiteTarget { origin, ..SiteTarget::at(self.site_url()) };
        let site = subjects::site(&site)?;
        let mut subjects: Vec<Box<dyn Subject>> = vec![Box::new(site), Box::new(host)];
        for runtime in runtimes::NAMES {
            let subject = runtimes::subject(runtime, subjects::program()?, &self.faults);
            subjects.push(Box::new(subject));
        }
        Ok(subjects)
    }
}
