//! An object store. The upload uses the options that the command of the playbook sets.

use std::path::Path;

use super::{Broken, broken};
use crate::files::Files;
use crate::s3::{Upload, serving};
use crate::servers::Server;

/// `wrong`, changed by the options of the command in `fix` for the objects that it names.
fn uploaded(site: &Path, wrong: Upload, fix: &str) -> Option<Vec<Server>> {
    let words = words(fix);
    let value = |option: &str| {
        let at = words.iter().position(|word| word == option)?;
        words.get(at + 1).cloned()
    };
    let mut upload = wrong;
    let target = words.iter().find(|word| word.starts_with("s3://BUCKET/"));
    let of_page = target.is_some_and(|target| target.ends_with(".html"));
    let cache = value("--cache-control");
    if of_page {
        upload.page_caching = cache.or(upload.page_caching);
        upload.page_type = value("--content-type").unwrap_or(upload.page_type);
    } else if target.is_some() {
        upload.module_type = value("--content-type").or(upload.module_type);
        upload.caching = cache.or(upload.caching);
        upload.coding_said |= value("--content-encoding").as_deref() == Some("gzip");
        upload.gzipped |= words.iter().any(|word| word.ends_with(".wasm.gz"));
    }
    serving(site, &upload)
}

/// The words of a shell command, without quotes and with continued lines joined.
fn words(command: &str) -> Vec<String> {
    let joined = command.replace("\\\n", " ");
    let (mut words, mut quoted) = (Vec::new(), false);
    for piece in joined.split('"') {
        match quoted {
            true => words.push(piece.to_owned()),
            false => words.extend(piece.split_whitespace().map(str::to_owned)),
        }
        quoted = !quoted;
    }
    words
}

pub(super) const BROKEN: &[Broken] = &[
    broken("delivery/page-is-shown", Files::Hashed, |site, fix| {
        let page_type = "binary/octet-stream".to_owned();
        uploaded(site, Upload { page_type, ..Upload::right() }, fix)
    }),
    broken("delivery/mime-type", Files::Hashed, |site, fix| {
        uploaded(site, Upload { module_type: None, ..Upload::right() }, fix)
    }),
    broken("delivery/uncompressed", Files::Hashed, |site, fix| {
        uploaded(site, Upload { gzipped: false, ..Upload::right() }, fix)
    }),
    broken("delivery/double-compression", Files::Hashed, |site, fix| {
        uploaded(site, Upload { coding_said: false, ..Upload::right() }, fix)
    }),
    broken("delivery/entry-not-revalidated", Files::Hashed, |site, fix| {
        uploaded(site, Upload { page_caching: None, ..Upload::right() }, fix)
    }),
    broken("delivery/long-cache-unhashed", Files::Plain, |site, fix| {
        uploaded(site, Upload { gzipped: false, ..Upload::right() }, fix)
    }),
    broken("delivery/short-cache-hashed", Files::Hashed, |site, fix| {
        uploaded(site, Upload { caching: None, ..Upload::right() }, fix)
    }),
];
