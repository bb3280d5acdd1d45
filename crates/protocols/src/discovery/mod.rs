//! Discovery: who is out there, and the one source of liveness for the other planes.

pub mod peer_list;
pub mod roster;
