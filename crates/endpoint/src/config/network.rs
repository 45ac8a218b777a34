//! Trusted proxies.

use super::file::File;
use crate::base::network::{Network, ProxyHeader};
use crate::base::problem::Problem;

/// The trusted proxies, and the header that they write.
pub(super) fn proxies(file: &File) -> Result<(Vec<Network>, ProxyHeader), Problem> {
    let networks: Option<Vec<Network>> = file
        .proxies
        .iter()
        .map(|text| Network::parse(text))
        .collect();
    let networks = networks.ok_or_else(|| {
        Problem::config("`proxies` is a list of addresses and networks, such as [\"127.0.0.1\", \"10.0.0.0/8\"]")
    })?;
    let header = match file.proxy_header.as_deref() {
        None | Some("x-forwarded-for") => ProxyHeader::XForwardedFor,
        Some("forwarded") => ProxyHeader::Forwarded,
        Some(_) => {
            return Err(Problem::config(
                "`proxy_header` is \"x-forwarded-for\" or \"forwarded\"",
            ));
        }
    };
    if file.proxy_header.is_some() && networks.is_empty() {
        return Err(Problem::config("`proxy_header` goes with `proxies`"));
    }
    Ok((networks, header))
}
