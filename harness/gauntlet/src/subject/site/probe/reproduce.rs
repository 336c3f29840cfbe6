//! A command line that shows the same exchange again, quoted for a POSIX shell.

use url::Url;
use wasm_gauntlet_model::action::Method;
use wasm_gauntlet_web::shell::quoted;
use wasm_gauntlet_web::wire::HttpRequest;
use wasm_gauntlet_web::wire::redirect::Trail;

/// The part of an exchange that a command shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommandView {
    /// Status and header fields.
    Fields,
    /// Those, and how many bytes came.
    Size,
    /// Those, and the version of the protocol.
    Version,
    /// Those, how many bytes came, and how many there are without the coding.
    Ratio,
    /// The first bytes, as they came and with `Content-Encoding` undone.
    Bytes,
    /// The first characters.
    Text,
    /// The digest of the content.
    Digest,
    /// Whether an engine compiles the module.
    Module,
    /// What the module imports.
    Imports,
    /// The sections of the module that nobody needs to run it.
    Sections,
    /// The policies that the page holds itself.
    Policies,
}

/// Seconds of silence after which `curl` gives up, where an answer or its end never came. We wait
/// as long for a known silence.
const SILENT_S: u32 = 5;

/// A pipe that shows the first bytes. The rest is read too, because `curl` would complain.
const FIRST_BYTES: &str = "{ od -An -tx1 -N 16; cat >/dev/null; }";
const FIRST_CHARACTERS: &str = "{ od -An -c -N 48; cat >/dev/null; }";

const COMPILES: &str = "node -e 'WebAssembly.compile(require(\"fs\").readFileSync(0)).then(\
                        () => console.log(\"a valid module\"), (e) => console.log(String(e)))'";

const IMPORTS: &str = "node -e 'try { const m = new WebAssembly.Module(require(\"fs\").\
                       readFileSync(0)); for (const i of WebAssembly.Module.imports(m)) \
                       console.log(i.module + \".\" + i.name) } \
                       catch (e) { console.log(String(e)) }'";

const SECTIONS: &str = "node -e 'const m = new WebAssembly.Module(\
                        require(\"fs\").readFileSync(0)); \
                        for (const n of [\"info\", \"line\", \"str\", \"abbrev\", \"ranges\", \
                        \"loc\", \"frame\", \"aranges\"].map((n) => \".debug_\" + n).concat([\
                        \"sourceMappingURL\", \"external_debug_info\", \"name\"])) { \
                        const all = WebAssembly.Module.customSections(m, n); \
                        if (all.length) console.log(n + \": \" + all.reduce((s, b) => \
                        s + b.byteLength, 0) + \" bytes\") }'";

/// The `curl` command whose output has the header fields of this exchange.
pub(crate) fn curl(trail: &Trail) -> String {
    again(trail, first(trail), CommandView::Fields)
}

/// Where an exchange began.
pub(crate) fn first(trail: &Trail) -> &Url {
    trail.hops.first().map_or(&trail.ask.url, |hop| &hop.url)
}

/// The commands that show `look` of this exchange, begun at `url`.
pub(crate) fn again(trail: &Trail, url: &Url, look: CommandView) -> String {
    let line = |options: &str| request(CurlRequest::of(trail, url), options);
    shown(&trail.ask, look, line)
}

/// A request that was not made as such, and the option with which `curl` trusts its address as we
/// do.
pub(crate) struct Plain<'a> {
    /// The request.
    pub(crate) ask: HttpRequest,
    /// None where the usual certificates are enough.
    pub(crate) trust: Option<&'a str>,
}

/// The commands that show `look` of this request.
pub(crate) fn asked(plain: &Plain, look: CommandView) -> String {
    shown(&plain.ask, look, |options| request(CurlRequest::plain(plain), options))
}

