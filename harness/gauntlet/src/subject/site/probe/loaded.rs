//! How a page loads its module: whether the scripts can run, in which order, and which integrity
//! the page demands.

use url::Url;
use wasm_gauntlet_model::action::Asset;
use wasm_gauntlet_model::observation::{Fact, Inspection};
use wasm_gauntlet_web::anatomy::flavour::GO_NAMESPACES;
use wasm_gauntlet_web::anatomy::{first, shown};
use wasm_gauntlet_web::discovery::{broken, glue, integrity, page, tags};

/// A page or a script beside a file.
pub(crate) struct LoadedText {
    pub(crate) asset: Asset,
    /// As the page names it.
    pub(crate) url: String,
    /// Path and query.
    pub(crate) name: String,
    /// The page itself, not its scripts alone.
    pub(crate) text: String,
    /// Where it came from, redirects followed.
    pub(crate) from: Url,
}

/// Add the facts that the page and its scripts give about the file at `url`.
pub(crate) fn add(
    facts: &mut Inspection,
    file: (&str, &[u8]),
    beside: &[LoadedText],
    unseen: bool,
) {
    let (url, bytes) = file;
    facts.integrity_wrong = Fact::looked(demanded(url, bytes, beside));
    let shims = || beside.iter().filter(|one| one.asset == Asset::Shim);
    let broken = shims().filter_map(|one| Some((one, broken::complaint(&one.text)?)));
    let broken = broken.map(|(one, why)| format!("{}: {why}", shown(&one.name)));
    facts.scripts_broken = first(broken).into();
    let of_go: Vec<&LoadedText> = shims().filter(|one| glue::is_of_go(&one.text)).collect();
    let urls: Vec<&str> = of_go.iter().map(|one| one.url.as_str()).collect();
    let pages = || beside.iter().filter(|one| one.asset == Asset::Entry);
    let early = |one: &LoadedText| tags::makes_go_early(&tags::read(&one.text, &one.from), &urls);
    let late = of_go.first().filter(|_| pages().any(early));
    facts.shim_late = Fact::looked(late.map(|one| shown(&one.name)));
    facts.shim_missing = match &facts.namespaces_undefined {
        Fact::Is(spaces) if pages().next().is_some() => {
            let space = spaces.iter().find(|space| GO_NAMESPACES.contains(&space.as_str()));
            match space {
                Some(_) if unseen => Fact::Unknown,
                space => Fact::looked(space.cloned()),
            }
        }
        Fact::Is(_) => Fact::Absent,
        _ => Fact::Unknown,
    };
}

/// The first demand that the bytes do not meet.
fn demanded(url: &str, bytes: &[u8], beside: &[LoadedText]) -> Option<String> {
    let page = beside.iter().find(|one| one.asset == Asset::Entry)?;
    let tags = tags::read(&page.text, &page.from);
    let by_tags = tags.iter().filter_map(|tag| {
        let is_it = tag.src.as_ref().is_some_and(|src| src.as_str() == url);
        tag.integrity.as_ref().filter(|_| is_it).cloned()
    });
    let read = page::read(&page.text, &page.from);
    let scripts = beside.iter().filter(|one| one.asset == Asset::Shim).map(|one| &one.text);
    let by_calls = read.inline.iter().chain(scripts).flat_map(|text| integrity::fetched(text));
    let by_calls = by_calls.filter_map(|(address, demanded)| {
        let at = read.base.join(&address).ok()?;
        (at.as_str() == url).then_some(demanded)
    });
    by_tags.chain(by_calls).find_map(|demanded| integrity::complaint(&demanded, bytes))
}
