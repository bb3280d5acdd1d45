//! What strangers may send, and how, to a real node over real sockets.
//!
//! Every test starts a node and speaks raw HTTP with it, so that nothing between the test and the node
//! mends what is broken on purpose.

mod api;
mod bodies;
mod client;
mod counting;
mod crowds;
mod fixture;
mod invented;
mod neighbours;
mod nonsense;
mod pages;
mod poison;
mod reconcile;
mod requests;
mod slow;
mod streams;
mod table;
