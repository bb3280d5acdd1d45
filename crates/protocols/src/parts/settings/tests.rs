use super::*;
use alloc::string::{String, ToString};
use core::time::Duration;
use proptest::prelude::*;
use serde_core::de::IntoDeserializer;
use serde_core::de::value::{Error, MapDeserializer};

crate::settings! {
    /// A mill.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Mill {
        /// How often
        /// it turns.
        turn_interval: Option<Duration> as Off<Span> = Some(Duration::from_secs(2)),
            from Duration::from_millis(10), to Duration::from_secs(3600);
        /// Its name.
        name: String as Text = "old".into(), being is_short => "at most 3 letters";
        /// How much grain fits.
        grain_bytes_max: usize as Bytes = 1 << 20, from 1024;
        /// Who grinds.
        millers: Option<u8> as Maybe<Count> = None, in "people", from 1, to 3;
    }
    derived {
        /// Whether the wind blows.
        is_windy: bool = false;
    }
    relations Mill::check_names;
}

#[allow(clippy::ptr_arg, reason = "a rule is given the field as it is")]
fn is_short(name: &String) -> bool {
    name.len() <= 3
}

impl Mill {
    fn check_names(&self) -> Result<(), crate::ConfigError> {
        match (self.name.as_str(), self.is_windy) {
            ("dry", true) => Err(crate::ConfigError {
                key: "name".into(),
                value: "\"dry\"".into(),
                bound: "another where it is windy".into(),
            }),
            _ => Ok(()),
        }
    }
}

crate::choice! {
    /// What turns it.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Drive, bare "oxen" {
        /// The wind.
        "wind" => Wind,
        /// A river.
        "river" => River(River),
        /// So many oxen.
        "oxen" => Oxen: u8 as Count = 2, from 1, to 4,
        /// Those of these names.
        "donkeys" => Donkeys: alloc::vec::Vec<u8> as List<Count> = [1].into(),
            being |names| !names.is_empty() => "at least one donkey",
    }
}

crate::settings! {
    /// A river.
    #[derive(Clone, Debug, PartialEq)]
    pub struct River {
        /// How far it falls.
        fall: f64 as Number = 1.5, in "metres", from 0.1, to 10.0;
    }
}

fn refusal(mill: &Mill) -> String {
    mill.check().unwrap_err().within("mills").to_string()
}

fn read(pairs: &[(&str, &str)]) -> Result<Mill, Error> {
    use serde_core::Deserialize;
    let map = MapDeserializer::new(pairs.iter().copied());
    Mill::deserialize(map.into_deserializer())
}

#[test]
fn what_is_missing_has_its_default_and_what_is_unknown_is_refused() {
    assert_eq!(read(&[]).unwrap(), Mill::default());
    let mill = read(&[("turn_interval", "1 s"), ("grain_bytes_max", "2 KiB")]).unwrap();
    assert_eq!((mill.turn_interval, mill.grain_bytes_max), (Some(Duration::from_secs(1)), 2048));
    assert_eq!(read(&[("turn_interval", "off")]).unwrap().turn_interval, None);
    assert!(read(&[("colour", "red")]).unwrap_err().to_string().contains("turn_interval"));
    // What its maker knows can't be set.
    assert!(read(&[("is_windy", "true")]).is_err());
}

#[test]
fn bounds_rules_and_relations_are_checked() {
    let mill = Mill::default();
    assert!(mill.check().is_ok());
    let turn_interval = Some(Duration::from_millis(1));
    assert_eq!(
        refusal(&Mill { turn_interval, ..mill.clone() }),
        "mills.turn_interval is \"1 ms\", but must be from 10 ms to 1 h"
    );
    assert!(Mill { turn_interval: None, ..mill.clone() }.check().is_ok());
    assert_eq!(
        refusal(&Mill { grain_bytes_max: 1023, ..mill.clone() }),
        "mills.grain_bytes_max is 1023, but must be at least 1 KiB"
    );
    assert_eq!(
        refusal(&Mill { name: "windy".into(), ..mill.clone() }),
        "mills.name is \"windy\", but must be at most 3 letters"
    );
    assert!(refusal(&Mill { millers: Some(4), ..mill.clone() }).contains("from 1 to 3"));
    let dry = Mill { name: "dry".into(), is_windy: true, ..mill };
    assert!(refusal(&dry).contains("windy"));
}

