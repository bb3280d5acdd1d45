//! What the layers make of each other, and what is said of those that are wrong.

use rumormill_config::{FILE_BYTES_MAX, Flag, Layers, LoadError, known, rows, toml};
use rumormill_node::{BroadcastConfig, StateConfig};
use std::fs;
use std::time::Duration;

type Variables<'a> = [(&'a str, &'a str)];

fn load(text: &str, variables: &Variables<'_>, flags: &[Flag]) -> Result<Layers, LoadError> {
    Layers::default().file("node.toml", text)?.environment(variables.iter().copied())?.flags(flags)
}

fn file(text: &str) -> Result<Layers, LoadError> {
    load(text, &[], &[])
}

fn fault(text: &str, variables: &Variables<'_>, flags: &[Flag]) -> String {
    let error = load(text, variables, flags).err().map(|error| error.to_string());
    let error = error.unwrap_or_else(|| panic!("{text} {variables:?} {flags:?} is taken"));
    assert_eq!(error.lines().count(), 1, "{error}");
    error
}

/// The example of the guide.
fn guide() -> &'static str {
    let guide = include_str!("../../../docs/guide/configure.md");
    let (_, rest) = guide.split_once("```toml\n").expect("an example");
    rest.split_once("```").expect("its end").0
}

const FANOUT: &str = "RUMORMILL_NODE__BROADCAST__FLOOD__FANOUT";

fn fanout(layers: &Layers) -> String {
    let BroadcastConfig::Flood(flood) = &layers.config().broadcast;
    format!("{:?}", flood.fanout)
}

#[test]
fn flags_go_over_variables_over_the_file_over_defaults() {
    let text = "[node]\nbroadcast = { flood = { fanout = 2 } }";
    let flag = Flag::new("--fanout", "node.broadcast.*.fanout", "4");
    assert_eq!(fanout(&load("", &[], &[]).unwrap()), "All");
    assert_eq!(fanout(&load(text, &[], &[]).unwrap()), "Random(2)");
    assert_eq!(fanout(&load(text, &[(FANOUT, "3")], &[]).unwrap()), "Random(3)");
    let all = load(text, &[(FANOUT, "3")], &[flag]).unwrap();
    assert_eq!(fanout(&all), "Random(4)");
    assert_eq!(all.origin("node.broadcast.flood.fanout").unwrap().to_string(), "--fanout");
    assert_eq!(all.origin("node.broadcast").unwrap().to_string(), "node.toml line 2");
    assert_eq!(all.origin("node.port"), None);
}

#[test]
fn the_example_of_the_guide_loads() {
    let layers = file(guide()).unwrap();
    let config = layers.config();
    assert_eq!((config.port, config.bootstrap.len()), (Some(7001), 2));
    assert_eq!(config.books.interval, Some(Duration::from_secs(2)));
    let StateConfig::Registers(registers) = &config.state else { panic!("registers") };
    assert_eq!(registers.sync_interval, None);
    let rumormill_node::TransportConfig::Http(http) = &config.transport;
    assert_eq!((http.pace, http.server.body_bytes_max), (Duration::from_millis(100), 256 << 10));
}

#[test]
fn what_belongs_to_a_scenario_is_not_looked_at() {
    let text = "name = 1\nseed = 2\n[network]\nx = 1\n[[workload]]\ny = 1\n[[fault]]\nz = 1\n";
    assert!(file(text).is_ok());
}

#[test]
fn who_chooses_another_protocol_drops_the_settings_of_the_first() {
    let text = "[node.state.registers]\nsync_interval = \"1 s\"";
    let none = load(text, &[("RUMORMILL_NODE__STATE", "none")], &[]).unwrap();
    assert!(matches!(none.config().state, StateConfig::None));
    // The same one keeps them.
    let same = load(text, &[("RUMORMILL_NODE__STATE", "registers")], &[]).unwrap();
    assert_eq!(same.value("node.state.registers.sync_interval").unwrap(), "\"1 s\"");
}

#[test]
fn variables_are_toml_or_text() {
    let variables = [
        ("RUMORMILL_NODE__BOOTSTRAP", "[7000, \"example.org:80\"]"),
        ("RUMORMILL_NODE__NETWORK", "2024"),
        ("RUMORMILL_NODE__BOOKS", "{ interval = \"off\" }"),
        ("RUMORMILL_NODE__BROADCAST", "{ flood = { ttl = 3 } }"),
        ("RUMORMILL_NODE__DISCOVERY__PEER_LIST__KNOWN_MAX", "5"),
        ("RUMORMILL_API", "not ours"),
    ];
    let layers = load("", &variables, &[]).unwrap();
    let config = layers.config();
    assert_eq!(config.bootstrap, ["7000", "example.org:80"]);
    assert_eq!((config.network.as_str(), config.books.interval), ("2024", None));
    assert_eq!(layers.value("node.broadcast.flood.ttl").unwrap(), "3");
    let one = load("", &[("RUMORMILL_NODE__BOOTSTRAP", "7000")], &[]).unwrap();
    assert_eq!(one.config().bootstrap, ["7000"]);
}

