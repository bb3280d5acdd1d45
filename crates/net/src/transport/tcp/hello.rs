//! What both ends say first.
//!
//! ```text
//!   "RMIL"  version  length  network: length, text   name: 0 number | 1 length, bytes   port
//!     4        1       2          1, …                       1, 8 | 1, 1, …                2
//! ```

use rumormill_core::{Address, AddressGroup, Direction, Link, LinkKind, Name, Why};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The most bytes that a network's name and a node's name may have.
pub const TEXT_BYTES_MAX: usize = 255;

const MAGIC: [u8; 4] = *b"RMIL";
const VERSION: u8 = 1;

/// The longest hello after its length: two texts, and what is around them.
const BODY_BYTES_MAX: usize = 2 * (1 + TEXT_BYTES_MAX) + 3;

/// Who a node says that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Introduction {
    /// What it is called in its network: no other may have this name.
    pub name: Name,
    /// The network's name, so that two networks don't merge by accident. Protocols that don't understand
    /// each other are two networks: let its name say which it is.
    pub network: String,
}

/// A name that can't be said; nothing was started. Take one of 1 to 255 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadIntroduction {
    /// The node's.
    #[error("a node's name has at most {TEXT_BYTES_MAX} bytes, not {0}")]
    Name(usize),
    /// The network's.
    #[error("a network's name has at most {TEXT_BYTES_MAX} bytes, not {0}")]
    Network(usize),
}

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hello {
    pub me: Introduction,
    /// Where we listen, on the host that this comes from; zero if we don't.
    port: u16,
}

impl Hello {
    pub fn new(me: Introduction, port: u16) -> Result<Hello, BadIntroduction> {
        match &me.name {
            Name::Bytes(bytes) if bytes.len() > TEXT_BYTES_MAX => {
                Err(BadIntroduction::Name(bytes.len()))
            }
            _ if me.network.len() > TEXT_BYTES_MAX => {
                Err(BadIntroduction::Network(me.network.len()))
            }
            _ => Ok(Hello { me, port }),
        }
    }

    pub async fn write(&self, stream: &mut TcpStream) -> Result<(), Why> {
        stream.write_all(&self.encode()).await.map_err(|_| Why::Closed)
    }

    pub async fn read(stream: &mut TcpStream) -> Result<Hello, Why> {
        let mut head = [0; 7];
        // Nothing at all is how one is turned away.
        stream.read_exact(&mut head).await.map_err(|_| Why::Refused)?;
        let (magic, rest) = head.split_at(MAGIC.len());
        if magic != MAGIC {
            return Err(Why::Malformed);
        }
        if rest[0] != VERSION {
            return Err(Why::Unsupported);
        }
        let len = usize::from(u16::from_be_bytes([rest[1], rest[2]]));
        if len > BODY_BYTES_MAX {
            return Err(Why::Malformed);
        }
        let mut body = vec![0; len];
        stream.read_exact(&mut body).await.map_err(|_| Why::Closed)?;
        Hello::decode(&body).ok_or(Why::Malformed)
    }

    /// Whether we speak with whoever says this.
    pub fn accepts(&self, theirs: &Hello) -> Result<(), Why> {
        if self.me.network != theirs.me.network {
            return Err(Why::Unsupported);
        }
        if self.me.name == theirs.me.name {
            return Err(Why::Ourselves);
        }
        Ok(())
    }

    /// The link to whoever answered our dial with this.
    pub fn link_out(&self, dialled: Address, group: AddressGroup) -> Link {
        self.link(Some(dialled), Direction::Out, group)
    }

    /// The link to whoever came from there and said this.
    pub fn link_in(&self, from: IpAddr, group: AddressGroup) -> Link {
        let at = SocketAddr::new(from.to_canonical(), self.port).to_string();
        self.link((self.port > 0).then(|| Address::new(&at)), Direction::In, group)
    }

    fn link(&self, address: Option<Address>, direction: Direction, group: AddressGroup) -> Link {
        Link {
            name: self.me.name.clone(),
            address,
            direction,
            sends: true,
            receives: true,
            kind: LinkKind::Stream,
            group,
            version: u16::from(VERSION),
        }
    }

