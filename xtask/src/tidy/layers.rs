//! Which crate may depend on which, from the `Cargo.toml`s.
//!
//! `core ← protocols ← {wire, node} ← {sim, net} ← {rumormill, cli}`, and `config` above `node` and below
//! `sim`, whose scenarios it loads; `sim` and `net` never meet below the command line. What tests depend on is free.

use super::finding::Finding;
use super::tree::{File, Tree};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

const RULE: &str = "layers";

const OWN_CRATES: [&str; 9] = [
    "rumormill-core",
    "rumormill-protocols",
    "rumormill-wire",
    "rumormill-node",
    "rumormill-config",
    "rumormill-sim",
    "rumormill-net",
    "rumormill",
    "rumormill-cli",
];

/// What brings threads, sockets or a clock.
const RUNTIMES: [&str; 7] =
    ["tokio", "tokio-util", "mio", "hyper", "hyper-util", "axum", "async-std"];

/// The crates that those are kept out of: what both `sim` and `net` drive.
const PURE: [&str; 4] =
    ["rumormill-core", "rumormill-protocols", "rumormill-wire", "rumormill-node"];

/// What a crate of ours may use of the others; nothing if it has no place in the house.
fn allowed(package: &str) -> Option<&'static [&'static str]> {
    Some(match package {
        "rumormill-core" => &[],
        "rumormill-protocols" => &["rumormill-core"],
        "rumormill-wire" | "rumormill-node" => &["rumormill-core", "rumormill-protocols"],
        "rumormill-config" => &["rumormill-core", "rumormill-protocols", "rumormill-node"],
        "rumormill-sim" => &[
            "rumormill-core",
            "rumormill-protocols",
            "rumormill-wire",
            "rumormill-node",
            "rumormill-config",
        ],
        "rumormill-net" => &PURE,
        "rumormill" => &[
            "rumormill-core",
            "rumormill-protocols",
            "rumormill-wire",
            "rumormill-node",
            "rumormill-net",
        ],
        "rumormill-cli" => &OWN_CRATES,
        _ => return None,
    })
}

/// Looks at `crates/*/Cargo.toml`.
pub fn check(tree: &Tree) -> Vec<Finding> {
    tree.files.iter().filter(|file| is_manifest(&file.path)).flat_map(check_manifest).collect()
}

fn is_manifest(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(parts[..], ["crates", _, "Cargo.toml"])
}

fn check_manifest(file: &File) -> Vec<Finding> {
    let finding = |line, advice: String| Finding::new(&file.path, line, RULE, advice);
    let manifest = match DeTable::parse(&file.text) {
        Ok(manifest) => manifest.into_inner(),
        Err(error) => return vec![finding(1, format!("this is no TOML: {}", error.message()))],
    };
    let Some(package) = package_name(&manifest) else {
        return vec![finding(1, "give the package a name".into())];
    };
    let Some(allowed) = allowed(package) else {
        let advice = format!("give `{package}` its place in xtask/src/tidy/layers.rs");
        return vec![finding(1, advice)];
    };
    let refused = dependencies(&manifest).into_iter().filter_map(|used| {
        let advice = refusal(package, allowed, used.package)?;
        Some(finding(line_at(&file.text, used.offset), advice))
    });
    refused.collect()
}

fn refusal(package: &str, allowed: &[&str], used: &str) -> Option<String> {
    if OWN_CRATES.contains(&used) && !allowed.contains(&used) {
        return Some(format!("`{package}` is no layer above `{used}`: don't depend on it"));
    }
    let is_impure = PURE.contains(&package) && RUNTIMES.contains(&used);
    is_impure.then(|| format!("`{used}` does I/O: keep it out of `{package}`, use it in `net`"))
}

/// A dependency and where its name stands.
struct Used<'a> {
    package: &'a str,
    offset: usize,
}

fn package_name<'a>(manifest: &'a DeTable<'a>) -> Option<&'a str> {
    table(manifest, "package")?.get("name")?.get_ref().as_str()
}

