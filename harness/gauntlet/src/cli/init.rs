//! `gauntlet init`: a target file, written from what discovery finds on a site. What it finds is
//! written as comments, because each run finds it again. So a new build needs no new file.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};

use wasm_gauntlet_browser::visit::NamedControl;
use wasm_gauntlet_model::action::{Action, Asset, Inspect};
use wasm_gauntlet_model::observation::Value;
use wasm_gauntlet_model::profile::Profile;
use wasm_gauntlet_model::source::printable;
use wasm_gauntlet_model::target::{NameDigest, SiteTarget};

use super::args::InitArgs;
use super::browser::{BrowserChoice, Witnesses};
use super::exit::{Exit, Failure};
use super::subjects;
use crate::subject::Subject;
use crate::subject::browser::{Glance, PageKnown};
use crate::subject::site::Site;

/// Look at the site, and write its target file.
///
/// # Errors
/// When the file exists or cannot be written.
pub(super) fn init(args: &InitArgs) -> Result<Exit, Failure> {
    let path = args.out.display();
    let is_there = || Failure::usage(format!("{path} already exists and was not changed"));
    if args.out.exists() {
        return Err(is_there());
    }
    let witness = Witnesses::of(&BrowserChoice::Auto, true)?.witness(PageKnown::default());
    let site = subjects::site(&SiteTarget::at(args.site.as_str()))?.seen_by(witness);
    let profile = site.profile().map_err(|inability| Failure {
        exit: Exit::Inconclusive,
        text: format!("{inability}\n"),
    })?;
    let trigger = trigger(site.seen_first().as_deref());
    let digest = name_digest(&site, &profile);
    let text = written(args.site.as_str(), &profile, digest, &trigger);
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

/// The lines about the control that uses the module. One is written if a browser saw it load the
/// module. Where a page has several, each is a comment.
fn trigger(glance: Option<&Glance>) -> String {
    let line = |control: &NamedControl, prefix: &str| {
        // A JSON string is a YAML string.
        let selector = serde_json::Value::from(control.selector.as_str()).to_string();
        let name = printable(&control.name);
        format!("  {prefix}trigger: {selector}  # the button \"{name}\"\n")
    };
    let Some(glance) = glance.filter(|glance| !glance.named.is_empty()) else {
        return "  # trigger: \"#run\"\n".to_owned();
    };
    let known = glance.by_control && glance.named.len() == 1;
    let prefix = if known { "" } else { "# " };
    glance.named.iter().map(|control| line(control, prefix)).collect()
}

/// Files whose names are compared with their contents. A few are enough to show a rule.
const NAMED_MAX: usize = 8;

/// The digest that every name with digits contains. None where two differ, or where one is of no
/// digest that we know.
fn name_digest(site: &Site, profile: &Profile) -> Option<NameDigest> {
    let mut session = site.open(0).ok()?;
    let named = |asset| matches!(asset, Asset::Module | Asset::Shim);
    let mut digests = Vec::new();
    for found in profile.found.iter().filter(|found| named(found.asset)).take(NAMED_MAX) {
        let (asset, url) = (found.asset, found.url.clone());
        let inspect = Inspect { asset, url, beside: Vec::new() };
        let facts = session.perform("init", &Action::Inspect(inspect)).ok()?.facts;
        if facts.get("name-carries-hash") == Some(&Value::Bool(true)) {
            let Some(Value::Text(scheme)) = facts.get("hash-scheme") else { return None };
            digests.push(NameDigest::of_words(scheme)?);
        }
    }
    let first = *digests.first()?;
    digests.iter().all(|digest| *digest == first).then_some(first)
}

/// The text of the file. A comment holds one line of printable text, whatever the site says.
fn written(url: &str, profile: &Profile, digest: Option<NameDigest>, trigger: &str) -> String {
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
    let digest = match digest {
        Some(digest) => format!("  name-digest: {digest}\n"),
        None => "  # name-digest: sha256-raw\n".to_owned(),
    };
    format!(
        "# What the gauntlet tests. Written by `gauntlet init`; read by
#
#   gauntlet run --target FILE
#
# You may delete every line that starts with `#`. Some of them show settings as examples.

site:
  # The page, as a browser's address bar shows it.
  url: {quoted}

  # Found on this site ({about}). Each run searches again:
{found}
  # The origin server behind the edge. Its header fields are compared with those of the edge.
  # Set `host` if the origin serves several sites.
  # origin: {{ url: \"https://origin.example.org/\", host: \"www.example.org\" }}

  # All IP addresses of the edge. Each of them is tested. By default, DNS gives the address.
  # addresses: [\"192.0.2.1\", \"192.0.2.2\"]

  # Cache tests add a query parameter that no real request has, `?gauntlet=…`.
  # one-off: false
  # one-off-word: \"gauntlet\"

  # The digest of the content in file names. A wrong digest means that the file was changed after
  # the build. It is set here if all names that were found have this digest.
{digest}
  # The largest size of a module: on the wire, as a browser gets it, and decoded.
  # budget: {{ wire-bytes: 600000, raw-bytes: 2500000 }}

  # The control that uses the module, as a CSS selector. A browser presses it.
{trigger}
  # Another build of the page: its address, or a directory. A browser tries the deploy from it.
  # previous-build: \"https://old.example.org/\"

  # What requests are sent as User-Agent, if a firewall refuses the name of this tool.
  # user-agent: \"acme-monitor/1.0\"

  # The certificate of the site, as a PEM file, if no public authority signed it.
  # certificate: \"staging.pem\"

# A plugin host that speaks the contract over HTTP.
# host:
#   url: \"https://plugins.example.org/\"
#   deadline-ms: 50
#   memory-pages: 256

# Other machines that may get hostile guests and load. This machine always may.
# authorize: [\"plugins.example.org:443\"]
"
    )
}
