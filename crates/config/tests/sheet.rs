//! What stands beside a node's table, with flags over it.

use rumormill_config::{Flag, Sheet};
use rumormill_protocols::parts::settings::{Count, List, Number, OneOf, Table};

rumormill_protocols::settings! {
    /// A mill and what drives it.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Mill {
        /// What drives it.
        drive: Drive as OneOf = Drive::Oxen(2);
        /// Its stones.
        stones: Stones as Table = Stones::default();
    }
}

rumormill_protocols::choice! {
    /// What drives a mill.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Drive, bare "oxen" {
        /// So many oxen.
        "oxen" => Oxen: u8 as Count = 2, from 1, to 4,
        /// A river.
        "river" => River(River),
    }
}

rumormill_protocols::settings! {
    /// A river.
    #[derive(Clone, Debug, PartialEq)]
    pub struct River {
        /// How far it falls.
        fall: f64 as Number = 1.5, in "metres", from 0.1, to 10.0;
    }
}

rumormill_protocols::settings! {
    /// Stones.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Stones {
        /// How heavy each is.
        weights: Vec<u32> as List<Count> = Vec::new(), in "kg";
    }
}

fn mill(text: &str, flags: &[(&'static str, &str)]) -> Result<Mill, String> {
    let flags: Vec<Flag> =
        flags.iter().map(|(path, value)| Flag::new("--set", path, *value)).collect();
    let sheet = Sheet::<Mill>::file("mill.toml", text).and_then(|sheet| sheet.flags(&flags));
    sheet.map(|sheet| sheet.settings().clone()).map_err(|error| error.to_string())
}

fn drive(text: &str, flags: &[(&'static str, &str)]) -> Drive {
    mill(text, flags).unwrap().drive
}

const RIVER: &str = "drive = { river = { fall = 2 } }";

#[test]
fn the_nodes_table_is_not_looked_at() {
    assert_eq!(mill("node = 7", &[]), Ok(Mill::default()));
}

#[test]
fn a_flag_chooses_another_or_sets_what_is_below() {
    assert_eq!(drive(RIVER, &[]), Drive::River(River { fall: 2.0 }));
    assert_eq!(drive(RIVER, &[("drive.river.fall", "3.5")]), Drive::River(River { fall: 3.5 }));
    assert_eq!(drive(RIVER, &[("drive", "3")]), Drive::Oxen(3));
    assert_eq!(drive("drive = 4", &[("drive", "river")]), Drive::River(River { fall: 1.5 }));
    assert_eq!(mill("", &[("stones.weights", "[7, 8]")]).unwrap().stones.weights, [7, 8]);
}

#[test]
fn what_is_wrong_is_said_of_who_made_it() {
    let said = |text: &str, flag| mill(text, &[flag]).unwrap_err();
    assert_eq!(said(RIVER, ("drive", "5")), "--set: drive is 5, but must be from 1 to 4");
    assert_eq!(
        said("", ("drive.river.fall", "3.5")),
        "--set: drive.river.fall is set, but drive is \"oxen\" by default"
    );
    assert_eq!(
        said("", ("drive.river.depth", "3.5")),
        "--set: drive.river.depth is no setting; nothing can be set there"
    );
    assert_eq!(
        mill("[stones]\nweights = [1, -1]", &[]).unwrap_err(),
        "mill.toml line 2: stones.weights is [1, -1], but must be a list, each a whole number"
    );
}
