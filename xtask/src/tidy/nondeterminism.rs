//! A run must replay: no clock, hash order, random source, thread, socket or file in what the
//! simulator runs.

use super::exemption;
use super::finding::Finding;
use super::paths::{Path, paths};
use super::source::Source;
use super::tree::Tree;

const RULE: &str = "nondeterminism";

const FOLDERS: [&str; 4] =
    ["crates/core/src/", "crates/protocols/src/", "crates/node/src/", "crates/sim/src/"];

const CLOCK: &str = "the real clock can't be replayed: use the `Time` that the driver gives";
const HASH_ORDER: &str = "std's hash order differs from run to run: use a map with our own seed, \
                          a BTreeMap or an IndexMap";
const RANDOM: &str = "a global random source can't be replayed: draw from `core::Rng`";
const THREADS: &str = "threads run in any order: leave them to the driver in `net`";
const SOCKETS: &str = "sockets belong to the driver in `net`: act through `Effects`";
const FILES: &str = "files belong to the caller: take and give text or bytes";
const TOKIO: &str = "tokio belongs to the driver in `net`: act through `Effects`";

/// What no path may contain, and what to do instead.
const FORBIDDEN: [(&str, &str); 16] = [
    ("time::Instant", CLOCK),
    ("Instant::now", CLOCK),
    ("SystemTime", CLOCK),
    ("collections::HashMap", HASH_ORDER),
    ("collections::HashSet", HASH_ORDER),
    ("RandomState", HASH_ORDER),
    ("thread_rng", RANDOM),
    ("rand::rng", RANDOM),
    ("rand::random", RANDOM),
    ("getrandom", RANDOM),
    ("OsRng", RANDOM),
    ("std::thread", THREADS),
    ("net::Tcp*", SOCKETS),
    ("net::Udp*", SOCKETS),
    ("std::fs", FILES),
    ("tokio", TOKIO),
];

/// The findings, and how many lines are exempted with a reason.
pub fn check(tree: &Tree) -> (Vec<Finding>, usize) {
    let mut all = Vec::new();
    let mut exempted = 0;
    for source in FOLDERS.iter().flat_map(|folder| tree.under(folder)) {
        let mut findings = findings(source);
        exempted += exemption::apply(source, RULE, &mut findings);
        all.append(&mut findings);
    }
    (all, exempted)
}

fn findings(source: &Source) -> Vec<Finding> {
    let paths = paths(&source.tokens).into_iter();
    let product = paths.filter(|path| !source.is_test(path.line));
    product.filter_map(|path| finding(source, &path)).collect()
}

fn finding(source: &Source, path: &Path) -> Option<Finding> {
    let (_, advice) = FORBIDDEN.iter().find(|(pattern, _)| path.contains(pattern))?;
    let advice = format!("`{}`: {advice}", path.segments.join("::"));
    Some(Finding::new(&source.path, path.line, RULE, advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        let (findings, _) = check(&Tree::of(&[(path, text)]));
        findings.into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn each_forbidden_thing_is_found() {
        let forbidden = [
            "use std::time::Instant;",
            "fn f() { Instant::now(); }",
            "fn f() -> SystemTime { SystemTime::UNIX_EPOCH }",
            "use std::{collections::{BTreeMap, HashMap}};",
            "use std::collections::HashSet as Set;",
            "use std::collections; fn f() { collections::HashMap::new(); }",
            "fn f() { rand::thread_rng(); }",
            "fn f() { rand::rng(); }",
            "use std::thread;",
            "use std::net::TcpListener;",
            "fn f() { assert!(std::net::UdpSocket::bind(a).is_ok()); }",
            "fn f() { std::fs::read(p); }",
            "use std::time::*;",
            "#[tokio::main] async fn f() {}",
        ];
        for text in forbidden {
            assert!(!lines("crates/sim/src/lib.rs", text).is_empty(), "{text}");
        }
    }

    #[test]
    fn what_replays_is_allowed() {
        let text = "use core::time::Duration;\nuse hashbrown::HashMap;\nuse std::net::SocketAddr;\n\
                    use alloc::collections::*;\n// std::time::Instant\nconst A: &str = \"std::fs\";\n";
        assert_eq!(lines("crates/core/src/lib.rs", text), []);
    }

    #[test]
    fn tests_and_other_crates_are_free() {
        assert_eq!(lines("crates/net/src/lib.rs", "use std::time::Instant;"), []);
        assert_eq!(lines("crates/sim/tests/a.rs", "use std::fs;"), []);
        let text = "#[cfg(test)]\nmod tests {\n    use std::fs;\n}\nuse std::fs;\n";
        assert_eq!(lines("crates/sim/src/lib.rs", text), [5]);
    }

    #[test]
    fn exemptions_are_counted() {
        let text = "use std::{\n    fs, // tidy: allow(nondeterminism): the report is written\n    \
                    thread,\n};\n";
        let (findings, exempted) = check(&Tree::of(&[("crates/sim/src/lib.rs", text)]));
        assert_eq!((findings.len(), findings[0].line, exempted), (1, 3, 1));
    }
}
