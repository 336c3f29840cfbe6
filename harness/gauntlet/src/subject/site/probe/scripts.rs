//! What browsers refuse of a script, and of the scripts on the way to it.

use url::Url;
use wasm_gauntlet_model::action::{Fetch, Method};
use wasm_gauntlet_model::observation::Fact;
use wasm_gauntlet_web::discovery::Seen;
use wasm_gauntlet_web::discovery::load_kind::LoadKind;
use wasm_gauntlet_web::discovery::loads::type_refused;
use wasm_gauntlet_web::text::visible;
use wasm_gauntlet_web::wire::redirect::Trail;

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
