//! One of several, by its name.

use super::form::Form;
use super::key::{Choice, Choices, Needed, Nested};
use crate::parts::config_error::ConfigError;
use alloc::format;
use alloc::string::String;
use core::fmt;
use core::marker::PhantomData;
use serde_core::de::value::{BoolDeserializer, F64Deserializer, SeqAccessDeserializer};
use serde_core::de::{
    DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};

/// What [`choice!`](crate::choice) makes: one of several, with its settings or its value.
pub trait Chosen: Sized {
    /// All that there are to choose from.
    const CHOICES: &'static [Choice];
    /// The one whose value may stand alone.
    const BARE: Option<&'static str>;
    /// The one of that name with its defaults.
    fn named(name: &str) -> Option<Self>;
    /// The name of the one that is chosen.
    fn name(&self) -> &'static str;
    /// Fails on its first setting out of its bounds.
    fn check(&self) -> Result<(), ConfigError>;
    /// As it is written, without its settings.
    fn write(&self) -> String;
    /// Reads what the one of that name has.
    fn read_as<'de, D: Deserializer<'de>>(name: &str, from: D) -> Result<Self, D::Error>;
}

crate::settings! {
    /// The settings of what has none.
    #[derive(Clone, Copy, Debug)]
    pub struct NoSettings {}
}

const fn choices<T: Chosen>() -> Choices {
    Choices { all: T::CHOICES, bare: T::BARE }
}

macro_rules! form {
    ($(#[doc = $doc:literal])* $form:ident: $type:ty = $nested:expr, $read:expr, $each:expr;) => {
        $(#[doc = $doc])*
        pub struct $form;

        impl<T: Chosen> Form<$type> for $form {
            type Bound = ();
            const NESTED: Nested = $nested;

            fn what() -> String {
                choices::<T>().must()
            }

            fn read<'de, D: Deserializer<'de>>(from: D) -> Result<$type, D::Error> {
                read_choice(from).map($read)
            }

            fn write(value: &$type) -> Option<String> {
                ($each)(value).map(T::write)
            }

            fn measure(_value: &$type) -> Option<()> {
                None
            }

            fn write_bound(_bound: &()) -> String {
                String::new()
            }

            fn check(value: &$type) -> Result<(), ConfigError> {
                ($each)(value).map_or(Ok(()), T::check)
            }
        }
    };
}

form! {
    /// One of several: its name, or a table of one key, its name, with what is its.
    OneOf: T = Nested::OneOf(choices::<T>()), |it| it, Some;
}

form! {
    /// One of several: a table whose key `kind` is its name.
    Kind: T = Nested::Kind(choices::<T>()), |it| it, Some;
}

form! {
    /// One of several, whose names stand among the keys of the table that this key is in. One of them
    /// must.
    Among: T = Nested::Among(choices::<T>(), Needed::Yes), |it| it, Some;
}

form! {
    /// As [`Among`], but there need not be one.
    MaybeAmong: Option<T> = Nested::Among(choices::<T>(), Needed::No), Some, Option::as_ref;
}

/// Reads a name, a table of one key, or the value of the one that needs no name.
#[doc(hidden)]
pub fn read_choice<'de, T: Chosen, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    from.deserialize_any(NameOrTable(PhantomData))
}

struct NameOrTable<T>(PhantomData<T>);

impl<T: Chosen> NameOrTable<T> {
    fn bare<'de, D: Deserializer<'de>>(&self, from: D) -> Result<T, D::Error> {
        match T::BARE {
            Some(name) => T::read_as(name, from),
            None => Err(D::Error::custom(choices::<T>().must())),
        }
    }
}

impl<'de, T: Chosen> Visitor<'de> for NameOrTable<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&choices::<T>().must())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        T::named(text).map_or_else(|| self.bare(text.into_deserializer()), Ok)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        self.bare(number.into_deserializer())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        self.bare(number.into_deserializer())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        self.bare(F64Deserializer::new(number))
    }

    fn visit_bool<E: Error>(self, is_on: bool) -> Result<T, E> {
        self.bare(BoolDeserializer::new(is_on))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
        self.bare(SeqAccessDeserializer::new(seq))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let name: String = map.next_key()?.unwrap_or_default();
        let chosen = map.next_value_seed(Called { name: &name, chosen: PhantomData })?;
        match map.next_key::<String>()? {
            None => Ok(chosen),
            Some(_) => Err(A::Error::custom("only one can be chosen")),
        }
    }
}

/// Reads what stands behind a name.
struct Called<'a, T> {
    name: &'a str,
    chosen: PhantomData<T>,
}

impl<'de, T: Chosen> DeserializeSeed<'de> for Called<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<T, D::Error> {
        T::read_as(self.name, from)
    }
}

/// A value that was chosen, with its name or without.
#[doc(hidden)]
pub fn write_value<T, F: Form<T>>(name: &str, is_bare: bool, value: &T) -> String {
    match (F::write(value), is_bare) {
        (Some(value), true) => value,
        (Some(value), false) => format!("{{ {name} = {value} }}"),
        (None, _) => format!("\"{name}\""),
    }
}
