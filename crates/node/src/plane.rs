//! One of three.

use rumormill_core::Message;

/// Something of one plane: a message, a token, an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plane<D, B, S> {
    /// Of discovery.
    Discovery(D),
    /// Of broadcast.
    Broadcast(B),
    /// Of state.
    State(S),
}

impl<D, B, S> Plane<D, B, S> {
    /// What is discovery's.
    pub fn discovery(self) -> Option<D> {
        match self {
            Plane::Discovery(inner) => Some(inner),
            _ => None,
        }
    }

    /// What is broadcast's.
    pub fn broadcast(self) -> Option<B> {
        match self {
            Plane::Broadcast(inner) => Some(inner),
            _ => None,
        }
    }

    /// What is state's.
    pub fn state(self) -> Option<S> {
        match self {
            Plane::State(inner) => Some(inner),
            _ => None,
        }
    }
}

impl<D: Message, B: Message, S: Message> Message for Plane<D, B, S> {
    fn wire_len(&self) -> usize {
        match self {
            Plane::Discovery(message) => message.wire_len(),
            Plane::Broadcast(message) => message.wire_len(),
            Plane::State(message) => message.wire_len(),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Plane::Discovery(message) => message.kind(),
            Plane::Broadcast(message) => message.kind(),
            Plane::State(message) => message.kind(),
        }
    }
}
