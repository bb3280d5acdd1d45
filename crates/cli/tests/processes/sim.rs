//! The simulator's commands, as a whole process runs them.

use crate::harness::{Network, SOON};
#[cfg(unix)]
use crate::harness::{Terminal, until};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const SMALL: &str = "name = \"small\"
seed = 3
node = { discovery = \"roster\", state = \"none\" }
network = { nodes = 10, topology = \"full\" }
[[workload]]
kind = \"once\"
messages = 2
[check]
agree = false
";

/// A seen cache of one, and several messages at a time: nodes deliver again what they forgot.
const FORGETFUL: &str = "name = \"forgetful\"
node = { discovery = \"roster\", state = \"none\", broadcast = { flood = { ttl = 2, seen_entries = 1 } } }
[network]
nodes = 10
topology = \"full\"
latency = { uniform = { from = \"10 ms\", to = \"900 ms\" } }
[[workload]]
kind = \"once\"
messages = 3
apart = \"10 ms\"
";

/// A directory with scenarios in it, where commands are run.
pub struct Desk(pub Network);

impl Desk {
    pub fn new() -> Desk {
        let desk = Desk(Network::new());
        desk.put("small.toml", SMALL);
        desk.put("forgetful.toml", FORGETFUL);
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.dir().join(name)
    }

    pub fn put(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("it can be written");
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("it is there")
    }

    /// Runs `rumormill sim`, its arguments parted by spaces.
    pub fn sim(&self, args: &str) -> Output {
        self.sim_with(args, Stdio::null())
    }

    fn sim_with(&self, args: &str, stdin: Stdio) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rumormill"));
        command.current_dir(self.0.dir()).env_remove("RUST_LOG").stdin(stdin);
        command.arg("sim").args(args.split(' ')).output().expect("rumormill starts")
    }

    /// What it prints; it must end well and say nothing else.
    #[track_caller]
    pub fn printed(&self, args: &str) -> String {
        let ended = self.sim(args);
        assert_eq!((ended.status.code(), text(&ended.stderr)), (Some(0), ""), "{args}");
        text(&ended.stdout).to_owned()
    }

    #[track_caller]
    pub fn json(&self, args: &str) -> Value {
        one_line(&self.printed(args))
    }

    /// Its error, which is one sentence; it must end with that code and print nothing.
    #[track_caller]
    pub fn refused(&self, args: &str, code: i32) -> String {
        let ended = self.sim(args);
        let said = text(&ended.stderr);
        assert_eq!((ended.status.code(), text(&ended.stdout)), (Some(code), ""), "{args}: {said}");
        assert!(said.starts_with("error: ") && said.lines().count() == 1, "{args}: {said}");
        said.trim_start_matches("error: ").trim_end().to_owned()
    }
}

pub fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("it is text")
}

#[track_caller]
fn one_line(printed: &str) -> Value {
    assert_eq!(printed.lines().count(), 1, "{printed}");
    serde_json::from_str(printed).expect("JSON")
}

/// What is the same on every run.
fn lasting(mut document: Value) -> Value {
    document["wall_seconds"] = Value::Null;
    document["peak_rss_bytes"] = Value::Null;
    document
}

#[test]
fn a_run_is_told_as_a_table_or_as_one_line_of_json() {
    let desk = Desk::new();
    let table = desk.printed("run small.toml");
    assert!(table.starts_with("small\n10 nodes, seed 3, http links, rumormill "), "{table}");
    assert!(table.contains("flood") && table.contains("100 %"), "{table}");
    let document = desk.json("run small.toml --json");
    for key in ["name", "seed", "nodes", "events", "wall_seconds", "hash", "violations"] {
        assert!(!document[key].is_null(), "{key}: {document}");
    }
    let of = &document["broadcasts"][0];
    assert_eq!((&of["protocol"], &of["label"]), (&"flood".into(), &"flood".into()), "{of}");
    assert_eq!((&of["messages"], &of["delivery_ratio"]), (&2.into(), &1.0.into()), "{of}");
    for key in ["latency_ms", "hops", "copies_per_delivery", "bytes_per_delivery", "dropped"] {
        assert!(!of[key].is_null(), "{key}: {of}");
    }
    assert_eq!(cfg!(target_os = "linux"), document["peak_rss_bytes"].is_u64());
}

#[test]
fn the_same_seed_gives_the_same_run_and_another_another() {
    let desk = Desk::new();
    let run = |flags: &str| lasting(desk.json(&format!("run small.toml --json{flags}")));
    let first = run("");
    assert_eq!(run(""), first);
    assert_eq!(run(" --encode --no-checks")["hash"], first["hash"]);
    assert_ne!(run(" --seed 4")["hash"], first["hash"]);
    let set = run(" --nodes 7 --set node.broadcast.flood.fanout=2 --set name=other");
    assert_eq!((&set["nodes"], &set["name"]), (&7.into(), &"other".into()));
}

#[test]
fn a_dash_is_a_scenario_on_stdin() {
    let desk = Desk::new();
    let file = fs::File::open(desk.path("small.toml")).expect("it can be read");
    let ended = desk.sim_with("run - --json", file.into());
    assert_eq!(one_line(text(&ended.stdout))["name"], "small", "{}", text(&ended.stderr));
    desk.put("empty.toml", "");
    let file = fs::File::open(desk.path("empty.toml")).expect("it can be read");
    let ended = desk.sim_with("run - --nodes 2 --set drain=1s --json", file.into());
    assert_eq!(one_line(text(&ended.stdout))["name"], "stdin", "{}", text(&ended.stderr));
}

#[test]
fn a_scenario_that_is_not_sound_is_wrong_usage() {
    let desk = Desk::new();
    desk.put("crash.toml", "network.nodes = 3\n[[fault]]\nat = \"1 s\"\ncrash = { random = 4 }\n");
    let said = desk.refused("run crash.toml", 2);
    assert_eq!(said, "crash.toml line 4: fault[0].crash.random is 4, but there are 3 nodes");
    desk.put("typo.toml", "[network]\nnods = 3\n");
    assert!(desk.refused("run typo.toml", 2).starts_with("typo.toml line 2: network.nods is no"));
    assert!(desk.refused("run nowhere.toml", 2).starts_with("nowhere.toml: cannot be read"));
    assert!(desk.refused("run .", 2).starts_with(".: cannot be read"));
    assert!(desk.refused("run small.toml --nodes none", 2).starts_with("--nodes: network.nodes"));
    assert!(
        desk.refused("run small.toml --set node.foo=1", 2).starts_with("--set: node.foo is no")
    );
    let said = desk.refused("compare small.toml --with pigeon", 2);
    assert!(said.starts_with("--with: `pigeon` is neither a broadcast (flood"), "{said}");
    for wrong in ["run", "run small.toml --set nodes", "compare small.toml", "replay", "fly"] {
        assert_eq!(desk.sim(wrong).status.code(), Some(2), "{wrong}");
    }
}

#[test]
fn a_broken_promise_is_a_failure_and_the_command_shows_it_again() {
    let desk = Desk::new();
    let ended = desk.sim("run forgetful.toml --set name=a=b --json");
    assert_eq!(ended.status.code(), Some(1), "{}", text(&ended.stdout));
    let document = one_line(text(&ended.stdout));
    let violation = &document["violations"][0];
    let at = violation["at_ns"].as_u64().expect("a time") as f64 / 1e9;
    let ran = document["simulated_seconds"].as_f64().expect("a time");
    assert!((at - ran).abs() < 0.001 && ran < 5.0, "found at {at} s, ran for {ran} s");
    assert_eq!(document["seed"], 0);
    let replay = violation["replay"].as_str().expect("a command");
    let start = "rumormill sim run forgetful.toml --seed 0 --set name=a=b --log run.ndjson";
    assert_eq!(replay, start);
    assert!(text(&ended.stderr).contains(replay), "{}", text(&ended.stderr));
    let again = desk.sim(replay.trim_start_matches("rumormill sim "));
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stdout).contains("VIOLATIONS: 1") && text(&again.stdout).contains(replay));
    let log = desk.read("run.ndjson");
    let header: Value = serde_json::from_str(log.lines().next().expect("a header")).expect("JSON");
    assert_eq!(header["command"], replay);
    let unchecked = desk.sim("run forgetful.toml --no-checks --json");
    assert_eq!(unchecked.status.code(), Some(0), "{}", text(&unchecked.stdout));
}

#[test]
fn a_report_is_a_page() {
    let desk = Desk::new();
    desk.printed("run small.toml --report out.html");
    let page = desk.read("out.html");
    assert!(
        page.to_lowercase().starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"),
        "{page}"
    );
    assert!(page.contains("small") && page.contains("<svg"));
    desk.printed("compare small.toml --with flood --report out.html --json");
    let left: Vec<_> = fs::read_dir(desk.0.dir()).expect("the directory").flatten().collect();
    assert!(left.iter().all(|it| !it.file_name().to_string_lossy().starts_with(".rumormill")));
}

#[test]
fn what_can_not_be_written_is_told_before_anything_runs() {
    let desk = Desk::new();
    let million = "run small.toml --nodes 1000000 --set network.topology=ring";
    let said = desk.refused(&format!("{million} --report no/such.html"), 1);
    assert!(said.starts_with("the report cannot be written to no/such.html: name"), "{said}");
    let said = desk.refused(&format!("{million} --log no/such.ndjson"), 1);
    assert!(said.starts_with("the log cannot be written to no/such.ndjson: name"), "{said}");
    let said = desk.refused(&format!("{million} --log ./small.toml"), 1);
    assert!(said.contains("would overwrite the scenario"), "{said}");
    assert_eq!(desk.read("small.toml"), SMALL);
}

#[cfg(target_os = "linux")]
#[test]
fn a_log_that_fills_the_disk_ends_the_run() {
    let said = Desk::new().refused("run small.toml --log /dev/full", 1);
    assert!(said.starts_with("the log can't be written: No space left"), "{said}");
}

#[test]
fn contenders_stand_side_by_side_in_their_order() {
    let desk = Desk::new();
    let quiet = "[node]\ndiscovery = \"roster\"\nstate = \"none\"\nbroadcast = { flood = { fanout = 2 } }\n";
    desk.put("quiet.toml", quiet);
    let document = desk.json("compare small.toml --with flood,quiet.toml --with flood --json");
    let of = document["broadcasts"].as_array().expect("a list");
    let labels: Vec<&Value> = of.iter().map(|of| &of["label"]).collect();
    assert_eq!(labels, ["flood #1", "quiet.toml", "flood #2"]);
    let copies = |at: usize| of[at]["copies_per_delivery"].as_f64().expect("a number");
    assert!(copies(0) == copies(2) && copies(1) < copies(0), "{of:?}");
    let again = desk.json("compare small.toml --with flood,quiet.toml,flood --json");
    assert_eq!(lasting(again), lasting(document));
    let one = desk.json("compare small.toml --with flood --json");
    assert_eq!(one["hash"], desk.json("run small.toml --json")["hash"]);
    let table = desk.printed("compare small.toml --with flood,quiet.toml");
    assert!(table.contains("\n  flood ") && table.contains("\n  quiet.toml "), "{table}");
}

#[test]
fn the_way_of_a_message_is_a_tree() {
    let desk = Desk::new();
    desk.printed("run small.toml --log run.ndjson");
    let tree = desk.printed("replay run.ndjson --message first");
    assert!(tree.starts_with("message ") && tree.contains("heard by 10 nodes;"), "{tree}");
    assert_eq!(tree.lines().filter(|line| line.contains("node ")).count(), 10, "{tree}");
    assert!(tree.contains("published at 1.0") && tree.contains(" ms, hop 1"), "{tree}");
    let document = desk.json("replay run.ndjson --message last --json");
    let heard = document["heard"].as_array().expect("a list");
    assert_eq!((heard.len(), &heard[0]["from"], &heard[1]["hop"]), (10, &Value::Null, &1.into()));
    let id = document["id"].as_str().expect("an id");
    let by_prefix = desk.json(&format!("replay run.ndjson --message {} --json", &id[..8]));
    assert_eq!(by_prefix, document);
    let said = desk.refused("replay run.ndjson --message zz", 1);
    assert!(said.starts_with("no message of this run begins with `zz`"), "{said}");
}

#[test]
fn the_lines_of_a_log_are_shown_as_far_as_they_are_asked_for() {
    let desk = Desk::new();
    desk.printed("run small.toml --log run.ndjson");
    let all = desk.printed("replay run.ndjson");
    assert_eq!(all.lines().count() + 1, desk.read("run.ndjson").lines().count());
    let some = desk.printed("replay run.ndjson --node 3 --kind rumor --from 1s --to 1.5s --json");
    assert!(some.lines().count() > 5, "{some}");
    for line in some.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!((&line["node"], &line["kind"]), (&3.into(), &"rumor".into()));
        assert!((1_000_000_000..=1_500_000_000).contains(&line["t"].as_u64().expect("a time")));
    }
    let none = desk.sim("replay run.ndjson --node 77");
    assert_eq!((none.status.code(), text(&none.stdout)), (Some(0), ""));
    assert_eq!(text(&none.stderr), "no line of the log is of that kind\n");
}

