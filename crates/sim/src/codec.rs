//! Every message as it travels in the favourite-books network, written and read back.

use rumormill_core::{Address, Why};
use rumormill_node::{AnyBroadcastMessage, AnyDiscoveryMessage, AnyNode, AnyStateMessage, Plane};
use rumormill_protocols::broadcast::flood::FloodMessage;
use rumormill_protocols::parts::peers::PeersMessage;
use rumormill_protocols::state::registers::RegistersMessage;
use rumormill_wire::json::{
    PeersDocument, Problem, decode_answer, decode_gossip, decode_question, encode_message,
    encode_reconcile,
};

type Message = <AnyNode as rumormill_core::Protocol>::Message;

/// The highest name that can be written: over HTTP it is a port.
pub(crate) const NAME_MAX: u64 = u16::MAX as u64;

/// Writes a message and reads it back. What can't be read back is malformed.
pub(crate) fn recode(message: &Message) -> Result<Message, Why> {
    let read = match message {
        Plane::Discovery(AnyDiscoveryMessage::Peers(message)) => {
            peers(message).map(|message| Plane::Discovery(AnyDiscoveryMessage::Peers(message)))
        }
        Plane::Broadcast(AnyBroadcastMessage::Flood(message)) => {
            flood(message).map(|message| Plane::Broadcast(AnyBroadcastMessage::Flood(message)))
        }
        Plane::State(AnyStateMessage::Registers(message)) => {
            registers(message).map(|message| Plane::State(AnyStateMessage::Registers(message)))
        }
        Plane::State(AnyStateMessage::NoState(never)) => match *never {},
    };
    read.map_err(|_| Why::Malformed)
}

fn flood(message: &FloodMessage) -> Result<FloodMessage, Problem> {
    let gossip = decode_gossip(&encode_message(message), None)?;
    let mut messages = gossip.messages.into_iter();
    messages.next().ok_or_else(|| Problem::new("messages", "is empty"))
}

fn registers(message: &RegistersMessage) -> Result<RegistersMessage, Problem> {
    let written = encode_reconcile(message);
    match message {
        RegistersMessage::Summary(_) | RegistersMessage::Exchange(_) => {
            decode_question(&written, None)
        }
        RegistersMessage::Same | RegistersMessage::Digest(_) | RegistersMessage::Delta(_) => {
            decode_answer(&written)
        }
    }
}

/// A list is a document; who asks and who is there stands in a header.
fn peers(message: &PeersMessage) -> Result<PeersMessage, Problem> {
    let header = |address: &Address| Address::new(address.as_str());
    Ok(match message {
        PeersMessage::Ask(asker) => PeersMessage::Ask(asker.as_ref().map(header)),
        PeersMessage::Here(address) => PeersMessage::Here(header(address)),
        PeersMessage::Peers(peers) => {
            let document =
                PeersDocument { own: Address::new("127.0.0.1:1"), peers: peers.to_vec() };
            PeersMessage::Peers(PeersDocument::decode(document.encode().as_bytes())?.peers.into())
        }
    })
}
