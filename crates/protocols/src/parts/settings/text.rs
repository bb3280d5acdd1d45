//! Texts and lists of them.

use super::form::Form;
use super::key::Nested;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use serde_core::de::{Deserializer, Error, SeqAccess, Visitor};

/// A text.
pub struct Text;

impl Form<String> for Text {
    type Bound = ();
    const NESTED: Nested = Nested::Text;

    fn what() -> String {
        "a text".into()
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
        from.deserialize_str(OneText)
    }

    fn write(value: &String) -> Option<String> {
        Some(quoted(value))
    }

    fn measure(_value: &String) -> Option<()> {
        None
    }

    fn write_bound(_bound: &()) -> String {
        String::new()
    }
}

/// A text as TOML has it.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

struct OneText;

impl Visitor<'_> for OneText {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.into())
    }
}

/// A list of texts; a number among them is one too. One that is alone needs no brackets.
pub struct Texts;

impl Form<Vec<String>> for Texts {
    type Bound = ();

    fn what() -> String {
        "a list of texts".into()
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
        from.deserialize_any(List)
    }

    fn write(value: &Vec<String>) -> Option<String> {
        let texts: Vec<String> = value.iter().map(|text| quoted(text)).collect();
        Some(format!("[{}]", texts.join(", ")))
    }

    fn measure(_value: &Vec<String>) -> Option<()> {
        None
    }

    fn write_bound(_bound: &()) -> String {
        String::new()
    }
}

struct List;

impl<'de> Visitor<'de> for List {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of texts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<String>, A::Error> {
        let mut texts = Vec::new();
        while let Some(Word(text)) = seq.next_element()? {
            texts.push(text);
        }
        Ok(texts)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<String>, E> {
        Ok([text.to_string()].into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Vec<String>, E> {
        Ok([number.to_string()].into())
    }
}

/// A text or a number.
struct Word(String);

impl<'de> serde_core::de::Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Word, D::Error> {
        struct OneWord;
        impl Visitor<'_> for OneWord {
            type Value = Word;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a number")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Word, E> {
                Ok(Word(text.into()))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Word, E> {
                Ok(Word(number.to_string()))
            }
        }
        from.deserialize_any(OneWord)
    }
}
