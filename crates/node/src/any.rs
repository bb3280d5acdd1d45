//! Protocols chosen at run time: one enum a plane.
//!
//! A new protocol of a plane is one line here, one in [`config`](crate::Config), its folder in
//! `rumormill-protocols`, and an arm wherever the compiler then misses one: where a transport wraps
//! its messages, and where an operator is shown its state.

use crate::no_state::{NoMessage, NoState};
use alloc::boxed::Box;
use alloc::vec::Vec;
use rumormill_core::{Effects, Fingerprint, Input, Lift, Message, PassOn, Protocol, Slot, Why};
use rumormill_protocols::broadcast::flood::{Flood, FloodMessage};
use rumormill_protocols::discovery::peer_list::PeerList;
use rumormill_protocols::discovery::roster::Roster;
use rumormill_protocols::parts::acquaintance::Acquaintance;
use rumormill_protocols::parts::bounds::{Bound, Bounded};
use rumormill_protocols::parts::peers::PeersMessage;
use rumormill_protocols::planes::{
    BroadcastCommand, BroadcastEvent, DiscoveryCommand, DiscoveryEvent, StateCommand, StateEvent,
};
use rumormill_protocols::state::registers::{Registers, RegistersMessage};

/// Where a protocol sits in the enum of its plane.
macro_rules! slot {
    ($any:ident, $message:path, $token:ident, $variant:ident, $machine:ty, $cell:literal) => {
        const { &Slot::<$machine, $any> { message: $message, token: $token::$variant, cell: $cell } }
    };
}

/// Makes an enum over the protocols of one plane a protocol of that plane: each variant is a slot. First
/// come the languages of the plane, then its protocols, each with how it is held, which is in a box if it
/// is larger than others of its plane, and with the language that it speaks: two that speak the same
/// understand each other.
macro_rules! any_of_plane {
    (
        $(#[$doc:meta])*
        $any:ident, $message:ident, $token:ident: $command:ty => $event:ty {
            $($language:ident($said:ty)),+;
            $($variant:ident($machine:ty) in $held:ty, speaks $speaks:ident = $cell:literal);+ $(;)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub enum $any {
            $(#[doc = concat!("[`", stringify!($machine), "`].")] $variant($held)),+
        }

        #[doc = concat!("A message of [`", stringify!($any), "`].")]
        #[derive(Clone, Debug)]
        pub enum $message {
            $(#[doc = concat!("A `", stringify!($said), "`.")] $language($said)),+
        }

        #[doc = concat!("A token of [`", stringify!($any), "`].")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $token {
            $(#[doc = concat!("Of [`", stringify!($machine), "`].")]
            $variant(<$machine as Protocol>::Token)),+
        }

        impl Message for $message {
            fn wire_len(&self) -> usize {
                match self { $($message::$language(message) => message.wire_len()),+ }
            }

            fn kind(&self) -> &'static str {
                match self { $($message::$language(message) => message.kind()),+ }
            }
        }

        #[allow(unreachable_patterns, reason = "planes with one protocol have no other variant")]
        impl Protocol for $any {
            type Message = $message;
            type Token = $token;
            type Command = $command;
            type Event = $event;

            #[inline(always)]
            fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
                match self {
                    $($any::$variant(machine) => {
                        let slot = slot!($any, $message::$speaks, $token, $variant, $machine, $cell);
                        let foreign = match &input {
                            Input::Request(_, _, $message::$speaks(_)) => None,
                            Input::Request(_, reply, _) => Some(reply),
                            _ => None,
                        };
                        if let Some(reply) = foreign {
                            return fx.reply(*reply, Err(Why::Unsupported));
                        }
                        let input = input.narrow(
                            |message| match message {
                                $message::$speaks(message) => Some(message),
                                _ => None,
                            },
                            |token| match token {
                                $token::$variant(token) => Some(token),
                                _ => None,
                            },
                            Some,
                        );
                        if let Some(input) = input {
                            machine.handle(input, &mut Lift::new(fx, slot, PassOn));
                        }
                    })+
                }
            }

            fn settle(&mut self, fx: &mut dyn Effects<Self>) {
                match self {
                    $($any::$variant(machine) => {
                        let slot = slot!($any, $message::$speaks, $token, $variant, $machine, $cell);
                        machine.settle(&mut Lift::new(fx, slot, PassOn));
                    })+
                }
            }

            fn foresee(&self, message: &$message) -> u64 {
                match (self, message) {
                    $(($any::$variant(machine), $message::$speaks(message)) => {
                        machine.foresee(message)
                    })+
                    _ => 0,
                }
            }

            fn fingerprint(&self, into: &mut Fingerprint) {
                match self {
                    $($any::$variant(machine) => {
                        into.number($cell);
                        machine.fingerprint(into);
                    })+
                }
            }
        }

        impl Bounded for $any {
            fn bounds(&self, look: &mut dyn FnMut(Bound)) {
                match self { $($any::$variant(machine) => machine.bounds(look)),+ }
            }
        }
    };
}

any_of_plane! {
    /// The discovery protocols.
    AnyDiscovery, AnyDiscoveryMessage, AnyDiscoveryToken: DiscoveryCommand => DiscoveryEvent {
        Peers(PeersMessage);
        PeerList(PeerList) in Box<PeerList>, speaks Peers = 1;
        Roster(Roster) in Roster, speaks Peers = 2;
    }
}

impl AnyDiscovery {
    /// Whom the node knows, as operators are shown them.
    pub fn acquaintances(&self) -> Vec<Acquaintance> {
        match self {
            AnyDiscovery::PeerList(peers) => peers.acquaintances().collect(),
            AnyDiscovery::Roster(roster) => roster.acquaintances().collect(),
        }
    }
}

any_of_plane! {
    /// The broadcast protocols.
    AnyBroadcast, AnyBroadcastMessage, AnyBroadcastToken: BroadcastCommand => BroadcastEvent {
        Flood(FloodMessage);
        Flood(Flood) in Flood, speaks Flood = 1;
    }
}

any_of_plane! {
    /// The state protocols.
    AnyState, AnyStateMessage, AnyStateToken: StateCommand => StateEvent {
        Registers(RegistersMessage), NoState(NoMessage);
        Registers(Registers) in Box<Registers>, speaks Registers = 1;
        NoState(NoState) in NoState, speaks NoState = 2;
    }
}
