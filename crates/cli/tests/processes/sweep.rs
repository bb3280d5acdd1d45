//! Sweeps, as whole processes run them: what is wrong is told before anything runs, and what is done is
//! never done again.

use crate::harness::{Process, SOON, until};
use crate::sim::{Desk, text};
use serde_json::Value;
use std::fs;

/// Whose runs take long enough to be stopped between them.
const LONG: &str = "name = \"long\"
node = { discovery = \"roster\", state = \"none\" }
network = { nodes = 200, topology = { random-regular = { degree = 16 } } }
[[workload]]
kind = \"once\"
messages = 40
apart = \"100 ms\"
[check]
agree = false
";

const GRID: &str = "--vary node.broadcast.flood.fanout=2,4,all --vary seed=1..12";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.put("long.toml", LONG);
    desk
}

/// Starts the sweep over the grid, and waits until a few of its runs are done.
fn started(desk: &Desk, out: &str) -> Process {
    let (file, out) = (desk.path("long.toml"), desk.path(out));
    let args = format!("sim sweep {} {GRID} --jobs 1 --out {}", file.display(), out.display());
    let process = desk.0.run(&args);
    let done = || fs::read_to_string(out.join("runs.ndjson")).unwrap_or_default().lines().count();
    until("some runs are done", SOON, || (done() >= 3).then_some(()));
    process
}

/// Goes on with it; says how many runs were done now.
#[track_caller]
fn finished(desk: &Desk, out: &str) -> usize {
    let (file, out) = (desk.path("long.toml"), desk.path(out));
    let args = format!("sweep {} {GRID} --out {}", file.display(), out.display());
    let said = desk.printed(&args);
    let now = said.strip_prefix("36 runs, ").and_then(|rest| rest.split(' ').next());
    now.and_then(|now| now.parse().ok()).unwrap_or_else(|| panic!("{said}"))
}

fn results(desk: &Desk, out: &str) -> [String; 2] {
    ["results.csv", "report.html"].map(|name| desk.read(&format!("{out}/{name}")))
}

#[test]
fn a_sweep_has_a_row_a_run_and_a_page() {
    let desk = Desk::new();
    let args =
        "sweep small.toml --vary node.broadcast.flood.fanout=2..4 --vary network.nodes=6,8 --out s";
    let document = desk.json(&format!("{args} --json"));
    for (key, value) in [("runs", 6), ("points", 6), ("violations", 0), ("failed", 0)] {
        assert_eq!(document[key], value, "{document}");
    }
    assert!(!document["front"].as_array().expect("a list").is_empty(), "{document}");
    let csv = desk.read("s/results.csv");
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[0].starts_with("index,node.broadcast.flood.fanout,network.nodes,messages,due,"));
    assert_eq!(lines.len(), 7);
    let run = desk.json("run small.toml --set node.broadcast.flood.fanout=3 --nodes 8 --json");
    assert!(lines[4].starts_with("3,3,8,"), "{}", lines[4]);
    assert!(lines[4].contains(run["hash"].as_str().expect("a hash")), "{}", lines[4]);
    let page = desk.read("s/report.html");
    assert!(page.starts_with("<!doctype html>") && page.contains("class=\"mark heat"), "{page}");
    let again = desk.printed(args);
    assert!(again.starts_with("6 runs, 0 of them now: nothing went wrong\n"), "{again}");
    assert!(again.contains("on the front of p99 and bytes per delivery"), "{again}");
}

#[test]
fn seeds_count_from_the_scenario_s_on() {
    let desk = Desk::new();
    let document = desk.json("sweep small.toml --vary network.nodes=6..8 --seeds 3 --out s --json");
    assert_eq!((&document["runs"], &document["points"]), (&9.into(), &3.into()), "{document}");
    let csv = desk.read("s/results.csv");
    let seeds: Vec<&str> = csv.lines().skip(1).filter_map(|line| line.split(',').nth(2)).collect();
    assert_eq!(seeds, ["3", "4", "5"].repeat(3));
    desk.printed("sweep small.toml --seeds 2 --out t");
    assert_eq!(desk.read("t/results.csv").lines().count(), 3);
}

#[test]
fn a_flag_reaches_what_stands_in_a_list() {
    let desk = Desk::new();
    desk.printed("sweep small.toml --vary workload[0].messages=1..3 --out s");
    let csv = desk.read("s/results.csv");
    let messages: Vec<&str> =
        csv.lines().skip(1).filter_map(|line| line.split(',').nth(2)).collect();
    assert_eq!(messages, ["1", "2", "3"]);
}

#[test]
fn killed_half_way_it_goes_on_where_it_was() {
    let desk = desk();
    started(&desk, "killed").kill();
    // As if the machine had failed while a line was written.
    let runs = desk.read("killed/runs.ndjson");
    desk.put("killed/runs.ndjson", &format!("{runs}{{\"index\":35,\"val"));
    let there = runs.lines().count();
    assert!(there < 36, "it was over before it was killed");
    assert_eq!(finished(&desk, "killed"), 36 - there);
    assert_eq!(finished(&desk, "whole"), 36);
    assert_eq!(results(&desk, "killed"), results(&desk, "whole"));
    assert!(!desk.path("killed/.reserve").exists());
}

