//! The layer of a file.

use crate::assignment::Walk;
use crate::error::{Fault, LoadError, Origin};
use crate::known::NODE;
use crate::layers::Layers;
use crate::nearest::hint;
use crate::shown;
use rumormill_node::Config;
use rumormill_protocols::parts::settings::size_text;
use std::fs::File;
use std::io::{Read, stdin};
use std::path::Path;
use std::string::FromUtf8Error;
use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

/// The largest file that is read, in bytes.
pub const FILE_BYTES_MAX: usize = 1 << 20;

/// What stands beside `[node]` in a scenario of the simulator, and is no node's.
const OF_SCENARIOS: [&str; 5] = ["name", "seed", "network", "workload", "fault"];

/// What a file is called in messages: `-` is stdin.
fn name_of(file: &Path) -> String {
    if is_stdin(file) { "stdin".into() } else { file.display().to_string() }
}

fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}

/// Reads a file's text; `-` is stdin.
fn read(file: &Path) -> Result<String, LoadError> {
    let whole = || Origin::File { name: shown::name(&name_of(file)), line: None };
    let mut bytes = Vec::new();
    let room = FILE_BYTES_MAX as u64 + 1;
    let read = match is_stdin(file) {
        true => stdin().lock().take(room).read_to_end(&mut bytes),
        false => File::open(file).and_then(|file| file.take(room).read_to_end(&mut bytes)),
    };
    read.map_err(|error| Fault::Unreadable(error).at(whole()))?;
    if bytes.len() > FILE_BYTES_MAX {
        return Err(too_large().at(whole()));
    }
    let not_text = |error: FromUtf8Error| Fault::NotText(error.utf8_error().valid_up_to() + 1);
    String::from_utf8(bytes).map_err(|error| not_text(error).at(whole()))
}

fn too_large() -> Fault {
    Fault::TooLarge(size_text(FILE_BYTES_MAX as u64).trim_matches('"').into())
}

impl Layers {
    /// Reads a file and adds it; `-` is stdin.
    pub fn read(self, file: &Path) -> Result<Layers, LoadError> {
        self.file(&name_of(file), &read(file)?)
    }

    /// Adds a file, read already, of that name. Its `[node]` table counts; what else a scenario has is
    /// not looked at.
    pub fn file(self, name: &str, text: &str) -> Result<Layers, LoadError> {
        let name = shown::name(name);
        let whole = Origin::File { name: name.clone(), line: None };
        if text.len() > FILE_BYTES_MAX {
            return Err(too_large().at(whole));
        }
        let lines = Lines::parse(&name, text)?;
        let table: Table = toml::from_str(text).map_err(|error| lines.too_far(&error))?;
        let origin = |path: &str| lines.origin(path);
        let mut walk = Walk { origin: &origin, found: Vec::new() };
        for (key, value) in table {
            match (key.as_str(), value) {
                (NODE, Value::Table(node)) => walk.table(NODE, Config::KEYS, node)?,
                (NODE, value) => {
                    let value = shown::value(&value);
                    return Err(Fault::NoTable { key, value }.at(lines.origin(NODE)));
                }
                (key, _) if OF_SCENARIOS.contains(&key) => {}
                (key, _) => return Err(unknown(key, &lines)),
            }
        }
        self.add(whole, walk.found)
    }
}

fn unknown(key: &str, lines: &Lines<'_>) -> LoadError {
    let names: Vec<&str> = [NODE].into_iter().chain(OF_SCENARIOS).collect();
    let hint = hint(key, &names);
    Fault::Unknown { key: shown::name(key), hint }.at(lines.origin(key))
}

/// Which line a path stands in.
struct Lines<'a> {
    name: &'a str,
    text: &'a str,
    table: DeTable<'a>,
}

impl<'a> Lines<'a> {
    fn parse(name: &'a str, text: &'a str) -> Result<Lines<'a>, LoadError> {
        let mut lines = Lines { name, text, table: DeTable::new() };
        match DeTable::parse(text) {
            Ok(table) => lines.table = table.into_inner(),
            Err(error) => return Err(lines.syntax(&error)),
        }
        Ok(lines)
    }

    fn syntax(&self, error: &toml::de::Error) -> LoadError {
        self.no_toml(error, &error.message().replace('\n', ", "))
    }

    /// What can be parsed, but has no value.
    fn too_far(&self, error: &toml::de::Error) -> LoadError {
        self.no_toml(error, "a number is out of its range")
    }

    fn no_toml(&self, error: &toml::de::Error, why: &str) -> LoadError {
        let line = error.span().map(|span| self.line_at(span.start));
        Fault::Syntax(shown::name(why)).at(Origin::File { name: self.name.into(), line })
    }

    fn line_at(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }

    /// Where the last name of the path stands that the file has.
    fn origin(&self, path: &str) -> Origin {
        let mut line = None;
        let mut rest = path;
        let mut table = Some(&self.table);
        while let Some(here) = table.take()
            && let Some((key, value)) = here.iter().find(|(key, _)| begins(rest, key.get_ref()))
        {
            line = Some(self.line_at(key.span().start));
            rest = rest[key.get_ref().len()..].trim_start_matches('.');
            if let DeValue::Table(below) = value.get_ref()
                && !rest.is_empty()
            {
                table = Some(below);
            }
        }
        Origin::File { name: self.name.into(), line }
    }
}

/// Whether a path begins with that name.
fn begins(path: &str, name: &str) -> bool {
    path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
