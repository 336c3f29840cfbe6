//! Something real shows every incident of the catalogue that a site or a build can have. The test
//! counts the incidents that the deployments of this suite expect, and uses no second list.

use std::collections::BTreeSet;

use gauntlet::load;

use crate::{
    apache, artefacts, caddy, express, go, handled, lighttpd, nginx, policies, proxy_cache, python,
    s3, served, varnish, ways,
};

/// Clean deployments, each with another server or configuration. The catalogue asks for eight.
const CLEAN_MIN: usize = 15;

/// The expected incidents of each deployment.
fn held() -> Vec<&'static [&'static str]> {
    let plain = [
        apache::DEPLOYMENTS,
        caddy::DEPLOYMENTS,
        express::DEPLOYMENTS,
        go::DEPLOYMENTS,
        lighttpd::DEPLOYMENTS,
        nginx::DEPLOYMENTS,
        proxy_cache::DEPLOYMENTS,
        python::DEPLOYMENTS,
        s3::DEPLOYMENTS,
        varnish::DEPLOYMENTS,
    ];
    let behind = [ways::WAYS, policies::POLICIES, served::SERVED, handled::HANDLED];
    let plain = plain.into_iter().flatten().map(|one| one.incidents);
    let behind = behind.into_iter().flatten().map(|one| one.incidents);
    plain.chain(behind).chain(artefacts::DIRECTORIES.iter().map(|one| one.incidents)).collect()
}

/// No incident may be without a deployment, and no expected incident may be unknown.
pub(crate) fn every_incident_is() {
    let held = held();
    let findings = |one: &&&str| !one.starts_with("follows ");
    let shown: BTreeSet<&str> = (held.iter().flat_map(|incidents| incidents.iter()))
        .filter(findings)
        .filter_map(|incident| incident.split_once(' '))
        .map(|(_, incident)| incident)
        .collect();
    let scenarios = load::catalogue().expect("the catalogue loads");
    let known: BTreeSet<&str> = (scenarios.iter().map(|scenario| scenario.incident.as_str()))
        .filter(|incident| ["delivery/", "artefact/"].iter().any(|one| incident.starts_with(one)))
        .collect();
    let missing: Vec<_> = known.difference(&shown).collect();
    let strange: Vec<_> = shown.difference(&known).collect();
    assert!(missing.is_empty(), "shown by nothing real: {missing:?}");
    assert!(strange.is_empty(), "not in the catalogue: {strange:?}");
    let clean = held.iter().filter(|incidents| incidents.is_empty()).count();
    assert!(clean >= CLEAN_MIN, "{clean} clean deployments");
}
