//! What `--vary` says: a setting, and the values that it has in turn.

use crate::sim::given::assignment;
use rumormill_sim::report::sweep::Axis;

/// How many values an axis may have, and a grid points.
pub const RUNS_MAX: usize = 1_000_000;

/// Reads `path=a,b,c` or `path=2..8:2`. Commas between brackets, braces or quotes part nothing.
pub fn axis(text: &str) -> Result<Axis, String> {
    let write = || "write it like network.loss=0,0.01 or node.broadcast.flood.fanout=2..8";
    let (path, list) = assignment(text).map_err(|_| write())?;
    let mut values = Vec::new();
    for item in items(&list)? {
        match range(item)? {
            Some(numbers) => values.extend(numbers),
            None => values.push(item.to_string()),
        }
    }
    match values.iter().enumerate().find(|(at, value)| values[..*at].contains(value)) {
        // Long axes are ranges: they need no such look.
        Some((_, twice)) if values.len() < 10_000 => Err(format!("{twice} stands there twice")),
        _ => Ok(Axis { path, values }),
    }
}

/// The items of a list.
fn items(list: &str) -> Result<Vec<&str>, String> {
    let (mut depth, mut quote, mut is_escaped) = (0i32, None, false);
    let (mut start, mut items) = (0, Vec::new());
    for (at, c) in list.char_indices() {
        match (quote, c) {
            _ if std::mem::take(&mut is_escaped) => {}
            (Some('"'), '\\') => is_escaped = true,
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                items.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if depth != 0 || quote.is_some() {
        return Err("a bracket, brace or quote is not closed".into());
    }
    items.push(&list[start..]);
    let items: Vec<&str> = items.into_iter().map(str::trim).collect();
    match items.iter().position(|item| item.is_empty()) {
        Some(at) => Err(format!("value {} is empty", at + 1)),
        None => Ok(items),
    }
}

/// The numbers of a range, its ends included; nothing if it is none.
fn range(text: &str) -> Result<Option<Vec<String>>, String> {
    let Some((first, rest)) = text.split_once("..") else { return Ok(None) };
    let (last, step) = rest.split_once(':').unwrap_or((rest, "1"));
    let numbers = [first, last, step].map(|number| number.trim().parse::<i64>());
    let [Ok(first), Ok(last), Ok(step)] = numbers else {
        // Something else may have dots in it.
        let is_number =
            |text: &str| text.trim().starts_with(|c: char| c.is_ascii_digit() || c == '-');
        return match is_number(first) && is_number(last) {
            true => Err(format!("{text} is no range of whole numbers, such as 2..8 or 2..8:2")),
            false => Ok(None),
        };
    };
    if step < 1 {
        return Err(format!("{text} has a step of {step}, but it must be at least 1"));
    }
    if first > last {
        return Err(format!("{text} is empty: a range goes upwards"));
    }
    let count = (i128::from(last) - i128::from(first)) / i128::from(step) + 1;
    if count > RUNS_MAX as i128 {
        return Err(format!("{text} has {count} values, but there may be {RUNS_MAX}"));
    }
    Ok(Some((0..count).map(|at| (i128::from(first) + at * i128::from(step)).to_string()).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(list: &str) -> Vec<String> {
        axis(&format!("a.b={list}")).unwrap_or_else(|error| panic!("{list}: {error}")).values
    }

    fn said(list: &str) -> String {
        axis(&format!("a.b={list}")).expect_err(list)
    }

    #[test]
    fn values_are_parted_by_commas() {
        assert_eq!(values("0, 0.01,0.05"), ["0", "0.01", "0.05"]);
        assert_eq!(
            values("full,{ ring = { each_side = 3 } }"),
            ["full", "{ ring = { each_side = 3 } }"]
        );
        assert_eq!(values("[1, 2],[3]"), ["[1, 2]", "[3]"]);
        assert_eq!(values("\"a, b\",'c, \"',\"\\\", d\""), ["\"a, b\"", "'c, \"'", "\"\\\", d\""]);
        assert_eq!(values("20 ms,1 s"), ["20 ms", "1 s"]);
        let axis = axis("fault[0].at = 5s").unwrap();
        assert_eq!(
            (axis.path.as_str(), &axis.values[..]),
            ("fault[0].at", &["5s".to_string()][..])
        );
    }

    #[test]
    fn a_range_has_both_ends() {
        assert_eq!(values("2..4"), ["2", "3", "4"]);
        assert_eq!(values("2..8:3"), ["2", "5", "8"]);
        assert_eq!(values("2..7:3,all"), ["2", "5", "all"]);
        assert_eq!(values("-1..1"), ["-1", "0", "1"]);
        assert_eq!(values("7..7"), ["7"]);
        assert_eq!(values("../edges.txt"), ["../edges.txt"]);
    }

    #[test]
    fn what_is_wrong_is_explained() {
        for (list, why) in [
            ("", "value 1 is empty"),
            ("1,,2", "value 2 is empty"),
            ("1,", "value 2 is empty"),
            ("8..2", "8..2 is empty: a range goes upwards"),
            ("2..8:0", "2..8:0 has a step of 0, but it must be at least 1"),
            ("0.1..0.5", "0.1..0.5 is no range of whole numbers, such as 2..8 or 2..8:2"),
            ("1..2000000", "1..2000000 has 2000000 values, but there may be 1000000"),
            ("1,2,1", "1 stands there twice"),
            ("1..3,2", "2 stands there twice"),
            ("{ a = 1", "a bracket, brace or quote is not closed"),
            ("'a", "a bracket, brace or quote is not closed"),
        ] {
            assert_eq!(said(list), why, "{list}");
        }
        assert!(said("-9223372036854775808..9223372036854775807").contains("values, but"));
        assert!(axis("seed").is_err() && axis("=1").is_err());
    }
}
