//! The modules that the page named in the last run in the same folder (`--out`).

use std::path::Path;

use url::Url;
use wasm_gauntlet_model::action::Asset;

use crate::render::run_json;

/// Addresses of the modules that the last run in `folder` found; none where there was none, or
/// none that this version can read.
pub(super) fn modules(folder: &Path) -> Vec<Url> {
    let Ok(record) = run_json::read(folder) else { return Vec::new() };
    let found = record.subjects.iter().filter_map(|one| one.profile.as_ref());
    let modules = found.flat_map(|profile| &profile.found);
    let modules = modules.filter(|found| found.asset == Asset::Module);
    modules.filter_map(|found| Url::parse(&found.url).ok()).collect()
}

/// Those of `modules` that are on the site at `url`, without those of other deployments.
pub(super) fn of_site(modules: &[Url], url: &str) -> Vec<String> {
    let Ok(site) = Url::parse(url) else { return Vec::new() };
    let own = modules.iter().filter(|module| module.origin() == site.origin());
    own.map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_of_another_deployment_are_not_asked_for() {
        let modules = ["https://a.example/x.wasm", "https://b.example/y.wasm"];
        let modules: Vec<Url> = modules.iter().filter_map(|url| Url::parse(url).ok()).collect();
        assert_eq!(of_site(&modules, "https://a.example/page"), ["https://a.example/x.wasm"]);
        assert!(of_site(&modules, "http://a.example/").is_empty());
    }

    #[test]
    fn a_folder_without_a_record_knows_nothing() {
        let dir = tempfile::tempdir().expect("a folder");
        assert!(super::modules(dir.path()).is_empty());
        std::fs::write(dir.path().join("run.json"), "{}").expect("written");
        assert!(super::modules(dir.path()).is_empty());
    }
}