#[test]
fn a_log_that_is_broken_is_told() {
    let desk = Desk::new();
    desk.printed("run small.toml --log run.ndjson");
    let log = desk.read("run.ndjson");
    desk.put("cut.ndjson", &log[..log.len() - 9]);
    let cut = desk.sim("replay cut.ndjson");
    assert_eq!(cut.status.code(), Some(0));
    assert_eq!(text(&cut.stdout).lines().count() + 2, log.lines().count());
    assert!(text(&cut.stderr).starts_with("the log was cut off in line "));
    desk.put("other.ndjson", &log.replacen("_log\":1", "_log\":9", 1));
    assert!(
        desk.refused("replay other.ndjson", 1).starts_with("other.ndjson is a log of format 9")
    );
    assert!(desk.refused("replay small.toml", 1).starts_with("small.toml is no log of a run"));
    assert!(desk.refused("replay nowhere", 1).starts_with("nowhere cannot be read: "));
    desk.put("bad.ndjson", &log.replacen("{\"t\":0", "{\"t\":-", 2));
    let bad = desk.refused("replay bad.ndjson --message first", 1);
    assert!(bad.starts_with("bad.ndjson line 2 is none of a log: "), "{bad}");
}

#[test]
fn steps_need_a_terminal() {
    let desk = Desk::new();
    desk.printed("run small.toml --log run.ndjson");
    let said = desk.refused("replay run.ndjson --step", 2);
    assert_eq!(said, "--step needs a terminal to wait at");
}

