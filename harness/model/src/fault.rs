//! Faults: what the reference deployment can be told to do wrong, one thing each.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! faults {
    ($($(#[doc = $doc:literal])+ $variant:ident = $word:literal in $part:ident;)+) => {
        crate::words! {
            /// One thing that the reference deployment can do wrong.
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            #[derive(Serialize, Deserialize, JsonSchema)]
            pub enum Fault {
                $($(#[doc = $doc])+ #[serde(rename = $word)] $variant = $word,)+
            }
        }

        impl Fault {
            /// Which part of the deployment has the fault.
            pub fn part(self) -> Part {
                match self { $(Fault::$variant => Part::$part),+ }
            }

            /// What is wrong with it, in one sentence.
            pub fn doc(self) -> &'static str {
                match self { $(Fault::$variant => concat!($($doc),+).trim_ascii()),+ }
            }
        }
    };
}

/// The parts of the reference deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The origin server of the static site.
    Origin,
    /// The shared cache in front of it.
    Edge,
    /// The plugin host.
    Host,
    /// The directory that the build produced.
    Build,
}

faults! {
    /// Modules are sent as `application/octet-stream`.
    MimeOctetStream = "mime-octet-stream" in Origin;
    /// Modules are sent as `text/plain`.
    MimeText = "mime-text" in Origin;
    /// Modules are sent as `application/wasm; charset=utf-8`.
    MimeParameter = "mime-parameter" in Origin;
    /// Modules are sent without a `Content-Type`.
    MimeMissing = "mime-missing" in Origin;
    /// Modules are sent with two equal `Content-Type` lines.
    MimeTwice = "mime-twice" in Origin;
    /// Modules are sent with `Content-Type` lines that contradict one another.
    MimeConflict = "mime-conflict" in Origin;
    /// The edge sends modules as `application/octet-stream`.
    EdgeRewritesType = "edge-rewrites-type" in Edge;
    /// No response is encoded, whatever the client offers.
    NoCompression = "no-compression" in Origin;
    /// No response carries `Vary`.
    NoVary = "no-vary" in Origin;
    /// The identity variant alone carries no `Vary`.
    NoVaryOnIdentity = "no-vary-on-identity" in Origin;
    /// The 304 response alone carries no `Vary`.
    NoVaryOn304 = "no-vary-on-304" in Origin;
    /// The 304 response alone carries another `Vary`, without `Accept-Encoding`.
    OtherVaryOn304 = "other-vary-on-304" in Origin;
    /// The br variant of the module is gzipped once more, and only `br` is declared.
    GzipOverBr = "gzip-over-br" in Origin;
    /// Encoded module bytes are sent without `Content-Encoding`.
    CodingUndeclared = "coding-undeclared" in Origin;
    /// Raw module bytes are sent with a `Content-Encoding`.
    CodingDeclaredOnly = "coding-declared-only" in Origin;
    /// The edge asks the origin for no coding, and sends what it gets.
    EdgeIdentityOnly = "edge-identity-only" in Edge;
    /// Codings are chosen by looking for their names anywhere in `Accept-Encoding`.
    NegotiateBySubstring = "negotiate-by-substring" in Origin;
    /// The edge caches the module of the previous build under the current name.
    EdgeStale = "edge-stale" in Edge;
    /// The br variant of the module is from the previous build.
    BrOfOldBuild = "br-of-old-build" in Origin;
    /// An unknown name is answered with the page, status 200.
    Soft404 = "soft-404" in Origin;
    /// An unknown name is answered with a 404 that is cached for a year.
    LongCached404 = "long-cached-404" in Origin;
    /// `Content-Length` of an encoded module is that of the raw one.
    LengthOfRaw = "length-of-raw" in Origin;
    /// A module announces more bytes than come, and the connection stays open.
    LengthKeptOpen = "length-kept-open" in Edge;
    /// A module has two `Content-Length` lines that contradict one another.
    LengthTwice = "length-twice" in Edge;
    /// The gzip variant of the module is gzipped twice, and two lines declare it.
    CodingTwice = "coding-twice" in Origin;
    /// A request for the module without `Range` is answered with 206.
    Unasked206 = "unasked-206" in Edge;
    /// HEAD is never answered for the module.
    HeadNeverAnswers = "head-never-answers" in Edge;
    /// The module's address closes each connection without an answer.
    ModuleCloses = "module-closes" in Edge;
    /// All variants of an asset have the same strong `ETag`.
    EtagShared = "etag-shared" in Origin;
    /// HEAD always describes the raw variant, even if GET chooses another one.
    HeadDiffers = "head-differs" in Origin;
    /// A range of an encoded module is cut from the raw one.
    RangeOfRaw = "range-of-raw" in Origin;
    /// The page's policy does not let it compile WebAssembly.
    CspBlocksWasm = "csp-blocks-wasm" in Origin;
    /// The module is on another origin, and the page is not allowed to read it.
    NoCors = "no-cors" in Origin;
    /// The module and shim have unhashed names and are cached for a year, `immutable`.
    ImmutableUnhashed = "immutable-unhashed" in Origin;
    /// The entry page is cached for a day without revalidation.
    EntryLongCache = "entry-long-cache" in Origin;
    /// The module is cut short; lengths agree with the cut bytes.
    Truncated = "truncated" in Origin;
    /// The module's address answers with the entry page, status 200, as HTML.
    HtmlFallback = "html-fallback" in Origin;
    /// The module and shim have hashed names, but must be revalidated on each use.
    HashedNoCache = "hashed-no-cache" in Origin;
    /// The hash in the module's name is that of other bytes.
    WrongHash = "wrong-hash" in Origin;
    /// The shim is of an earlier toolchain: it defines another namespace than the module imports.
    StaleShim = "stale-shim" in Origin;
    /// The shim's name has no hash, but the module's name has one.
    ShimUnhashed = "shim-unhashed" in Origin;
    /// The page's module was built for WASI.
    Wasip1InPage = "wasip1-in-page" in Origin;
    /// The module of the previous build is gone.
    PreviousGone = "previous-gone" in Origin;
    /// The module contains 4 MB of unused data that does not compress.
    OverBudget = "over-budget" in Origin;
    /// The module carries debug sections, and paths of the machine that built it.
    NotStripped = "not-stripped" in Origin;
    /// A client that offers a coding, as every browser does, gets a 503 for the page and the shim.
    BrowsersRefused = "browsers-refused" in Origin;
    /// The module's address answers with a 404.
    ModuleGone = "module-gone" in Origin;
    /// The shim's address answers with the entry page, status 200, as HTML.
    ShimFallback = "shim-fallback" in Origin;
    /// The page is sent as `application/octet-stream`.
    PageAsDownload = "page-as-download" in Origin;
    /// A client that supports dictionaries gets a dictionary coding, but announced no dictionary.
    DictionaryUnasked = "dictionary-unasked" in Origin;
    /// The shared cache keys on the URL alone.
    EdgeIgnoresVary = "edge-ignores-vary" in Edge;
    /// Over TLS, the edge speaks only HTTP/1.1.
    Http1Only = "http1-only" in Edge;
    /// The page loads its module before anyone uses it.
    Eager = "eager" in Origin;
    /// Each use of the page loads and starts the module again.
    LoadsEveryClick = "loads-every-click" in Origin;
    /// The page shows nothing while its module loads.
    NoLoadingState = "no-loading-state" in Origin;
    /// The page shows nothing when its module does not load.
    NoCatch = "no-catch" in Origin;
    /// The page never loads its module again after a failure.
    NoRetry = "no-retry" in Origin;
    /// The progress bar divides bytes of the module by the length of the compressed body.
    ProgressOvershoot = "progress-overshoot" in Origin;
    /// The page is hidden until its module has started.
    BlocksPaint = "blocks-paint" in Origin;
    /// The name of the module stays the same from build to build, and the page says nothing if its
    /// script and the module do not fit.
    SkewBreaks = "skew-breaks" in Origin;
    /// Each call compiles the module again.
    Recompile = "recompile" in Host;
    /// Linear memory may grow without a cap.
    NoMemoryCap = "no-memory-cap" in Host;
    /// Tables may grow without a cap (up to the memory of the machine).
    NoTableCap = "no-table-cap" in Host;
    /// No call is ever interrupted.
    NoDeadline = "no-deadline" in Host;
    /// The deadline starts only after instantiation, so start functions have no deadline.
    DeadlineNotOnStart = "deadline-not-on-start" in Host;
    /// A trap ends the host process.
    PanicOnTrap = "panic-on-trap" in Host;
    /// The root of the file system is preopened for every guest.
    AmbientFs = "ambient-fs" in Host;
    /// The host's own environment is given to every guest.
    AmbientEnv = "ambient-env" in Host;
    /// A guest does not get what it is granted.
    GrantNothing = "grant-nothing" in Host;
    /// The output range is checked in 32 bits, wraps around and is read unbounded.
    UncheckedPointer = "unchecked-pointer" in Host;
    /// One instance serves every call and every tenant.
    SharedInstance = "shared-instance" in Host;
    /// Instances are pooled and handed to the next tenant without a reset.
    PoolWithoutReset = "pool-without-reset" in Host;
    /// Instances carry one fixed name, so only one can exist at a time.
    NamedInstance = "named-instance" in Host;
    /// Every upload is accepted; its errors show at the call, as host faults.
    LoadAnything = "load-anything" in Host;
    /// Bytes that are not a module end the host process.
    PanicOnMalformed = "panic-on-malformed" in Host;
    /// A guest that exits ends the host process.
    ExitKillsHost = "exit-kills-host" in Host;
    /// Outputs, log lines and their number are unbounded.
    UnboundedOutput = "unbounded-output" in Host;
    /// Log records keep the line ends and control characters of the guest.
    RawLog = "raw-log" in Host;
    /// A guest can wait in a host function without a time limit.
    BlockingPoll = "blocking-poll" in Host;
    /// A guest's own error is reported as a trap, without its text.
    ErrorsAsTraps = "errors-as-traps" in Host;
    /// A reactor is initialised twice.
    RerunStart = "rerun-start" in Host;
    /// The instruction budget is ignored.
    NoFuel = "no-fuel" in Host;
    /// The view of memory from before a call is used after it, even if the memory has grown.
    StaleView = "stale-view" in Host;
    /// A call that fails closes the runtime, with every call in flight.
    CloseRuntime = "close-runtime" in Host;
    /// Instances are never freed.
    LeakInstance = "leak-instance" in Host;
    /// Calls do not name the module, log records do not name the tenant, and no counter moves.
    NoMetrics = "no-metrics" in Host;
    /// No counter says which tenant and which module reached a limit.
    NoCapHits = "no-cap-hits" in Host;
    /// Modules are compiled without a limit on time and memory.
    NoCompileLimits = "no-compile-limits" in Host;
    /// A tenant may have any number of calls in flight.
    NoTenantLimit = "no-tenant-limit" in Host;
    /// Rounding a positive float towards zero gives a result that is one too large.
    OffByOneRuntime = "off-by-one-runtime" in Host;
    /// Each call leaves an open file behind.
    LeakDescriptor = "leak-descriptor" in Host;
    /// Each call leaves a thread behind that waits for ever.
    LeakThread = "leak-thread" in Host;
    /// A module becomes active without a check, even if its upload was refused or its call fails.
    PromoteUnvalidated = "promote-unvalidated" in Host;
    /// Every second call runs the previously active module, but names the active one.
    MixedVersions = "mixed-versions" in Host;
    /// A tenant may make any number of calls a second.
    NoRateLimit = "no-rate-limit" in Host;
    /// The host runs twice as many instances at once as it announces.
    Overcommit = "overcommit" in Host;
    /// The host repeats a call that traps, up to three times.
    RetryStorm = "retry-storm" in Host;
    /// The module's `.br` is from the previous build.
    BuildStaleBr = "stale-br" in Build;
    /// The module's `.gz` is missing, but other files have one.
    BuildMissingGz = "missing-gz" in Build;
    /// The module's `.br` is larger than the module.
    BuildFatBr = "fat-br" in Build;
    /// The module's `.gz` is cut short.
    BuildCutGz = "cut-gz" in Build;
    /// The hash in the module's name is that of other bytes.
    BuildWrongName = "wrong-name" in Build;
    /// The shim's name has no hash, but the module's name has one.
    BuildUnhashedShim = "unhashed-shim" in Build;
    /// The page names the module and shim of an earlier build.
    BuildPageOfOldBuild = "page-of-old-build" in Build;
    /// The shim defines another namespace than the module imports.
    BuildOldShim = "old-shim" in Build;
    /// The module was built for WASI, but one for a page is expected.
    BuildWrongFlavour = "wrong-flavour" in Build;
    /// The toolchain is too old for `//go:wasmexport`, so an export is missing.
    BuildOldToolchain = "old-toolchain" in Build;
    /// The module carries debug sections, and paths of the machine that built it.
    BuildUnstripped = "unstripped-build" in Build;
    /// The second build of the same sources has other bytes.
    BuildUnreproducible = "unreproducible" in Build;
    /// The module contains 4 MB of unused data that does not compress.
    BuildOverBudget = "over-budget-build" in Build;
    /// Nothing in the module says which build it is.
    BuildUnidentified = "unidentified" in Build;
    /// The manifest has the digest of another build's module.
    BuildWrongDigest = "wrong-digest" in Build;
    /// The directory has a file that the manifest does not name.
    BuildUnlisted = "unlisted-file" in Build;
    /// The manifest was changed after it was signed.
    BuildForgedManifest = "forged-manifest" in Build;
}

impl std::str::FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.iter().copied().find(|fault| fault.word() == text).ok_or_else(|| {
            let near = crate::name::nearest(text, Self::ALL.iter().map(|fault| fault.word()));
            let hint = near.map(|word| format!("; did you mean `{word}`?")).unwrap_or_default();
            format!("unknown fault `{text}`{hint}")
        })
    }
}
