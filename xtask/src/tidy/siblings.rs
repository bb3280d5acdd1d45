//! One protocol never imports its sibling: what two need lives in `parts/`.

use super::finding::Finding;
use super::paths::{Path, paths};
use super::source::Source;
use super::tree::Tree;
use std::collections::BTreeSet;

const RULE: &str = "siblings";
const FOLDER: &str = "crates/protocols/src/";
const PLANES: [&str; 3] = ["broadcast", "discovery", "state"];

/// What a path may begin with before it comes to a plane or a protocol.
const WAYS_UP: [&str; 4] = ["crate", "self", "super", "rumormill_protocols"];

/// A folder of a plane: (plane, name).
type Protocol<'a> = (&'a str, &'a str);

/// Looks at every file of every protocol, its tests included, and at `parts/`.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let protocols: BTreeSet<Protocol<'_>> =
        tree.under(FOLDER).filter_map(|source| folder(&source.path)).collect();
    tree.under(FOLDER).flat_map(|source| findings(source, &protocols)).collect()
}

fn findings(source: &Source, protocols: &BTreeSet<Protocol<'_>>) -> Vec<Finding> {
    let home = home(&source.path).filter(|home| protocols.contains(home));
    if home.is_none() && !source.path.starts_with("crates/protocols/src/parts/") {
        return Vec::new();
    }
    let paths = paths(&source.tokens).into_iter();
    let foreign = paths.filter(|path| names_another(path, home, protocols));
    foreign.map(|path| finding(source, &path)).collect()
}

fn finding(source: &Source, path: &Path) -> Finding {
    let path_text = path.segments.join("::");
    let advice = format!("`{path_text}` reaches into a sibling: move what both need to `parts/`");
    Finding::new(&source.path, path.line, RULE, advice)
}

/// The protocol whose folder holds a file.
fn folder(path: &str) -> Option<Protocol<'_>> {
    let (plane, rest) = path.strip_prefix(FOLDER)?.split_once('/')?;
    let (name, _) = rest.split_once('/')?;
    PLANES.contains(&plane).then_some((plane, name))
}

/// The same, if there is such a folder, for `flood.rs` beside `flood/` too.
fn home(path: &str) -> Option<Protocol<'_>> {
    let (plane, rest) = path.strip_prefix(FOLDER)?.split_once('/')?;
    let name = rest.split('/').next()?;
    Some((plane, name.trim_end_matches(".rs")))
}

/// Whether a path leads to a protocol other than `home`, or takes in a whole plane.
///
/// It does not count how many modules each `super` climbs: a protocol has no reason to give a
/// module of its own a sibling's name.
fn names_another(
    path: &Path,
    home: Option<Protocol<'_>>,
    protocols: &BTreeSet<Protocol<'_>>,
) -> bool {
    let segments: Vec<&str> = path.segments.iter().map(String::as_str).collect();
    let climbed = segments.iter().take_while(|segment| WAYS_UP.contains(segment)).count();
    match segments[climbed..] {
        [plane, "*", ..] => PLANES.contains(&plane),
        [plane, name, ..] if PLANES.contains(&plane) => is_another((plane, name), home, protocols),
        [name, ..] if climbed > 0 => {
            PLANES.iter().any(|plane| is_another((plane, name), home, protocols))
                && home.is_none_or(|(_, own)| own != name)
        }
        _ => false,
    }
}

fn is_another(
    protocol: Protocol<'_>,
    home: Option<Protocol<'_>>,
    protocols: &BTreeSet<Protocol<'_>>,
) -> bool {
    protocols.contains(&protocol) && home != Some(protocol)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOOD: &str = "crates/protocols/src/broadcast/flood/mod.rs";

    fn found(path: &str, text: &str) -> usize {
        let tree = Tree::of(&[
            (path, text),
            ("crates/protocols/src/broadcast/flood/config.rs", ""),
            ("crates/protocols/src/broadcast/plumtree/mod.rs", ""),
            ("crates/protocols/src/discovery/roster/mod.rs", ""),
            ("crates/protocols/src/state/registers/mod.rs", ""),
        ]);
        check(&tree).len()
    }

    #[test]
    fn siblings_are_refused_however_they_are_named() {
        let refused = [
            "use crate::broadcast::plumtree::Plumtree;",
            "use crate::{broadcast::{self, plumtree}, parts};",
            "use crate::state::registers;",
            "use super::plumtree::Config;",
            "use super::super::plumtree::Config;",
            "use crate::broadcast::*;",
            "use crate::broadcast; fn f() { broadcast::plumtree::new(); }",
            "fn f() { vec![crate::discovery::roster::new()]; }",
            "#[cfg(test)] mod tests { use crate::discovery::roster::Roster; }",
        ];
        for text in refused {
            assert_eq!(found(FLOOD, text), 1, "{text}");
        }
    }

    #[test]
    fn parts_the_plane_and_oneself_are_allowed() {
        let allowed = "use crate::parts::table::Table; use crate::broadcast::{Command, flood};
            use super::Event; use super::*; use crate::broadcast; mod plumtree_like {}";
        assert_eq!(found(FLOOD, allowed), 0);
    }

    #[test]
    fn the_plane_may_name_its_protocols_and_parts_may_not() {
        let text = "use crate::broadcast::plumtree::Plumtree;";
        assert_eq!(found("crates/protocols/src/broadcast/mod.rs", text), 0);
        assert_eq!(found("crates/protocols/src/lib.rs", text), 0);
        assert_eq!(found("crates/protocols/src/parts/table.rs", text), 1);
        assert_eq!(found("crates/protocols/src/broadcast/flood.rs", text), 1);
    }
}
