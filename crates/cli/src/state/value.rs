//! What a register is to say, as it is typed.

use crate::api::input;
use crate::args::Usage;
use rumormill_net::control::PAYLOAD_MAX;
use serde_json::Value;

/// The value that was typed; `-` stands for what stdin says.
pub fn of(typed: &str, is_text: bool) -> anyhow::Result<Value> {
    if typed != "-" {
        return parse(typed, is_text);
    }
    let text = String::from_utf8(input(PAYLOAD_MAX)?)
        .map_err(|_| Usage("stdin is not UTF-8, and a register holds text or JSON".into()))?;
    // What ends the last line is not part of what it says.
    let text = text.strip_suffix('\n').unwrap_or(&text);
    parse(text.strip_suffix('\r').unwrap_or(text), is_text)
}

/// JSON where it is some, and a text otherwise, or if it is to be one.
fn parse(typed: &str, is_text: bool) -> anyhow::Result<Value> {
    match serde_json::from_str(typed) {
        Ok(value) if !is_text => match is_rounded(typed, &value) {
            true => Err(rounded(typed)),
            false => Ok(value),
        },
        _ => Ok(typed.into()),
    }
}

/// Whether it would lose digits: more than a number in JSON has room for.
fn is_rounded(typed: &str, value: &Value) -> bool {
    let is_whole = |typed: &str| typed.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit());
    value.is_f64() && is_whole(typed.trim())
}

fn rounded(typed: &str) -> anyhow::Error {
    Usage(format!("{typed} has more digits than a number can keep: --text sends it as a text"))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_is_json_and_the_rest_is_text() {
        let parsed = |typed| parse(typed, false).unwrap();
        assert_eq!([parsed("7"), parsed(" -1.5e3 ")], [json!(7), json!(-1500.0)]);
        assert_eq!(parsed(r#"{"a": [1]}"#), json!({"a": [1]}));
        assert_eq!(parsed(r#""quoted""#), json!("quoted"));
        assert_eq!(["true", "false", "null"].map(parsed), [json!(true), json!(false), json!(null)]);
        for text in ["Emma by Jane Austen", "True", "nul", "{not json", "01", "1 2", "'x'", ""] {
            assert_eq!(parsed(text), json!(text));
        }
        for text in ["1984", "true", "{}", "99999999999999999999"] {
            assert_eq!(parse(text, true).unwrap(), json!(text));
        }
    }

    #[test]
    fn no_digit_is_lost() {
        assert_eq!(parse("18446744073709551615", false).unwrap(), json!(u64::MAX));
        assert!(parse("18446744073709551616", false).unwrap_err().is::<Usage>());
        assert!(parse("-9223372036854775809", false).unwrap_err().is::<Usage>());
    }
}
