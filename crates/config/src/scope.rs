//! What there is to be set, with the paths to it.

use crate::assignment::join;
use crate::known::Known;
use rumormill_node::Config;
use rumormill_protocols::parts::settings::{Choices, Key, Nested, Settings};

/// The table of a file that is a node's.
pub const NODE: &str = "node";

/// A table and what may stand in it.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// The path to it; a file as a whole has an empty one.
    pub root: &'static str,
    /// Its keys.
    pub keys: &'static [Key],
}

impl Scope {
    /// What a node's table may have.
    pub const NODE: Scope = Scope { root: NODE, keys: Config::KEYS };

    /// What stands beside it.
    pub const fn beside_node<T: Settings>() -> Scope {
        Scope { root: "", keys: T::KEYS }
    }

    /// All of them, tables before what stands in them, in the order of the source. The index of a
    /// list's table is left out.
    pub fn all(self) -> Vec<Known> {
        let mut all = Vec::new();
        table(self.root, self.keys, &mut all);
        all
    }

    /// The one at that path.
    pub fn known(self, path: &str) -> Option<Known> {
        self.all().into_iter().find(|known| known.path == path)
    }

    /// The planes above a path, each with the protocol that the path goes through.
    pub fn planes_above(self, path: &str) -> impl Iterator<Item = (Known, &str)> {
        self.all().into_iter().filter_map(move |known| {
            let Nested::OneOf(_) = known.key.nested else { return None };
            let below = path.strip_prefix(&known.path)?.strip_prefix('.')?;
            Some((known, below.split('.').next().unwrap_or(below)))
        })
    }
}

fn table(path: &str, keys: &[Key], all: &mut Vec<Known>) {
    for key in keys {
        let path = join(path, key.name);
        all.push(Known { path: path.clone(), key: *key });
        below(&path, key.nested, all);
    }
}

fn below(path: &str, nested: Nested, all: &mut Vec<Known>) {
    match nested {
        Nested::Value | Nested::Text => {}
        Nested::Table(keys) => table(path, keys, all),
        Nested::Tables(nested) => below(path, *nested, all),
        Nested::OneOf(choices) | Nested::Among(choices, _) | Nested::Kind(choices) => {
            each(path, choices, all);
        }
    }
}

fn each(path: &str, choices: Choices, all: &mut Vec<Known>) {
    for choice in choices.all {
        let path = join(path, choice.name);
        table(&path, choice.keys, all);
        if let Some(key) = choice.value {
            all.push(Known { path: path.clone(), key });
            below(&path, key.nested, all);
        }
    }
}
