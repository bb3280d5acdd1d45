//! How long functions are.

use super::source::Source;
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use std::collections::BTreeSet;

/// A function with a body.
#[derive(Debug, PartialEq)]
pub struct Function {
    /// Without its path.
    pub name: String,
    /// Where its `fn` stands.
    pub line: usize,
    /// Lines between its braces that are not blank and not only a comment.
    pub length: usize,
    /// Whether only tests compile it.
    pub is_test: bool,
}

/// All functions of a file, nested ones and those in the arguments of macros included.
pub fn functions(source: &Source) -> Vec<Function> {
    let mut found = Vec::new();
    let lines: Vec<&str> = source.text.lines().collect();
    find(source.tokens.clone(), &mut |name, line, body| {
        let length = code_lines(body, &lines);
        found.push(Function { name, line, length, is_test: source.is_test(line) });
    });
    found
}

fn find(tokens: TokenStream, visit: &mut impl FnMut(String, usize, &Group)) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        if let Some((name, body)) = function(&tokens[index..]) {
            visit(name, token.span().start().line, body);
        }
        if let TokenTree::Group(group) = token {
            find(group.stream(), visit);
        }
    }
}

/// The name and body of the function that begins here. `fn(…)` is a type and has no name.
fn function(tokens: &[TokenTree]) -> Option<(String, &Group)> {
    let [TokenTree::Ident(keyword), TokenTree::Ident(name), rest @ ..] = tokens else {
        return None;
    };
    let body = rest.iter().find(|token| is_body(token) || is_end(token))?;
    match body {
        TokenTree::Group(body) if keyword == "fn" => Some((name.to_string(), body)),
        _ => None,
    }
}

fn is_body(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

fn is_end(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';')
}

fn code_lines(body: &Group, lines: &[&str]) -> usize {
    let (open, close) = (body.span_open().start().line, body.span_close().start().line);
    let mut covered = BTreeSet::new();
    cover(body.stream(), lines, &mut covered);
    covered.into_iter().filter(|line| open < *line && *line < close).count()
}

/// Collects the lines that hold tokens, a text over several lines with all of them.
fn cover(tokens: TokenStream, lines: &[&str], covered: &mut BTreeSet<usize>) {
    for token in tokens.into_iter().filter(|token| !is_comment(token.span(), lines)) {
        match token {
            TokenTree::Group(group) => {
                covered.insert(group.span_open().start().line);
                covered.insert(group.span_close().end().line);
                cover(group.stream(), lines, covered);
            }
            leaf => covered.extend(leaf.span().start().line..=leaf.span().end().line),
        }
    }
}

/// A comment for the docs is an attribute to the parser, but its place in the text tells.
fn is_comment(span: Span, lines: &[&str]) -> bool {
    let start = span.start();
    let rest: String = lines[start.line - 1].chars().skip(start.column).take(2).collect();
    rest == "//" || rest == "/*"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(text: &str) -> Vec<(String, usize)> {
        let source = Source::parse("crates/core/src/lib.rs", text).unwrap();
        let functions = functions(&source).into_iter();
        functions.map(|function| (function.name, function.length)).collect()
    }

    fn length(body: &str) -> usize {
        lengths(&format!("fn f() {{{body}}}"))[0].1
    }

    #[test]
    fn blank_lines_and_comments_do_not_count() {
        assert_eq!(length(" one() "), 0);
        assert_eq!(length("\n    one();\n\n    // why\n    two(); // as well\n"), 2);
        assert_eq!(length("\n    /* a\n       b */\n    one();\n"), 1);
        assert_eq!(length("\n    /// docs\n    struct A;\n"), 1);
    }

    #[test]
    fn texts_and_lone_braces_count() {
        assert_eq!(length("\n    one(\n        \"a\n// b\n\",\n    );\n"), 5);
        assert_eq!(length("\n    if a {\n        b()\n    }\n"), 3);
    }

    #[test]
    fn methods_nested_functions_and_macros() {
        let text = "trait T {\n    fn a();\n    fn b() {\n        1;\n    }\n}
            impl X { fn c<F: Fn() -> u8>(f: fn(u8)) -> u8 where F: Copy {\n fn d() {\n 2;\n }\n } }
            check! { #[test] fn e(x in any()) {\n 1;\n 2;\n } }";
        let expected = [("b", 1), ("c", 3), ("d", 1), ("e", 2)];
        assert_eq!(lengths(text), expected.map(|(name, length)| (name.to_string(), length)));
    }
}