#[test]
fn the_reference_tells_what_the_struct_says() {
    let [interval, name, grain, millers] = Mill::KEYS else { panic!("four settings") };
    assert_eq!(interval.doc, [" How often", " it turns."]);
    assert_eq!(interval.default().unwrap(), "\"2 s\"");
    assert_eq!(interval.what(), "a span of time such as \"10 s\" or \"off\"");
    assert_eq!((grain.default().unwrap().as_str(), millers.unit), ("\"1 MiB\"", "people"));
    assert_eq!(name.bound(), "at most 3 letters");
    assert_eq!((millers.default(), millers.bound().as_str()), (None, "from 1 to 3"));
}

#[test]
fn one_of_several_is_chosen_by_name_by_table_or_by_its_value() {
    use serde_core::Deserialize;
    let named = |name: &str| Drive::deserialize(IntoDeserializer::<Error>::into_deserializer(name));
    let table = |name: &str, value: u8| {
        Drive::deserialize(MapDeserializer::<_, Error>::new([(name, value)].into_iter()))
    };
    assert_eq!(named("wind").unwrap(), Drive::Wind);
    assert_eq!(named("river").unwrap(), Drive::River(River { fall: 1.5 }));
    assert_eq!(named("oxen").unwrap(), Drive::Oxen(2));
    assert_eq!(table("oxen", 3).unwrap(), Drive::Oxen(3));
    let bare = Drive::deserialize(IntoDeserializer::<Error>::into_deserializer(4i64));
    assert_eq!(bare.unwrap(), Drive::Oxen(4));
    assert!(named("steam").is_err() && table("steam", 1).is_err() && table("wind", 1).is_err());
}

#[test]
fn what_is_chosen_is_checked_and_written() {
    let refusal = |drive: Drive| {
        let error = check_value::<Drive, OneOf>("drive", &drive, [&[], &[]], &[]).unwrap_err();
        error.to_string()
    };
    // The one that needs no name has none in what is said of it either.
    assert_eq!(refusal(Drive::Oxen(5)), "drive is 5, but must be from 1 to 4");
    assert_eq!(
        refusal(Drive::River(River { fall: f64::NAN })),
        "drive.river.fall is NaN, but must be from 0.1 to 10"
    );
    assert_eq!(
        refusal(Drive::Donkeys([].into())),
        "drive.donkeys is [], but must be at least one donkey"
    );
    assert_eq!(Drive::Wind.write(), "\"wind\"");
    assert_eq!((Drive::Oxen(3).write().as_str(), Drive::Wind.check()), ("3", Ok(())));
    let must = "a whole number, from 1 to 4 or \"wind\" or \"river\" or \"donkeys\"";
    assert_eq!(<OneOf as Form<Drive>>::what(), must);
}

#[test]
fn a_list_says_which_of_its_tables_is_wrong() {
    let rivers = [River { fall: 1.0 }, River { fall: 0.0 }].to_vec();
    let error = <Tables<Table> as Form<_>>::check(&rivers).unwrap_err().to_string();
    assert_eq!(error, "[1].fall is 0, but must be from 0.1 to 10");
}

#[test]
fn texts_are_quoted_as_toml_has_them() {
    assert_eq!(text::quoted("a\"b\\\n\u{1}é"), "\"a\\\"b\\\\\\n\\u0001é\"");
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(nanos: u64, bytes: u64) {
        let span = Duration::from_nanos(nanos);
        prop_assert_eq!(parse_span(&span_text(span)), Some(span));
        let size = size_text(bytes);
        let read = size.parse().ok().or_else(|| parse_size(size.trim_matches('"')));
        prop_assert_eq!(read, Some(bytes));
        let rate = <BitRate as Form<u64>>::write(&bytes).unwrap();
        prop_assert_eq!(parse_bit_rate(rate.trim_matches('"')), Some(bytes));
    }

    #[test]
    fn no_text_is_too_much(text in ".*", number: u64, unit in "[a-zA-Zµ]{0,5}") {
        let _ = (parse_span(&text), parse_size(&text), parse_bit_rate(&text));
        let text = alloc::format!("{number}{unit}");
        let _ = (parse_span(&text), parse_size(&text), parse_bit_rate(&text));
    }
}
