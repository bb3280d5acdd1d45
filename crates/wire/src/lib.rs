//! The wire formats of Rumormill.
//!
//! [`json`] is the books network's; [`verify`] checks signatures, which are part of a format too.
//!
//! Pure functions between the protocols' messages and bytes: no sockets here, and no opinion on what
//! a message means beyond what its format says. Decoders take bytes from strangers: they never panic,
//! allocate no more than their input's size warrants, and name the field that is wrong.

pub mod json;
pub mod verify;
