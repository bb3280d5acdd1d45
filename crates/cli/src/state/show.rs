//! Registers on stdout.

use crate::printed::{plain, print, span};
use serde_json::Value;
use std::io::IsTerminal;
use std::time::Duration;

/// All of them: a line each, or one document.
pub fn all(found: &Value, json: bool) -> anyhow::Result<()> {
    if json {
        return Ok(print(&format!("{found}\n"))?);
    }
    let registers = found["registers"].as_array().map_or(&[][..], Vec::as_slice);
    if registers.is_empty() {
        eprintln!("no such register is known");
    }
    let mut rows = vec![["ORIGIN", "KEY", "VERSION", "AGE", "VALUE"].map(String::from)];
    rows.extend(registers.iter().map(row));
    Ok(print(&aligned(&rows))?)
}

/// One of them: what it says, as it is. A terminal is spared what would steer it.
pub fn one(register: &Value, json: bool) -> anyhow::Result<()> {
    let said = match (json, &register["value"]) {
        (true, _) => register.to_string(),
        (false, Value::String(text)) if std::io::stdout().is_terminal() => plain(text),
        (false, Value::String(text)) => text.clone(),
        (false, value) => value.to_string(),
    };
    Ok(print(&format!("{said}\n"))?)
}

fn row(register: &Value) -> [String; 5] {
    let age = Duration::from_secs(register["age_ms"].as_u64().unwrap_or_default() / 1000);
    let key = register["key"].as_str().unwrap_or_default();
    [
        register["origin"].to_string(),
        plain(key),
        register["version"].to_string(),
        span(age),
        said(&register["value"]),
    ]
}

/// A value on one line.
pub fn said(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), plain)
}

/// Columns, but for the last, are as wide as their widest.
fn aligned(rows: &[[String; 5]]) -> String {
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2), width(3)];
    let line = |row: &[String; 5]| {
        let [origin, key, version, age, value] = row;
        let [a, b, c, d] = widths;
        format!("{origin:<a$}  {key:<b$}  {version:>c$}  {age:>d$}  {value}\n")
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_stand_in_columns_and_steer_no_terminal() {
        let register = json!({"origin": 7000, "key": "mood\u{1b}[2J", "version": 12,
            "age_ms": 61_500, "value": "two\nlines"});
        let rows = [["ORIGIN", "KEY", "VERSION", "AGE", "VALUE"].map(String::from), row(&register)];
        let text = aligned(&rows);
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.ends_with("mood\\u{1b}[2J       12  1m01s  two\\u{a}lines\n"), "{text}");
    }
}
