//! Addresses that the operator or a teammate enters and that browsers are sent to.

use std::net::IpAddr;

/// Maximum length of an address, in bytes.
const LONGEST: usize = 2048;

/// Whether an address is absolute, uses TLS or stays on this machine, and contains no character that could end a header
/// or an attribute.
#[must_use]
pub fn is_safe(url: &str) -> bool {
    let plain = |it: char| it.is_ascii_graphic() && !matches!(it, '"' | '\'' | '<' | '>' | '\\' | '`');
    let Some((scheme, rest)) = url.split_once("://").filter(|_| url.chars().all(plain)) else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host(authority);
    let private = scheme == "https" || scheme == "http" && is_loopback(host);
    private && !host.is_empty() && !authority.contains('@') && url.len() <= LONGEST
}

/// Returns the host of an authority, without the port and without the brackets around an IPv6 address.
#[must_use]
pub fn host(authority: &str) -> &str {
    match authority.strip_prefix('[').and_then(|it| it.split_once(']')) {
        Some((host, _)) => host,
        None => authority.split(':').next().unwrap_or_default(),
    }
}

/// Whether a host refers to this machine, as every name that ends in `.localhost` does (RFC 6761, section 6.3).
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_goes_over_tls_or_stays_on_this_machine() {
        for good in [
            "https://staff.example.com/login?x=1#top",
            "https://staff.example.com",
            "http://127.0.0.1:3000/sign-in",
            "http://localhost:8080/",
            "http://app.vendor.localhost:3000/",
            "http://[::1]:3000/sign-in",
        ] {
            assert!(is_safe(good), "{good}");
        }
        for bad in [
            "",
            "http://staff.example.com/login",
            "http://127.0.0.1.example.com/",
            "http://localhost.example.com/",
            "http://notlocalhost/",
            "http://localhost@evil.example/",
            "https://a@b/",
            "https://",
            "https:///login",
            "//staff.example.com",
            "javascript:alert(1)",
            "https://staff.example.com/a b",
            "https://staff.example.com/\"x",
            "https://staff.example.com/'x",
            "https://staff.example.com/\n",
            "https://stäff.example.com/",
            &format!("https://staff.example.com/{}", "x".repeat(LONGEST)),
        ] {
            assert!(!is_safe(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_host_has_no_port_and_no_brackets() {
        for (authority, expected) in
            [("a.example:8443", "a.example"), ("a.example", "a.example"), ("[::1]:3000", "::1"), ("", "")]
        {
            assert_eq!(host(authority), expected);
        }
        assert!(is_loopback("127.0.0.2") && is_loopback("::1") && !is_loopback("10.0.0.1") && !is_loopback("local"));
    }
}
