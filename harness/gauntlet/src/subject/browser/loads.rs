//! Loads of a page with and without its module, in turn. What the module adds to the first paint
//! and to the time in which the page cannot react is the smallest difference of all pairs: noise of
//! the machine makes single loads slower, but hardly all of them.

use std::time::{Duration, Instant};

use wasm_gauntlet_browser::connection::CallError;
use wasm_gauntlet_browser::visit::{Held, Paints, Press, Tab};
use wasm_gauntlet_model::action::{Loads, ModuleFailure};
use wasm_gauntlet_model::observation::{Evidence, Fact, Observation, PageLoads, count};

use super::glance::modules;
use super::pool::Running;
use super::visit::Page;
use super::{evidence, look};

/// Total Blocking Time that a page may have without being looked at again: one short task.
const BLOCKED_MS_FEW: f64 = 50.0;

/// A picture of one colour has as many bytes as that of an empty page, give or take.
const BLANK_BYTES_MORE: usize = 200;

/// Time for the main thread of a page to react.
const REACTS_WITHIN: Duration = Duration::from_secs(2);

/// Time for a page whose module never comes to come to rest.
const HELD_WITHIN: Duration = Duration::from_secs(5);

/// One load.
struct Load {
    paints: Option<Paints>,
    /// Whether the screen has more than one colour.
    shows: bool,
    /// Whether the main thread of the page waits for the module.
    stuck: bool,
    on_load: bool,
    wire_bytes: u64,
}

/// Load the page of `loads`, of which this is known.
pub(super) fn perform(
    running: &Running,
    loads: &Loads,
    page: &Page,
) -> Result<Observation, CallError> {
    let (mut with, mut without) = (Vec::new(), Vec::new());
    let mut seen_last = Vec::new();
    for _ in 0..loads.times {
        let (load, evidence) = load(running, &loads.url, page, false)?;
        seen_last = evidence;
        let blocked = load.paints.map_or(f64::MAX, |paints| paints.blocked);
        let is_quick = !load.on_load && blocked <= BLOCKED_MS_FEW;
        with.push(load);
        // The module comes after the first paint, and nothing was blocked: it adds nothing.
        if with.len() == 1 && is_quick {
            break;
        }
        let (held, _) = self::load(running, &loads.url, page, true)?;
        let stuck = held.stuck;
        without.push(held);
        if stuck {
            break;
        }
    }
    let of = |loads: &[Load], value: fn(&Paints) -> Option<f64>| -> Vec<Option<f64>> {
        loads.iter().map(|one| value(one.paints.as_ref()?)).collect()
    };
    let first: fn(&Paints) -> Option<f64> = |paints| paints.first;
    let largest: fn(&Paints) -> Option<f64> = |paints| paints.largest;
    let blocked: fn(&Paints) -> Option<f64> = |paints| Some(paints.blocked);
    let on_load = with.iter().any(|one| one.on_load);
    let mut facts = PageLoads {
        on_load: on_load.into(),
        module_bytes: count(usize::try_from(with[0].wire_bytes).unwrap_or(usize::MAX)).into(),
        // A busy machine may be too slow once. A page that waits never shows anything, and of one
        // that never does at all nothing can be said.
        paints_without: match with.iter().any(|one| one.shows) {
            true => (without.is_empty() || without.iter().any(|one| one.shows)).into(),
            false => Fact::Absent,
        },
        first_paint_ms: Fact::looked(median(&of(&with, first))),
        first_paint_without_ms: Fact::looked(median(&of(&without, first))),
        largest_paint_ms: Fact::looked(median(&of(&with, largest))),
        largest_paint_without_ms: Fact::looked(median(&of(&without, largest))),
        blocked_ms: Fact::looked(median(&of(&with, blocked))),
        blocked_without_ms: Fact::looked(median(&of(&without, blocked))),
        first_paint_added_ms: 0.0.into(),
        blocked_added_ms: 0.0.into(),
        ..PageLoads::default()
    };
    let mut figures = Vec::new();
    if !without.is_empty() {
        let rows = [
            ("first paint", first, &mut facts.first_paint_added_ms),
            ("largest paint", largest, &mut Fact::Unknown),
            ("blocked", blocked, &mut facts.blocked_added_ms),
        ];
        for (what, value, least) in rows {
            let (with, without) = (of(&with, value), of(&without, value));
            let added = differences(&with, &without);
            *least = added.first().map_or(Fact::Absent, |least| least.max(0.0).into());
            figures.push(row(what, &with, &without, &added));
        }
    }
    facts.figures = figures.join("; ").into();
    Ok(Observation { facts: facts.facts(), evidence: seen_last, reproduce: None })
}

