//! Numbers, and yes or no.

use super::form::Form;
use alloc::string::{String, ToString};
use core::fmt;
use core::marker::PhantomData;
use core::num::NonZeroU16;
use serde_core::de::{Deserializer, Error, Unexpected, Visitor};

/// A whole number.
pub struct Count;

/// A number, whole or not.
pub struct Number;

/// `true` or `false`.
pub struct Switch;

/// What [`Count`] can be.
pub trait Whole: Copy {
    /// That number, if it fits.
    fn of(number: u64) -> Option<Self>;
    /// The number.
    fn number(self) -> u64;
}

macro_rules! whole {
    ($($type:ty),*) => {$(
        impl Whole for $type {
            fn of(number: u64) -> Option<Self> {
                number.try_into().ok()
            }

            fn number(self) -> u64 {
                self as u64
            }
        }
    )*};
}

whole!(u8, u16, u32, u64, usize);

impl Whole for NonZeroU16 {
    fn of(number: u64) -> Option<Self> {
        NonZeroU16::new(number.try_into().ok()?)
    }

    fn number(self) -> u64 {
        self.get().into()
    }
}

impl<T: Whole> Form<T> for Count {
    type Bound = u64;

    fn what() -> String {
        "a whole number".into()
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        from.deserialize_u64(WholeNumber(PhantomData))
    }

    fn write(value: &T) -> Option<String> {
        Some(value.number().to_string())
    }

    fn measure(value: &T) -> Option<u64> {
        Some(value.number())
    }

    fn write_bound(bound: &u64) -> String {
        bound.to_string()
    }
}

struct WholeNumber<T>(PhantomData<T>);

impl<T: Whole> Visitor<'_> for WholeNumber<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number within its bounds")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        T::of(number).ok_or_else(|| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        let whole = u64::try_from(number).ok().and_then(T::of);
        whole.ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
    }
}

impl Form<f64> for Number {
    type Bound = f64;

    fn what() -> String {
        "a number".into()
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        from.deserialize_f64(Real)
    }

    fn write(value: &f64) -> Option<String> {
        Some(value.to_string())
    }

    fn measure(value: &f64) -> Option<f64> {
        Some(*value)
    }

    fn write_bound(bound: &f64) -> String {
        bound.to_string()
    }
}

struct Real;

impl Visitor<'_> for Real {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<f64, E> {
        Ok(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<f64, E> {
        Ok(number as f64)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<f64, E> {
        Ok(number as f64)
    }
}

impl Form<bool> for Switch {
    type Bound = ();

    fn what() -> String {
        "true or false".into()
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
        from.deserialize_bool(YesOrNo)
    }

    fn write(value: &bool) -> Option<String> {
        Some(value.to_string())
    }

    fn measure(_value: &bool) -> Option<()> {
        None
    }

    fn write_bound(_bound: &()) -> String {
        String::new()
    }
}

struct YesOrNo;

impl Visitor<'_> for YesOrNo {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true or false")
    }

    fn visit_bool<E: Error>(self, is_on: bool) -> Result<bool, E> {
        Ok(is_on)
    }
}
