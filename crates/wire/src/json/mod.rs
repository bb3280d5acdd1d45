//! The favourite-books network's JSON (`docs/protocols/books-http.md`).
//!
//! ```text
//! a message      {"id":"<uuid>","origin":7001,"version":3,"ttl":8,"payload":{"book":"…"}}
//! an envelope    {"messages":[…],"known":{"7000":5,"7001":3}}
//! its answer     {"accepted":1,"duplicate":0,"stale":0,"messages":[…]}
//! a peer list    {"self":"127.0.0.1:7001","peers":["127.0.0.1:7000"]}
//! ```
//!
//! A payload is a JSON object, kept and forwarded as it was written. It is an update of the register
//! that its `book` member, or else its first member, names; one with the texts `topic` and `data`
//! (base64) is data for that topic; `{"removed":"mood"}` removes a register, and a member `lasts_ms`
//! says for how long one holds.

mod answer;
mod gossip;
mod payload;
mod peers;
mod problem;
mod reconcile;

pub use answer::Answer;
pub use gossip::{Gossip, decode_gossip, encode_gossip, encode_message, encode_rumor};
pub use payload::{
    check_register, expiring_payload, register_payload, removal_payload, topic_data, topic_payload,
};
pub use peers::PeersDocument;
pub use problem::Problem;
pub use reconcile::{decode_answer, decode_question, encode_reconcile};
