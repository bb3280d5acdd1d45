//! What layers set upon each other, and the settings that it makes.

use crate::assignment::Assignment;
use crate::error::{ChosenBy, Fault, LoadError, Origin};
use crate::scope::Scope;
use crate::shown;
use crate::tree::tree;
use rumormill_protocols::parts::settings::{Key, Nested, Settings};
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// What was set within a scope; what is not here has its default.
#[derive(Clone, Debug)]
pub struct Made {
    /// What there is to be set.
    pub scope: Scope,
    by_path: BTreeMap<String, Assignment>,
}

impl Made {
    /// Nothing.
    pub fn new(scope: Scope) -> Made {
        Made { scope, by_path: BTreeMap::new() }
    }

    /// What was set at that path.
    pub fn get(&self, path: &str) -> Option<&Assignment> {
        self.by_path.get(path)
    }

    /// All that was set, in the order of the paths.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Assignment> + Clone {
        self.by_path.values()
    }

    /// Who is chosen at a path.
    pub fn chosen(&self, path: &str) -> String {
        let known = self.scope.known(path);
        let bare = known.as_ref().and_then(|known| match known.key.nested {
            Nested::OneOf(choices) => choices.bare,
            _ => None,
        });
        let written = match self.get(path) {
            Some(made) if made.is_choice() => Some(made.value.clone()),
            Some(_) => None,
            None => known.and_then(|known| known.default()?.parse().ok()),
        };
        match written {
            Some(Value::String(name)) => name,
            Some(Value::Table(one)) => one.keys().next().cloned().unwrap_or_default(),
            _ => bare.unwrap_or_default().into(),
        }
    }

    /// Who is chosen, and who chose it.
    pub fn chosen_by(&self, path: &str) -> ChosenBy {
        let by = self.get(path).map(|made| made.origin.clone());
        ChosenBy { plane: path.into(), name: self.chosen(path), by }
    }

    /// What stands at a path and below it has its default again.
    pub fn forget(&mut self, path: &str) {
        self.forget_below(path);
        self.by_path.remove(path);
    }

    /// Chooses what a layer chooses. The settings of who is no longer chosen are forgotten.
    pub fn choose(&mut self, choice: Assignment) {
        if choice.value.as_str() != Some(self.chosen(&choice.path).as_str()) {
            self.forget_below(&choice.path);
        }
        self.by_path.insert(choice.path.clone(), choice);
    }

    fn forget_below(&mut self, path: &str) {
        let is_below =
            |other: &str| other.strip_prefix(path).is_some_and(|rest| rest.starts_with(['.', '[']));
        self.by_path.retain(|path, _| !is_below(path));
    }

    /// Takes a layer.
    pub fn take(&mut self, layer: Vec<Assignment>) -> Result<(), LoadError> {
        let (choices, values): (Vec<_>, Vec<_>) = layer.into_iter().partition(|it| it.is_choice());
        // The tables of lists first: they hold what is chosen.
        let (lists, values): (Vec<_>, Vec<_>) =
            values.into_iter().partition(|it| matches!(it.key.nested, Nested::Tables(_)));
        self.by_path.extend(lists.into_iter().map(|it| (it.path.clone(), it)));
        choices.into_iter().for_each(|choice| self.choose(choice));
        for value in values {
            self.check_chosen(&value)?;
            if matches!(value.key.nested, Nested::OneOf(_)) {
                self.forget_below(&value.path);
            }
            self.by_path.insert(value.path.clone(), value);
        }
        Ok(())
    }

    fn check_chosen(&self, value: &Assignment) -> Result<(), LoadError> {
        for (plane, name) in self.scope.planes_above(&value.path) {
            if self.chosen(&plane.path) != name {
                let plane = self.chosen_by(&plane.path);
                let fault = Fault::NotChosen { key: value.path.clone(), plane };
                return Err(fault.at(value.origin.clone()));
            }
        }
        Ok(())
    }

    /// The settings that it makes, sound. What has no place of its own is said of `whole`.
    pub fn read<T>(&self, whole: &Origin) -> Result<T, LoadError>
    where
        T: Settings + DeserializeOwned,
    {
        let table = Value::Table(tree(self, &[]));
        let read: Result<T, _> = serde_path_to_error::deserialize(table);
        let settings = read.map_err(|error| self.unreadable(whole, error.path()))?;
        match settings.check() {
            Ok(()) => Ok(settings),
            Err(error) => Err(self.wrong(whole, &error.key, error.value, error.bound)),
        }
    }

    /// What is wrong with the value at a path; `value` is what it is by default.
    pub fn wrong(&self, whole: &Origin, path: &str, value: String, must: String) -> LoadError {
        if let Some(made) = self.get(path) {
            let (key, value) = (made.place.clone(), shown::value(&made.value));
            return Fault::Value { key, value, must }.at(made.origin.clone());
        }
        let (key, origin) = self.place(whole, path);
        Fault::Value { key, value, must }.at(origin)
    }

    /// What does not go together with the rest; `why` is the rest of a sentence.
    pub fn unsound(&self, whole: &Origin, path: &str, why: String) -> LoadError {
        let (key, origin) = self.place(whole, path);
        Fault::Unsound { key, why }.at(origin)
    }

    /// Where a path would be written, and where the nearest above it was made.
    fn place(&self, whole: &Origin, path: &str) -> (String, Origin) {
        let ends = path.match_indices('.').map(|(at, _)| at).chain([path.len()]);
        let nearest = ends.rev().find_map(|end| Some((self.get(&path[..end])?, &path[end..])));
        match nearest {
            // Of a node's defaults nobody is said to have set them.
            Some((made, rest)) if rest.is_empty() || self.scope.root.is_empty() => {
                (written(made, rest), made.origin.clone())
            }
            _ => (path.into(), whole.clone()),
        }
    }

    /// What is wrong with a value that is none of its setting's.
    fn unreadable(&self, whole: &Origin, path: &Path) -> LoadError {
        let mut key = self.scope.root.to_string();
        for segment in path.iter() {
            match segment {
                Segment::Map { key: name } => key = crate::assignment::join(&key, name),
                Segment::Seq { index } => key.push_str(&format!("[{index}]")),
                _ => break,
            }
        }
        // What stands in a list of values is the list's.
        while !self.by_path.contains_key(&key) && key.ends_with(']') {
            key.truncate(key.rfind('[').unwrap_or_default());
        }
        let must = match self.get(&key) {
            Some(made) => must(&made.key, &made.value),
            None => self.scope.known(&key).map(|known| known.must()).unwrap_or_default(),
        };
        self.wrong(whole, &key, String::new(), must)
    }
}

/// Where something below a setting is written.
fn written(made: &Assignment, rest: &str) -> String {
    let chosen = made.value.as_str().unwrap_or_default();
    let below = rest.strip_prefix('.').and_then(|rest| rest.strip_prefix(chosen));
    match (&made.below, below) {
        (Some(place), Some(rest)) => format!("{place}{rest}"),
        _ => format!("{}{rest}", made.place),
    }
}

/// A number where a number belongs is out of its bounds, and need not be told what it is.
fn must(key: &Key, value: &Value) -> String {
    let is_number = match key.what().as_str() {
        "a whole number" => value.is_integer(),
        "a number" => value.is_integer() || value.is_float(),
        _ => false,
    };
    if is_number && !key.bound().is_empty() { key.bound() } else { key.must() }
}

/// An empty table, which stands for what has no settings.
pub fn is_nothing(value: &Value) -> bool {
    value.as_table().is_some_and(Table::is_empty)
}
