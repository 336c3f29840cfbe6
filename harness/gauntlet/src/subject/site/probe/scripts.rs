//! What browsers refuse of a script, and of the scripts on the way to it.

use url::Url;
use wasm_gauntlet_model::action::{Fetch, Method};
use wasm_gauntlet_model::observation::{Fact, Inspection};
use wasm_gauntlet_web::discovery::Seen;
use wasm_gauntlet_web::discovery::load_kind::LoadKind;
use wasm_gauntlet_web::discovery::loads::type_refused;
use wasm_gauntlet_web::text::visible;
use wasm_gauntlet_web::wire::redirect::Trail;

/// Add what the ways to the file at `address` show.
pub(crate) fn add(facts: &mut Inspection, address: &str, seen: &Seen) {
    let Ok(url) = Url::parse(address) else { return };
    let from = seen.loads.imports_as_script(&url).filter(|_| facts.module_readable == true.into());
    facts.imported_as_script = Fact::looked(from.map(|url| visible(url.path())));
    if facts.integrity_wrong == Fact::Absent {
        let wrong = seen.loads.stopped(&url, |load, _| {
            let why = load.integrity_wrong.as_ref()?;
            Some(format!("{}: {why}", visible(load.to.path())))
        });
        facts.integrity_wrong = Fact::looked(wrong);
    }
}

/// Why browsers refuse this answer as the script that the page loads: its own type, or that of a
/// script through which alone the page comes to it.
pub(crate) fn refused(fetch: &Fetch, trail: &Trail, seen: &Seen) -> Fact<String> {
    let is_whole = trail.reply.status == 200 && trail.stopped.is_none();
    if fetch.method != Method::Get || !is_whole {
        return Fact::Unknown;
    }
    let Ok(url) = Url::parse(&fetch.url) else { return Fact::Unknown };
    let own = type_refused(&trail.reply.headers, seen.loads.is_module(&url));
    Fact::looked(own.or_else(|| {
        seen.loads.stopped(&url, |load, answer| {
            // A preload or a text in some use is not known to be a script.
            let is_other = load.to != url && load.kind != LoadKind::Unknown;
            let why = type_refused(&answer.filter(|_| is_other)?.headers, load.kind.is_module())?;
            Some(format!("the page loads it through {}: {why}", visible(load.to.path())))
        })
    }))
}
