//! What a layer sets: a tree of tables, taken apart into single settings.

use crate::error::{Fault, LoadError, Origin};
use crate::nearest::hint;
use crate::scope::{NODE, Scope};
use crate::shown;
use rumormill_protocols::parts::settings::{Choice, Choices, Key, Needed, Nested};
use toml::{Table, Value};

/// The key of a table that says of which kind it is.
const KIND: &str = "kind";

/// One setting, made by a layer.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The path to it.
    pub path: String,
    /// The path to where it is written, which may leave out what was chosen.
    pub place: String,
    /// What is known of it.
    pub key: Key,
    /// Its value.
    pub value: Value,
    /// If it chooses one of several, whose name the value is: the path to where settings of that one
    /// are written.
    pub below: Option<String>,
    /// Who made it.
    pub origin: Origin,
}

impl Assignment {
    /// Whether it chooses one of several, whose name the value is.
    pub fn is_choice(&self) -> bool {
        self.below.is_some()
    }
}

/// Where something belongs, and where it is written.
#[derive(Clone)]
pub struct At {
    path: String,
    place: String,
}

impl At {
    /// Both are the same.
    pub fn path(path: &str) -> At {
        At { path: path.into(), place: path.into() }
    }

    fn below(&self, name: &str) -> At {
        At { path: join(&self.path, name), place: join(&self.place, name) }
    }

    /// What belongs below a name that is not written.
    fn within(&self, name: &str) -> At {
        At { path: join(&self.path, name), place: self.place.clone() }
    }

    fn item(&self, index: usize) -> At {
        At { path: format!("{}[{index}]", self.path), place: format!("{}[{index}]", self.place) }
    }
}

/// A path and a name in the table at it; the table of a file as a whole has an empty path.
pub fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.into() } else { format!("{path}.{name}") }
}

/// Takes tables apart.
pub struct Walk<'a> {
    /// What there is to be set.
    pub scope: Scope,
    /// Where the setting at a place was made.
    pub origin: &'a dyn Fn(&str) -> Origin,
    /// What was found.
    pub found: Vec<Assignment>,
}

