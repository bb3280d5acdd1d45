//! The macro for what is one of several.

/// Makes an enum of which one is chosen by its name in a file; see
/// [`parts::settings`](crate::parts::settings).
///
/// `"name" => Name` is one without settings, `Name(Settings)` one with a table of them, and
/// `Name: Type as Form = default` one with a single value, with bounds as in
/// [`settings!`](crate::settings). The value of the one called after `bare` needs no name.
///
/// ```
/// use rumormill_protocols::parts::settings::{Chosen, Count};
/// rumormill_protocols::choice! {
///     /// How tea is made.
///     #[derive(Clone, Debug, PartialEq)]
///     pub enum Brew, bare "minutes" {
///         /// As the leaves say.
///         "by-taste" => ByTaste,
///         /// For so many minutes.
///         "minutes" => Minutes: u8 as Count = 3, from 1, to 10,
///     }
/// }
/// assert_eq!(Brew::named("by-taste"), Some(Brew::ByTaste));
/// assert_eq!((Brew::Minutes(4).name(), Brew::Minutes(4).write().as_str()), ("minutes", "4"));
/// assert!(Brew::Minutes(11).check().is_err());
/// ```
#[macro_export]
macro_rules! choice {
    (
        $(#[doc = $about:literal])*
        #[derive($($derived:ident),*)]
        pub enum $choice:ident $(, bare $bare:literal)? {$(
            $(#[doc = $doc:literal])*
            $name:literal => $variant:ident $(($config:ty))? $(: $type:ty as $form:ty = $default:expr
                $(, from $least:expr $(, to $most:expr)?)? $(, being $holds:expr => $rule:literal)?)?,
        )*}
    ) => {
        $(#[doc = $about])*
        #[derive($($derived),*)]
        pub enum $choice {$(
            $(#[doc = $doc])*
            $variant $(($config))? $(($type))?,
        )*}

        impl $choice {
            /// The names of all that there are.
            pub const NAMES: &'static [&'static str] = &[$($name),*];
        }

        impl $crate::parts::settings::Chosen for $choice {
            const CHOICES: &'static [$crate::parts::settings::Choice] = &[$(
                $crate::parts::settings::Choice {
                    name: $name,
                    doc: &[$($doc),*],
                    keys: $crate::choice!(@keys $($config)?),
                    value: $crate::choice!(@value $name, [$($doc)*] $([$type, $form, $default]
                        [$($least)?] [$($($most)?)?] [$($rule)?])?),
                },
            )*];
            const BARE: Option<&'static str> = $crate::choice!(@bare $($bare)?);

            fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => {
                        Some($choice::$variant $((<$config>::default()))? $(($default))?)
                    })*
                    _ => None,
                }
            }

            fn name(&self) -> &'static str {
                match self {
                    $($choice::$variant { .. } => $name,)*
                }
            }

            fn check(&self) -> Result<(), $crate::ConfigError> {
                $($crate::choice!(@check self $choice $variant $name, [$($config)?] $([$type, $form]
                    [$($least)?] [$($($most)?)?] [$($holds, $rule)?])?);)*
                Ok(())
            }

            fn write(&self) -> $crate::parts::settings::serde::String {
                $($crate::choice!(@write self $choice $variant $name, $($type, $form)?);)*
                let name = $crate::parts::settings::Chosen::name(self);
                ["\"", name, "\""].concat()
            }

            fn read_as<'de, D: $crate::parts::settings::serde::Deserializer<'de>>(
                name: &str,
                from: D,
            ) -> Result<Self, D::Error> {
                use $crate::parts::settings::serde::Error;
                match name {
                    $($name => {
                        $crate::choice!(@read from $choice $variant [$($config)?] $($type, $form)?)
                    })*
                    name => Err(D::Error::unknown_variant(name, $choice::NAMES)),
                }
            }
        }

        impl<'de> $crate::parts::settings::serde::Deserialize<'de> for $choice {
            fn deserialize<D: $crate::parts::settings::serde::Deserializer<'de>>(
                from: D,
            ) -> Result<Self, D::Error> {
                $crate::parts::settings::read_choice(from)
            }
        }
    };
    (@keys $config:ty) => { <$config>::KEYS };
    (@keys) => { &[] };
    (@bare $bare:literal) => { Some($bare) };
    (@bare) => { None };
    (@value $name:literal, [$($doc:literal)*]) => { None };
    (
        @value $name:literal, [$($doc:literal)*] [$type:ty, $form:ty, $default:expr]
        [$($least:expr)?] [$($most:expr)?] [$($rule:literal)?]
    ) => {
        Some($crate::settings!(
            @key $name, [$($doc)*] [], $type as $form = $default,
            [$($least)?] [$($most)?] [$($rule)?]
        ))
    };
    (@check $it:ident $choice:ident $variant:ident $name:literal, []) => {};
    (@check $it:ident $choice:ident $variant:ident $name:literal, [$config:ty]) => {
        #[allow(irrefutable_let_patterns)]
        if let $choice::$variant(config) = $it {
            config.check().map_err(|error| error.within($name))?;
        }
    };
    (
        @check $it:ident $choice:ident $variant:ident $name:literal, [] [$type:ty, $form:ty]
        [$($least:expr)?] [$($most:expr)?] [$($holds:expr, $rule:literal)?]
    ) => {
        #[allow(irrefutable_let_patterns)]
        if let $choice::$variant(value) = $it {
            let is_bare = <$choice as $crate::parts::settings::Chosen>::BARE == Some($name);
            $crate::parts::settings::check_value::<$type, $form>(
                if is_bare { "" } else { $name },
                value,
                [&[$($least)?], &[$($most)?]],
                &[$(($holds, $rule))?],
            )?;
        }
    };
    (@write $it:ident $choice:ident $variant:ident $name:literal,) => {};
    (@write $it:ident $choice:ident $variant:ident $name:literal, $type:ty, $form:ty) => {
        #[allow(irrefutable_let_patterns)]
        if let $choice::$variant(value) = $it {
            let is_bare = <$choice as $crate::parts::settings::Chosen>::BARE == Some($name);
            return $crate::parts::settings::write_value::<$type, $form>($name, is_bare, value);
        }
    };
    (@read $from:ident $choice:ident $variant:ident [$config:ty]) => {
        <$config as $crate::parts::settings::serde::Deserialize>::deserialize($from)
            .map($choice::$variant)
    };
    (@read $from:ident $choice:ident $variant:ident []) => {
        <$crate::parts::settings::NoSettings as $crate::parts::settings::serde::Deserialize>
            ::deserialize($from).map(|_| $choice::$variant)
    };
    (@read $from:ident $choice:ident $variant:ident [] $type:ty, $form:ty) => {
        <$form as $crate::parts::settings::Form<$type>>::read($from).map($choice::$variant)
    };
}
