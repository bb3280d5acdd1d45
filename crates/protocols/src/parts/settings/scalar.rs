//! Whole numbers.

use super::form::Form;
use alloc::string::{String, ToString};
use core::fmt;
use core::marker::PhantomData;
use core::num::NonZeroU16;
use serde_core::de::{Deserializer, Error, Unexpected, Visitor};

/// A whole number.
pub struct Count;

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
        from.deserialize_u64(Number(PhantomData))
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

struct Number<T>(PhantomData<T>);

impl<T: Whole> Visitor<'_> for Number<T> {
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
