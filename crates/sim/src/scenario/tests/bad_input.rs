//! What is said of what can't be run: one line each, with the line of the file.

use crate::scenario::{Scenario, Source};
use std::io;

fn files(name: &str) -> io::Result<String> {
    match name {
        "trace.csv" => Ok("# time,node,size\n10,0,64\n20,100,64\n".into()),
        "edges.txt" => Ok("0 1\n1 2\n2 9\n".into()),
        "text.csv" => Ok("ten,0,64\n".into()),
        _ => Err(io::Error::other("there is no such file")),
    }
}

fn fault(text: &str) -> String {
    let source = Source { name: "s.toml", text, flags: &[], files: &files };
    let error = Scenario::read(&source).err().unwrap_or_else(|| panic!("{text} is taken"));
    let said = error.to_string();
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

fn faults(texts: &[String]) -> String {
    texts.iter().map(|text| fault(text)).collect::<Vec<_>>().join("\n")
}

fn each(before: &str, rest: &[&str]) -> String {
    faults(&rest.iter().map(|rest| format!("{before}{rest}")).collect::<Vec<_>>())
}

#[test]
fn unknown_keys_have_hints() {
    insta::assert_snapshot!(each(
        "",
        &[
            "sed = 1",
            "[nodes]\nx = 1",
            "[[workloads]]\nkind = \"books\"",
            "[node]\nfan_out = 4",
            "[network]\nlatncy = \"1 s\"",
            "[network]\nfanout = 4",
            "[network]\ntopology = { random-regular = { degrees = 4 } }",
            "[network]\nbandwidth = { upp = \"1 Mbit/s\" }",
            "[[workload]]\nkind = \"books\"\n[[workload]]\nkind = \"books\"\nrate = 4",
            "[[workload]]\nkind = \"books\"\nintervall = \"1 s\"",
            "[[fault]]\nat = \"1 s\"\ncrush = { random = 1 }",
            "[[fault]]\nat = \"1 s\"\nslow = { random = 1, bye = \"1 s\" }",
            "[check]\nagrees = false",
        ]
    ));
}

#[test]
fn impossible_values_have_bounds() {
    insta::assert_snapshot!(each(
        "",
        &[
            "seed = -1",
            "seed = 9007199254740992",
            "name = 7",
            "drain = 5",
            "network = 7",
            "workload = { kind = \"books\" }",
            "[network]\nnodes = 0",
            "[network]\nnodes = 4000001",
            "[network]\ntopology = \"circle\"",
            "[network]\ntopology = { ring = {}, full = {} }",
            "[network]\nlatency = \"fast\"",
            "[network]\nlatency = { constant = \"2 min\" }",
            "[network]\nlatency = \"2 min\"",
            "[network]\nlatency = { regions = \"moon\" }",
            "[network]\nlatency = { uniform = { from = \"2 s\", to = \"1 s\" } }",
            "[network]\nlatency = { uniform = { from = \"2 s\" } }",
            "[network]\nlatency = { uniform = 7 }",
            "[network]\nlatency = { lognormal = { sigma = -1 } }",
            "[network]\nbandwidth = { up = \"50 MB\" }",
            "[network]\nbandwidth = { up = \"1 bit/s\" }",
            "[network]\nloss = 1",
            "[network]\nloss = { uniform = 1.5 }",
            "[network]\nloss = nan",
            "[network]\nloss = \"some\"",
            "[network]\nloss = { bursty = { bad_to_good = 0 } }",
            "[network]\nlinks = \"carrier-pigeon\"",
            "[network]\nduplication = \"often\"",
            "[check]\nagree = 1",
        ]
    ));
}

#[test]
fn workloads_and_faults_are_named_by_number_and_line() {
    insta::assert_snapshot!(each(
        "[[workload]]\nkind = \"books\"\n",
        &[
            "for = \"25 h\"",
            "interval = \"1 ms\"",
            "[[workload]]\nfor = \"1 s\"",
            "[[workload]]\nkind = \"noise\"",
            "[[workload]]\nkind = 7",
            "[[workload]]\nkind = \"publish\"\nrate = 0",
            "[[workload]]\nkind = \"publish\"\nsize = \"2 MiB\"",
            "[[workload]]\nkind = \"publish\"\npublishers = 101",
            "[[workload]]\nkind = \"publish\"\npublishers = \"most\"",
            "[[workload]]\nkind = \"publish\"\nafter = \"20 h\"\nfor = \"10 h\"",
            "[[workload]]\nkind = \"once\"\nnode = 100",
            "[[workload]]\nkind = \"once\"\nmessages = 100_000",
            "[[workload]]\nkind = \"trace\"",
            "[[workload]]\nkind = \"trace\"\nfile = \"nowhere.csv\"",
            "[[workload]]\nkind = \"trace\"\nfile = \"trace.csv\"",
            "[[workload]]\nkind = \"trace\"\nfile = \"text.csv\"",
            "[[fault]]\nat = \"1 s\"",
            "[[fault]]\nat = \"1 s\"\ncrash = { random = 1 }\nheal = {}",
            "[[fault]]\nat = \"soon\"\nheal = {}",
            "[[fault]]\nat = \"75 s\"\nheal = {}",
            "[[fault]]\nheal = {}\nfor = \"1 s\"",
            "[[fault]]\nheal = \"wounds\"",
            "[[fault]]\ncrash = { nodes = [1, 100] }",
            "[[fault]]\ncrash = { nodes = [1, 1] }",
            "[[fault]]\ncrash = { nodes = [1, \"two\"] }",
            "[[fault]]\ncrash = 10",
            "[[fault]]\ncensor = { share = 1.5 }",
            "[[fault]]\nslow = { by = \"1 s\" }",
            "[[fault]]\nslow = { random = 101 }",
            "[[fault]]\nslow = { random = 1, share = 0.1 }",
            "[[fault]]\nspam = { random = 1, rate = -1 }",
            "[[fault]]\nsybil = { links = 101 }",
            "[[fault]]\nfor = \"1 s\"\npartition = { groups = 101 }",
            "[[fault]]\nfor = \"1 s\"\none-way = { from = [100] }",
            "[[fault]]\nrestart = [1, 100]",
            "[[fault]]\nrestart = 1",
            "[[fault]]\nslow = [1, \"two\"]",
            "[[fault]]\ntwins = { nodes = [100] }",
            "[[fault]]\ntwins = { share = 1, state = \"some\" }",
            "[[fault]]\nequivocate = { random = 1, stories = 1 }",
            "[[fault]]\nequivocate = { stories = 3 }",
            "[[fault]]\nsilence = { random = 1, to = [100] }",
            "[[fault]]\nsilence = { random = 1, kinds = [\"rumour\"] }",
            "[[fault]]\nsilence = { random = 101 }",
            "[[fault]]\namnesia = { random = 1, forgets = 0 }",
            "[[fault]]\namnesia = { random = 1, forgets = \"some\" }",
            "[[fault]]\namnesia = { random = 1, down = \"0 s\" }",
            "[[fault]]\nfor = \"1 s\"\namnesia = { random = 1 }",
        ]
    ));
}

#[test]
fn no_more_crash_than_there_are() {
    let network = "[network]\nnodes = 10\n";
    let crash = |at: u32, rest: &str| format!("[[fault]]\nat = \"{at} s\"\n{rest}\n");
    let six = "crash = { random = 6 }";
    insta::assert_snapshot!(faults(&[
        format!("{network}{}", crash(1, "crash = { random = 11 }")),
        format!("{network}{}{}", crash(1, six), crash(2, six)),
        // Who comes earlier, not who stands first.
        format!("{network}{}{}", crash(2, six), crash(1, six)),
        format!("{network}{}{}", crash(1, "crash = { share = 0.5 }"), crash(2, six)),
        format!(
            "{network}{}{}{}",
            crash(1, six),
            crash(2, "restart = { nodes = [1] }"),
            crash(3, six)
        ),
        format!(
            "{network}{}{}{}",
            crash(1, six),
            crash(2, "restart = { random = 1 }"),
            crash(3, six)
        ),
        format!(
            "{network}{}{}",
            crash(1, "amnesia = { random = 6, down = \"2 s\" }"),
            crash(2, six)
        ),
        format!("{network}{}{}", crash(1, six), crash(2, "amnesia = { share = 0.5 }")),
    ]));
    for again in [
        "for = \"1 s\"\ncrash = { random = 6 }",
        "crash = { random = 4 }",
        "amnesia = { random = 6, down = \"1 s\" }",
    ] {
        let text = format!("{network}{}{}", crash(1, again), crash(2, six));
        assert!(Scenario::parse("s.toml", &text).is_ok(), "{text}");
    }
    let text = format!("{network}{}{}{}", crash(1, six), crash(2, "restart = {}"), crash(3, six));
    assert!(Scenario::parse("s.toml", &text).is_ok(), "{text}");
}

#[test]
fn what_is_cut_must_heal_while_agreement_is_checked() {
    let cut = "[[fault]]\nat = \"10 s\"\n";
    insta::assert_snapshot!(each(
        cut,
        &[
            "partition = { groups = 2 }",
            "partition = { groups = 2 }\nfor = \"2 h\"",
            "partition = { share = 0.5 }\n[[fault]]\nat = \"5 s\"\nheal = {}",
            "partition = { random = 5 }\n[[fault]]\nat = \"20 s\"\nheal = \"one-way\"",
            "partition = [1]",
            "one-way = { from = { random = 1 } }",
        ]
    ));
    for healed in [
        "partition = {}\nfor = \"5 s\"",
        "partition = {}\n[[fault]]\nat = \"20 s\"\nheal = \"partition\"",
        "one-way = {}\n[[fault]]\nat = \"20 s\"\nheal = {}",
        "partition = {}\n[check]\nagree = false",
    ] {
        let text = format!("{cut}{healed}");
        assert!(Scenario::parse("s.toml", &text).is_ok(), "{text}");
    }
}

#[test]
fn topologies_that_no_graph_has_are_refused() {
    insta::assert_snapshot!(each(
        "[network]\nnodes = 9\n",
        &[
            "topology = { random-regular = { degree = 9 } }",
            "topology = { random-regular = { degree = 3 } }",
            "topology = \"random-regular\"\n[node]\nport = 0",
            "topology = { ring = { each_side = 5 } }",
            "topology = { random = { degree = 9 } }",
            "topology = { scale-free = { links = 9 } }",
            "topology = { regions = { regions = 10 } }",
            "topology = { regions = { regions = 3, inside = 3 } }",
            "topology = { regions = { regions = 3, inside = 2, across = 0 } }",
            "topology = { regions = { regions = 3, inside = 2, across = 7 } }",
            "topology = { edges = { file = \"nowhere.txt\" } }",
            "topology = { edges = { file = \"edges.txt\" } }",
            "topology = \"edges\"",
        ]
    ));
    insta::assert_snapshot!(fault("[network]\nnodes = 20000\ntopology = \"full\""));
}

#[test]
fn ways_apart_are_not_too_many() {
    let apart = "[[fault]]\ntwins = { random = 50, apart = true }";
    insta::assert_snapshot!(fault(&format!("network.nodes = 100_000\n{apart}")));
    assert!(Scenario::parse("s.toml", &format!("network.nodes = 80_000\n{apart}")).is_ok());
}