fn shown(ask: &HttpRequest, look: CommandView, line: impl Fn(&str) -> String) -> String {
    let fields = match ask.method {
        Method::Head => "-I",
        Method::Get => "-o /dev/null -D -",
    };
    let head = line(fields);
    let piped = |to: &str| format!("{} | {to}", line("--compressed"));
    match look {
        CommandView::Fields => head,
        CommandView::Size => line(&format!("{fields} -w '%{{size_download}} bytes came\\n'")),
        CommandView::Ratio => {
            let came = line(&format!("{fields} -w '%{{size_download}} bytes came\\n'"));
            format!("{came} && {}", piped("wc -c"))
        }
        CommandView::Version => line(&format!("{fields} -w 'HTTP/%{{http_version}}\\n'")),
        CommandView::Bytes => {
            let raw = format!("{} | {FIRST_BYTES}", line(""));
            format!("{head} && {raw} && {}", piped(FIRST_BYTES))
        }
        CommandView::Text => format!("{head} && {}", piped(FIRST_CHARACTERS)),
        CommandView::Digest => piped("sha256sum"),
        CommandView::Module => piped(COMPILES),
        CommandView::Imports => piped(IMPORTS),
        CommandView::Sections => piped(SECTIONS),
        CommandView::Policies => {
            format!("{head} && {}", piped("grep -aio '<meta[^>]*content-security-policy[^>]*>'"))
        }
    }
}

/// How often a text stands in the content of what is asked for.
pub(crate) fn occurrences(plain: &Plain, text: &str) -> String {
    let line = request(CurlRequest::plain(plain), "--compressed");
    format!("{line} | {{ grep -aoF {} || true; }} | sort | uniq -c", quoted(text))
}

/// What a script calls the namespaces that shims of Go and of WASI define.
pub(crate) fn namespaces(plain: &Plain) -> String {
    let line = request(CurlRequest::plain(plain), "--compressed");
    format!("{line} | {{ grep -aoE '(_?gotest|gojs|go|env|wasi_[a-z0-9_]+) *: *\\{{' || true; }}")
}

/// The digests of the part of `whole` that was asked for, and of the `part` that came.
pub(crate) fn parts(whole: &Trail, part: &Trail, (before, bytes): (usize, usize)) -> String {
    let cut =
        format!("{{ head -c {before} >/dev/null; head -c {bytes} | sha256sum; cat >/dev/null; }}");
    let line = |trail| request(CurlRequest::of(trail, first(trail)), "");
    let (whole, came) = (line(whole), line(part));
    format!("{} && {whole} | {cut} && {came} | sha256sum", curl(part))
}

/// The fields of the `rest` of a download, and two digests: of the first bytes of the download
/// followed by that rest, and of the whole.
pub(crate) fn resumed(whole: &Trail, rest: &Trail, first: usize) -> String {
    let line = |trail| request(CurlRequest::of(trail, self::first(trail)), "");
    let (all, came) = (line(whole), line(rest));
    let joined = format!("{{ {all} | {{ head -c {first}; cat >/dev/null; }}; {came}; }}");
    format!("{} && {joined} | sha256sum && {all} | sha256sum", curl(rest))
}

/// A request for `curl`.
struct CurlRequest<'a> {
    ask: &'a HttpRequest,
    /// Its first address, and whether redirects are followed.
    url: &'a Url,
    follows: bool,
    /// The option by which `curl` trusts it as we did.
    trust: Option<&'a str>,
    /// Whether an answer, or its end, never came. Then `curl` must give up by itself.
    silent: bool,
}

impl<'a> CurlRequest<'a> {
    fn of(trail: &'a Trail, url: &'a Url) -> Self {
        let (follows, trust) = (!trail.hops.is_empty(), trail.trust.as_deref());
        let silent = trail.reply.stalled || trail.reply.unanswered.is_some();
        Self { ask: &trail.ask, url, follows, trust, silent }
    }

    fn plain(plain: &'a Plain<'a>) -> Self {
        let Plain { ask, trust } = plain;
        Self { ask, url: &ask.url, follows: true, trust: *trust, silent: false }
    }
}

