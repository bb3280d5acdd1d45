//! Addresses of the books network: `host:port`, where the port is the node's name.

use rumormill_core::{Address, AddressGroup, Name, Target};
use rumormill_node::config::host_and_port;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::{IpAddr, SocketAddr};

/// The header in which a node says where it is reached itself.
pub const FROM: &str = "rumormill-from";

/// The header in which a node says which network it is of. Others need not send it; one that names
/// another network is refused, so that two networks don't merge by accident.
pub const NETWORK: &str = "rumormill-network";

/// The header by which a node says in its `GET /peers/` which version of what nodes tell each other it
/// knows. Members of the network need not.
pub const VERSION: &str = "rumormill-version";

/// A host and a port, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// A name or an address, IPv6 in brackets.
    pub host: String,
    /// The port, which is the node's name.
    pub port: u16,
}

impl Endpoint {
    /// Reads `host:port`. A host is a DNS name, an IPv4 address, or an IPv6 address in brackets.
    ///
    /// ```
    /// use rumormill_net::transport::http::Endpoint;
    /// assert_eq!(Endpoint::parse("127.0.0.1:7001").unwrap().port, 7001);
    /// assert!(Endpoint::parse("127.0.0.1").is_none());
    /// assert!(Endpoint::parse("a b:7001").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Endpoint> {
        let (host, port) = host_and_port(text)?;
        Some(Endpoint { host: host.to_owned(), port })
    }

    /// The endpoint of a target; a name without an address is looked for on our own host.
    pub fn of(target: &Target, own: &Address) -> Option<Endpoint> {
        match target {
            Target::Address(address) => Endpoint::parse(address.as_str()),
            Target::Name(name) => Endpoint::parse(guess(name, own)?.as_str()),
        }
    }

    /// As text.
    pub fn address(&self) -> Address {
        Address::new(&format!("{}:{}", self.host, self.port))
    }

    /// The host as an IP address, if it is one.
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.trim_matches(['[', ']']).parse().ok()
    }

    /// What the node there is called.
    pub fn name(&self) -> Name {
        Name::Number(self.port.into())
    }

    /// Addresses of one host are one group.
    pub fn group(&self) -> AddressGroup {
        let mut hasher = DefaultHasher::new();
        self.host.hash(&mut hasher);
        AddressGroup(hasher.finish())
    }
}

/// The port of an address, which is the name of whoever is reached there. A bare port is one too.
pub fn port_of(address: &Address) -> Option<u16> {
    let text = address.as_str();
    let port = text.rsplit_once(':').map_or(text, |(_, port)| port);
    port.parse().ok().filter(|port| *port > 0)
}

/// Where a node called so probably is: on our own host, at the port that is its name.
pub fn guess(name: &Name, own: &Address) -> Option<Address> {
    let port = u16::try_from(name.number()?).ok().filter(|port| *port > 0)?;
    let host = Endpoint::parse(own.as_str())?.host;
    Some(Endpoint { host, port }.address())
}

/// A node that introduced itself, by the header [`FROM`], from its own host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Introduced {
    /// Where it is reached.
    pub address: Address,
    /// What it is called.
    pub name: Name,
}

impl Introduced {
    /// Believes a header only about the host that the request came from, so that nobody can make us
    /// call on others.
    pub fn read(header: Option<&str>, remote: SocketAddr) -> Option<Introduced> {
        let endpoint = Endpoint::parse(header?)?;
        let same = endpoint.ip()?.to_canonical() == remote.ip().to_canonical();
        same.then(|| Introduced { address: endpoint.address(), name: endpoint.name() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_hosts_of_every_kind_and_nothing_else() {
        for good in ["127.0.0.1:1", "localhost:65535", "[::1]:7000", "a-b.example:80"] {
            assert_eq!(
                Endpoint::parse(good).map(|e| e.address().to_string()).as_deref(),
                Some(good)
            );
        }
        for bad in ["", ":7000", "a:0", "a:65536", "a:x", "[::1:7000", "a/b:1", "a@b:1", "::1:7000"]
        {
            assert_eq!(Endpoint::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_name_is_guessed_on_our_own_host() {
        let own = Address::new("127.0.0.1:7000");
        let guessed = guess(&Name::Number(7003), &own);
        assert_eq!(guessed, Some(Address::new("127.0.0.1:7003")));
        assert_eq!(guess(&Name::Number(70_000), &own), None);
    }

    #[test]
    fn an_introduction_is_believed_from_its_own_host_alone() {
        let remote = |text: &str| text.parse().unwrap();
        let said = Some("127.0.0.1:7004");
        assert!(Introduced::read(said, remote("127.0.0.1:50000")).is_some());
        assert!(Introduced::read(said, remote("[::ffff:127.0.0.1]:50000")).is_some());
        assert!(Introduced::read(said, remote("192.0.2.1:50000")).is_none());
        assert!(Introduced::read(Some("example.com:80"), remote("127.0.0.1:50000")).is_none());
        assert!(Introduced::read(None, remote("127.0.0.1:50000")).is_none());
    }
}
