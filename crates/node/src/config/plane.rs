//! How a plane's protocol is chosen: by its name, or by a table of one key, its name.

use alloc::format;
use alloc::string::String;
use rumormill_protocols::ConfigError;
use rumormill_protocols::parts::settings::{Choice, Form, Nested};
use serde_core::de::{Deserialize, Deserializer};

/// One of several protocols, with its settings.
pub trait Chosen: for<'de> Deserialize<'de> {
    /// All that there are to choose from.
    const CHOICES: &'static [Choice];
    /// The name of the one that is chosen.
    fn name(&self) -> &'static str;
    /// Fails on its first setting out of its bounds.
    fn check(&self) -> Result<(), ConfigError>;
}

/// How a choice is written.
pub(super) struct Plane;

impl<T: Chosen> Form<T> for Plane {
    type Bound = ();
    const NESTED: Nested = Nested::Plane(T::CHOICES);

    fn what() -> String {
        "a protocol's name, or a table of one key, its name, with its settings".into()
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        T::deserialize(from)
    }

    fn write(value: &T) -> Option<String> {
        Some(format!("\"{}\"", value.name()))
    }

    fn measure(_value: &T) -> Option<()> {
        None
    }

    fn write_bound(_bound: &()) -> String {
        String::new()
    }

    fn check(value: &T) -> Result<(), ConfigError> {
        value.check().map_err(|error| error.within(value.name()))
    }
}

rumormill_protocols::settings! {
    /// The settings of what has none.
    #[derive(Clone, Copy, Debug)]
    pub struct NoSettings {}
}

/// Makes the enum of a plane's protocols. `Name(Settings)` is one with settings, `Name` one without.
macro_rules! plane {
    (
        $(#[doc = $about:literal])*
        pub enum $plane:ident {$(
            $(#[doc = $doc:literal])*
            $name:literal => $variant:ident $(($config:ty))?,
        )*}
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug)]
        pub enum $plane {$(
            $(#[doc = $doc])*
            $variant $(($config))?,
        )*}

        impl $plane {
            /// The names of all that there are.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// The one of that name with its defaults.
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some($plane::$variant $((<$config>::default()))?),)*
                    _ => None,
                }
            }
        }

        impl $crate::config::plane::Chosen for $plane {
            const CHOICES: &'static [rumormill_protocols::parts::settings::Choice] = &[$(
                rumormill_protocols::parts::settings::Choice {
                    name: $name,
                    doc: &[$($doc),*],
                    keys: $crate::config::plane::plane!(@keys $($config)?),
                },
            )*];

            fn name(&self) -> &'static str {
                match self {
                    $($crate::config::plane::plane!(@any $plane $variant $($config)?) => $name,)*
                }
            }

            fn check(&self) -> Result<(), rumormill_protocols::ConfigError> {
                $($crate::config::plane::plane!(@check self $plane $variant $($config)?);)*
                Ok(())
            }
        }

        impl<'de> serde_core::de::Deserialize<'de> for $plane {
            fn deserialize<D: serde_core::de::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                use serde_core::de::{Error, MapAccess, Visitor};
                struct NameOrTable;
                impl<'de> Visitor<'de> for NameOrTable {
                    type Value = $plane;

                    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                        f.write_str("a protocol's name, or a table of one key, its name")
                    }

                    fn visit_str<E: Error>(self, name: &str) -> Result<$plane, E> {
                        let unknown = || E::unknown_variant(name, $plane::NAMES);
                        $plane::named(name).ok_or_else(unknown)
                    }

                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<$plane, A::Error> {
                        let name: Option<alloc::string::String> = map.next_key()?;
                        let name = name.as_deref().unwrap_or_default();
                        let chosen = match name {
                            $($name => {
                                $crate::config::plane::plane!(@read map $plane $variant $($config)?)
                            })*
                            name => return Err(A::Error::unknown_variant(name, $plane::NAMES)),
                        };
                        match map.next_key::<alloc::string::String>()? {
                            None => Ok(chosen),
                            Some(_) => Err(A::Error::custom("only one protocol can be chosen")),
                        }
                    }
                }
                from.deserialize_any(NameOrTable)
            }
        }
    };
    (@keys $config:ty) => { <$config>::KEYS };
    (@keys) => { &[] };
    (@any $plane:ident $variant:ident $config:ty) => { $plane::$variant(_) };
    (@any $plane:ident $variant:ident) => { $plane::$variant };
    (@check $it:ident $plane:ident $variant:ident $config:ty) => {
        #[allow(irrefutable_let_patterns)]
        if let $plane::$variant(config) = $it {
            config.check()?;
        }
    };
    (@check $it:ident $plane:ident $variant:ident) => {};
    (@read $map:ident $plane:ident $variant:ident $config:ty) => {
        $plane::$variant($map.next_value::<$config>()?)
    };
    (@read $map:ident $plane:ident $variant:ident) => {{
        $map.next_value::<$crate::config::plane::NoSettings>()?;
        $plane::$variant
    }};
}

pub(crate) use plane;