fn request(asked: CurlRequest, options: &str) -> String {
    let CurlRequest { ask, url, follows, trust, silent } = asked;
    let mut line = "curl -sS -g".to_owned();
    if silent {
        line.push_str(&format!(" --speed-limit 1 --speed-time {SILENT_S}"));
    }
    if let Some(option) = trust {
        line.push_str(&format!(" {option}"));
    }
    if !options.is_empty() {
        line.push_str(&format!(" {options}"));
    }
    if follows {
        line.push_str(" -L");
    }
    if options.contains("--compressed") && !ask.has("accept-encoding") {
        // `curl` would offer what it can undo.
        line.push_str(" -H 'Accept-Encoding:'");
    }
    for (name, value) in &ask.fields {
        let Some((_, shown)) = SHOWN.iter().find(|(field, _)| field == name) else { continue };
        // `curl` drops a field whose value is empty, unless it is written with a semicolon.
        let field =
            if value.is_empty() { format!("{shown};") } else { format!("{shown}: {value}") };
        line.push_str(&format!(" -H {}", quoted(&field)));
    }
    if let Some(host) = &ask.host {
        line.push_str(&format!(" -H {}", quoted(&format!("Host: {host}"))));
    }
    line.push_str(&door(ask, url));
    line.push_str(&format!(" {}", quoted(url.as_str())));
    line
}

/// The option that connects to the address that was asked; none where the name decided.
fn door(ask: &HttpRequest, url: &Url) -> String {
    let (Some(via), Some(host)) = (ask.via, url.host_str()) else { return String::new() };
    let via = if via.is_ipv6() { format!("[{via}]") } else { via.to_string() };
    format!(" --connect-to {}", quoted(&format!("{host}::{via}:")))
}

/// The fields that a step chooses, as people write them. The others do not matter.
const SHOWN: &[(&str, &str)] = &[
    ("accept-encoding", "Accept-Encoding"),
    ("if-none-match", "If-None-Match"),
    ("if-modified-since", "If-Modified-Since"),
    ("origin", "Origin"),
    ("range", "Range"),
    ("if-range", "If-Range"),
];

#[cfg(test)]
mod tests {
    use std::process::Child;

    use super::*;
    use proptest::prelude::*;
    use wasm_gauntlet_host::process::children;
    use wasm_gauntlet_web::headers::Headers;
    use wasm_gauntlet_web::wire::{HttpRequest, HttpResponse};

    fn trail(method: Method, fields: &[(&'static str, &str)], url: &str) -> Trail {
        let url = url::Url::parse(url).expect("a URL of the test");
        let mut ask = HttpRequest::new(method, url);
        ask.fields.extend(fields.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let reply = HttpResponse {
            version: String::new(),
            status: 200,
            headers: Headers::default(),
            body: Default::default(),
            broken: None,
            stalled: false,
            sampled: false,
            unanswered: None,
            peer: None,
            first_byte: std::time::Duration::ZERO,
            wall: std::time::Duration::ZERO,
            received: std::time::SystemTime::UNIX_EPOCH,
        };
        let wall = std::time::Duration::ZERO;
        Trail { hops: Vec::new(), ask, reply, stopped: None, wall, trust: None }
    }

    #[test]
    fn the_line_shows_the_fields_that_the_step_chose() {
        let line = |method, fields: &[_]| curl(&trail(method, fields, "http://s.test/a?b=c&d"));
        assert_eq!(
            line(Method::Get, &[("accept-encoding", "br")]),
            "curl -sS -g -o /dev/null -D - -H 'Accept-Encoding: br' 'http://s.test/a?b=c&d'"
        );
        assert_eq!(
            line(Method::Head, &[("accept-encoding", ""), ("if-none-match", "\"it's\"")]),
            "curl -sS -g -I -H 'Accept-Encoding;' -H 'If-None-Match: \"it'\\''s\"' \
             'http://s.test/a?b=c&d'"
        );
    }

    #[test]
    fn the_line_trusts_whom_we_trusted() {
        let mut own = trail(Method::Get, &[], "https://s.test/");
        own.trust = Some("--cacert 'a b.pem'".to_owned());
        let line = curl(&own);
        assert_eq!(line, "curl -sS -g --cacert 'a b.pem' -o /dev/null -D - 'https://s.test/'");
    }

    proptest! {
        #[test]
        fn a_shell_reads_back_the_same_word(text in "[ -~]{0,40}") {
            let mut shell = std::process::Command::new("sh");
            shell.args(["-c", &format!("printf %s {}", quoted(&text))]);
            let shell = children::spawn(shell.stdout(std::process::Stdio::piped()));
            let read = shell.and_then(Child::wait_with_output).expect("a shell runs");
            let read = String::from_utf8_lossy(&read.stdout).into_owned();
            prop_assert_eq!(read, text);
        }
    }
}
