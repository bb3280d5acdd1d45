//! Whatever stands in a file or a variable, the loader says what is wrong, in one line, and goes on
//! living.

use proptest::collection::vec;
use proptest::prelude::*;
use rumormill_config::{Layers, known, rows};

fn check(text: &str) {
    if let Err(error) = Layers::default().file("node.toml", text) {
        assert_eq!(error.to_string().lines().count(), 1, "{error}");
    }
}

/// Settings that there are, settings that there could be, and values of every kind.
fn line() -> impl Strategy<Value = String> {
    let keys: Vec<String> = rows(&Layers::default()).into_iter().map(|row| row.key).collect();
    const PLANES: [&str; 5] =
        ["node.state", "node.broadcast.flood", "node.state.none", "node.books", "node"];
    let key = prop_oneof![
        proptest::sample::select(keys),
        proptest::sample::select(&PLANES[..]).prop_map(String::from),
        "[a-z.\"-]{0,12}",
    ];
    let value = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| number.to_string()),
        any::<String>().prop_map(|text| format!("{text:?}")),
        proptest::sample::select(
            &[
                "\"off\"",
                "\"all\"",
                "\"1 s\"",
                "\"1 KiB\"",
                "{}",
                "[]",
                "true",
                "{ none = {} }",
                "[1, {}]",
                "1979-05-27",
                "\"none\"",
                "{ flood = { ttl = 1 } }",
            ][..]
        )
        .prop_map(String::from),
        "\\PC{0,12}",
    ];
    (key, value, any::<bool>()).prop_map(|(key, value, is_header)| match is_header {
        true => format!("[{key}]"),
        false => format!("{key} = {value}"),
    })
}

proptest! {
    #[test]
    fn no_text_makes_the_loader_panic(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn nothing_that_looks_like_a_file_does(lines in vec(line(), 0..6)) {
        check(&lines.join("\n"));
    }

    #[test]
    fn no_variable_does(index: proptest::sample::Index, value in any::<String>(), name in "[A-Z_]*") {
        let keys = rows(&Layers::default());
        let variable = known(&keys[index.index(keys.len())].key).unwrap().variable();
        let _ = Layers::default().environment([(variable, value.clone())]);
        let _ = Layers::default().environment([(format!("RUMORMILL_NODE__{name}"), value)]);
    }

    #[test]
    fn deep_nesting_is_refused(depth in 0usize..5000) {
        check(&format!("node = {}", "[".repeat(depth)));
        check(&format!("node = {}", "{ a = ".repeat(depth)));
        check(&format!("[node.{}a]", "a.".repeat(depth)));
    }
}
