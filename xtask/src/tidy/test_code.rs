//! Which lines of a file exist only in tests.

use std::ops::RangeInclusive;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItemFn, Item, Meta, MetaList, Token};

/// The parts of a file that only tests compile.
#[derive(Debug, Default)]
pub struct TestCode {
    /// Lines of items, from their first attribute to their end.
    pub lines: Vec<RangeInclusive<usize>>,
    /// Names of modules in files of their own.
    pub modules: Vec<String>,
}

impl TestCode {
    /// Finds the outermost items that are only for tests.
    pub fn of(file: &syn::File) -> TestCode {
        let mut found = TestCode::default();
        found.visit_file(file);
        found
    }

    /// Whether an attribute keeps its item out of every build but that of tests.
    pub fn is_for_tests(attribute: &Attribute) -> bool {
        if attribute.path().is_ident("cfg") {
            return attribute.parse_args().is_ok_and(|condition| implies_test(&condition));
        }
        // `#[test]`, `#[tokio::test]`
        attribute.path().segments.last().is_some_and(|segment| segment.ident == "test")
    }

    fn add(&mut self, item: &impl Spanned) {
        let span = item.span();
        self.lines.push(span.start().line..=span.end().line);
    }
}

impl<'ast> Visit<'ast> for TestCode {
    fn visit_item(&mut self, item: &'ast Item) {
        if !attributes(item).iter().any(TestCode::is_for_tests) {
            return visit::visit_item(self, item);
        }
        self.add(item);
        if let Item::Mod(module) = item
            && module.content.is_none()
        {
            self.modules.push(module.ident.to_string());
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        if function.attrs.iter().any(TestCode::is_for_tests) {
            return self.add(function);
        }
        visit::visit_impl_item_fn(self, function);
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Whether a condition of `cfg` holds in tests only.
fn implies_test(condition: &Meta) -> bool {
    match condition {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("all") => parts(list).iter().any(implies_test),
        Meta::List(list) if list.path.is_ident("any") => parts(list).iter().all(implies_test),
        _ => false,
    }
}

fn parts(list: &MetaList) -> Vec<Meta> {
    let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    parts.map(|parts| parts.into_iter().collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> TestCode {
        TestCode::of(&syn::parse_file(text).unwrap())
    }

    #[test]
    fn items_and_methods() {
        let text =
            "#[test]\nfn f() {}\nimpl A {\n    #[cfg(test)]\n    fn g() {}\n    fn h() {}\n}\n";
        assert_eq!(of(text).lines, [1..=2, 4..=5]);
    }

    #[test]
    fn modules_elsewhere() {
        assert_eq!(of("#[cfg(test)]\nmod tests;\nmod config;").modules, ["tests"]);
    }

    #[test]
    fn conditions() {
        let is_test =
            |condition: &str| !of(&format!("#[cfg({condition})] fn f() {{}}")).lines.is_empty();
        assert!(is_test("test"));
        assert!(is_test("all(test, unix)"));
        assert!(!is_test("any(test, feature = \"testing\")"));
        assert!(!is_test("not(test)"));
        assert!(!is_test("unix"));
    }
}
