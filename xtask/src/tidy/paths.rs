//! The paths that a file names, with the branches of `use a::{b, c::d}` written out.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// `a::b::c` and where it stands. A glob ends in `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Its parts, without a leading `::`.
    pub segments: Vec<String>,
    /// Where its last part stands.
    pub line: usize,
}

impl Path {
    /// Whether `pattern` occurs somewhere in this path. `net::Tcp*` matches every name that begins
    /// so; a glob of std matches whatever it may bring in.
    pub fn contains(&self, pattern: &str) -> bool {
        let pattern: Vec<&str> = pattern.split("::").collect();
        (0..self.segments.len()).any(|start| self.matches_at(start, &pattern))
    }

    fn matches_at(&self, start: usize, pattern: &[&str]) -> bool {
        let segments = &self.segments[start..];
        let is_glob = self.segments[0] == "std" && segments.last().is_some_and(|last| last == "*");
        let fixed = if is_glob { segments.len() - 1 } else { pattern.len() };
        let is_long_enough = segments.len() >= fixed && fixed > 0;
        is_long_enough && segments.iter().zip(pattern).take(fixed).all(|(a, b)| is_like(a, b))
    }
}

fn is_like(segment: &str, pattern: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => segment.starts_with(start),
        None => segment == pattern,
    }
}

/// All paths, those in the arguments of macros included, in the order of the text.
pub fn paths(tokens: &TokenStream) -> Vec<Path> {
    let mut found = Vec::new();
    Walk::new(&[], &mut found).stream(tokens.clone());
    found
}

struct Walk<'a> {
    /// What stands before the braces that we are in.
    prefix: &'a [String],
    segments: Vec<String>,
    line: usize,
    colons: usize,
    /// Whether the last word was `as`.
    renames: bool,
    found: &'a mut Vec<Path>,
}

impl<'a> Walk<'a> {
    fn new(prefix: &'a [String], found: &'a mut Vec<Path>) -> Walk<'a> {
        Walk { prefix, segments: Vec::new(), line: 0, colons: 0, renames: false, found }
    }

    fn stream(mut self, tokens: TokenStream) {
        for token in tokens {
            self.token(&token);
        }
        self.end();
    }

    fn token(&mut self, token: &TokenTree) {
        match token {
            TokenTree::Ident(name) => self.name(&name.to_string(), token),
            TokenTree::Punct(punct) if punct.as_char() == ':' => self.colons += 1,
            TokenTree::Punct(punct) if punct.as_char() == '*' && self.is_open() => {
                self.name("*", token);
            }
            TokenTree::Group(group) => self.group(group),
            _ => self.end(),
        }
    }

    /// Whether the path goes on: it ends in `::`.
    fn is_open(&self) -> bool {
        self.colons == 2 && !self.segments.is_empty()
    }

    fn name(&mut self, name: &str, token: &TokenTree) {
        if !self.is_open() {
            self.end();
            // The new name in `use a::{b as c}` is no branch.
            let is_new_name = std::mem::replace(&mut self.renames, name == "as");
            if self.renames || (is_new_name && !self.prefix.is_empty()) {
                return;
            }
            self.segments = self.prefix.to_vec();
        }
        self.go_on(name, token.span().start().line);
    }

    fn go_on(&mut self, name: &str, line: usize) {
        self.colons = 0;
        self.line = line;
        // `use a::{self}` names `a`.
        if name != "self" || self.segments.is_empty() {
            self.segments.push(name.trim_start_matches("r#").into());
        }
    }

    fn group(&mut self, group: &Group) {
        let is_branches = self.is_open() && group.delimiter() == Delimiter::Brace;
        if !is_branches {
            self.end();
        }
        let prefix = std::mem::take(&mut self.segments);
        self.colons = 0;
        Walk::new(&prefix, self.found).stream(group.stream());
    }

    fn end(&mut self) {
        let segments = std::mem::take(&mut self.segments);
        if !segments.is_empty() {
            self.found.push(Path { segments, line: self.line });
        }
        self.colons = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long_paths(text: &str) -> Vec<String> {
        let paths = paths(&text.parse().unwrap()).into_iter();
        paths.map(|path| path.segments.join("::")).filter(|path| path.contains("::")).collect()
    }

    #[test]
    fn branches_are_written_out() {
        let text = "use std::{time::{self, Instant}, fs as files, net::*};";
        let expected = ["std::time", "std::time::Instant", "std::fs", "std::net::*"];
        assert_eq!(long_paths(text), expected);
    }

    #[test]
    fn expressions_types_and_macros() {
        let text = "fn f(a: ::std::fs::File) -> Vec::<b::C> { x!(d::e(), [g::h]); i::j as k::L }";
        assert_eq!(long_paths(text), ["std::fs::File", "b::C", "d::e", "g::h", "i::j", "k::L"]);
    }

    #[test]
    fn what_stands_before_braces_elsewhere_is_no_prefix() {
        assert_eq!(
            long_paths("mod a { use b::c; } match d::E { F { g } => h::i }"),
            ["b::c", "d::E", "h::i"]
        );
        assert_eq!(long_paths("struct A { b: c::D, e: f::G }"), ["c::D", "f::G"]);
    }

    #[test]
    fn lines() {
        let paths = paths(&"use a::{\n    b,\n    c::d,\n};".parse().unwrap());
        let lines: Vec<usize> = paths.iter().map(|path| path.line).collect();
        assert_eq!(lines, [1, 2, 3]);
    }

    #[test]
    fn patterns() {
        let contains = |path: &str, pattern: &str| {
            let segments = path.split("::").map(String::from).collect();
            Path { segments, line: 1 }.contains(pattern)
        };
        assert!(contains("std::time::Instant::now", "Instant::now"));
        assert!(contains("std::net::TcpStream::connect", "net::Tcp*"));
        assert!(contains("std::time::*", "time::Instant"));
        assert!(contains("std::*", "std::fs"));
        assert!(!contains("alloc::collections::*", "collections::HashMap"));
        assert!(!contains("hashbrown::HashMap", "collections::HashMap"));
        assert!(!contains("Instant", "Instant::now"));
        assert!(!contains("std::sync::*", "std::fs"));
    }
}
