//! The layer of flags.

use crate::assignment::{Assignment, At, Walk};
use crate::error::{Fault, LoadError, Origin};
use crate::known::{Known, known};
use crate::layers::Layers;
use crate::nearest::hint_of_path;
use crate::scope::Scope;
use crate::shown;
use rumormill_protocols::parts::settings::Nested;
use std::borrow::Cow;
use toml::Value;

/// A flag that was given.
#[derive(Clone, Debug)]
pub struct Flag {
    name: Cow<'static, str>,
    path: Cow<'static, str>,
    values: Vec<String>,
    is_list: bool,
}

impl Flag {
    /// That flag sets what stands at that path. A `*` in the path is the protocol that the plane has.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        path: impl Into<Cow<'static, str>>,
        value: impl Into<String>,
    ) -> Flag {
        Flag { name: name.into(), path: path.into(), values: vec![value.into()], is_list: false }
    }

    /// A flag that can be given several times.
    pub fn list(name: &'static str, path: &'static str, values: &[String]) -> Flag {
        Flag { name: name.into(), path: path.into(), values: values.to_vec(), is_list: true }
    }

    /// The path to what it sets.
    pub fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn origin(&self) -> Origin {
        Origin::Flag(Some(self.name.to_string()))
    }

    /// Its value as TOML, or else as a text.
    pub(crate) fn toml(&self) -> Value {
        let text = self.values.first().map_or("", String::as_str);
        text.parse().unwrap_or_else(|_| self.text())
    }

    /// Its value as a text.
    pub(crate) fn text(&self) -> Value {
        Value::String(self.values.first().cloned().unwrap_or_default())
    }

    fn value(&self, known: &Known) -> Value {
        match (self.is_list, self.values.first()) {
            (false, Some(text)) => parse(known, text),
            _ => Value::Array(self.values.iter().cloned().map(Value::String).collect()),
        }
    }

    fn assignments(&self, known: &Known, scope: Scope) -> Result<Vec<Assignment>, LoadError> {
        let mut walk = Walk { scope, origin: &|_| self.origin(), found: Vec::new() };
        walk.key(&At::path(&known.path), &known.key, self.value(known))?;
        Ok(walk.found)
    }
}

/// A value as TOML, or else as a text; where only a text can stand, always as a text.
pub(crate) fn parse(known: &Known, text: &str) -> Value {
    match known.key.nested {
        Nested::Text => Value::String(text.into()),
        _ => text.parse().unwrap_or_else(|_| Value::String(text.into())),
    }
}

impl Flag {
    /// What it sets within a scope. There must be something at its path.
    pub(crate) fn within(&self, scope: Scope) -> Result<Vec<Assignment>, LoadError> {
        self.assignments(&scope.known(&self.path).ok_or_else(|| self.unknown(scope))?, scope)
    }

    fn unknown(&self, scope: Scope) -> LoadError {
        let hint = hint_of_path(&self.path, scope);
        Fault::Unknown { key: shown::name(&self.path), hint }.at(self.origin())
    }
}

impl Layers {
    /// Adds flags. Those that choose protocols count first.
    pub fn flags(mut self, flags: &[Flag]) -> Result<Layers, LoadError> {
        let is_plane = |flag: &&Flag| {
            known(&flag.path).is_some_and(|known| matches!(known.key.nested, Nested::OneOf(_)))
        };
        let (planes, others): (Vec<&Flag>, Vec<&Flag>) = flags.iter().partition(is_plane);
        let mut found = Vec::new();
        for flag in planes {
            for assignment in flag.assignments(&self.resolve(flag)?, Scope::NODE)? {
                match assignment.is_choice() {
                    true => self.choose(assignment),
                    false => found.push(assignment),
                }
            }
        }
        for flag in others {
            found.append(&mut flag.assignments(&self.resolve(flag)?, Scope::NODE)?);
        }
        self.add(Origin::Flag(None), found)
    }

    /// The setting that a flag means.
    fn resolve(&self, flag: &Flag) -> Result<Known, LoadError> {
        let Some((plane, key)) = flag.path.split_once(".*.") else {
            return known(&flag.path).ok_or_else(|| flag.unknown(Scope::NODE));
        };
        let path = flag.path.replace('*', &self.chosen(plane));
        let missing = || Fault::NotOfIt { key: key.into(), plane: self.chosen_by(plane) };
        known(&path).ok_or_else(|| missing().at(flag.origin()))
    }
}
