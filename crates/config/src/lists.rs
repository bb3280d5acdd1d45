//! Lists of tables, and flags that reach into them.
//!
//! What stands in a list is kept as it was written. A flag changes that, as an editor would, and the list is
//! taken apart anew: `fault[0].at` sets what stands in an item that is there, `fault[0]` replaces the item,
//! and `fault` all of them. What the flag left alone is still said to be of who made it.

use crate::assignment::{Assignment, At, Walk};
use crate::error::{Fault, LoadError, Origin};
use crate::flag::Flag;
use crate::made::Made;
use crate::scope::Scope;
use rumormill_protocols::parts::settings::{Key, Nested};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// The lists of a file, by name.
#[derive(Clone, Debug, Default)]
pub struct Lists(Table);

/// What a flag means in a list.
pub struct Reach<'a> {
    key: &'a Key,
    /// Which item, and what in it; nothing: all items.
    item: Option<(usize, Vec<&'a str>)>,
}

impl<'a> Reach<'a> {
    /// Nothing if the path leads into no list.
    pub fn of(flag: &'a Flag, scope: Scope) -> Result<Option<Reach<'a>>, LoadError> {
        let path = flag.path();
        let (name, rest) = path.split_at(path.find(['[', '.']).unwrap_or(path.len()));
        let is_it = |key: &&Key| key.name == name && matches!(key.nested, Nested::Tables(_));
        let Some(key) = scope.keys.iter().find(is_it) else { return Ok(None) };
        if rest.is_empty() {
            return Ok(Some(Reach { key, item: None }));
        }
        let hint = || format!("{name} is a list: write `{name}[0]` for its first item");
        let unknown = || Fault::Unknown { key: path.into(), hint: hint() }.at(flag.origin());
        Ok(Some(Reach { key, item: Some(item(rest).ok_or_else(unknown)?) }))
    }
}

/// The number of an item, and the names of what stands in it: `[2].crash.random`.
fn item(text: &str) -> Option<(usize, Vec<&str>)> {
    let (index, rest) = text.strip_prefix('[')?.split_once(']')?;
    let names = match rest {
        "" => Vec::new(),
        rest => rest.strip_prefix('.')?.split('.').collect(),
    };
    let is_name = |name: &&str| !name.is_empty() && !name.contains(['[', ']']);
    names.iter().all(is_name).then_some(())?;
    Some((index.parse().ok()?, names))
}

impl Lists {
    /// Those of a file's table.
    pub fn of(table: &Table, keys: &[Key]) -> Lists {
        let is_list = |name: &str| {
            keys.iter().any(|key| key.name == name && matches!(key.nested, Nested::Tables(_)))
        };
        let lists = table.iter().filter(|(name, _)| is_list(name));
        Lists(lists.map(|(name, list)| (name.clone(), list.clone())).collect())
    }

    /// Does what a flag says.
    pub fn change(
        &mut self,
        flag: &Flag,
        reach: &Reach<'_>,
        made: &mut Made,
    ) -> Result<(), LoadError> {
        let mut found = self.changed(flag, reach, made, flag.toml())?;
        // Only now it is known what belongs there.
        let is_text = |made: &Assignment| {
            made.place == flag.path() && matches!(made.key.nested, Nested::Text)
        };
        if found.iter().any(is_text) {
            found = self.changed(flag, reach, made, flag.text())?;
        }
        made.forget(reach.key.name);
        made.take(found)
    }

    fn changed(
        &mut self,
        flag: &Flag,
        reach: &Reach<'_>,
        made: &Made,
        value: Value,
    ) -> Result<Vec<Assignment>, LoadError> {
        let name = reach.key.name;
        let list = self.0.entry(name).or_insert_with(|| Value::Array(Vec::new()));
        match &reach.item {
            None => *list = value,
            Some((index, names)) => {
                let items = list.as_array_mut().map_or(&mut [][..], Vec::as_mut_slice);
                let there = items.len();
                let item =
                    items.get_mut(*index).ok_or_else(|| missing(flag, name, *index, there))?;
                put(item, names, value);
            }
        }
        let before = origins(made, name);
        let origin = |place: &str| match is_within(place, flag.path()) {
            true => flag.origin(),
            false => nearest(&before, place).unwrap_or_else(|| flag.origin()),
        };
        let mut walk = Walk { scope: made.scope, origin: &origin, found: Vec::new() };
        walk.key(&At::path(name), reach.key, list.clone())?;
        Ok(walk.found)
    }
}

fn missing(flag: &Flag, name: &str, index: usize, there: usize) -> LoadError {
    let why = match there {
        0 => format!("is not there: there is no {name}"),
        1 => format!("is not there: the only one is {name}[0]"),
        _ => format!("is not there: the last is {name}[{}]", there - 1),
    };
    Fault::Unsound { key: format!("{name}[{index}]"), why }.at(flag.origin())
}

/// Puts a value there; what stands in the way gives way.
fn put(mut here: &mut Value, names: &[&str], value: Value) {
    for name in names {
        if !here.is_table() {
            *here = Value::Table(Table::new());
        }
        let Value::Table(table) = here else { return };
        here = table.entry(*name).or_insert_with(|| Value::Table(Table::new()));
    }
    *here = value;
}

/// Who wrote what in a list, by its place.
fn origins(made: &Made, list: &str) -> BTreeMap<String, Origin> {
    let inside = made.all().filter(|made| is_within(&made.path, list));
    inside.map(|made| (made.place.clone(), made.origin.clone())).collect()
}

fn nearest(origins: &BTreeMap<String, Origin>, mut place: &str) -> Option<Origin> {
    loop {
        if let Some(origin) = origins.get(place) {
            return Some(origin.clone());
        }
        place = &place[..place.rfind(['.', '['])?];
    }
}

/// Whether a path is another, or leads below it.
fn is_within(path: &str, above: &str) -> bool {
    let below = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
    path.strip_prefix(above).is_some_and(below)
}