    fn encode(&self) -> Vec<u8> {
        let mut body = text(self.me.network.as_bytes());
        match &self.me.name {
            Name::Number(number) => {
                body.push(0);
                body.extend(number.to_be_bytes());
            }
            Name::Bytes(bytes) => {
                body.push(1);
                body.extend(text(bytes));
            }
        }
        body.extend(self.port.to_be_bytes());
        let mut hello = [&MAGIC[..], &[VERSION]].concat();
        hello.extend((body.len() as u16).to_be_bytes());
        hello.extend(body);
        hello
    }

    fn decode(body: &[u8]) -> Option<Hello> {
        let (network, rest) = take_text(body)?;
        let network = str::from_utf8(network).ok()?.to_owned();
        let (name, rest) = match rest.split_first()? {
            (0, rest) => {
                let (number, rest) = rest.split_first_chunk()?;
                (Name::Number(u64::from_be_bytes(*number)), rest)
            }
            (1, rest) => {
                let (bytes, rest) = take_text(rest)?;
                (Name::bytes(bytes), rest)
            }
            _ => return None,
        };
        let port = u16::from_be_bytes(rest.try_into().ok()?);
        Some(Hello { me: Introduction { name, network }, port })
    }
}

/// For the log. What strangers say is escaped.
impl fmt::Display for Hello {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {} of network {:?}", self.me.name, self.me.network)
    }
}

/// Its length and its bytes, of which there are few enough.
fn text(bytes: &[u8]) -> Vec<u8> {
    [&[bytes.len() as u8][..], bytes].concat()
}

fn take_text(from: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = from.split_first()?;
    rest.split_at_checked(usize::from(*len))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(name: Name, network: &str) -> Hello {
        Hello::new(Introduction { name, network: network.into() }, 7001).unwrap()
    }

    #[test]
    fn what_is_said_is_heard_and_nothing_else_is() {
        let longest = "n".repeat(TEXT_BYTES_MAX);
        for name in [Name::Number(7), Name::bytes(b"key"), Name::bytes(longest.as_bytes())] {
            let said = hello(name, &longest);
            let bytes = said.encode();
            assert!(bytes.len() - 7 <= BODY_BYTES_MAX);
            assert_eq!(Hello::decode(&bytes[7..]), Some(said));
            (7..bytes.len()).for_each(|end| assert_eq!(Hello::decode(&bytes[7..end]), None));
        }
        assert_eq!(Hello::decode(&[1, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0]), None, "no text");
        assert_eq!(Hello::decode(&[0, 9, 0, 0]), None, "no such kind of name");
    }

    #[test]
    fn only_another_one_of_the_same_network_is_accepted() {
        let ours = hello(Name::Number(1), "tally");
        assert_eq!(ours.accepts(&hello(Name::Number(2), "tally")), Ok(()));
        assert_eq!(ours.accepts(&hello(Name::Number(2), "other")), Err(Why::Unsupported));
        assert_eq!(ours.accepts(&hello(Name::Number(1), "tally")), Err(Why::Ourselves));
    }

    #[test]
    fn what_is_too_long_to_be_said_is_refused() {
        let long = "n".repeat(TEXT_BYTES_MAX + 1);
        let me = Introduction { name: Name::Number(1), network: long.clone() };
        assert_eq!(Hello::new(me, 0), Err(BadIntroduction::Network(256)));
        let me = Introduction { name: Name::bytes(long.as_bytes()), network: String::new() };
        assert_eq!(Hello::new(me, 0), Err(BadIntroduction::Name(256)));
    }

    #[test]
    fn a_port_is_believed_on_the_host_that_it_came_from() {
        let link = hello(Name::Number(1), "t")
            .link_in("::ffff:10.0.0.7".parse().unwrap(), AddressGroup(0));
        assert_eq!(link.address.unwrap().as_str(), "10.0.0.7:7001");
    }
}
