//! Python's `http.server`, as people serve a folder with it.

use std::path::Path;
use std::process::Command;

use crate::Deployment;
use crate::files::Files;
use crate::servers::{Place, Server, is_there};

fn serving(site: &Path) -> Option<Vec<Server>> {
    if !is_there("python3") {
        return None;
    }
    let place = Place::new(site);
    let (root, port) = (place.path("site"), place.port.to_string());
    let mut command = Command::new("python3");
    command.args(["-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", &root, &port]);
    Some(vec![place.start(&mut command)])
}

/// Every deployment of this server.
pub(crate) const DEPLOYMENTS: &[Deployment] = &[Deployment {
    name: "a folder",
    page: "/",
    files: Files::Plain,
    start: serving,
    incidents: &["critical delivery/entry-not-revalidated", "major delivery/uncompressed"],
}];
