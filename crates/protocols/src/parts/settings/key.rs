//! Rows of the reference.

use alloc::format;
use alloc::string::String;

/// What is known of a setting.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name in its table.
    pub name: &'static str,
    /// What it is for, line by line as it stands in the source.
    pub doc: &'static [&'static str],
    /// What it counts; empty if it counts nothing.
    pub unit: &'static str,
    /// What stands below it.
    pub nested: Nested,
    pub(super) make: Texts,
}

/// The texts of a key that are made when they are asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Texts {
    pub what: fn() -> String,
    pub bound: fn() -> String,
    pub is_rule: bool,
    pub default: fn() -> Option<String>,
}

/// What stands below a key.
#[derive(Clone, Copy, Debug)]
pub enum Nested {
    /// Nothing: a value.
    Value,
    /// Nothing: a text, which needs no quotes where a text is all that it can be.
    Text,
    /// A table of settings.
    Table(&'static [Key]),
    /// One of these protocols: its name, or a table of one key, its name, with its settings.
    Plane(&'static [Choice]),
}

/// A protocol of a plane.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// Its name.
    pub name: &'static str,
    /// What it is, line by line as it stands in the source.
    pub doc: &'static [&'static str],
    /// Its settings.
    pub keys: &'static [Key],
}

impl Key {
    /// Of [`settings!`](crate::settings).
    #[doc(hidden)]
    pub const fn new(
        name: &'static str,
        doc: &'static [&'static str],
        unit: &'static str,
        nested: Nested,
        [what, bound]: [fn() -> String; 2],
        is_rule: bool,
        default: fn() -> Option<String>,
    ) -> Key {
        Key { name, doc, unit, nested, make: Texts { what, bound, is_rule, default } }
    }

    /// What its value is: `a whole number`.
    pub fn what(&self) -> String {
        (self.make.what)()
    }

    /// What its value must be beyond that: `at least 1`. Empty if anything will do.
    pub fn bound(&self) -> String {
        (self.make.bound)()
    }

    /// What its value must be: what it is, and its bounds.
    pub fn must(&self) -> String {
        match (self.what(), self.bound()) {
            (what, bound) if bound.is_empty() => what,
            (_, bound) if self.make.is_rule => bound,
            (what, bound) => format!("{what}, {bound}"),
        }
    }

    /// Its default as it is written in a file; nothing if it has none, or if it is a table.
    pub fn default(&self) -> Option<String> {
        (self.make.default)()
    }
}
