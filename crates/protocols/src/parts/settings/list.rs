//! Lists.

use super::form::{Form, Seed};
use super::key::Nested;
use crate::parts::config_error::ConfigError;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;
use serde_core::de::{Deserializer, SeqAccess, Visitor};

/// A list of values: `[1, 2]`.
pub struct List<F>(PhantomData<F>);

impl<T, F: Form<T>> Form<Vec<T>> for List<F> {
    type Bound = ();

    fn what() -> String {
        format!("a list, each {}", F::what())
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<T>, D::Error> {
        from.deserialize_seq(Items::<T, F>(PhantomData))
    }

    fn write(value: &Vec<T>) -> Option<String> {
        let items: Vec<String> = value.iter().filter_map(F::write).collect();
        Some(format!("[{}]", items.join(", ")))
    }

    fn measure(_value: &Vec<T>) -> Option<()> {
        None
    }

    fn write_bound(_bound: &()) -> String {
        String::new()
    }
}

/// A list of tables: as many as there are headers `[[name]]`.
pub struct Tables<F>(PhantomData<F>);

impl<T, F: Form<T>> Form<Vec<T>> for Tables<F> {
    type Bound = ();
    const NESTED: Nested = Nested::Tables(&F::NESTED);

    fn what() -> String {
        "a list of tables".into()
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<T>, D::Error> {
        from.deserialize_seq(Items::<T, F>(PhantomData))
    }

    fn write(_value: &Vec<T>) -> Option<String> {
        None
    }

    fn measure(_value: &Vec<T>) -> Option<()> {
        None
    }

    fn write_bound(_bound: &()) -> String {
        String::new()
    }

    fn check(value: &Vec<T>) -> Result<(), ConfigError> {
        let mut each = value.iter().enumerate();
        each.try_for_each(|(index, item)| {
            F::check(item).map_err(|error| error.within(&format!("[{index}]")))
        })
    }
}

struct Items<T, F>(PhantomData<(T, F)>);

impl<'de, T, F: Form<T>> Visitor<'de> for Items<T, F> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list, each {}", F::what())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Seed::<F, T>::default())? {
            items.push(item);
        }
        Ok(items)
    }
}
