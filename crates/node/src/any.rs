//! Protocols chosen at run time: one enum a plane.
//!
//! A new protocol of a plane is one line here, one in [`config`](crate::Config), its folder in
//! `rumormill-protocols`, and an arm wherever the compiler then misses one: where a transport wraps
//! its messages, and where an operator is shown its state.

use crate::no_state::NoState;
use rumormill_core::{Effects, Fingerprint, Input, Lift, Message, PassOn, Protocol, Slot, Why};
use rumormill_protocols::broadcast::flood::Flood;
use rumormill_protocols::discovery::peer_list::PeerList;
use rumormill_protocols::planes::{
    BroadcastCommand, BroadcastEvent, DiscoveryCommand, DiscoveryEvent, StateCommand, StateEvent,
};
use rumormill_protocols::state::registers::Registers;

/// Where a protocol sits in the enum of its plane.
macro_rules! slot {
    ($any:ident, $message:ident, $token:ident, $variant:ident, $machine:ty, $cell:literal) => {
        const {
            &Slot::<$machine, $any> {
                message: $message::$variant,
                token: $token::$variant,
                cell: $cell,
            }
        }
    };
}

/// Makes an enum over the protocols of one plane a protocol of that plane: each variant is a slot.
macro_rules! any_of_plane {
    (
        $(#[$doc:meta])*
        $any:ident, $message:ident, $token:ident: $command:ty => $event:ty {
            $($variant:ident($machine:ty) = $cell:literal),+ $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        #[allow(clippy::large_enum_variant, reason = "a node has one, and reaches it often")]
        pub enum $any {
            $(#[doc = concat!("[`", stringify!($machine), "`].")] $variant($machine)),+
        }

        #[doc = concat!("A message of [`", stringify!($any), "`].")]
        #[derive(Clone, Debug)]
        pub enum $message {
            $(#[doc = concat!("Of [`", stringify!($machine), "`].")]
            $variant(<$machine as Protocol>::Message)),+
        }

        #[doc = concat!("A token of [`", stringify!($any), "`].")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $token {
            $(#[doc = concat!("Of [`", stringify!($machine), "`].")]
            $variant(<$machine as Protocol>::Token)),+
        }

        impl Message for $message {
            fn wire_len(&self) -> usize {
                match self { $($message::$variant(message) => message.wire_len()),+ }
            }

            fn kind(&self) -> &'static str {
                match self { $($message::$variant(message) => message.kind()),+ }
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
                        let slot = slot!($any, $message, $token, $variant, $machine, $cell);
                        let foreign = match &input {
                            Input::Request(_, _, $message::$variant(_)) => None,
                            Input::Request(_, reply, _) => Some(reply),
                            _ => None,
                        };
                        if let Some(reply) = foreign {
                            return fx.reply(*reply, Err(Why::Unsupported));
                        }
                        let input = input.narrow(
                            |message| match message {
                                $message::$variant(message) => Some(message),
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
                        let slot = slot!($any, $message, $token, $variant, $machine, $cell);
                        machine.settle(&mut Lift::new(fx, slot, PassOn));
                    })+
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
    };
}

any_of_plane! {
    /// The discovery protocols.
    AnyDiscovery, AnyDiscoveryMessage, AnyDiscoveryToken: DiscoveryCommand => DiscoveryEvent {
        PeerList(PeerList) = 1,
    }
}

any_of_plane! {
    /// The broadcast protocols.
    AnyBroadcast, AnyBroadcastMessage, AnyBroadcastToken: BroadcastCommand => BroadcastEvent {
        Flood(Flood) = 1,
    }
}

any_of_plane! {
    /// The state protocols.
    AnyState, AnyStateMessage, AnyStateToken: StateCommand => StateEvent {
        Registers(Registers) = 1,
        NoState(NoState) = 2,
    }
}
