//! The subjects that a command line names.

use std::path::PathBuf;

use url::Url;

use super::exit::Failure;
use super::targets::Named;
use crate::subject::site::Site;
use crate::subject::{Subject, runtimes};

/// The subjects of `named`, in its order: sites, hosts, runtimes.
///
/// # Errors
/// A runtime that does not exist; a host that may not be sent hostile guests.
pub(super) fn of(named: &Named) -> Result<Vec<Box<dyn Subject>>, Failure> {
    let mut subjects: Vec<Box<dyn Subject>> = Vec::new();
    for site in &named.sites {
        subjects.push(Box::new(self::site(site)?));
    }
    let program = program()?;
    for runtime in &named.runtimes {
        if !runtimes::NAMES.contains(&runtime.as_str()) {
            let known = runtimes::NAMES.join(", ");
            let problem = format!("no runtime is called `{runtime}`; there are {known}");
            return Err(Failure::usage(problem));
        }
        subjects.push(Box::new(runtimes::subject(runtime, program.clone(), &[])));
    }
    Ok(subjects)
}

/// The site at `url`.
pub(super) fn site(url: &str) -> Result<Site, Failure> {
    let wrong = |error: String| Failure::usage(format!("{url}: {error}"));
    let parsed = Url::parse(url).map_err(|error| wrong(error.to_string()))?;
    Site::new(parsed).map_err(|inability| wrong(inability.to_string()))
}

/// This program, which workers run.
pub(super) fn program() -> Result<PathBuf, Failure> {
    let unknown = |error| Failure::harness(format!("cannot find this program: {error}"));
    std::env::current_exe().map_err(unknown)
}
