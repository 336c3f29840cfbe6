//! Lines of playbooks that no server is tried with, and the reasons.

const AMAZON: &str = "a service of Amazon's, which cannot be had on loopback";
const ON_FILES: &str = "a command on the files of a build, no configuration";
const BY_A_COMMAND: &str = "a command that purges what a cache holds, no configuration";
const A_WARNING: &str = "says what not to do, and has no line to add";
const TLS: &str = "over TLS, and the program trusts no certificate that a test could make";

/// Incident, server, reason.
const REASONS: &[(&str, &str, &str)] = &[
    ("delivery/answers", "nginx", ON_FILES),
    ("delivery/answers", "apache", ON_FILES),
    ("delivery/answers", "varnish", "shows what the backend said"),
    ("delivery/answers", "s3", "shows what the store has"),
    ("delivery/answers", "cloudfront", AMAZON),
    ("delivery/cache-ignores-vary", "apache", A_WARNING),
    ("delivery/cache-ignores-vary", "cloudfront", AMAZON),
    ("delivery/cdn-rewrites-type", "nginx", "names an origin, which each site has another of"),
    ("delivery/cdn-rewrites-type", "s3", "needs CloudFront before the store, which is Amazon's"),
    ("delivery/cdn-rewrites-type", "cloudfront", AMAZON),
    ("delivery/cross-origin", "s3", "s3rver takes the rules of a bucket at its start alone"),
    ("delivery/cross-origin", "cloudfront", AMAZON),
    ("delivery/double-compression", "varnish", A_WARNING),
    ("delivery/double-compression", "cloudfront", AMAZON),
    ("delivery/edge-skips-compression", "cloudfront", AMAZON),
    ("delivery/entry-not-revalidated", "cloudfront", AMAZON),
    ("delivery/length", "express", "Node waits for the bytes that were announced and never come"),
    ("delivery/long-cache-unhashed", "cloudfront", AMAZON),
    ("delivery/mime-type", "cloudfront", AMAZON),
    ("delivery/missing-is-404", "cloudfront", AMAZON),
    ("delivery/missing-vary", "cloudfront", AMAZON),
    ("delivery/module-is-valid", "s3", A_WARNING),
    ("delivery/module-is-valid", "cloudfront", AMAZON),
    ("delivery/previous-still-served", "s3", ON_FILES),
    ("delivery/same-bytes-everywhere", "nginx", ON_FILES),
    ("delivery/same-bytes-everywhere", "apache", ON_FILES),
    ("delivery/same-bytes-everywhere", "caddy", ON_FILES),
    ("delivery/same-bytes-everywhere", "varnish", BY_A_COMMAND),
    ("delivery/same-bytes-everywhere", "s3", ON_FILES),
    ("delivery/same-bytes-everywhere", "cloudfront", AMAZON),
    ("delivery/shim-is-script", "cloudfront", AMAZON),
    ("delivery/short-cache-hashed", "cloudfront", AMAZON),
    ("delivery/transport", "nginx", TLS),
    ("delivery/transport", "apache", TLS),
    ("delivery/transport", "caddy", TLS),
    ("delivery/transport", "lighttpd", TLS),
    ("delivery/transport", "varnish", TLS),
    ("delivery/transport", "express", TLS),
    ("delivery/transport", "go", TLS),
    ("delivery/transport", "s3", AMAZON),
    ("delivery/transport", "cloudfront", AMAZON),
    ("delivery/uncompressed", "cloudfront", AMAZON),
    ("delivery/validators", "nginx", A_WARNING),
];

/// Incidents with the lines of another incident, which is tried. A name that leads to the page is
/// no module, no loader and no 404, and the same lines repair all three. The missing file must also
/// be deployed.
const ALIKE: &[(&str, &str)] = &[
    ("delivery/module-is-valid", "delivery/missing-is-404"),
    ("delivery/shim-is-script", "delivery/missing-is-404"),
];

/// Servers where the incidents above have the same lines.
const ALIKE_ON: [&str; 6] = ["nginx", "apache", "caddy", "lighttpd", "express", "go"];

/// Why the lines of `incident` for `server` are not tried.
pub(super) fn reason(incident: &str, server: &str) -> Option<&'static str> {
    let own = REASONS.iter().find(|(one, name, _)| *one == incident && *name == server);
    own.map(|(_, _, reason)| *reason)
}

/// The tried incident that has the same lines for `server`.
pub(super) fn alike(incident: &str, server: &str) -> Option<&'static str> {
    let other = ALIKE.iter().find(|(one, _)| *one == incident).map(|(_, other)| *other);
    other.filter(|_| ALIKE_ON.contains(&server))
}

/// Every incident and server with a reason here.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    REASONS.iter().map(|(incident, server, _)| (*incident, *server))
}
