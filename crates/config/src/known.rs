//! The settings that there are, with the paths to them.

use rumormill_node::Config;
use rumormill_protocols::parts::settings::{Key, Nested};

/// The table of a file that is a node's.
pub(crate) const NODE: &str = "node";

/// A setting, a table or a plane.
#[derive(Clone, Debug)]
pub struct Known {
    /// The path to it, its table first: `node.broadcast.flood.ttl`.
    pub path: String,
    /// What is known of it.
    pub key: Key,
}

impl Known {
    /// The variable that sets it.
    ///
    /// ```
    /// let ttl = rumormill_config::known("node.broadcast.flood.ttl").unwrap();
    /// assert_eq!(ttl.variable(), "RUMORMILL_NODE__BROADCAST__FLOOD__TTL");
    /// ```
    pub fn variable(&self) -> String {
        let name = self.path.replace('.', "__").replace('-', "_").to_ascii_uppercase();
        format!("RUMORMILL_{name}")
    }

    /// Whether it has a value of its own: whether it is no table.
    pub fn is_setting(&self) -> bool {
        !matches!(self.key.nested, Nested::Table(_))
    }

    /// What its value must be.
    pub fn must(&self) -> String {
        match self.key.nested {
            Nested::Plane(choices) => one_of(choices.iter().map(|choice| choice.name)),
            _ => self.key.must(),
        }
    }

    /// Its default, as it is written in a file.
    pub fn default(&self) -> Option<String> {
        self.key.default()
    }
}

/// The names of protocols, as a choice.
pub(crate) fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.map(|name| format!("\"{name}\"")).collect();
    quoted.join(" or ")
}

/// All of them, tables before what stands in them, in the order of the source.
pub fn all() -> Vec<Known> {
    let mut all = Vec::new();
    collect(NODE, Config::KEYS, &mut all);
    all
}

fn collect(table: &str, keys: &[Key], all: &mut Vec<Known>) {
    for key in keys {
        let path = format!("{table}.{}", key.name);
        all.push(Known { path: path.clone(), key: *key });
        match key.nested {
            Nested::Value | Nested::Text => {}
            Nested::Table(keys) => collect(&path, keys, all),
            Nested::Plane(choices) => {
                for choice in choices {
                    collect(&format!("{path}.{}", choice.name), choice.keys, all);
                }
            }
        }
    }
}

/// The one at that path.
pub fn known(path: &str) -> Option<Known> {
    all().into_iter().find(|known| known.path == path)
}

/// The planes above a path, each with the protocol that the path goes through.
pub(crate) fn planes_above(path: &str) -> impl Iterator<Item = (Known, &str)> {
    all().into_iter().filter_map(move |known| {
        let Nested::Plane(_) = known.key.nested else { return None };
        let below = path.strip_prefix(&known.path)?.strip_prefix('.')?;
        Some((known, below.split('.').next().unwrap_or(below)))
    })
}