#[cfg(unix)]
#[test]
fn interrupted_it_keeps_what_is_done() {
    let desk = desk();
    let mut process = started(&desk, "stopped");
    process.signal("INT");
    assert_eq!(process.exit_code(SOON), Some(130));
    let kept = desk.read("stopped/runs.ndjson").lines().count();
    let said = process.stderr();
    assert!(said.starts_with(&format!("interrupted: {kept} of 36 runs are kept in ")), "{said}");
    assert!(kept < 36 && !desk.path("stopped/results.csv").exists());
    assert_eq!(finished(&desk, "stopped"), 36 - kept);
}

#[test]
fn what_is_wrong_is_told_before_anything_runs() {
    let desk = desk();
    for (flags, why) in [
        (
            "--vary node.broadcast.flood.fanuot=2..4",
            "--vary: node.broadcast.flood.fanuot is no setting; did you mean `node.broadcast.flood.fanout`?",
        ),
        ("--vary network.los=0", "--vary: network.los is no setting; did you mean `network.loss`?"),
        (
            "--vary network.loss=0,2",
            "--vary: network.loss is 2, but must be a number, at least 0 and below 1",
        ),
        (
            "--vary network.loss=0 --vary network.nodes=100,10",
            "long.toml line 3: network.topology.random-regular.degree",
        ),
        ("--vary seed=1,x,2", "--vary: seed is \"x\", but must be a whole number, from 0 to"),
        ("--vary seed=9007199254740991..9007199254740992", "--vary: seed is 9007199254740992, but"),
        ("--vary fault[0].at=5s", "--vary: fault[0] is not there: there is no fault"),
        ("--vary seed=1 --seeds 2", "--vary seed and --seeds contradict each other: leave one out"),
        ("--vary seed=1 --seed 2", "--vary seed and --seed contradict each other: leave one out"),
        (
            "--vary network.nodes=20 --nodes 20",
            "--vary network.nodes and --nodes contradict each other: leave one out",
        ),
        (
            "--vary network.loss=0 --set network.loss=0",
            "--vary network.loss and --set contradict each other: leave one out",
        ),
        (
            "--vary network.loss=0 --vary network.loss=0.1",
            "--vary network.loss and another --vary contradict each other: leave one out",
        ),
        (
            "--vary seed=1..1000 --vary network.nodes=20..1100",
            "the grid has 1081000 points, but there may be 1000000: take fewer values or axes",
        ),
    ] {
        let said = desk.refused(&format!("sweep long.toml {flags} --out s"), 2);
        assert!(said.starts_with(why), "{flags}: {said}");
    }
    for wrong in [
        "--vary seed=8..2",
        "--vary seed=1,,2",
        "--vary seed",
        "--vary seed=1 --jobs 0",
        "--vary seed=1 --shard 3/2",
        "--seeds 0",
        "",
    ] {
        let ended = desk.sim(&format!("sweep long.toml {wrong} --out s"));
        assert_eq!(ended.status.code(), Some(2), "{wrong}: {}", text(&ended.stderr));
    }
    assert!(!desk.path("s").exists(), "nothing was written");
}

#[test]
fn the_results_of_another_sweep_are_left_alone() {
    let desk = Desk::new();
    desk.printed("sweep small.toml --vary seed=1..3 --out s");
    let before = desk.read("s/results.csv");
    for (args, why) in [
        ("small.toml --vary seed=1..4", "it varies seed=1,2,3, not seed=1,2,3,4;"),
        ("small.toml --vary seed=1..3 --encode", "its flags are none, not --encode;"),
        ("small.toml --vary seed=1..3 --shard 1/2", "it has all of it, not shard 1/2;"),
        ("forgetful.toml --vary seed=1..3", "its scenario says something else;"),
    ] {
        let said = desk.refused(&format!("sweep {args} --out s"), 2);
        assert!(said.starts_with(&format!("s has another sweep: {why}")), "{said}");
    }
    let manifest = desk.read("s/sweep.json");
    let ours = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    desk.put("s/sweep.json", &manifest.replace(&ours, "\"version\": \"0.0.1\""));
    let said = desk.refused("sweep small.toml --vary seed=1..3 --out s", 2);
    assert!(said.contains("its runs are of version 0.0.1, not "), "{said}");
    assert_eq!(desk.read("s/results.csv"), before);
}

#[test]
fn a_broken_promise_is_a_failure_and_the_command_shows_it_again() {
    let desk = Desk::new();
    let ended = desk.sim("sweep forgetful.toml --vary seed=0..1 --set name=x --out s --json");
    assert_eq!(ended.status.code(), Some(1), "{}", text(&ended.stderr));
    let document: Value = serde_json::from_str(text(&ended.stdout)).expect("JSON");
    assert!(document["violations"].as_u64() >= Some(1), "{document}");
    let page = desk.read("s/report.html");
    let command = "rumormill sim run forgetful.toml --set name=x --seed 0 --log run.ndjson";
    assert!(page.contains(command), "{page}");
    let again = desk.sim(command.trim_start_matches("rumormill sim "));
    assert_eq!(again.status.code(), Some(1));
    let unchecked = desk.sim("sweep forgetful.toml --vary seed=0..1 --no-checks --out t");
    assert_eq!(unchecked.status.code(), Some(0), "{}", text(&unchecked.stderr));
}
