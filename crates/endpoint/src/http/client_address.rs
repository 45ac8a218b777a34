//! The client's address: that of the socket, or that which a trusted proxy names.

use crate::base::network::{ProxyHeader, household};
use crate::config::Config;
use axum::http::{HeaderMap, HeaderName, header};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's address; `None` where the app around does not tell that of the connection, and where a proxy that is
/// not listed stands in front of everyone.
pub(crate) fn address(
    config: &Config,
    peer: Option<SocketAddr>,
    headers: &HeaderMap,
) -> Option<IpAddr> {
    let peer = peer?;
    if config.proxies.is_empty() && config.strict_transport {
        return None;
    }
    Some(household(behind(config, peer.ip().to_canonical(), headers)))
}

/// The first address from the right that is no trusted proxy; anyone may have written what stands to the left of it.
fn behind(config: &Config, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let ours = |address: IpAddr| config.proxies.iter().any(|network| network.holds(address));
    if !ours(peer) {
        return peer;
    }
    let mut latest = peer;
    for hop in hops(config.proxy_header, headers).into_iter().rev() {
        let Some(address) = hop else { break };
        latest = address;
        if !ours(address) {
            break;
        }
    }
    latest
}

/// The addresses of the header, `None` for what is no address.
fn hops(which: ProxyHeader, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let name = match which {
        ProxyHeader::XForwardedFor => X_FORWARDED_FOR,
        ProxyHeader::Forwarded => header::FORWARDED,
    };
    let lines = headers.get_all(name).into_iter();
    // An invalid octet invalidates its own part only, not those that trusted proxies appended.
    let parts = lines.flat_map(|line| line.as_bytes().split(|octet| *octet == b','));
    parts
        .map(|part| std::str::from_utf8(part).unwrap_or_default())
        .map(|part| match which {
            ProxyHeader::XForwardedFor => read(part),
            ProxyHeader::Forwarded => part.split(';').find_map(|pair| {
                let (name, value) = pair.trim_matches([' ', '\t']).split_once('=')?;
                name.eq_ignore_ascii_case("for").then(|| read(value))?
            }),
        })
        .collect()
}

/// An address as proxies write it: with or without quotes, brackets and port.
fn read(text: &str) -> Option<IpAddr> {
    // Only what the grammar allows: other white space makes no address equal.
    let text = text.trim_matches([' ', '\t']).trim_matches('"');
    let plain = text.parse::<IpAddr>().ok();
    let port = || Some(text.parse::<SocketAddr>().ok()?.ip());
    let bracketed = || {
        let inner = text.strip_prefix('[')?.strip_suffix(']')?;
        Some(IpAddr::V6(inner.parse::<Ipv6Addr>().ok()?))
    };
    plain
        .or_else(port)
        .or_else(bracketed)
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod unit {
    use super::*;
    use crate::base::network::Network;
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    #[test]
    fn e39_addresses_are_read_as_proxies_write_them() {
        for (text, wanted) in [
            (" 192.0.2.1 ", Some("192.0.2.1")),
            ("192.0.2.1:4711", Some("192.0.2.1")),
            ("\"[2001:db8::1]:4711\"", Some("2001:db8::1")),
            ("[2001:db8::1]", Some("2001:db8::1")),
            ("::ffff:192.0.2.1", Some("192.0.2.1")),
            ("\u{a0}192.0.2.1", None),
            ("192.0.2.1\u{85}", None),
            ("unknown", None),
            ("_hidden", None),
            ("", None),
        ] {
            let wanted: Option<IpAddr> = wanted.map(|text| text.parse().unwrap());
            assert_eq!(read(text), wanted, "{text}");
        }
    }

    #[test]
    fn e61_an_odd_octet_hides_no_address_that_a_proxy_appended() {
        let mut headers = HeaderMap::new();
        let line = HeaderValue::from_bytes(b"M\xfcnchen, 192.0.2.1").unwrap();
        headers.insert(X_FORWARDED_FOR, line);
        let hops = hops(ProxyHeader::XForwardedFor, &headers);
        assert_eq!(hops, [None, "192.0.2.1".parse().ok()]);
    }

    proptest! {
        #[test]
        fn e39_no_header_breaks_it(text in "[ -~]{0,60}") {
            let mut headers = HeaderMap::new();
            headers.insert(X_FORWARDED_FOR, text.parse().unwrap());
            headers.insert(header::FORWARDED, text.parse().unwrap());
            let _ = hops(ProxyHeader::XForwardedFor, &headers);
            let _ = hops(ProxyHeader::Forwarded, &headers);
            let _ = Network::parse(&text);
        }
    }
}