/// Everything that the crate itself is built with: for all targets or one, and for its build script.
fn dependencies<'a>(manifest: &'a DeTable<'a>) -> Vec<Used<'a>> {
    let targets = table(manifest, "target").into_iter().flat_map(|targets| targets.values());
    let owners = targets.filter_map(|target| target.get_ref().as_table()).chain([manifest]);
    let tables = owners.flat_map(|owner| {
        ["dependencies", "build-dependencies"].into_iter().filter_map(|name| table(owner, name))
    });
    tables.flat_map(|table| table.iter().map(|(key, value)| used(key, value))).collect()
}

fn used<'a>(key: &'a Spanned<DeString<'_>>, value: &'a Spanned<DeValue<'_>>) -> Used<'a> {
    let renamed = value.get_ref().as_table().and_then(|table| table.get("package"));
    let package = renamed.and_then(|name| name.get_ref().as_str()).unwrap_or(key.get_ref());
    Used { package, offset: key.span().start }
}

fn table<'a>(owner: &'a DeTable<'a>, name: &str) -> Option<&'a DeTable<'a>> {
    owner.get(name)?.get_ref().as_table()
}

fn line_at(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(package: &str, rest: &str) -> Vec<usize> {
        let text = format!("[package]\nname = \"{package}\"\n{rest}");
        let findings = check(&Tree::of(&[("crates/some/Cargo.toml", &text)]));
        findings.into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_layer_may_not_use_one_above_or_beside_it() {
        let depends_on = |used: &str| format!("[dependencies]\n{used}.workspace = true\n");
        assert_eq!(lines("rumormill-core", &depends_on("rumormill-protocols")), [4]);
        assert_eq!(lines("rumormill-node", &depends_on("rumormill-wire")), [4]);
        assert_eq!(lines("rumormill-sim", &depends_on("rumormill-net")), [4]);
        assert_eq!(lines("rumormill", &depends_on("rumormill-sim")), [4]);
        assert_eq!(lines("rumormill-net", &depends_on("rumormill-wire")), []);
        assert_eq!(lines("rumormill-cli", &depends_on("rumormill-sim")), []);
        assert_eq!(lines("rumormill-sim", &depends_on("rumormill-config")), []);
        assert_eq!(lines("rumormill-net", &depends_on("rumormill-config")), [4]);
    }

    #[test]
    fn runtimes_stay_out_of_the_pure_crates() {
        let text = "[dependencies]\nserde = \"1\"\ntokio = { version = \"1\" }\n";
        assert_eq!(lines("rumormill-wire", text), [5]);
        assert_eq!(lines("rumormill-net", text), []);
    }

    #[test]
    fn every_way_to_write_a_dependency_is_seen() {
        assert_eq!(lines("rumormill-core", "[dependencies.tokio]\nversion = \"1\"\n"), [3]);
        assert_eq!(lines("rumormill-core", "[dependencies]\nx = { package = \"tokio\" }\n"), [4]);
        assert_eq!(lines("rumormill-core", "[build-dependencies]\ntokio = \"1\"\n"), [4]);
        assert_eq!(
            lines("rumormill-core", "[target.'cfg(unix)'.dependencies]\nmio = \"1\"\n"),
            [4]
        );
    }

    #[test]
    fn tests_may_use_anything() {
        assert_eq!(lines("rumormill-core", "[dev-dependencies]\ntokio = \"1\"\n"), []);
    }

    #[test]
    fn a_crate_without_a_place_or_a_broken_manifest_is_a_finding() {
        assert_eq!(lines("rumormill-new", ""), [1]);
        assert_eq!(lines("rumormill-core", "[dependencies\n"), [1]);
        assert_eq!(check(&Tree::of(&[("crates/some/Cargo.toml", "")])).len(), 1);
        assert_eq!(check(&Tree::of(&[("interop/x/Cargo.toml", "")])).len(), 0);
    }
}
