//! `gauntlet init`: a target file, written from what discovery finds on a site. What is found is
//! told in comments: each run finds it again, so that a new build needs no new file.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};

use wasm_gauntlet_model::action::Asset;
use wasm_gauntlet_model::profile::Profile;
use wasm_gauntlet_model::source::printable;
use wasm_gauntlet_model::target::SiteTarget;

use super::args::InitArgs;
use super::exit::{Exit, Failure};
use super::subjects;
use crate::subject::Subject;

/// Look at the site, and write its target file.
///
/// # Errors
/// When the file is there already or cannot be written.
pub(super) fn init(args: &InitArgs) -> Result<Exit, Failure> {
    let path = args.out.display();
    let is_there = || Failure::usage(format!("{path} is there already, and is left as it is"));
    if args.out.exists() {
        return Err(is_there());
    }
    let site = subjects::site(&SiteTarget::at(args.site.as_str()))?;
    let profile = site.profile().map_err(|inability| Failure {
        exit: Exit::Inconclusive,
        text: format!("{inability}\n"),
    })?;
    let text = written(args.site.as_str(), &profile);
    let file = OpenOptions::new().write(true).create_new(true).open(&args.out);
    let mut file = file.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => is_there(),
        _ => Failure::usage(format!("cannot write {path}: {error}")),
    })?;
    let cannot = |error| Failure::usage(format!("cannot write {path}: {error}"));
    file.write_all(text.as_bytes()).map_err(cannot)?;
    let modules = profile.found.iter().filter(|found| found.asset == Asset::Module).count();
    let modules = if modules == 1 { "1 module".to_owned() } else { format!("{modules} modules") };
    super::print(&format!("{path}: a site with {modules}; gauntlet run --target {path}\n"))?;
    Ok(Exit::Ready)
}

/// The text of the file. A comment holds one line of printable text, whatever the site says.
fn written(url: &str, profile: &Profile) -> String {
    // A JSON string is a YAML string.
    let quoted = serde_json::Value::from(url).to_string();
    let found: String = profile
        .found
        .iter()
        .map(|one| {
            let (label, how) = (printable(&one.label), printable(&one.how));
            format!("  #   {:<7} {label}  ({how})\n", one.asset.word())
        })
        .collect();
    let about = printable(&profile.about);
    format!(
        "# What the gauntlet tests. Written by `gauntlet init`; read by
#
#   gauntlet run --target FILE
#
# Everything behind a `#` may be taken away; the settings behind some are examples.

site:
  # The page, as a browser's address bar shows it.
  url: {quoted}

  # What was found there ({about}). Each run looks for it again:
{found}
  # What stands behind the edge, to hold the two against one another, header by header; `host`
  # where the origin tells its sites apart by it.
  # origin: {{ url: \"https://origin.example.org/\", host: \"www.example.org\" }}

  # Every address of the edge, each of which is asked; the name's own if not written.
  # addresses: [\"192.0.2.1\", \"192.0.2.2\"]

  # Caches are played with under a query word that no real request has, `?gauntlet=…`.
  # one-off: false
  # one-off-word: \"gauntlet\"

# A plugin host that speaks the contract over HTTP.
# host:
#   url: \"https://plugins.example.org/\"
#   deadline-ms: 50
#   memory-pages: 256

# Hosts that may be sent hostile guests and load; this machine may always.
# authorize: [\"plugins.example.org:443\"]
"
    )
}
