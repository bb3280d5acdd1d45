//! Peer lists.

use super::Problem;
use rumormill_core::Address;
use serde::{Deserialize, Serialize};

/// The answer to `GET /peers/`: who answers, and whom it knows.
///
/// ```
/// use rumormill_wire::json::PeersDocument;
/// let text = r#"{"self":"127.0.0.1:7001","peers":["127.0.0.1:7000"]}"#;
/// let document = PeersDocument::decode(text.as_bytes()).unwrap();
/// assert_eq!(document.peers[0].as_str(), "127.0.0.1:7000");
/// assert_eq!(document.encode(), text);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeersDocument {
    /// Where the answering node says it is reached.
    pub own: Address,
    /// Whom it knows, itself left out.
    pub peers: Vec<Address>,
}

#[derive(Serialize, Deserialize)]
struct Raw {
    #[serde(rename = "self")]
    own: String,
    peers: Vec<String>,
}

impl PeersDocument {
    /// Reads one. Unknown fields are ignored.
    pub fn decode(body: &[u8]) -> Result<PeersDocument, Problem> {
        let raw: Raw = serde_json::from_slice(body)
            .map_err(|error| Problem::new("body", format!("is not a peer list: {error}")))?;
        let peers = raw.peers.iter().map(|peer| Address::new(peer)).collect();
        Ok(PeersDocument { own: Address::new(&raw.own), peers })
    }

    /// Writes it.
    pub fn encode(&self) -> String {
        let peers = self.peers.iter().map(|peer| peer.to_string()).collect();
        let raw = Raw { own: self.own.to_string(), peers };
        serde_json::to_string(&raw).unwrap_or_default()
    }
}
