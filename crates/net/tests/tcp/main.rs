//! A machine of a protocol of its own, over real sockets.

mod chatter;
mod good;
mod hostile;