fn load(
    running: &Running,
    url: &str,
    page: &Page,
    held: bool,
) -> Result<(Load, Vec<Evidence>), CallError> {
    let glance = page.glance;
    let modules_held = held.then(|| Held::new(glance.bytes.clone(), ModuleFailure::Stalled));
    let mut tab =
        Tab::open(running.browser, running.events, modules_held, page.known.certificates)?;
    let blank = tab.picture()?.len();
    let within = if held { HELD_WITHIN.min(glance.rest_within()) } else { glance.rest_within() };
    tab.visit(url, Instant::now() + within)?;
    let on_load = !modules(&tab).is_empty();
    if held && !tab.responds(REACTS_WITHIN)? {
        let load = Load { paints: None, shows: false, stuck: true, on_load, wire_bytes: 0 };
        return Ok((load, Vec::new()));
    }
    let shows = tab.picture()?.len() > blank + BLANK_BYTES_MORE;
    if glance.by_control {
        tab.control(glance.trigger(page.known), Press::Use)?;
        tab.rest(Instant::now() + within)?;
    }
    let paints = tab.paints()?;
    let requests = tab.seen().requests().iter().filter(|one| look::is_module(one, &[]));
    let wire_bytes = requests.filter_map(|one| one.wire_bytes).sum();
    // Only the evidence of the page as it is counts.
    let evidence = if held { Vec::new() } else { evidence::of(&mut tab)? };
    Ok((Load { paints, shows, stuck: false, on_load, wire_bytes }, evidence))
}

/// The median of what is there. None if there is nothing.
fn median(values: &[Option<f64>]) -> Option<f64> {
    let mut values: Vec<f64> = values.iter().flatten().copied().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// The differences of the pairs that are whole, the smallest first.
fn differences(with: &[Option<f64>], without: &[Option<f64>]) -> Vec<f64> {
    let pairs = with.iter().zip(without);
    let mut all: Vec<f64> =
        pairs.filter_map(|(with, without)| Some((*with)? - (*without)?)).collect();
    all.sort_by(f64::total_cmp);
    all
}

/// One row of figures, for people.
fn row(what: &str, with: &[Option<f64>], without: &[Option<f64>], added: &[f64]) -> String {
    let ms = |value: Option<f64>| value.map_or("never".to_owned(), |ms| format!("{ms:.0} ms"));
    let interval = match (added.first(), added.last()) {
        (Some(least), Some(most)) => format!(", {least:+.0} to {most:+.0} ms in {}", added.len()),
        _ => String::new(),
    };
    format!("{what} {}, without the module {}{interval}", ms(median(with)), ms(median(without)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_medians_and_the_smallest_difference_counts() {
        let with = [Some(300.0), Some(320.0), Some(900.0), None];
        let without = [Some(100.0), Some(310.0), Some(90.0), Some(1.0)];
        assert_eq!(median(&with), Some(320.0));
        assert_eq!(median(&[None]), None);
        assert_eq!(differences(&with, &without), [10.0, 200.0, 810.0]);
        let words = row("first paint", &with, &without, &differences(&with, &without));
        let right = "first paint 320 ms, without the module 100 ms, +10 to +810 ms in 3";
        assert_eq!(words, right);
        assert_eq!(row("x", &[Some(1.0)], &[None], &[]), "x 1 ms, without the module never");
    }
}
