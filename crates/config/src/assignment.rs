//! What a layer sets: a tree of tables, taken apart into single settings.

use crate::error::{Fault, LoadError, Origin};
use crate::known::one_of;
use crate::nearest::hint;
use crate::shown;
use rumormill_protocols::parts::settings::{Choice, Key, Nested};
use toml::{Table, Value};

/// One setting, made by a layer.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The path to it.
    pub path: String,
    /// Its value.
    pub value: Value,
    /// Whether it chooses a plane's protocol, whose name the value is.
    pub is_choice: bool,
    /// Who made it.
    pub origin: Origin,
}

/// Takes tables apart.
pub struct Walk<'a> {
    /// Where the setting at a path was made.
    pub origin: &'a dyn Fn(&str) -> Origin,
    /// What was found.
    pub found: Vec<Assignment>,
}

impl Walk<'_> {
    /// A table at that path, in which those keys may stand.
    pub fn table(&mut self, path: &str, keys: &[Key], table: Table) -> Result<(), LoadError> {
        for (name, value) in table {
            let path = format!("{path}.{name}");
            match keys.iter().find(|key| key.name == name) {
                Some(key) => self.key(&path, key, value)?,
                None => {
                    let names: Vec<&str> = keys.iter().map(|key| key.name).collect();
                    let origin = (self.origin)(&path);
                    let hint = hint(&name, &names);
                    return Err(Fault::Unknown { key: shown::name(&path), hint }.at(origin));
                }
            }
        }
        Ok(())
    }

    /// A value at that path, which is that key's.
    pub fn key(&mut self, path: &str, key: &Key, value: Value) -> Result<(), LoadError> {
        match (key.nested, value) {
            (Nested::Value | Nested::Text, value) => {
                self.assign(path, value, false);
                Ok(())
            }
            (Nested::Table(keys), Value::Table(table)) => self.table(path, keys, table),
            (Nested::Table(_), value) => Err(self.no_table(path, &value)),
            (Nested::Plane(choices), value) => self.plane(path, choices, value),
        }
    }

    fn plane(&mut self, path: &str, choices: &[Choice], value: Value) -> Result<(), LoadError> {
        let wrong = |value: &Value| {
            let must = one_of(choices.iter().map(|choice| choice.name));
            let fault = Fault::Value { key: path.into(), value: shown::value(value), must };
            fault.at((self.origin)(path))
        };
        let mut settings = match &value {
            Value::String(name) => Table::from_iter([(name.clone(), Value::Table(Table::new()))]),
            Value::Table(table) if !table.is_empty() => table.clone(),
            value => return Err(wrong(value)),
        };
        let names: Vec<String> = settings.keys().map(|name| shown::name(name)).collect();
        let known =
            choices.iter().filter_map(|choice| Some((choice, settings.remove(choice.name)?)));
        let known: Vec<(&Choice, Value)> = known.collect();
        if let Some((unknown, _)) = settings.iter().next() {
            return Err(wrong(&Value::String(unknown.clone())));
        }
        let one: Result<[(&Choice, Value); 1], _> = known.try_into();
        let Ok([(choice, value)]) = one else {
            return Err(Fault::Several { plane: path.into(), names }.at((self.origin)(path)));
        };
        self.assign(path, Value::String(choice.name.into()), true);
        self.protocol(&format!("{path}.{}", choice.name), choice, value)
    }

    fn protocol(&mut self, path: &str, choice: &Choice, value: Value) -> Result<(), LoadError> {
        match value {
            Value::Table(table) => self.table(path, choice.keys, table),
            value => Err(self.no_table(path, &value)),
        }
    }

    fn no_table(&self, path: &str, value: &Value) -> LoadError {
        let value = shown::value(value);
        Fault::NoTable { key: path.into(), value }.at((self.origin)(path))
    }

    fn assign(&mut self, path: &str, value: Value, is_choice: bool) {
        let origin = (self.origin)(path);
        self.found.push(Assignment { path: path.into(), value, is_choice, origin });
    }
}