#[test]
fn errors_say_where_what_and_what_else() {
    let flood = |rest: &str| format!("[node.broadcast.flood]\n{rest}");
    let texts = [
        "[node]\n\nport = 7001\nbind =",
        "[nodes]\nport = 7001",
        "port = 7001",
        "node = 7",
        "[node]\nfanout = 4",
        "[node]\nbook = { interval = \"1 s\" }",
        "[node]\nbooks = \"off\"",
        "[node]\nport = 0",
        "[node]\nport = \"seven\"",
        "[node]\nbind = \"127.0.0.1:7000\"",
        "[node]\nnetwork = \"a b\"",
        "[node]\nbootstrap = [\"7000\", \"nonsense\"]",
        "[node]\nbootstrap = [7000, true]",
        "[node]\nbroadcast = \"floood\"",
        "[node]\nbroadcast = {}",
        "[node]\nbroadcast = { flood = 7 }",
        "[node]\nbroadcast = { push-pull = {} }",
        "[node]\nstate = { none = {}, registers = {} }",
        "[node]\nstate = { none = { sync_interval = \"1 s\" } }",
        "[node]\nbooks = { interval = \"1 ms\" }",
        "[node]\nbooks = { interval = \"10\" }",
        "[node]\nbooks = { interval = 10 }",
        "[node.transport.http.server]\nbody_bytes_max = \"1 Mbit\"",
        "[node.transport.http.server]\nbody_bytes_max = 1",
        "[node.discovery.peer-list]\nbackoff = { least = \"2 min\" }",
        "[node.discovery.peer-list]\nbackoff = { most = \"1 s\", least = \"2 s\" }",
    ];
    let mut said: Vec<String> = texts.iter().map(|text| fault(text, &[], &[])).collect();
    for rest in ["ttl = 999", "ttl = -1", "ttl = 1.5", "ttl = 99999999999999999999", "tttl = 1"] {
        said.push(fault(&flood(rest), &[], &[]));
    }
    for variable in [
        (FANOUT, "0"),
        (FANOUT, "none"),
        ("RUMORMILL_NODE__BROADCAST__FLOOD__FANUOT", "4"),
        ("RUMORMILL_NODE__COLOUR", "red"),
        ("RUMORMILL_NODE__BROADCAST", "shout"),
    ] {
        said.push(fault("", &[variable], &[]));
    }
    let none = "[node]\nstate = \"none\"";
    said.push(fault(none, &[("RUMORMILL_NODE__STATE__REGISTERS__ENTRIES_MAX", "7")], &[]));
    for flag in [
        Flag::new("--sync", "node.state.*.sync_interval", "5s"),
        Flag::new("--ttl", "node.broadcast.*.ttl", "256"),
        Flag::new("--interval", "node.books.interval", "10"),
        Flag::new("--broadcast", "node.broadcast", "shout"),
        Flag::list("--bootstrap", "node.bootstrap", &["nonsense".into()]),
    ] {
        said.push(fault(none, &[], &[flag]));
    }
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::write(at("binary"), b"ok \xff").unwrap();
    fs::write(at("large"), vec![b'#'; FILE_BYTES_MAX + 1]).unwrap();
    fs::write(at("good"), vec![b'#'; FILE_BYTES_MAX]).unwrap();
    let dir_name = format!("{}/", dir.path().display());
    let read = |name: &str| Layers::default().read(&at(name));
    let said = |name: &str| read(name).unwrap_err().to_string().replace(&dir_name, "");
    assert!(read("good").is_ok());
    assert_eq!(said("nowhere"), "nowhere: cannot be read: No such file or directory (os error 2)");
    assert_eq!(said("binary"), "binary: is not UTF-8: byte 4 is part of no character");
    assert_eq!(said("large"), "large: is larger than 1 MiB: that is no configuration");
    assert!(said("").contains("cannot be read"));
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_named() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    let value = OsString::from_vec(vec![0xff]);
    let error = Layers::default().environment([(OsString::from(FANOUT), value)]).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{FANOUT}: is not UTF-8: byte 1 is part of no character")
    );
}

#[test]
fn only_wrong_flags_are_wrong_usage() {
    let flag = Flag::new("--ttl", "node.broadcast.*.ttl", "256");
    assert!(load("", &[], &[flag]).unwrap_err().is_of_flags());
    assert!(!file("[node]\nport = 0").unwrap_err().is_of_flags());
    assert!(!load("", &[(FANOUT, "0")], &[]).unwrap_err().is_of_flags());
}

#[test]
fn the_printed_reference_says_every_setting() {
    insta::assert_snapshot!(toml(&Layers::default()));
}

#[test]
fn what_is_printed_loads_and_says_the_same() {
    let variables = [(FANOUT, "3"), ("RUMORMILL_NODE__DATA_DIR", "/tmp/a \"b\"\\c")];
    for text in ["", guide(), "[node]\nstate = \"none\""] {
        let layers = load(text, &variables, &[]).unwrap();
        let again = file(&toml(&layers)).unwrap();
        assert_eq!(format!("{:?}", again.config()), format!("{:?}", layers.config()));
        let handed_on = file(&layers.to_toml(&[])).unwrap();
        assert_eq!(format!("{:?}", handed_on.config()), format!("{:?}", layers.config()));
    }
    let marked = toml(&load("", &variables, &[]).unwrap());
    assert!(marked.contains(&format!("# Set by {FANOUT}.\nfanout = 3\n")), "{marked}");
    let all = load("[node]\nport = 1", &[], &[]).unwrap().to_toml(&["node.port"]);
    assert!(!all.contains("port"), "{all}");
}

#[test]
fn every_default_is_one_that_loads() {
    for row in rows(&Layers::default()).into_iter().filter(|row| row.counts) {
        let Some(default) = row.default else { continue };
        let text = format!("{} = {default}", row.key);
        let layers = file(&text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(layers.value(&row.key), known(&row.key).unwrap().default(), "{text}");
        let same = format!("{:?}", layers.config()) == format!("{:?}", Layers::default().config());
        assert!(same, "{text} is not the default");
    }
}
