//! Rows of the reference.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

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
    /// One of several: its name, or a table of one key, its name, with what is its.
    OneOf(Choices),
    /// One of several, whose names stand among the other keys of the table that this key is in.
    Among(Choices, Needed),
    /// One of several: a table whose key `kind` is its name, with its settings beside.
    Kind(Choices),
    /// A list of tables, each of which is this.
    Tables(&'static Nested),
}

/// Whether one must be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed {
    /// Without one nothing can be meant.
    Yes,
    /// There is a default.
    No,
}

/// What there is to choose from.
#[derive(Clone, Copy, Debug)]
pub struct Choices {
    /// All of them.
    pub all: &'static [Choice],
    /// The one whose value may stand alone, without its name.
    pub bare: Option<&'static str>,
}

/// What can be chosen, such as a protocol of a plane.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// Its name.
    pub name: &'static str,
    /// What it is, line by line as it stands in the source.
    pub doc: &'static [&'static str],
    /// Its settings.
    pub keys: &'static [Key],
    /// What it has instead of settings: one value.
    pub value: Option<Key>,
}

impl Choices {
    /// The one of that name.
    pub fn named(&self, name: &str) -> Option<&'static Choice> {
        self.all.iter().find(|choice| choice.name == name)
    }

    /// What the one that needs no name has as its value.
    pub fn bare_value(&self) -> Option<&'static Key> {
        self.named(self.bare?)?.value.as_ref()
    }

    /// What must be chosen: `"registers" or "none"`.
    pub fn must(&self) -> String {
        let named = self.all.iter().filter(|choice| Some(choice.name) != self.bare);
        let named = named.map(|choice| format!("\"{}\"", choice.name));
        let bare = self.bare_value().map(Key::must);
        bare.into_iter().chain(named).collect::<Vec<_>>().join(" or ")
    }
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
