//! Guests are written for the usual limits. For a host with other limits their parameters are
//! scaled: a guest that asks for 300 pages exceeds a cap of 256, but not one of 512.

use wasm_gauntlet_model::limits::Limits;

/// Most pages of a memory with 32-bit addresses.
const PAGES_MAX: u32 = 65_536;

/// A parameter of a guest, and its value under some limits; none where the guest's own value fits.
struct Scale {
    guest: &'static str,
    param: &'static str,
    value: fn(&Limits) -> Option<u32>,
}

const SCALES: [Scale; 4] = [
    Scale { guest: "mem-grow-over", param: "pages", value: past_the_cap },
    Scale { guest: "mem-min-at-cap", param: "pages", value: at_the_cap },
    Scale { guest: "mem-start-grow", param: "pages", value: far_past_the_cap },
    Scale { guest: "mem-table-min", param: "elements", value: past_the_table },
];

/// A little more than the cap, as 300 is more than 256.
fn past_the_cap(limits: &Limits) -> Option<u32> {
    at_the_cap(limits).map(|pages| pages.saturating_add(44).min(PAGES_MAX))
}

fn at_the_cap(limits: &Limits) -> Option<u32> {
    (limits.memory_pages != Limits::default().memory_pages).then_some(limits.memory_pages)
}

/// The guest's own value is 4096 pages.
fn far_past_the_cap(limits: &Limits) -> Option<u32> {
    let pages = limits.memory_pages;
    (pages >= 4096).then(|| pages.saturating_mul(2).min(PAGES_MAX))
}

/// The guest's own value is ten million elements.
fn past_the_table(limits: &Limits) -> Option<u32> {
    let elements = limits.table_elements;
    (elements >= 10_000_000).then(|| elements.saturating_add(1))
}

/// The parameters of `guest` under `limits`. Those that a scenario sets are kept.
pub(crate) fn params(
    guest: &str,
    given: &[(String, String)],
    limits: &Limits,
) -> Vec<(String, String)> {
    let own = SCALES.iter().find(|scale| scale.guest == guest && given.is_empty());
    let scaled = own.and_then(|scale| {
        let value = (scale.value)(limits)?;
        Some((scale.param.to_owned(), value.to_string()))
    });
    given.iter().cloned().chain(scaled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subject::plugin_host::actions::module::catalogue;

    #[test]
    fn a_guest_exceeds_the_caps_of_the_host_and_is_as_it_was_under_the_usual_ones() {
        let of = |guest: &str, limits: &Limits| {
            let params = params(guest, &[], limits);
            catalogue(guest, &params).expect("it can be built");
            params.first().map(|(name, value)| format!("{name}={value}"))
        };
        let wide = Limits { memory_pages: 5000, table_elements: 20_000_000, ..Limits::default() };
        for (guest, param) in [
            ("mem-grow-over", Some("pages=5044")),
            ("mem-min-at-cap", Some("pages=5000")),
            ("mem-start-grow", Some("pages=10000")),
            ("mem-table-min", Some("elements=20000001")),
            ("mem-grow-loop", None),
        ] {
            assert_eq!(of(guest, &wide).as_deref(), param, "{guest}");
            assert_eq!(of(guest, &Limits::default()), None, "{guest}");
        }
        let most = Limits { memory_pages: PAGES_MAX, ..Limits::default() };
        assert_eq!(of("mem-grow-over", &most).as_deref(), Some("pages=65536"));
        let given = [("pages".to_owned(), "7".to_owned())];
        assert_eq!(params("mem-grow-over", &given, &wide), given);
    }
}
