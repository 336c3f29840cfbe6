//! The reference deployment: site, shared cache and plugin host on loopback, and the embedded
//! runtimes; all with the same switches.

use std::net::SocketAddr;

use wasm_gauntlet_model::twin::Twin;

use super::exit::Failure;
use super::subjects;
use crate::subject::{Subject, runtimes};
use crate::testbed::site::TestbedSite;

/// The running deployment; it stops when this is dropped.
pub(super) struct Deployment {
    site: TestbedSite,
    faults: Vec<Twin>,
}

impl Deployment {
    /// Start it with the switches of `faults`, the site at `listen` or at a free port.
    pub fn start(faults: &[Twin], listen: Option<SocketAddr>) -> Result<Self, Failure> {
        let cannot = |error| Failure::harness(format!("cannot start the deployment: {error}"));
        let site = TestbedSite::start(faults, listen).map_err(cannot)?;
        Ok(Self { site, faults: faults.to_vec() })
    }

    /// What users of the site load.
    pub fn site_url(&self) -> String {
        self.site.site_url()
    }

    /// What stands behind the shared cache.
    pub fn origin_url(&self) -> String {
        self.site.origin_url()
    }

    /// The subjects that it gives.
    pub fn subjects(&self) -> Result<Vec<Box<dyn Subject>>, Failure> {
        let mut subjects: Vec<Box<dyn Subject>> = vec![Box::new(subjects::site(&self.site_url())?)];
        for runtime in runtimes::NAMES {
            let subject = runtimes::subject(runtime, subjects::program()?, &self.faults);
            subjects.push(Box::new(subject));
        }
        Ok(subjects)
    }
}
