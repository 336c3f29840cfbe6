//! The policies that a page carries inside itself.

use scraper::{Html, Selector};

use crate::coding::Content;

/// Bytes of a page that are read for policies: they stand in the head.
const PAGE_BYTES_MAX: usize = 1 << 20;

/// Policies of one page; one is usual.
const POLICIES_MAX: usize = 16;

/// The texts of `<meta http-equiv="Content-Security-Policy">`, which binds as the field does.
pub fn policies(bytes: &[u8], content: Content) -> Vec<String> {
    if content != Content::Html {
        return Vec::new();
    }
    let Ok(metas) = Selector::parse("meta[http-equiv][content]") else { return Vec::new() };
    let page = String::from_utf8_lossy(&bytes[..bytes.len().min(PAGE_BYTES_MAX)]);
    let page = Html::parse_document(&page);
    let metas = page.select(&metas).map(|meta| meta.value());
    let is_policy = |name: &str| name.trim().eq_ignore_ascii_case("content-security-policy");
    metas
        .filter(|meta| meta.attr("http-equiv").is_some_and(is_policy))
        .filter_map(|meta| meta.attr("content").map(str::to_owned))
        .take(POLICIES_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_in_the_page_is_read() {
        let page = "<!doctype html><head><meta http-equiv=content-security-Policy \
                    content=\"script-src 'self'\"><meta http-equiv=refresh content=9>";
        assert_eq!(policies(page.as_bytes(), Content::Html), ["script-src 'self'"]);
        assert_eq!(policies(page.as_bytes(), Content::Other), [""; 0]);
    }
}
