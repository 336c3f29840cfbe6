//! The subject `site`: a deployed site and its CDN, seen with HTTP alone.
//!
//! Discovery finds the page, its scripts and modules. A session makes one exchange for each step
//! and reports every fact of it. Nothing here judges, runs a script, or decodes without a bound.

mod probe;

use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use url::Url;
use wasm_gauntlet_model::action::Action;
use wasm_gauntlet_model::profile::{Need, Profile};
use wasm_gauntlet_model::target::{Budget, NameDigest, ONE_OFF_WORD_USUAL, SiteTarget};
use wasm_gauntlet_web::discovery::Seen;
use wasm_gauntlet_web::wire::failure::ExchangeFailure;
use wasm_gauntlet_web::wire::{Certificates, Client, ExchangeBounds, reach};

use self::probe::decoded::Decoder;
use self::probe::exchange_cache::ExchangeCache;
use self::probe::inspect::Inspected;
use self::probe::place::OriginAddress;
use self::probe::rate_limit::Learned;
use super::browser::{Glance, PageKnown, Witness};
use super::{ACTION_TIME_MAX, Inability, Session, Subject};
use crate::locks::unpoisoned;

/// If answers take longer than this to begin, many are waited for at once.
const WAITS_AFTER: Duration = Duration::from_secs(1);

/// A deployed site.
pub struct Site {
    url: Url,
    client: Client,
    nonce: u64,
    previous: Vec<Url>,
    origin: Option<OriginAddress>,
    /// The site over TLS, where its own address is plain.
    secure: Option<OriginAddress>,
    addresses: Vec<IpAddr>,
    one_off_word: Option<String>,
    budget: Budget,
    name_digest: Option<NameDigest>,
    decoder: Decoder,
    asked: ExchangeCache,
    inspected: Inspected,
    learned: Learned,
    /// What discovery saw of the scripts of the page.
    seen: Mutex<Arc<Seen>>,
    /// The browser that looks at the page, if there is one.
    witness: Option<Witness>,
}

impl Site {
    /// The site whose page is at `url`, within the usual bounds.
    ///
    /// # Errors
    /// When `url` is no address of the web, holds credentials, or the client cannot start.
    pub fn new(url: Url) -> Result<Self, Inability> {
        Self::within(url, ExchangeBounds::default())
    }

    /// The site whose page is at `url`, within `bounds`.
    ///
    /// # Errors
    /// As [`Site::new`].
    pub fn within(mut url: Url, bounds: ExchangeBounds) -> Result<Self, Inability> {
        url.set_fragment(None);
        // The address itself is not shown: it may contain the password of the complaint.
        reach::may_reach(&url, &url)
            .map_err(|why| Inability::setup(format!("the site's address: {why}")))?;
        let client =
            Client::new(bounds).map_err(|failure| Inability::harness_fault(failure.to_string()))?;
        Ok(Self {
            url,
            client,
            nonce: nonce(),
            previous: Vec::new(),
            origin: None,
            secure: None,
            addresses: Vec::new(),
            one_off_word: Some(ONE_OFF_WORD_USUAL.to_owned()),
            budget: Budget::default(),
            name_digest: None,
            decoder: Decoder::default(),
            asked: ExchangeCache::default(),
            inspected: Inspected::default(),
            learned: Learned::default(),
            seen: Mutex::default(),
            witness: None,
        })
    }

    /// The same site, which must still serve these modules of earlier builds. Relative names are
    /// relative to the page.
    ///
    /// # Errors
    /// When one is no address that a page of this site may name.
    pub(crate) fn remembering(mut self, previous: &[String]) -> Result<Self, Inability> {
        for name in previous {
            let wrong = |why: String| Inability::setup(format!("earlier module `{name}`: {why}"));
            let mut url = self.url.join(name).map_err(|error| wrong(error.to_string()))?;
            url.set_fragment(None);
            reach::may_reach(&self.url, &url).map_err(|why| wrong(why.to_string()))?;
            self.previous.push(url);
        }
        Ok(self)
    }

