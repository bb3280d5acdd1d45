//! Layers upon each other, and the configuration that they make.

use crate::assignment::Assignment;
use crate::error::{ChosenBy, LoadError, Origin};
use crate::known::known;
use crate::made::Made;
use crate::scope::{NODE, Scope};
use crate::tree::tree;
use rumormill_node::Config;
use toml::{Table, Value};

/// The configuration, as far as layers were added. It is sound at any time.
#[derive(Clone, Debug)]
pub struct Layers {
    made: Made,
    config: Config,
}

impl Default for Layers {
    fn default() -> Self {
        Layers { made: Made::new(Scope::NODE), config: Config::default() }
    }
}

impl Layers {
    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The same, but what stands at that path has its default again: a setting, or a plane with all of its
    /// settings.
    ///
    /// ```
    /// let text = "node.broadcast = { flood = { ttl = 3 } }";
    /// let layers = rumormill_config::Layers::default().file("any.toml", text).unwrap();
    /// let without = layers.without("node.broadcast").unwrap();
    /// assert_eq!(without.value("node.broadcast.flood.ttl").unwrap(), "8");
    /// ```
    pub fn without(mut self, path: &str) -> Result<Layers, LoadError> {
        self.made.forget(path);
        self.flags(&[])
    }

    /// Who set what stands at that path; nothing: nobody, it has its default.
    pub fn origin(&self, path: &str) -> Option<&Origin> {
        self.made.get(path).map(|made| &made.origin)
    }

    /// What stands at that path, as it is written in a file; nothing if there is nothing.
    pub fn value(&self, path: &str) -> Option<String> {
        match self.made.get(path) {
            Some(made) => Some(made.value.to_string()),
            None => known(path)?.default(),
        }
    }

    /// All that is not by default, as a file. What stands at those paths is left out.
    pub fn to_toml(&self, without: &[&str]) -> String {
        let node = Value::Table(tree(&self.made, without));
        Table::from_iter([(NODE.into(), node)]).to_string()
    }

    /// Whether a path is not within a protocol that is not chosen.
    pub fn is_chosen(&self, path: &str) -> bool {
        let mut planes = Scope::NODE.planes_above(path);
        planes.all(|(plane, name)| self.chosen(&plane.path) == name)
    }

    /// The protocol of a plane.
    pub(crate) fn chosen(&self, plane: &str) -> String {
        self.made.chosen(plane)
    }

    /// The protocol of a plane, and who chose it.
    pub(crate) fn chosen_by(&self, plane: &str) -> ChosenBy {
        self.made.chosen_by(plane)
    }

    /// Chooses what a layer chooses.
    pub(crate) fn choose(&mut self, choice: Assignment) {
        self.made.choose(choice);
    }

    /// Adds a layer, which as a whole is called `whole`. On an error nothing of it is taken.
    pub(crate) fn add(
        mut self,
        whole: Origin,
        layer: Vec<Assignment>,
    ) -> Result<Layers, LoadError> {
        self.made.take(layer)?;
        self.config = self.made.read(&whole)?;
        Ok(self)
    }
}
