//! How a setting is written in a file, and what is common to all that can be.

use super::key::{Key, Nested};
use crate::parts::config_error::ConfigError;
use alloc::format;
use alloc::string::String;
use core::marker::PhantomData;
use serde_core::de::{Deserialize, DeserializeSeed, Deserializer, Error, Visitor};

/// A way to write a `T` in a file.
pub trait Form<T> {
    /// What bounds are given as.
    type Bound: PartialOrd;
    /// What stands below.
    const NESTED: Nested = Nested::Value;

    /// What it is: `a whole number`.
    fn what() -> String;
    /// Reads it.
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<T, D::Error>;
    /// As it is written; nothing if it is not set.
    fn write(value: &T) -> Option<String>;
    /// What is compared with the bounds; nothing if they don't matter.
    fn measure(value: &T) -> Option<Self::Bound>;
    /// A bound, as it is written.
    fn write_bound(bound: &Self::Bound) -> String;
    /// Checks what stands below.
    fn check(_value: &T) -> Result<(), ConfigError> {
        Ok(())
    }
}

/// What [`settings!`](crate::settings) makes: a table of settings.
pub trait Settings: Default {
    /// Its rows in the reference.
    const KEYS: &'static [Key];
    /// Fails on the first setting out of its bounds.
    fn check(&self) -> Result<(), ConfigError>;
}

/// A table of settings within another.
pub struct Table;

impl<T: Settings> Form<T> for Table
where
    T: for<'de> Deserialize<'de>,
{
    type Bound = ();
    const NESTED: Nested = Nested::Table(T::KEYS);

    fn what() -> String {
        "a table".into()
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        T::deserialize(from)
    }

    fn write(_value: &T) -> Option<String> {
        None
    }

    fn measure(_value: &T) -> Option<()> {
        None
    }

    fn write_bound(_bound: &()) -> String {
        String::new()
    }

    fn check(value: &T) -> Result<(), ConfigError> {
        value.check()
    }
}

/// A value that need not be given.
pub struct Maybe<F>(PhantomData<F>);

impl<T, F: Form<T>> Form<Option<T>> for Maybe<F> {
    type Bound = F::Bound;
    const NESTED: Nested = F::NESTED;

    fn what() -> String {
        F::what()
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
        F::read(from).map(Some)
    }

    fn write(value: &Option<T>) -> Option<String> {
        F::write(value.as_ref()?)
    }

    fn measure(value: &Option<T>) -> Option<F::Bound> {
        F::measure(value.as_ref()?)
    }

    fn write_bound(bound: &F::Bound) -> String {
        F::write_bound(bound)
    }

    fn check(value: &Option<T>) -> Result<(), ConfigError> {
        value.as_ref().map_or(Ok(()), F::check)
    }
}

/// A value, or `"off"`.
pub struct Off<F>(PhantomData<F>);

impl<T, F: ReadText<T>> Form<Option<T>> for Off<F> {
    type Bound = F::Bound;

    fn what() -> String {
        format!("{} or \"off\"", F::what())
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
        struct OrOff<T, F>(PhantomData<(T, F)>);
        impl<T, F: ReadText<T>> Visitor<'_> for OrOff<T, F> {
            type Value = Option<T>;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, "{} or \"off\"", F::what())
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Option<T>, E> {
                match text {
                    "off" => Ok(None),
                    text => F::read_text(text).map(Some).ok_or_else(|| {
                        E::invalid_value(serde_core::de::Unexpected::Str(text), &self)
                    }),
                }
            }
        }
        from.deserialize_str(OrOff::<T, F>(PhantomData))
    }

    fn write(value: &Option<T>) -> Option<String> {
        value.as_ref().map_or(Some("\"off\"".into()), F::write)
    }

    fn measure(value: &Option<T>) -> Option<F::Bound> {
        F::measure(value.as_ref()?)
    }

    fn write_bound(bound: &F::Bound) -> String {
        F::write_bound(bound)
    }
}

/// A form that is a text.
pub trait ReadText<T>: Form<T> {
    /// Reads the text; nothing if it says something else.
    fn read_text(text: &str) -> Option<T>;
}

/// Reads a value in its form.
#[doc(hidden)]
pub struct Seed<F, T>(PhantomData<(F, T)>);

impl<F, T> Default for Seed<F, T> {
    fn default() -> Self {
        Seed(PhantomData)
    }
}

impl<'de, T, F: Form<T>> DeserializeSeed<'de> for Seed<F, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<T, D::Error> {
        F::read(from)
    }
}

/// An error of what stands below that key, or of all of it.
fn below(mut error: ConfigError, key: &str) -> ConfigError {
    match error.key.chars().next() {
        None | Some('[') => error.key.insert_str(0, key),
        Some(_) => return error.within(key),
    }
    error
}

/// What bounds say: nothing, `at least 1` or `from 1 to 12`.
#[doc(hidden)]
pub fn bound_text<T, F: Form<T>>(least: &[F::Bound], most: &[F::Bound], rule: &[&str]) -> String {
    match (least.first(), most.first(), rule.first()) {
        (_, _, Some(rule)) => (*rule).into(),
        (Some(least), Some(most), _) => {
            format!("from {} to {}", F::write_bound(least), F::write_bound(most))
        }
        (Some(least), None, _) => format!("at least {}", F::write_bound(least)),
        _ => String::new(),
    }
}

/// What must hold of a value, and how that is said.
#[doc(hidden)]
pub type Rule<T> = (fn(&T) -> bool, &'static str);

/// Fails if a value is out of its bounds or breaks its rule.
#[doc(hidden)]
pub fn check_value<T, F: Form<T>>(
    key: &str,
    value: &T,
    [least, most]: [&[F::Bound]; 2],
    rule: &[Rule<T>],
) -> Result<(), ConfigError> {
    F::check(value).map_err(|error| below(error, key))?;
    let wrong = |bound| {
        let value = F::write(value).unwrap_or_default();
        Err(ConfigError { key: key.into(), value, bound })
    };
    if let Some((_, rule)) = rule.iter().find(|(holds, _)| !holds(value)) {
        return wrong((*rule).into());
    }
    let Some(measure) = F::measure(value) else { return Ok(()) };
    let is_within =
        least.iter().all(|least| measure >= *least) && most.iter().all(|most| measure <= *most);
    if is_within { Ok(()) } else { wrong(bound_text::<T, F>(least, most, &[])) }
}
