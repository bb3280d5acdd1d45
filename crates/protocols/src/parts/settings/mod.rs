//! Settings: each is said once.
//!
//! [`settings!`](crate::settings) takes a struct whose fields say, beside name and type, how they are
//! written in a file (a [`Form`]), their default, unit and bounds. It makes the plain struct, its
//! `Default`, its `Deserialize` (what is missing has its default, what is unknown is an error), its
//! `check`, and its rows in the reference: [`Key`]s, from which help texts, messages and the printed
//! configuration are made.
//!
//! ```
//! use rumormill_protocols::parts::settings::{Count, Form};
//! rumormill_protocols::settings! {
//!     /// The settings of a teapot.
//!     #[derive(Clone, Debug)]
//!     pub struct Teapot {
//!         /// How many cups it holds.
//!         cups_max: u8 as Count = 4, in "cups", from 1, to 12;
//!     }
//!     derived {
//!         /// Whether it is short and stout: its maker knows.
//!         is_stout: bool = true;
//!     }
//! }
//! let teapot = Teapot { cups_max: 13, ..Teapot::default() };
//! let error = teapot.check().unwrap_err();
//! assert_eq!(error.to_string(), "cups_max is 13, but must be from 1 to 12");
//! assert_eq!((Teapot::KEYS[0].name, Teapot::KEYS[0].default().unwrap()), ("cups_max", "4".into()));
//! ```
//!
//! [`choice!`](crate::choice) makes what is one of several, each with settings of its own: the protocol
//! of a plane, the shape of a network.

mod choice;
mod choose;
mod form;
mod key;
mod list;
mod make;
mod rate;
mod scalar;
mod size;
mod span;
mod text;

pub use choice::{Among, Chosen, Kind, MaybeAmong, NoSettings, OneOf};
#[doc(hidden)]
pub use choice::{read_choice, write_value};
pub use form::{Form, Maybe, Off, ReadText, Settings, Table};
#[doc(hidden)]
pub use form::{Seed, bound_text, check_value};
pub use key::{Choice, Choices, Key, Needed, Nested};
pub use list::{List, Tables};
pub use rate::{BitRate, parse_bit_rate};
pub use scalar::{Count, Number, Switch, Whole};
pub use size::{Bytes, parse_size, size_text};
pub use span::{Span, parse_span, span_text};
pub use text::{Text, Texts};

/// What the macros need of others.
#[doc(hidden)]
pub mod serde {
    pub use alloc::string::String;
    pub use serde_core::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
}

#[cfg(test)]
mod tests;
