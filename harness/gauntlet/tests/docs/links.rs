//! Links in the documents lead to existing files and headings.

use std::collections::BTreeSet;
use std::path::Path;

use crate::markdown::{self, Document, document, root};

fn check(from: &Document, link: &str) {
    if link.starts_with("http") || link.starts_with("mailto:") {
        return;
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let folder = Path::new(&from.path).parent().expect("a file is in a folder");
    let target = match path {
        "" => from.path.clone(),
        path => folder.join(path).to_string_lossy().into_owned(),
    };
    assert!(root().join(&target).exists(), "{}: {link} leads nowhere", from.path);
    if !anchor.is_empty() {
        let anchors = document(target).anchors();
        assert!(anchors.iter().any(|one| one == anchor), "{}: {link}: no heading", from.path);
    }
}

#[test]
fn every_link_leads_somewhere() {
    let mut seen = 0;
    let mut all = markdown::pages();
    for entry in std::fs::read_dir(root().join("harness/docs/reference")).expect("it is there") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        all.push(document(format!("harness/docs/reference/{name}")));
    }
    for document in &all {
        for link in document.links() {
            check(document, &link);
            seen += 1;
        }
    }
    assert!(seen >= 40, "{seen}");
}

/// The paths of the Markdown files in a folder of the guides.
fn pages(folder: &str) -> Vec<String> {
    let path = root().join("harness/docs").join(folder);
    let entries = std::fs::read_dir(path).expect("it is there");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".md")).map(|name| format!("{folder}{name}")).collect()
}

#[test]
fn the_summary_has_every_page_once() {
    let listed = document("harness/docs/SUMMARY.md").links();
    let mut there: BTreeSet<String> = pages("").into_iter().chain(pages("reference/")).collect();
    there.remove("SUMMARY.md");
    let unique: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(unique.len(), listed.len(), "a page is listed twice");
    assert_eq!(unique, there);
}
