//! The layer of the environment: `RUMORMILL_NODE__BROADCAST__FLOOD__FANOUT=4`.

use crate::assignment::{At, Walk};
use crate::error::{Fault, LoadError, Origin};
use crate::flag::parse;
use crate::known::Known;
use crate::layers::Layers;
use crate::nearest::nearest;
use crate::scope::Scope;
use crate::shown;
use std::ffi::OsString;

const PREFIX: &str = "RUMORMILL_NODE__";

impl Layers {
    /// Adds those variables that set something of a node; the others are not looked at. A value is
    /// read as TOML, or else as a text.
    pub fn environment<N: Into<OsString>, V: Into<OsString>>(
        self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Layers, LoadError> {
        let mut ours: Vec<(String, OsString)> = variables
            .into_iter()
            .map(|(name, value)| (name.into().to_string_lossy().into_owned(), value.into()))
            .filter(|(name, _)| name.starts_with(PREFIX))
            .collect();
        // The same error whatever order they come in.
        ours.sort();
        let settings = Scope::NODE.all();
        let mut found = Vec::new();
        for (name, value) in ours {
            let origin = Origin::Variable(Some(shown::name(&name)));
            let Some(known) = settings.iter().find(|known| known.variable() == name) else {
                return Err(unknown(origin, &name, &settings));
            };
            let text = String::from_utf8(value.into_encoded_bytes()).map_err(|error| {
                Fault::NotText(error.utf8_error().valid_up_to() + 1).at(origin.clone())
            })?;
            let value = parse(known, &text);
            let origin = |_: &str| origin.clone();
            let mut walk = Walk { scope: Scope::NODE, origin: &origin, found: Vec::new() };
            walk.key(&At::path(&known.path), &known.key, value)?;
            found.append(&mut walk.found);
        }
        self.add(Origin::Variable(None), found)
    }
}

fn unknown(origin: Origin, name: &str, settings: &[Known]) -> LoadError {
    // All begin alike: that is no likeness.
    let rest = |name: &str| name.strip_prefix(PREFIX).unwrap_or_default().to_owned();
    let rests: Vec<String> = settings.iter().map(|known| rest(&known.variable())).collect();
    let hint = match nearest(&rest(name), rests.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{PREFIX}{near}`?"),
        None => "`rumormill config print --json` lists all variables".into(),
    };
    let key = rest(name).to_ascii_lowercase().replace("__", ".");
    Fault::Unknown { key: shown::name(&format!("node.{key}")), hint }.at(origin)
}