#[cfg(unix)]
#[test]
fn on_a_terminal_it_steps() {
    let desk = Desk::new();
    desk.printed("run small.toml --log run.ndjson");
    let log = desk.path("run.ndjson");
    let args = format!("sim replay {} --kind start --step", log.display());
    let mut terminal = Terminal::run(&desk.0, &args);
    let shows = |terminal: &Terminal, node: usize| {
        let (this, next) = (format!("node {node} "), format!("node {} ", node + 1));
        until("it shows so many lines", SOON, || {
            (terminal.shows(&this) && terminal.shows("Enter")).then_some(())
        });
        assert!(!terminal.shows(&next), "{}", terminal.text());
    };
    shows(&terminal, 0);
    terminal.types("\r");
    shows(&terminal, 1);
    terminal.types("3\r");
    shows(&terminal, 4);
    terminal.types("q\r");
    let (code, text) = terminal.ended();
    assert_eq!(code, 0, "{text}");
}

#[test]
fn the_scenarios_that_come_with_it_are_sound() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let entries = fs::read_dir(&dir).expect("the scenarios").flatten().map(|entry| entry.path());
    let scenarios: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|ext| ext == "toml")).collect();
    assert!(!scenarios.is_empty());
    for scenario in scenarios {
        let checked = Command::new(env!("CARGO_BIN_EXE_rumormill"))
            .args(["config", "check"])
            .arg(&scenario)
            .output()
            .expect("rumormill starts");
        assert!(checked.status.success(), "{scenario:?}: {}", text(&checked.stderr));
    }
}
