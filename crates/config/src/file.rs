//! The layer of a file.

use crate::assignment::{At, Walk};
use crate::error::{Fault, LoadError, Origin};
use crate::layers::Layers;
use crate::lines::Lines;
use crate::nearest::hint;
use crate::scope::{NODE, Scope};
use crate::shown;
use rumormill_node::Config;
use rumormill_protocols::parts::settings::size_text;
use std::fs::File;
use std::io::{Read, stdin};
use std::path::Path;
use std::string::FromUtf8Error;
use toml::{Table, Value};

/// The largest file that is read, in bytes.
pub const FILE_BYTES_MAX: usize = 1 << 20;

/// What stands beside `[node]` in a scenario of the simulator, and is no node's.
pub(crate) const OF_SCENARIOS: [&str; 7] =
    ["name", "seed", "drain", "network", "workload", "fault", "check"];

/// What a file is called in messages: `-` is stdin.
pub fn name_of(file: &Path) -> String {
    if is_stdin(file) { "stdin".into() } else { file.display().to_string() }
}

fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}

/// Reads a file's text, which is not larger than [`FILE_BYTES_MAX`]; `-` is stdin.
pub fn read_text(file: &Path) -> Result<String, LoadError> {
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
        self.file(&name_of(file), &read_text(file)?)
    }

    /// Adds a file, read already, of that name. Its `[node]` table counts; what else a scenario has is
    /// not looked at.
    pub fn file(self, name: &str, text: &str) -> Result<Layers, LoadError> {
        let parsed = Parsed::of(name, text)?;
        let (lines, table) = (&parsed.lines, parsed.table);
        let origin = |path: &str| lines.origin(path);
        let mut walk = Walk { scope: Scope::NODE, origin: &origin, found: Vec::new() };
        for (key, value) in table {
            match (key.as_str(), value) {
                (NODE, Value::Table(node)) => walk.table(&At::path(NODE), Config::KEYS, node)?,
                (NODE, value) => {
                    let value = shown::value(&value);
                    return Err(Fault::NoTable { key, value }.at(lines.origin(NODE)));
                }
                (key, _) if OF_SCENARIOS.contains(&key) => {}
                (key, _) => return Err(unknown(key, lines)),
            }
        }
        self.add(lines.whole(), walk.found)
    }
}

fn unknown(key: &str, lines: &Lines<'_>) -> LoadError {
    let names: Vec<&str> = [NODE].into_iter().chain(OF_SCENARIOS).collect();
    let hint = hint(key, &names, Scope::NODE);
    Fault::Unknown { key: shown::name(key), hint }.at(lines.origin(key))
}

/// A file's table, and the lines that it stands in.
pub(crate) struct Parsed<'a> {
    /// The lines.
    pub lines: Lines<'a>,
    /// The table.
    pub table: Table,
}

impl<'a> Parsed<'a> {
    /// A file of that name.
    pub fn of(name: &str, text: &'a str) -> Result<Parsed<'a>, LoadError> {
        let name = shown::name(name);
        if text.len() > FILE_BYTES_MAX {
            return Err(too_large().at(Origin::File { name, line: None }));
        }
        let lines = Lines::parse(name, text)?;
        let table: Table = toml::from_str(text).map_err(|error| lines.too_far(&error))?;
        Ok(Parsed { lines, table })
    }
}