    /// The site that a target names, with its addresses and origin, within the usual bounds.
    ///
    /// # Errors
    /// As [`Site::new`], and when the origin's address cannot be read.
    pub fn of(target: &SiteTarget) -> Result<Self, Inability> {
        let url = Url::parse(&target.url).map_err(|error| Inability::setup(error.to_string()))?;
        let mut site = Self::new(url)?;
        site.origin = target.origin.as_ref().map(OriginAddress::new).transpose()?;
        site.one_off_word.clone_from(&target.one_off_word);
        if let Some(name) = &target.user_agent {
            site.client.call_itself(name.clone());
        }
        site.addresses.clone_from(&target.addresses);
        (site.budget, site.name_digest) = (target.budget, target.name_digest);
        site.reach(target).map_err(|failure| Inability::setup(failure.to_string()))?;
        site.remembering(&target.previous)
    }

    /// The same site, at which a browser looks too.
    #[must_use]
    pub(crate) fn seen_by(self, witness: Option<Witness>) -> Self {
        Self { witness, ..self }
    }

    /// What a browser saw of the page at first, if one looked.
    pub(crate) fn seen_first(&self) -> Option<Arc<Glance>> {
        self.witness.as_ref()?.seen_first()
    }

    /// The same site, at which the installed Chromium looks too, if there is one. `trigger` selects
    /// the control that uses the module of the page.
    #[must_use]
    pub fn seen_by_installed(self, trigger: &str) -> Self {
        let witness = Witness::installed(PageKnown::used_by(trigger));
        self.seen_by(witness)
    }

    /// Set which certificates to trust, and which addresses to ask.
    fn reach(&mut self, target: &SiteTarget) -> Result<(), ExchangeFailure> {
        let certificates = target.certificate.as_ref().map(|file| {
            let cannot = |error| ExchangeFailure::Other(format!("cannot read {file}: {error}"));
            Certificates::of_pem(&std::fs::read(file).map_err(cannot)?, file.clone())
        });
        let certificates = certificates.transpose()?;
        if let Some(certificates) = &certificates {
            self.client.trust(&self.url, certificates)?;
        }
        let host = self.url.host_str().unwrap_or_default().to_owned();
        self.client.open_doors(&host, &self.addresses, certificates.as_ref())
    }

    /// The same site, which is served over TLS at `url` too, with this certificate (DER).
    ///
    /// # Errors
    /// When the certificate cannot be read.
    pub fn secured(mut self, url: Url, certificate: &[u8]) -> Result<Self, Inability> {
        let trusted = Certificates::of_der(certificate);
        let trusted = trusted.and_then(|certificate| self.client.trust(&url, &certificate));
        trusted.map_err(|failure| Inability::setup(failure.to_string()))?;
        self.secure = Some(OriginAddress { url, host: None });
        Ok(self)
    }
}

impl Subject for Site {
    fn bound(&self, action: &Action) -> Duration {
        match action {
            // There are as many exchanges as addresses, codings and repeats. Only the timeout of
            // the site bounds them.
            Action::Everywhere(_) => ExchangeBounds::default().all,
            _ => ACTION_TIME_MAX,
        }
    }

    fn name(&self) -> &str {
        "site"
    }

    fn waits(&self) -> bool {
        self.client.slowest_first_byte() > WAITS_AFTER
    }

    fn profile(&self) -> Result<Profile, Inability> {
        let glance = self.witness.as_ref().map(|witness| witness.glance(&self.url)).transpose()?;
        let known = glance.as_ref().map(|glance| glance.witnessed()).unwrap_or_default();
        let (mut profile, seen) =
            wasm_gauntlet_web::discovery::discover(&self.client, &self.url, &known)?;
        if let Some((witness, glance)) = self.witness.as_ref().zip(glance) {
            witness.tell(&mut profile, &glance);
        }
        *unpoisoned(self.seen.lock()) = Arc::new(seen);
        wasm_gauntlet_web::discovery::remember(&mut profile, &self.previous);
        profile.can.extend(self.origin.as_ref().map(|_| Need::SiteOrigin));
        let is_secure = self.secure.is_some() || self.url.scheme() == "https";
        profile.can.extend(is_secure.then_some(Need::SiteTls));
        profile.can.extend(self.one_off_word.as_ref().map(|_| Need::SiteOneOff));
        Ok(profile)
    }

    fn open(&self, seed: u64) -> Result<Box<dyn Session + '_>, Inability> {
        Ok(Box::new(probe::Probe::new(self, seed)))
    }
}

/// A number that no other run has. It is used in one-off query words only.
fn nonce() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    (since.as_nanos() as u64) ^ (u64::from(std::process::id()) << 40)
}
