//! What a body really is: the layers of coding around it, whether the header agrees, and the
//! content inside.
//!
//! A fact stays unknown where the bytes were not seen whole: HEAD, 204, 304, a redirect that was
//! not followed, a body that broke off, or one past a bound of ours.

use wasm_gauntlet_model::action::{Fetch, Method};
use wasm_gauntlet_model::observation::{Evidence, Fact, count, known};
use wasm_gauntlet_web::coding::{self, Content, DecodeError, Dictionary, Layer};
use wasm_gauntlet_web::headers::offer;
use wasm_gauntlet_web::headers::policy::Inline;
use wasm_gauntlet_web::wire::redirect::Trail;

use super::decoded::{Decoded, Decoder, Inside};
use super::evidence::piece;
use super::module;

/// Bytes a second of the 3G link that the catalogue counts in: 1.6 Mbit/s.
const BYTES_PER_S_3G: f64 = 200_000.0;

/// What was seen of a body.
#[derive(Debug, Default)]
pub(crate) struct BodyFacts {
    pub(crate) wire_bytes: Fact<i64>,
    pub(crate) wire_sha256: Fact<String>,
    pub(crate) raw_bytes: Fact<i64>,
    pub(crate) over_recompressed: Fact<f64>,
    pub(crate) raw_sha256: Fact<String>,
    pub(crate) unreadable: Fact<String>,
    pub(crate) layers: Fact<Vec<String>>,
    pub(crate) layers_match: Fact<bool>,
    pub(crate) codings: Fact<i64>,
    pub(crate) coding_not_offered: Fact<String>,
    pub(crate) content: Fact<String>,
    pub(crate) module_valid: Fact<bool>,
    pub(crate) module_error: Fact<String>,
    pub(crate) module_mangled: Fact<bool>,
    pub(crate) lost_3g_s: Fact<f64>,
    pub(crate) shared_memory: Fact<bool>,
    pub(crate) dictionary: Fact<String>,
    /// Policies inside the page; none where the body was not seen.
    pub(crate) policies: Option<Vec<String>>,
    /// Inline scripts of the page that deal with modules.
    pub(crate) loaders: Vec<Inline>,
    /// Inline scripts of the page that import others.
    pub(crate) importers: Vec<Inline>,
    /// The digest of the files that the page names.
    pub(crate) names_sha256: Option<String>,
    pub(crate) evidence: Vec<Evidence>,
}

/// Read the body of the last response.
pub(crate) fn read(fetch: &Fetch, trail: &Trail, decoder: &Decoder) -> BodyFacts {
    let mut body = BodyFacts::default();
    let declared = trail.reply.headers.codings();
    let unwanted = not_offered(fetch, declared.iter().map(String::as_str));
    if let Some(coding) = unwanted {
        body.coding_not_offered = coding.into();
    }
    let bodiless = fetch.method == Method::Head
        || matches!(trail.reply.status, 204 | 304)
        || trail.reply.unanswered.is_some();
    if bodiless {
        return body;
    }
    let bytes = &trail.reply.body;
    let known = decoder.body(bytes, &declared);
    body.wire(bytes, known.wire_sha256());
    if trail.reply.status == 206 && trail.ask.has("range") {
        // A part of coded bytes does not show their content.
        return body;
    }
    let decode = || known.decoded(decoder);
    if body.dictionary(fetch, bytes, &declared) {
        return body;
    }
    if let Some(why) = &trail.stopped {
        body.no_module(&format!("a redirect whose target cannot be used: {why}"));
    } else if let Some(why) = &trail.reply.broken {
        let coded = !declared.is_empty();
        body.unreadable = format!("it is incomplete: {why}").into();
        // A body whose announced length is too long breaks off although all of it came. Chunks mark
        // their own end.
        let announced = trail.reply.headers.first("content-length").is_some();
        match (coded && announced).then(decode).filter(|decoded| decoded.ends_by_itself()) {
            Some(decoded) => body.whole(fetch, trail, decoded, &declared),
            None => body.broken(bytes, coded, why),
        }
        if trail.reply.stalled && body.layers == Fact::Unknown {
            body.never_whole();
        }
    } else {
        body.whole(fetch, trail, decode(), &declared);
    }
    body
}

/// The first of `codings` that the request does not accept.
fn not_offered<'a>(fetch: &Fetch, codings: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let offered = fetch.accept_encoding.as_deref();
    codings.into_iter().find(|coding| !offer::takes(offered, coding)).map(str::to_owned)
}

impl BodyFacts {
    fn wire(&mut self, bytes: &[u8], wire_sha256: &str) {
        self.wire_bytes = count(bytes.len()).into();
        self.wire_sha256 = wire_sha256.to_owned().into();
        if !bytes.is_empty() {
            let text = format!("{} bytes, sha256 {wire_sha256}", bytes.len());
            self.evidence.push(piece("wire bytes", &text));
        }
    }

    /// Whether the body is coded with a dictionary, which only a client with that dictionary can
    /// decode. Its content is unknown, and the coding is a layer like any other.
    fn dictionary(&mut self, fetch: &Fetch, bytes: &[u8], declared: &[String]) -> bool {
        let said = declared.last().and_then(|word| Dictionary::of_word(word));
        let found = Dictionary::of_bytes(bytes);
        let one = found.as_ref().map(|(one, _)| *one).or(said);
        self.dictionary = Fact::looked(one.map(|one| one.word().to_owned()));
        let Some((one, digest)) = found else { return false };
        let text = format!("{}, with the dictionary of sha256 {digest}", one.word());
        self.evidence.push(piece("dictionary", &text));
        if self.coding_not_offered == Fact::Unknown {
            self.coding_not_offered = Fact::looked(not_offered(fetch, [one.word()]));
        }
        self.layers_match = (said == Some(one) && declared.len() == 1).into();
        self.layers = vec![one.word().to_owned()].into();
        true
    }

