//! Addresses and names as people write them.

use alloc::format;
use alloc::string::{String, ToString};
use core::net::{IpAddr, Ipv6Addr};

/// Reads `host:port`. A host is a DNS name, an IPv4 address, or an IPv6 address in brackets.
///
/// ```
/// use rumormill_node::config::host_and_port;
/// assert_eq!(host_and_port("[::1]:7001"), Some(("[::1]", 7001)));
/// assert_eq!(host_and_port("127.0.0.1"), None);
/// ```
pub fn host_and_port(text: &str) -> Option<(&str, u16)> {
    let (host, port) = text.rsplit_once(':')?;
    let port = port.parse().ok().filter(|port| *port > 0)?;
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let is_good = bare.map_or_else(|| is_name(host), |bare| bare.parse::<Ipv6Addr>().is_ok());
    is_good.then_some((host, port))
}

/// Where a peer is, as `host:port`: a bare port is one of this host.
///
/// ```
/// use rumormill_node::config::peer_address;
/// assert_eq!(peer_address("7000").as_deref(), Some("127.0.0.1:7000"));
/// ```
pub fn peer_address(text: &str) -> Option<String> {
    let address = match text.parse::<u16>() {
        Ok(port) => format!("127.0.0.1:{port}"),
        Err(_) => text.to_string(),
    };
    host_and_port(&address)?;
    Some(address)
}

/// Whether others can be told that address: one of every address of a host says not where it is.
pub(super) fn is_advertisable(address: &str) -> bool {
    let Some((host, _)) = host_and_port(address) else { return false };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().map_or(true, |ip| !ip.to_canonical().is_unspecified())
}

fn is_name(host: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    !host.is_empty() && host.len() <= 253 && host.chars().all(allowed)
}

/// Whether that is a host to listen on; an IPv6 address has no brackets.
pub(super) fn is_host(host: &str) -> bool {
    is_name(host) || host.parse::<Ipv6Addr>().is_ok()
}

/// Whether all of them are addresses of peers.
pub(super) fn are_peers(peers: &[String]) -> bool {
    peers.iter().all(|peer| peer_address(peer).is_some())
}

/// Whether a network's name can travel in a header.
pub fn is_network_name(name: &str) -> bool {
    name.len() <= 64 && is_name(name)
}

/// Whether a file can be called so.
pub(super) fn is_path(path: &str) -> bool {
    !path.is_empty() && !path.contains('\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_needs_no_brackets_and_has_no_port() {
        for (host, is_good) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("localhost", true),
            ("[::1]", false),
            ("127.0.0.1:7000", false),
            ("", false),
        ] {
            assert_eq!(is_host(host), is_good, "{host}");
        }
    }

    #[test]
    fn peers_are_ports_or_addresses() {
        for (peer, is_good) in [
            ("7000", true),
            ("example.org:80", true),
            ("[::1]:80", true),
            ("0", false),
            ("65536", false),
            ("example.org", false),
            ("a b:1", false),
        ] {
            assert_eq!(are_peers(&[peer.to_string()]), is_good, "{peer}");
        }
    }

    #[test]
    fn others_are_told_an_address_that_they_can_reach() {
        for (address, is_good) in [
            ("10.0.0.1:7001", true),
            ("[::1]:7001", true),
            ("example.org:7001", true),
            ("0.0.0.0:7001", false),
            ("[::]:7001", false),
            ("[::ffff:0.0.0.0]:7001", false),
            ("10.0.0.1", false),
            ("10.0.0.1:0", false),
        ] {
            assert_eq!(is_advertisable(address), is_good, "{address}");
        }
    }

    #[test]
    fn a_network_is_called_by_few_plain_letters() {
        assert!(is_network_name("a-b_c.2"));
        for bad in ["", "a/b", "é", &"a".repeat(65)] {
            assert!(!is_network_name(bad), "{bad}");
        }
    }
}
