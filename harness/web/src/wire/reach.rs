//! Where a site may send us. The addresses in a page or a redirect are hostile: they must not make
//! this machine read its own network, so a public site cannot lead to a private address. A private
//! or loopback site may lead anywhere.
//!
//! Names are not resolved here: a public name with a private address is not caught.

use std::net::IpAddr;

use url::{Host, Url};

/// Longest URL followed, bytes; servers stop at 8 KiB or less.
pub(crate) const URL_BYTES_MAX: usize = 8 << 10;

/// Whether `to` may be asked on behalf of the site at `site`.
///
/// # Errors
/// With the reason, as a person can use it.
pub fn may_reach(site: &Url, to: &Url) -> Result<(), String> {
    if !matches!(to.scheme(), "http" | "https") {
        return Err(format!("`{}:` is not http or https", to.scheme()));
    }
    if !to.username().is_empty() || to.password().is_some() {
        return Err("the address contains a user name or password".to_owned());
    }
    if to.as_str().len() > URL_BYTES_MAX {
        return Err(format!("the address is longer than {URL_BYTES_MAX} bytes"));
    }
    if is_private(to) && !is_private(site) {
        return Err("a public site points to a private address".to_owned());
    }
    Ok(())
}

/// Whether the host is an address or a name of this machine or of a private network.
fn is_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => is_private_address(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => is_private_address(address.to_canonical()),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost"
                || [".localhost", ".local", ".internal"].iter().any(|end| name.ends_with(end))
        }
        None => true,
    }
}

fn is_private_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let shared = v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64;
            v4.is_loopback()
                || v4.is_private()
                || v4.is_link_local()
                || v4.is_unspecified()
                || shared
        }
        IpAddr::V6(v6) => {
            v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_site_cannot_lead_to_a_private_place() {
        for (site, to, may) in [
            ("https://a.example/", "https://b.example/x", true),
            ("https://a.example/", "http://b.example/x", true),
            ("https://a.example/", "http://169.254.169.254/latest", false),
            ("https://a.example/", "http://[::1]/", false),
            ("https://a.example/", "http://[::ffff:127.0.0.1]/", false),
            ("https://a.example/", "http://10.0.0.1/", false),
            ("https://a.example/", "http://localhost./", false),
            ("https://a.example/", "file:///etc/passwd", false),
            ("https://a.example/", "https://u:p@a.example/", false),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:9/", true),
            ("http://127.0.0.1:8080/", "https://a.example/", true),
        ] {
            let parse = |text: &str| Url::parse(text).expect("a URL of the table");
            assert_eq!(may_reach(&parse(site), &parse(to)).is_ok(), may, "{site} -> {to}");
        }
    }
}