impl Walk<'_> {
    /// A table, in which those keys may stand.
    pub fn table(&mut self, at: &At, keys: &[Key], mut table: Table) -> Result<(), LoadError> {
        for key in keys {
            if let Nested::Among(choices, needed) = key.nested {
                self.among(at, key, choices, needed, &mut table)?;
            }
        }
        for (name, value) in table {
            let at = at.below(&name);
            match keys.iter().find(|key| key.name == name) {
                Some(key) if !matches!(key.nested, Nested::Among(..)) => {
                    self.key(&at, key, value)?;
                }
                _ => return Err(self.unknown(&at, &name, keys)),
            }
        }
        Ok(())
    }

    fn unknown(&self, at: &At, name: &str, keys: &[Key]) -> LoadError {
        let names = keys.iter().flat_map(|key| match key.nested {
            Nested::Among(choices, _) => choices.all.iter().map(|choice| choice.name).collect(),
            _ => vec![key.name],
        });
        let beside = (self.scope.root.is_empty() && at.path == name).then_some(NODE);
        let hint = hint(name, &names.chain(beside).collect::<Vec<_>>(), self.scope);
        Fault::Unknown { key: shown::name(&at.place), hint }.at((self.origin)(&at.place))
    }

    /// A value that is that key's.
    pub fn key(&mut self, at: &At, key: &Key, value: Value) -> Result<(), LoadError> {
        self.nested(at, key, key.nested, value)
    }

    fn nested(
        &mut self,
        at: &At,
        key: &Key,
        nested: Nested,
        value: Value,
    ) -> Result<(), LoadError> {
        match (nested, value) {
            (Nested::Value | Nested::Text, value) => {
                self.assign(at, key, value);
                Ok(())
            }
            (Nested::Table(keys), Value::Table(table)) => self.table(at, keys, table),
            (Nested::Kind(choices), Value::Table(table)) => self.kind(at, key, choices, table),
            (Nested::Tables(nested), Value::Array(items)) => self.items(at, key, *nested, items),
            (Nested::OneOf(choices) | Nested::Among(choices, _), value) => {
                self.one_of(at, key, choices, value)
            }
            (Nested::Table(_) | Nested::Kind(_), value) => Err(self.no_table(at, &value)),
            (Nested::Tables(_), value) => Err(self.wrong(at, &value, key.must())),
        }
    }

    fn items(
        &mut self,
        at: &At,
        key: &Key,
        nested: Nested,
        items: Vec<Value>,
    ) -> Result<(), LoadError> {
        for (index, item) in items.into_iter().enumerate() {
            let at = at.item(index);
            // One without settings is there too.
            self.assign(&at, key, Value::Table(Table::new()));
            self.nested(&at, key, nested, item)?;
        }
        Ok(())
    }

    fn kind(
        &mut self,
        at: &At,
        key: &Key,
        choices: Choices,
        mut table: Table,
    ) -> Result<(), LoadError> {
        let Some(kind) = table.remove(KIND) else {
            return Err(self.missing(&at.below(KIND), choices, at));
        };
        let Some(choice) = kind.as_str().and_then(|name| choices.named(name)) else {
            return Err(self.wrong(&at.below(KIND), &kind, choices.must()));
        };
        let below = at.within(choice.name);
        self.choose(at, &below, key, choice);
        self.table(&below, choice.keys, table)
    }

    /// One of several, whose name stands in this table.
    fn among(
        &mut self,
        at: &At,
        key: &Key,
        choices: Choices,
        needed: Needed,
        table: &mut Table,
    ) -> Result<(), LoadError> {
        let known = choices.all.iter().filter_map(|it| Some((it, table.remove(it.name)?)));
        let known: Vec<(&Choice, Value)> = known.collect();
        match (known.len(), needed) {
            (0, Needed::No) => return Ok(()),
            (0, Needed::Yes) => return Err(self.missing(at, choices, at)),
            _ => {}
        }
        let one = self.one(at, known)?;
        let place = join(&at.place, one.0.name);
        let here = At { path: join(&at.path, key.name), place };
        self.chosen(&here, &here.within(one.0.name), key, one)
    }

    fn one_of(
        &mut self,
        at: &At,
        key: &Key,
        choices: Choices,
        value: Value,
    ) -> Result<(), LoadError> {
        let settings = match value {
            Value::String(name) if choices.named(&name).is_some() => {
                Table::from_iter([(name, Value::Table(Table::new()))])
            }
            Value::Table(table) if !table.is_empty() => table,
            value if choices.bare.is_some() && !value.is_table() => {
                self.assign(at, key, value);
                return Ok(());
            }
            value => return Err(self.wrong(at, &value, choices.must())),
        };
        let unknown = settings.keys().find(|name| choices.named(name).is_none());
        if let Some(unknown) = unknown.cloned() {
            return Err(self.wrong(at, &Value::String(unknown), choices.must()));
        }
        let known = settings.into_iter().filter_map(|(name, it)| Some((choices.named(&name)?, it)));
        let one = self.one(at, known.collect())?;
        self.chosen(at, &at.below(one.0.name), key, one)
    }

    fn one<'a>(
        &self,
        at: &At,
        known: Vec<(&'a Choice, Value)>,
    ) -> Result<(&'a Choice, Value), LoadError> {
        let names: Vec<String> = known.iter().map(|(choice, _)| choice.name.into()).collect();
        let one: Result<[(&Choice, Value); 1], _> = known.try_into();
        let what = if at.path.starts_with(NODE) { " protocols" } else { "" };
        let several = |_| Fault::Several { plane: at.place.clone(), what, names };
        let [one] = one.map_err(|known| several(known).at((self.origin)(&at.place)))?;
        Ok(one)
    }

    /// Who was chosen, with what stands behind the name, which belongs `below`.
    fn chosen(
        &mut self,
        at: &At,
        below: &At,
        key: &Key,
        (choice, value): (&Choice, Value),
    ) -> Result<(), LoadError> {
        let has_nothing = value.as_table().is_some_and(Table::is_empty);
        if needs_no_name(key, choice) && !has_nothing {
            self.assign(at, key, value);
            return Ok(());
        }
        self.choose(at, below, key, choice);
        match (&choice.value, value) {
            (_, Value::Table(nothing)) if nothing.is_empty() => Ok(()),
            (Some(key), value) => self.key(below, key, value),
            (None, Value::Table(table)) => self.table(below, choice.keys, table),
            (None, value) => match alone(choice) {
                Some(name) if value.is_array() => {
                    self.table(below, choice.keys, Table::from_iter([(name.into(), value)]))
                }
                _ => Err(self.no_table(below, &value)),
            },
        }
    }

    fn wrong(&self, at: &At, value: &Value, must: String) -> LoadError {
        let fault = Fault::Value { key: at.place.clone(), value: shown::value(value), must };
        fault.at((self.origin)(&at.place))
    }

    fn missing(&self, at: &At, choices: Choices, above: &At) -> LoadError {
        let names: Vec<&str> = choices.all.iter().map(|choice| choice.name).collect();
        let names = names.join(", ");
        Fault::Missing { key: at.place.clone(), names }.at((self.origin)(&above.place))
    }

    fn no_table(&self, at: &At, value: &Value) -> LoadError {
        let value = shown::value(value);
        Fault::NoTable { key: at.place.clone(), value }.at((self.origin)(&at.place))
    }

    fn choose(&mut self, at: &At, below: &At, key: &Key, choice: &Choice) {
        self.assign(at, key, Value::String(choice.name.into()));
        if let Some(made) = self.found.last_mut() {
            made.below = Some(below.place.clone());
        }
    }

    fn assign(&mut self, at: &At, key: &Key, value: Value) {
        let origin = (self.origin)(&at.place);
        let At { path, place } = at.clone();
        self.found.push(Assignment { path, place, key: *key, value, below: None, origin });
    }
}

/// The name of what needs none, of several among that choice's settings: a list of it may stand alone.
fn alone(choice: &Choice) -> Option<&'static str> {
    choice.keys.iter().find_map(|key| match key.nested {
        Nested::Among(choices, _) => choices.bare,
        _ => None,
    })
}

/// Whether the value of that choice may stand alone.
fn needs_no_name(key: &Key, choice: &Choice) -> bool {
    match key.nested {
        Nested::OneOf(choices) | Nested::Among(choices, _) => choices.bare == Some(choice.name),
        _ => false,
    }
}