    fn no_module(&mut self, why: &str) {
        self.module_valid = false.into();
        self.module_error = why.to_owned().into();
        self.module_mangled = false.into();
        self.evidence.push(piece("body", why));
    }

    /// A body that ended early: what came is no module, whatever the rest would have been.
    fn broken(&mut self, bytes: &[u8], coded: bool, why: &str) {
        let why = format!("the body ended early, after {} bytes: {why}", bytes.len());
        self.no_module(&why);
        // The beginning shows what was meant, where no coding is declared.
        if !bytes.is_empty() && !coded {
            self.content = coding::classify(bytes).word().to_owned().into();
        }
    }

    /// A body that stops short each time. That is the finding, and nothing more can be said about
    /// the whole.
    fn never_whole(&mut self) {
        (self.layers, self.raw_bytes, self.shared_memory) =
            (Fact::Absent, Fact::Absent, Fact::Absent);
        self.layers_match = Fact::Absent;
        if self.coding_not_offered == Fact::Unknown {
            self.coding_not_offered = Fact::Absent;
        }
    }

    fn whole(&mut self, fetch: &Fetch, trail: &Trail, decoded: &Decoded, declared: &[String]) {
        let stops = [
            decoded.undone.as_ref().err().map(ToString::to_string),
            decoded.stopped.map(|stop| stop.to_string()),
        ];
        self.evidence.extend(stops.iter().flatten().map(|stop| piece("decoding", stop)));
        if decoded.is_bounded() {
            return;
        }
        if self.unreadable == Fact::Unknown {
            self.unreadable = match &decoded.undone {
                // Browsers ignore a coding that they do not know.
                Err(DecodeError::Unknown(_)) => Fact::Absent,
                undone => Fact::looked(undone.as_ref().err().map(ToString::to_string)),
            };
        }
        self.layers_match = layers_match(decoded, trail);
        self.codings = count(if decoded.undone.is_ok() { declared.len() } else { 0 }).into();
        let undone = |_: &&String| decoded.undone.is_ok();
        let outer = declared.iter().rev().filter(undone).map(String::as_str);
        let layers: Vec<&str> = outer.chain(decoded.layers.iter().map(|l| l.word())).collect();
        if self.coding_not_offered == Fact::Unknown {
            self.coding_not_offered = Fact::looked(not_offered(fetch, layers.iter().copied()));
        }
        self.over_recompressed = known(decoded.over_recompressed);
        self.inside(decoded);
        self.lost_3g_s = lost(fetch, &layers, &trail.reply.body, decoded);
        self.layers = layers.into_iter().map(str::to_owned).collect::<Vec<_>>().into();
    }

    fn inside(&mut self, decoded: &Decoded) {
        let content = decoded.content;
        let Inside { raw_bytes, raw_sha256, wrong, shared_memory, page } = &*decoded.inside;
        self.raw_bytes = count(*raw_bytes).into();
        self.raw_sha256 = raw_sha256.clone().into();
        self.content = content.word().to_owned().into();
        self.module_valid = wrong.is_none().into();
        self.module_error = Fact::looked(wrong.clone());
        self.module_mangled = (wrong.as_deref() == Some(module::MANGLED)).into();
        self.shared_memory = Fact::looked(*shared_memory);
        self.policies = Some(page.policies.clone());
        self.loaders.clone_from(&page.loaders);
        self.importers.clone_from(&page.importers);
        self.names_sha256.clone_from(&page.names_sha256);
        let digest = format!("{}, {raw_bytes} bytes, sha256 {raw_sha256}", content.word());
        self.evidence.push(piece("content", &digest));
    }
}

/// Whether undoing the declared codings once gives the content. Unknown bytes under the name of a
/// module count as a layer that is not declared.
fn layers_match(decoded: &Decoded, trail: &Trail) -> Fact<bool> {
    let Decoded { undone, layers, stopped, content, .. } = decoded;
    let named_module = trail.ask.url.path().ends_with(".wasm");
    match undone {
        Ok(()) => {
            let strange = *content == Content::Other && named_module;
            (layers.is_empty() && stopped.is_none() && !strange).into()
        }
        // A coding with a dictionary was recognised by its first bytes before.
        Err(DecodeError::Unknown(word)) if Dictionary::of_word(word).is_some() => false.into(),
        Err(DecodeError::Unknown(_)) if *content == Content::Other => Fact::Unknown,
        Err(_) => false.into(),
    }
}

/// Seconds that a body without coding costs more than the best offered coding; absent where no
/// useful coding was offered.
fn lost(fetch: &Fetch, layers: &[&str], bytes: &[u8], decoded: &Decoded) -> Fact<f64> {
    let offer = fetch.accept_encoding.as_deref();
    let offered = |coding| offer.is_some() && offer::takes(offer, coding);
    let layer = [Layer::Br, Layer::Gzip].into_iter().find(|layer| offered(layer.word()));
    let Some(layer) = layer else { return Fact::Absent };
    if !layers.is_empty() || bytes.is_empty() {
        return 0.0.into();
    }
    let ratio = decoded.ratio(layer, bytes);
    (bytes.len() as f64 * (1.0 - ratio).max(0.0) / BYTES_PER_S_3G).into()
}
