//! What stands beside a node's table, with flags over it.

use rumormill_config::{Flag, Sheet};
use rumormill_protocols::parts::settings::{Count, List, Number, OneOf, Table, Tables, Text};

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
        flags.iter().map(|(path, value)| Flag::new("--set", *path, *value)).collect();
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
        "--set: drive.river.depth is no setting; known are drive.river.fall"
    );
    assert_eq!(
        mill("[stones]\nweights = [1, -1]", &[]).unwrap_err(),
        "mill.toml line 2: stones.weights is [1, -1], but must be a list, each a whole number"
    );
}

rumormill_protocols::settings! {
    /// A day.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Day {
        /// What is milled.
        load: Vec<Load> as Tables<Table> = Vec::new();
    }
}

rumormill_protocols::settings! {
    /// A load.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Load {
        /// How many sacks.
        sacks: u8 as Count = 1, from 0, to 9;
        /// Whose it is.
        owner: String as Text = String::new();
        /// What is sent for.
        drive: Drive as OneOf = Drive::Oxen(2);
    }
}

const LOADS: &str = "[[load]]\nsacks = 2\n[[load]]\ndrive = { river = { fall = 2 } }\n";

fn day(flags: &[(&'static str, &str)]) -> Result<Vec<Load>, String> {
    let flags: Vec<Flag> =
        flags.iter().map(|(path, value)| Flag::new("--set", *path, *value)).collect();
    let sheet = Sheet::<Day>::file("day.toml", LOADS).and_then(|sheet| sheet.flags(&flags));
    sheet.map(|sheet| sheet.settings().load.clone()).map_err(|error| error.to_string())
}

#[test]
fn a_flag_reaches_into_a_list() {
    let river = |fall| Drive::River(River { fall });
    let loads = day(&[("load[0].sacks", "3"), ("load[1].drive.river.fall", "2.5")]).unwrap();
    assert_eq!((loads[0].sacks, loads[1].drive.clone()), (3, river(2.5)));
    let loads = day(&[("load[0].owner", "7"), ("load[0].drive", "river")]).unwrap();
    assert_eq!(loads[0], Load { sacks: 2, owner: "7".into(), drive: river(1.5) });
    let loads = day(&[("load[1].sacks", "5"), ("load[1]", "{ owner = \"Ann\" }")]).unwrap();
    assert_eq!(loads[1], Load { owner: "Ann".into(), ..Load::default() });
    assert_eq!((loads[0].sacks, loads.len()), (2, 2));
}

#[test]
fn a_flag_replaces_a_list() {
    assert_eq!(day(&[("load", "[]")]), Ok(Vec::new()));
    let loads = day(&[("load", "[{}, { sacks = 4 }, {}]"), ("load[2].sacks", "5")]).unwrap();
    assert_eq!(loads.iter().map(|load| load.sacks).collect::<Vec<_>>(), [1, 4, 5]);
    assert!(loads.iter().all(|load| load.drive == Drive::Oxen(2)), "nothing is left of before");
}

#[test]
fn what_is_wrong_in_a_list_is_said_of_who_made_it() {
    for (flag, said) in [
        (("load[2].sacks", "3"), "--set: load[2] is not there: the last is load[1]"),
        (("load[0].sacks", "10"), "--set: load[0].sacks is 10, but must be from 0 to 9"),
        (("load[0].sakcs", "1"), "--set: load[0].sakcs is no setting; did you mean `sacks`?"),
        (("load[0]", "7"), "--set: load[0] is 7, but must be a table of settings"),
        (
            ("load.sacks", "3"),
            "--set: load.sacks is no setting; load is a list: write `load[0]` for its first item",
        ),
        (("lod", "[]"), "--set: lod is no setting; did you mean `load`?"),
    ] {
        assert_eq!(day(&[flag]).unwrap_err(), said);
    }
    for path in ["load[", "load[]", "load[x]", "load[0", "load[0]sacks", "load[0].", "load[0][0]"] {
        assert!(day(&[(path, "1")]).unwrap_err().contains("is no setting"), "{path}");
    }
    assert!(day(&[("load", "7")]).unwrap_err().starts_with("--set: load is 7, but must be"));
    let none = Sheet::<Day>::file("day.toml", "").unwrap();
    let said = none.flags(&[Flag::new("--set", "load[0].sacks", "1")]).unwrap_err().to_string();
    assert_eq!(said, "--set: load[0] is not there: there is no load");
    let wrong = LOADS.replace("sacks = 2", "sacks = 2\nowner = 3");
    assert_eq!(
        Sheet::<Day>::file("day.toml", &wrong).unwrap_err().to_string(),
        "day.toml line 3: load[0].owner is 3, but must be a text"
    );
}
