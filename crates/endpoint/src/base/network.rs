//! Networks of proxies, and the header in which they name the client.

use std::net::{IpAddr, Ipv6Addr};

/// The address that counts for one household: of IPv6 the /64, which one household has whole.
#[must_use]
pub fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

/// A range of addresses such as `10.0.0.0/8`, or a single one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Network {
    base: u128,
    bits: u8,
    v4: bool,
}

impl Network {
    /// Reads `address` or `address/bits`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text
            .split_once('/')
            .map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().ok()?;
        let most: u8 = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |bits| bits.parse().ok())?;
        if bits > most {
            return None;
        }
        // Addresses of clients are compared in their shorter form: `::ffff:10.0.0.0/104` is 10.0.0.0/8.
        let (address, bits) = match (address.to_canonical(), bits.checked_sub(128 - 32)) {
            (short @ IpAddr::V4(_), Some(bits)) if address.is_ipv6() => (short, bits),
            _ => (address, bits),
        };
        Some(Self {
            base: number(address),
            bits,
            v4: address.is_ipv4(),
        })
    }

    pub(crate) fn holds(self, address: IpAddr) -> bool {
        let width = if self.v4 { 32 } else { 128 };
        let tail = u32::from(width - self.bits);
        let head = |number: u128| number.checked_shr(tail).unwrap_or_default();
        address.is_ipv4() == self.v4 && head(number(address)) == head(self.base)
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// The header that the proxies write.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum ProxyHeader {
    /// `X-Forwarded-For`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

#[cfg(test)]
mod unit {
    use super::*;

    fn network(text: &str) -> Network {
        Network::parse(text).unwrap()
    }

    #[test]
    fn e39_networks_hold_what_begins_like_them() {
        for (text, address, wanted) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("0.0.0.0/0", "192.0.2.1", true),
            ("0.0.0.0/0", "::1", false),
            ("fd00::/8", "fd12::1", true),
            ("::/0", "2001:db8::1", true),
            ("::/0", "192.0.2.1", false),
        ] {
            let address = address.parse().unwrap();
            assert_eq!(network(text).holds(address), wanted, "{text} {address}");
        }
        for text in [
            "",
            "10.0.0.0/33",
            "::/129",
            "host",
            "10.0.0.0/",
            "10.0.0.0/-1",
        ] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
