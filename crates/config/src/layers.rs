//! Layers upon each other, and the configuration that they make.

use crate::assignment::Assignment;
use crate::error::{ChosenBy, Fault, LoadError, Origin};
use crate::known::{NODE, known, planes_above};
use crate::shown;
use rumormill_node::Config;
use serde_path_to_error::Segment;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// The configuration, as far as layers were added. It is sound at any time.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    /// Made by a layer; what is not here has its default.
    made: BTreeMap<String, Assignment>,
    config: Config,
}

impl Layers {
    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
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
        let made = self.made.values().filter(|made| !without.contains(&made.path.as_str()));
        Table::from_iter([(NODE.into(), Value::Table(tree(made)))]).to_string()
    }

    /// Whether a path is not within a protocol that is not chosen.
    pub fn is_chosen(&self, path: &str) -> bool {
        planes_above(path).all(|(plane, name)| self.chosen(&plane.path) == name)
    }

    /// The protocol of a plane.
    pub(crate) fn chosen(&self, plane: &str) -> String {
        match self.made.get(plane) {
            Some(made) => made.value.as_str().unwrap_or_default().into(),
            None => {
                let default = known(plane).and_then(|plane| plane.default());
                default.unwrap_or_default().trim_matches('"').into()
            }
        }
    }

    /// The protocol of a plane, and who chose it.
    pub(crate) fn chosen_by(&self, plane: &str) -> ChosenBy {
        let by = self.origin(plane).cloned();
        ChosenBy { plane: plane.into(), name: self.chosen(plane), by }
    }

    /// Chooses what a layer chooses. The settings of who is no longer chosen are forgotten.
    pub(crate) fn choose(&mut self, choice: Assignment) {
        let before = format!("{}.{}.", choice.path, self.chosen(&choice.path));
        if choice.value.as_str() != Some(self.chosen(&choice.path).as_str()) {
            self.made.retain(|path, _| !path.starts_with(&before));
        }
        self.made.insert(choice.path.clone(), choice);
    }

    /// Adds a layer, which as a whole is called `whole`. On an error nothing of it is taken.
    pub(crate) fn add(
        mut self,
        whole: Origin,
        layer: Vec<Assignment>,
    ) -> Result<Layers, LoadError> {
        let (choices, values): (Vec<_>, Vec<_>) = layer.into_iter().partition(|it| it.is_choice);
        choices.into_iter().for_each(|choice| self.choose(choice));
        for value in values {
            self.check_chosen(&value)?;
            self.made.insert(value.path.clone(), value);
        }
        let node = Value::Table(tree(self.made.values()));
        let read: Result<Config, _> = serde_path_to_error::deserialize(node);
        let config = read.map_err(|error| self.unreadable(&whole, error.path()))?;
        if let Err(error) = config.check() {
            let made = self.made.get(&error.key);
            let value = made.map_or(error.value, |made| shown::value(&made.value));
            let origin = made.map_or(whole, |made| made.origin.clone());
            return Err(Fault::Value { key: error.key, value, must: error.bound }.at(origin));
        }
        self.config = config;
        Ok(self)
    }

    fn check_chosen(&self, value: &Assignment) -> Result<(), LoadError> {
        for (plane, name) in planes_above(&value.path) {
            if self.chosen(&plane.path) != name {
                let plane = self.chosen_by(&plane.path);
                let fault = Fault::NotChosen { key: value.path.clone(), plane };
                return Err(fault.at(value.origin.clone()));
            }
        }
        Ok(())
    }

    /// What is wrong with a value that is none of its setting's.
    fn unreadable(&self, whole: &Origin, path: &serde_path_to_error::Path) -> LoadError {
        let names = path.iter().map_while(|segment| match segment {
            Segment::Map { key } => Some(key.as_str()),
            _ => None,
        });
        let key = names.fold(NODE.to_string(), |path, name| format!("{path}.{name}"));
        let made = self.made.get(&key);
        let origin = made.map_or(whole, |made| &made.origin).clone();
        let value = made.map(|made| shown::value(&made.value)).unwrap_or_default();
        let must = known(&key).map(|known| must(&known, made)).unwrap_or_default();
        Fault::Value { key, value, must }.at(origin)
    }
}

/// A number where a number belongs is out of its bounds, and need not be told what it is.
fn must(known: &crate::Known, made: Option<&Assignment>) -> String {
    let is_number = made.is_some_and(|made| made.value.is_integer());
    match is_number && known.key.what() == "a whole number" {
        true => known.key.bound(),
        false => known.must(),
    }
}

/// The `[node]` table that they make.
fn tree<'a>(made: impl Iterator<Item = &'a Assignment>) -> Table {
    let mut tree = Table::new();
    for Assignment { path, value, is_choice, .. } in made {
        let mut names: Vec<&str> = path.split('.').skip(1).collect();
        let value = match is_choice {
            true => {
                names.push(value.as_str().unwrap_or_default());
                Value::Table(Table::new())
            }
            false => value.clone(),
        };
        insert(&mut tree, &names, value);
    }
    tree
}

fn insert(table: &mut Table, names: &[&str], value: Value) {
    let [name, rest @ ..] = names else { return };
    if rest.is_empty() {
        table.entry(*name).or_insert(value);
        return;
    }
    let below = table.entry(*name).or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(below) = below {
        insert(below, rest, value);
    }
}
