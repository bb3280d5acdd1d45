//! The macro.

/// Makes a struct of settings; see [`parts::settings`](crate::parts::settings).
///
/// A field is `name: Type as Form = default`, then perhaps `, in "unit"`, `, from least`, `, to most`
/// and `, being holds => "what it must be"`. A field whose name Rust keeps for itself is
/// `lasts called "for": …`. Under `derived` stand fields that are no settings: whoever
/// embeds the machine knows them. `relations f;` names a function that checks how fields relate, and
/// `within "node";` the table that this one is always in.
#[macro_export]
macro_rules! settings {
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $called:literal) => { $called };
    (
        @key $name:expr, [$($doc:literal)*] [$($unit:literal)?], $type:ty as $form:ty = $default:expr,
        [$($least:expr)?] [$($most:expr)?] [$($rule:literal)?]
    ) => {
        $crate::parts::settings::Key::new(
            $name,
            &[$($doc),*],
            concat!($($unit)?),
            <$form as $crate::parts::settings::Form<$type>>::NESTED,
            [
                <$form as $crate::parts::settings::Form<$type>>::what,
                || $crate::parts::settings::bound_text::<$type, $form>(
                    &[$($least)?], &[$($most)?], &[$($rule)?],
                ),
            ],
            !concat!($($rule)?).is_empty(),
            || <$form as $crate::parts::settings::Form<$type>>::write(&$default),
        )
    };
    (
        $(#[doc = $about:literal])*
        #[derive($($derived:ident),*)]
        pub struct $name:ident {$(
            $(#[doc = $doc:literal])*
            $field:ident $(called $called:literal)?: $type:ty as $form:ty = $default:expr $(, in $unit:literal)?
                $(, from $least:expr $(, to $most:expr)?)? $(, being $holds:expr => $rule:literal)?;
        )*}
        $(derived {$(
            $(#[doc = $extra_doc:literal])*
            $extra:ident: $extra_type:ty = $extra_default:expr;
        )*})?
        $(relations $relations:expr;)?
        $(within $table:literal;)?
    ) => {
        $(#[doc = $about])*
        #[derive($($derived),*)]
        pub struct $name {
            $(
                $(#[doc = $doc])*
                #[doc = concat!("\n\nDefault: `", stringify!($default), "`.")]
                pub $field: $type,
            )*
            $($(
                $(#[doc = $extra_doc])*
                pub $extra: $extra_type,
            )*)?
        }

        impl Default for $name {
            fn default() -> Self {
                $name { $($field: $default,)* $($($extra: $extra_default,)*)? }
            }
        }

        impl $name {
            /// The settings, for the reference.
            pub const KEYS: &'static [$crate::parts::settings::Key] = &[$(
                $crate::settings!(
                    @key $crate::settings!(@name $field $($called)?), [$($doc)*] [$($unit)?],
                    $type as $form = $default, [$($least)?] [$($($most)?)?] [$($rule)?]
                ),
            )*];

            /// Fails on the first setting that no node could work with.
            pub fn check(&self) -> Result<(), $crate::ConfigError> {
                $(return self.check_each().map_err(|error| error.within($table));)?
                #[allow(unreachable_code)]
                self.check_each()
            }

            fn check_each(&self) -> Result<(), $crate::ConfigError> {
                $(
                    $crate::parts::settings::check_value::<$type, $form>(
                        $crate::settings!(@name $field $($called)?),
                        &self.$field,
                        [&[$($least)?], &[$($($most)?)?]],
                        &[$(($holds, $rule))?],
                    )?;
                )*
                $(($relations)(self)?;)?
                Ok(())
            }
        }

        impl $crate::parts::settings::Settings for $name {
            const KEYS: &'static [$crate::parts::settings::Key] = $name::KEYS;

            fn check(&self) -> Result<(), $crate::ConfigError> {
                $name::check(self)
            }
        }

        impl<'de> $crate::parts::settings::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::parts::settings::serde::Deserializer<'de>>(
                from: D,
            ) -> Result<Self, D::Error> {
                use $crate::parts::settings::serde::{Error, MapAccess, String, Visitor};
                struct Fields;
                impl<'de> Visitor<'de> for Fields {
                    type Value = $name;

                    fn expecting(
                        &self,
                        f: &mut core::fmt::Formatter<'_>,
                    ) -> core::fmt::Result {
                        f.write_str("a table")
                    }

                    #[allow(unused_mut)]
                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        let mut settings = $name::default();
                        while let Some(key) = map.next_key::<String>()? {
                            match key.as_str() {
                                $($crate::settings!(@name $field $($called)?) => {
                                    let seed =
                                        $crate::parts::settings::Seed::<$form, $type>::default();
                                    settings.$field = map.next_value_seed(seed)?;
                                })*
                                key => return Err(A::Error::unknown_field(key, FIELDS)),
                            }
                        }
                        Ok(settings)
                    }
                }
                const FIELDS: &[&str] = &[$($crate::settings!(@name $field $($called)?)),*];
                from.deserialize_struct(stringify!($name), FIELDS, Fields)
            }
        }
    };
}
