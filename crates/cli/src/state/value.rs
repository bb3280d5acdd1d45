//! What a register is to say, as it is typed.

use crate::api::input;
use crate::args::Usage;
use serde_json::Value;

/// The value that was typed; `-` stands for what stdin says.
pub fn of(typed: &str, is_text: bool) -> anyhow::Result<Value> {
    if typed != "-" {
        return Ok(parse(typed, is_text));
    }
    let text = String::from_utf8(input()?)
        .map_err(|_| Usage("stdin is not UTF-8, and a register holds text or JSON".into()))?;
    // What ends the last line is not part of what it says.
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(parse(text.strip_suffix('\r').unwrap_or(text), is_text))
}

/// JSON where it is some. A bare word is a text: who types `null` or `true` means the word.
fn parse(typed: &str, is_text: bool) -> Value {
    match serde_json::from_str(typed) {
        Ok(value @ (Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_)))
            if !is_text =>
        {
            value
        }
        _ => typed.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_is_json_and_the_rest_is_text() {
        assert_eq!(parse("7", false), json!(7));
        assert_eq!(parse(r#"{"a": [1]}"#, false), json!({"a": [1]}));
        assert_eq!(parse(r#""quoted""#, false), json!("quoted"));
        for text in ["Emma by Jane Austen", "true", "null", "{not json", ""] {
            assert_eq!(parse(text, false), json!(text));
        }
        assert_eq!(parse("1984", true), json!("1984"));
    }
}
