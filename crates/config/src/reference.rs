//! Every setting, with what is known of it and what it is set to.

use crate::known::Known;
use crate::layers::Layers;
use crate::scope::{NODE, Scope};
use rumormill_protocols::parts::settings::{Choice, Nested};
use serde::Serialize;
use std::fmt::Write;

/// A setting, as a document.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The path to it.
    pub key: String,
    /// What it is for.
    pub doc: String,
    /// What it counts; empty if it counts nothing.
    pub unit: &'static str,
    /// What it must be.
    pub must: String,
    /// Its default as TOML; null if it has none.
    pub default: Option<String>,
    /// Its value as TOML; null if it has none.
    pub value: Option<String>,
    /// Who set it; null: nobody.
    pub set_by: Option<String>,
    /// The variable that sets it.
    pub variable: String,
    /// Whether it counts: not if it is of a protocol that is not chosen.
    pub counts: bool,
}

/// All settings.
pub fn rows(layers: &Layers) -> Vec<Row> {
    let settings = Scope::NODE.all().into_iter().filter(Known::is_setting);
    let row = |known: Known| Row {
        doc: doc(known.key.doc).join(" "),
        unit: known.key.unit,
        must: known.must(),
        default: known.default(),
        value: layers.value(&known.path),
        set_by: layers.origin(&known.path).map(ToString::to_string),
        variable: known.variable(),
        counts: layers.is_chosen(&known.path),
        key: known.path,
    };
    settings.map(row).collect()
}

/// All settings as a file that says the same as these layers: what has its default is commented out.
pub fn toml(layers: &Layers) -> String {
    let mut out = String::from(
        "# Every setting of a node. What is commented out is the default, or not set.\n\
         # A flag overrides a variable (such as RUMORMILL_NODE__BROADCAST__FLOOD__TTL), which overrides\n\
         # the file. A protocol is chosen by its name, or by a table of its settings.\n",
    );
    let known = Scope::NODE.all();
    let mut tables: Vec<String> = vec![NODE.into()];
    for known in &known {
        match known.key.nested {
            Nested::Table(_) => tables.push(known.path.clone()),
            Nested::OneOf(choices) => {
                let path = |choice: &Choice| format!("{}.{}", known.path, choice.name);
                tables.extend(choices.all.iter().map(path));
            }
            _ => {}
        }
    }
    for path in tables {
        table(&mut out, layers, &known, &path);
    }
    out
}

/// One table: its header, and what stands in it itself.
fn table(out: &mut String, layers: &Layers, known: &[Known], path: &str) {
    let is_in =
        |known: &&Known| known.path.rsplit_once('.').is_some_and(|(above, _)| above == path);
    let inside: Vec<&Known> = known.iter().filter(is_in).collect();
    if inside.is_empty() {
        return;
    }
    let off = if layers.is_chosen(&format!("{path}.")) { "" } else { "# " };
    out.push('\n');
    for line in about(known, path) {
        let _ = writeln!(out, "# {line}");
    }
    let _ = writeln!(out, "{off}[{path}]");
    for known in inside {
        setting(out, layers, known, off);
    }
}

/// What a table is for.
fn about(known: &[Known], path: &str) -> Vec<String> {
    if let Some(known) = known.iter().find(|known| known.path == path) {
        return doc(known.key.doc);
    }
    let above = path.rsplit_once('.').and_then(|(plane, name)| {
        let plane = known.iter().find(|known| known.path == plane)?;
        let Nested::OneOf(choices) = plane.key.nested else { return None };
        let choice = choices.named(name)?;
        Some(
            [doc(plane.key.doc), [format!("`{name}`:")].into(), doc(choice.doc)].concat().join(" "),
        )
    });
    above.into_iter().collect()
}

fn setting(out: &mut String, layers: &Layers, known: &Known, off: &str) {
    let (path, name) = (&known.path, known.key.name);
    match known.key.nested {
        Nested::Value | Nested::Text => {}
        Nested::OneOf(choices) => return plane(out, layers, known, choices.all, off),
        _ => return,
    }
    out.push('\n');
    for line in doc(known.key.doc) {
        let _ = writeln!(out, "# {line}");
    }
    let unit = if known.key.unit.is_empty() { "" } else { &format!(" Unit: {}.", known.key.unit) };
    let _ = writeln!(out, "# Must be {}.{unit}", known.must());
    if let Some(default) = known.default().filter(|_| layers.origin(path).is_some()) {
        let _ = writeln!(out, "# Default: {default}");
    }
    origin(out, layers, path);
    let off = if layers.origin(path).is_some() { off } else { "# " };
    let _ = match layers.value(path) {
        Some(value) => writeln!(out, "{off}{name} = {value}"),
        None => writeln!(out, "# {name} = (not set)"),
    };
}

/// Which protocol is chosen: one with settings by its table, which stands below.
fn plane(out: &mut String, layers: &Layers, known: &Known, choices: &[Choice], off: &str) {
    let (path, name, chosen) = (&known.path, known.key.name, layers.chosen(&known.path));
    let has_table = choices.iter().any(|one| one.name == chosen && !one.keys.is_empty());
    let _ = writeln!(out, "\n# {}", doc(known.key.doc).join(" "));
    let _ = writeln!(out, "# Must be {}.", known.must());
    origin(out, layers, path);
    let _ = match has_table {
        true => writeln!(out, "# Chosen by the table [{path}.{chosen}] below."),
        false => writeln!(out, "{off}{name} = \"{chosen}\""),
    };
}

/// Who set it.
fn origin(out: &mut String, layers: &Layers, path: &str) {
    if let Some(origin) = layers.origin(path) {
        let _ = writeln!(out, "# Set by {origin}.");
    }
}

/// A doc comment's lines without the space before each.
fn doc(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| line.trim().to_owned()).collect()
}
