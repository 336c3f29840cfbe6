//! From method and path to a route, for every request.

use hyper::Method;

/// The route of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// `PUT /guests/{sha256}`.
    Upload(String),
    /// `POST /guests/{sha256}/call`.
    Call(String),
    /// `POST /run`.
    Run,
    /// `PUT /active`.
    Activate,
    /// `GET /calls/{id}/log`.
    Log(u64),
    /// `GET /healthz`.
    Health,
    /// `GET /metrics`.
    Metrics,
    /// The contract has the path, but not with this method. It has these methods.
    WrongMethod(&'static str),
    /// No path of the contract.
    Unknown,
}

impl Route {
    /// The route of a request.
    pub(crate) fn of(method: &Method, path: &str) -> Self {
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let (allowed, route) = match &*segments {
            ["guests", digest] if is_digest(digest) => {
                (Method::PUT, Self::Upload((*digest).into()))
            }
            ["guests", digest, "call"] if is_digest(digest) => {
                (Method::POST, Self::Call((*digest).into()))
            }
            ["run"] => (Method::POST, Self::Run),
            ["active"] => (Method::PUT, Self::Activate),
            ["calls", id, "log"] => match id.parse() {
                Ok(id) => (Method::GET, Self::Log(id)),
                Err(_) => return Self::Unknown,
            },
            ["healthz"] => (Method::GET, Self::Health),
            ["metrics"] => (Method::GET, Self::Metrics),
            _ => return Self::Unknown,
        };
        match allowed {
            _ if allowed == *method => route,
            Method::PUT => Self::WrongMethod("PUT"),
            Method::POST => Self::WrongMethod("POST"),
            _ => Self::WrongMethod("GET"),
        }
    }
}

/// Whether this is SHA-256 in lower-case hex.
pub(crate) fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_whole() {
        let digest = "0123456789abcdef".repeat(4);
        let of = |method: Method, path: &str| Route::of(&method, path);
        assert_eq!(of(Method::PUT, &format!("/guests/{digest}")), Route::Upload(digest.clone()));
        assert_eq!(
            of(Method::POST, &format!("/guests/{digest}/call")),
            Route::Call(digest.clone())
        );
        assert_eq!(of(Method::GET, "/run"), Route::WrongMethod("POST"));
        assert_eq!(of(Method::GET, "/calls/7/log"), Route::Log(7));
        for path in ["/", "/guests", "/guests/", "/guests/ABC", "/calls/x/log", "/runs", "/run/"] {
            assert_eq!(of(Method::GET, path), Route::Unknown, "{path}");
        }
        let upper = digest.to_uppercase();
        assert_eq!(of(Method::PUT, &format!("/guests/{upper}")), Route::Unknown);
    }
}
