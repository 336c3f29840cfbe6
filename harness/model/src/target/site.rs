//! A deployed site, and the ways to it.

// From `core`: an address is only a value here, and nothing connects to it.
use core::net::IpAddr;

use super::module::{self, Budget, NameDigest, RawBudget};
use crate::reading::{Log, written};
use crate::source::{At, Complaint};

written! {
    /// A deployed site.
    "a site" RawSite {
        /// The page.
        url: At<String>,
        /// Modules of earlier builds that are to be served still: addresses, or names relative
        /// to the page.
        previous: Vec<String>,
        /// What stands behind the edge, with which it is compared.
        origin: Option<RawOrigin>,
        /// IP addresses of the edge, each of which is asked; the name's own if not written.
        addresses: Vec<At<String>>,
        /// Whether caches may be played with under a one-off query word; `true` if not written.
        one_off: Option<bool>,
        /// The name of that query word; `gauntlet` if not written.
        one_off_word: Option<At<String>>,
        /// What each module may weigh.
        budget: Option<RawBudget>,
        /// The digest of the content that names carry, as in `sha256-raw`: `sha256`, `sha384`,
        /// `sha512`, `sha1` or `md5` of the `raw`, the `br` or the `gz` bytes. A name that breaks
        /// the rule is critical then; where it is not written the rule is guessed from the files.
        name_digest: Option<At<String>>,
        /// A CSS selector of the control that uses the feature of the page, as in `#run`. The only
        /// button if not written.
        trigger: Option<String>,
        /// Another build of the page, with which a deploy is tried: the address of its page, or a
        /// directory.
        previous_build: Option<String>,
        /// A file of certificates (PEM) that the site is trusted by, and nothing else: its own
        /// one, or that of the authority that signed it.
        certificate: Option<String>,
        /// What requests are sent as `User-Agent`, as in `acme-monitor/1.0`, where a firewall
        /// refuses the name of our own, which is `wasm-gauntlet` and a version.
        user_agent: Option<At<String>>,
    }
}

written! {
    /// What stands behind the edge of a site.
    "an origin" RawOrigin {
        /// Its address; paths are those of the site.
        url: At<String>,
        /// `Host` to send, where the origin tells its sites apart by it.
        host: Option<At<String>>,
    }
}

/// A deployed site, and the ways to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteTarget {
    /// Address of the page.
    pub url: String,
    /// What stands behind the edge.
    pub origin: Option<OriginTarget>,
    /// Addresses of the edge; the name's own where there are none.
    pub addresses: Vec<IpAddr>,
    /// The query word under which caches may be played with; none where they may not.
    pub one_off_word: Option<String>,
    /// Modules of earlier builds that the site is to serve still.
    pub previous: Vec<String>,
    /// What each module may weigh.
    pub budget: Budget,
    /// The digest that names carry.
    pub name_digest: Option<NameDigest>,
    /// The selector of the control that uses the feature of the page.
    pub trigger: Option<String>,
    /// Another build of the page: an address or a directory.
    pub previous_build: Option<String>,
    /// The file of the certificates that the site is trusted by.
    pub certificate: Option<String>,
    /// What requests are sent as `User-Agent`; none for our own name.
    pub user_agent: Option<String>,
}

impl SiteTarget {
    /// The site at `url`, with nothing else known.
    pub fn at(url: impl Into<String>) -> Self {
        let one_off_word = Some(ONE_OFF_WORD_USUAL.to_owned());
        Self {
            url: url.into(),
            origin: None,
            addresses: Vec::new(),
            one_off_word,
            previous: Vec::new(),
            budget: Budget::default(),
            name_digest: None,
            trigger: None,
            previous_build: None,
            certificate: None,
            user_agent: None,
        }
    }
}

/// What stands behind the edge of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginTarget {
    /// Its address.
    pub url: String,
    /// `Host` to send, where it is not the one of the address.
    pub host: Option<String>,
}

/// The query word under which caches are played with where nothing is said.
pub const ONE_OFF_WORD_USUAL: &str = "gauntlet";

/// Longest `User-Agent`. Browsers send 110 to 130 bytes, and some firewalls refuse more than 512.
const USER_AGENT_BYTES_MAX: usize = 512;

/// Complain about impossible values.
pub(super) fn check(raw: &RawSite, log: &mut Log) {
    for address in raw.addresses.iter().filter(|one| one.value.parse::<IpAddr>().is_err()) {
        let problem = format!("`{}` is not an IP address", address.value);
        log.add(
            Complaint::new(address.span, problem).help("expected as in 192.0.2.1 or 2001:db8::1"),
        );
    }
    let is_plain = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    for word in raw.one_off_word.iter().filter(|word| !is_plain(&word.value)) {
        let problem = format!("`{}` is not a valid query parameter name", word.value);
        log.add(Complaint::new(word.span, problem).help("expected letters, digits, `-`, `_`, `.`"));
    }
    let is_sent = |name: &str| {
        let is_text = name.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        is_text && name.trim() == name && (1..=USER_AGENT_BYTES_MAX).contains(&name.len())
    };
    for name in raw.user_agent.iter().filter(|name| !is_sent(&name.value)) {
        let problem = format!("`{}` cannot be sent as User-Agent", name.value);
        let help = format!("expected 1 to {USER_AGENT_BYTES_MAX} ASCII characters on one line");
        log.add(Complaint::new(name.span, problem).help(help));
    }
    module::check(raw.budget.as_ref(), raw.name_digest.as_ref(), log);
}

/// What is meant by it.
pub(super) fn meant(raw: RawSite) -> SiteTarget {
    let word = raw.one_off_word.map(|word| word.value);
    let may = raw.one_off.unwrap_or(true);
    SiteTarget {
        url: raw.url.value,
        origin: raw.origin.map(|origin| OriginTarget {
            url: origin.url.value,
            host: origin.host.map(|host| host.value),
        }),
        addresses: raw.addresses.iter().filter_map(|one| one.value.parse().ok()).collect(),
        one_off_word: may.then(|| word.unwrap_or_else(|| ONE_OFF_WORD_USUAL.to_owned())),
        previous: raw.previous,
        budget: module::budget(raw.budget),
        name_digest: module::name_digest(raw.name_digest),
        trigger: raw.trigger,
        previous_build: raw.previous_build,
        certificate: raw.certificate,
        user_agent: raw.user_agent.map(|name| name.value),
    }
}
