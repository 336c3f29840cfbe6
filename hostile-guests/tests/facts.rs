//! Every `seen-in` names a section of `FACTS.md`, a public advisory or an address.

use std::collections::{BTreeMap, BTreeSet};

use hostile_guests::{Guest, all, toolchain};

const FACTS: &str = include_str!("../FACTS.md");
const PAGE: &str = "FACTS.md#";

#[test]
fn every_seen_in_resolves() {
    let sections = sections(FACTS);
    let wrong: Vec<String> =
        guests().flat_map(|guest| complaints(&guest.id, &guest.seen_in, &sections)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_section_is_cited() {
    let cited: BTreeSet<&str> = guests().flat_map(|guest| anchors(&guest.seen_in)).collect();
    let idle: Vec<&str> =
        sections(FACTS).into_keys().filter(|anchor| !cited.contains(anchor)).collect();
    assert!(idle.is_empty(), "no guest cites {idle:?}");
}

#[test]
fn an_anchor_is_written_as_it_is_linked() {
    let headings: Vec<&str> = FACTS.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    for heading in &headings {
        assert!(heading.chars().all(plain), "`{heading}` is not its own anchor");
    }
    assert_eq!(headings.len(), sections(FACTS).len(), "two sections have one anchor");
}

#[test]
fn what_leads_nowhere_is_named() {
    let sections = sections("## loops\nShown by CVE-2021-32629.\n\n## stack\nNothing public.\n");
    let count = |seen_in: &str| complaints("guest", seen_in, &sections).len();
    for right in [
        "FACTS.md#loops",
        "FACTS.md#loops, FACTS.md#stack",
        "FACTS.md#stack, FACTS.md#loops, CVE-2021-32629",
        "RUSTSEC-2026-0114",
        "GHSA-2hw9-mc66-jc2q, CWA-2023-002",
        "https://github.com/owner/project/issues/1",
    ] {
        assert_eq!(count(right), 0, "{right}");
    }
    for wrong in [
        "FACTS.md#loop",
        "FACTS.md",
        "GUESTS.md A",
        "CVE-21-32629",
        "CVE-2021-3262x",
        "RUSTSEC-2026-114",
        "GHSA-2hw9-mc66",
        "http://example.org/",
        "https://",
        "FACTS.md#loops; FACTS.md#stack",
        // The cited section does not name the advisory.
        "FACTS.md#stack, CVE-2021-32629",
        "",
    ] {
        assert_eq!(count(wrong), 1, "{wrong}");
    }
}

fn guests() -> impl Iterator<Item = &'static Guest> {
    all().iter().chain(toolchain::all())
}

/// The text of each section, by its anchor.
fn sections(page: &str) -> BTreeMap<&str, &str> {
    let parts = page.split("\n## ").map(|part| part.strip_prefix("## ").unwrap_or(part));
    let skipped = usize::from(!page.starts_with("## "));
    parts.skip(skipped).filter_map(|part| part.split_once('\n')).collect()
}

fn anchors(seen_in: &str) -> impl Iterator<Item = &str> {
    seen_in.split(", ").filter_map(|source| source.strip_prefix(PAGE))
}

fn complaints(guest: &str, seen_in: &str, sections: &BTreeMap<&str, &str>) -> Vec<String> {
    let texts: Vec<&str> =
        anchors(seen_in).filter_map(|anchor| sections.get(anchor).copied()).collect();
    let cites_sections = anchors(seen_in).next().is_some();
    let complaint = |source: &str| {
        let why = match source.strip_prefix(PAGE) {
            Some(anchor) if sections.contains_key(anchor) => return None,
            Some(_) => "FACTS.md has no such section",
            None if is_address(source) => return None,
            None if !is_advisory(source) => "neither a section, an advisory nor an address",
            None if cites_sections && !texts.iter().any(|text| text.contains(source)) => {
                "the cited sections do not name this advisory"
            }
            None => return None,
        };
        Some(format!("{guest}: seen-in `{source}`: {why}"))
    };
    seen_in.split(", ").filter_map(complaint).collect()
}

fn is_address(source: &str) -> bool {
    let rest = source.strip_prefix("https://").unwrap_or_default();
    rest.contains('.') && !rest.contains(char::is_whitespace)
}

/// `CVE-2021-32629`, `RUSTSEC-2026-0114`, `CWA-2023-002` or `GHSA-2hw9-mc66-jc2q`.
fn is_advisory(source: &str) -> bool {
    let parts: Vec<&str> = source.split('-').collect();
    let digits =
        |part: &str, least: usize| part.len() >= least && part.chars().all(|c| c.is_ascii_digit());
    let code = |part: &str| {
        part.len() == 4 && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    match parts[..] {
        ["CVE" | "RUSTSEC", year, number] => digits(year, 4) && digits(number, 4),
        ["CWA", year, number] => digits(year, 4) && digits(number, 3),
        ["GHSA", a, b, c] => code(a) && code(b) && code(c),
        _ => false,
    }
}
