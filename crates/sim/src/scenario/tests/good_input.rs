//! What a scenario says, and what it leaves open.

use crate::scenario::*;
use rumormill_core::Duration;
use rumormill_node::BroadcastConfig;

fn parse(text: &str) -> Scenario {
    Scenario::parse("s.toml", text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn every_scenario_of_the_repository_parses() {
    let all = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios");
    let files = std::fs::read_dir(all).unwrap().map(|file| file.unwrap().path());
    let mut names = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("# "), "{file:?} doesn't say what it shows");
        let scenario = Scenario::parse(&file.display().to_string(), &text);
        assert!(scenario.unwrap_or_else(|error| panic!("{error}")).end() > seconds(1));
        names.push(file.file_stem().unwrap().to_string_lossy().into_owned());
    }
    for name in
        "books-100 flood-1k fanout-1k lossy partition-heal churn censor-20pct million".split(' ')
    {
        assert!(names.iter().any(|other| other == name), "{name} is missing");
    }
}

#[test]
fn an_empty_file_is_a_hundred_readers_of_books() {
    let scenario = parse("");
    assert_eq!((scenario.name.as_str(), scenario.seed), ("s.toml", 0));
    assert_eq!((scenario.network.nodes, &scenario.topology), (100, &Topology::BootstrapChain));
    assert!(matches!(&scenario.workloads[..], [Workload::Books(_)]));
    assert_eq!((scenario.drain, scenario.end()), (seconds(15), seconds(75)));
}

#[test]
fn the_example_of_the_contract_parses() {
    let scenario = parse(
        "name = \"books, 100 nodes, lossy\"\nseed = 7\n[node]\n\
         broadcast = { flood = { fanout = 4, ttl = 8 } }\n[network]\nnodes = 100\n\
         topology = { random = { degree = 6 } }\nlatency = { regions = \"world\" }\n\
         bandwidth = { up = \"50 Mbit/s\", down = \"50 Mbit/s\" }\nloss = 0.01\n[[workload]]\n\
         kind = \"books\"\ninterval = \"10 s\"\nfor = \"60 s\"\n[[fault]]\nat = \"20 s\"\n\
         crash = { random = 10 }\n",
    );
    assert_eq!(scenario.topology, Topology::Random(DegreeConfig { degree: 6 }));
    assert_eq!(scenario.network.latency, LatencyConfig::Regions(RegionMap::World));
    assert_eq!(scenario.network.bandwidth.up, Some(50_000_000));
    assert_eq!(scenario.network.loss, LossConfig::Uniform(0.01));
    let BroadcastConfig::Flood(flood) = &scenario.node.broadcast;
    assert_eq!(flood.ttl, 8);
    assert!(matches!(scenario.faults[0].what, What::Crash(NodeSet::Random(10))));
}

#[test]
fn a_value_needs_no_name_where_it_is_plain_what_is_meant() {
    let network = |text: &str| parse(&format!("[network]\n{text}")).network;
    for text in ["latency = \"5 ms\"", "latency = { constant = \"5 ms\" }"] {
        assert_eq!(network(text).latency, LatencyConfig::Constant(Duration::from_millis(5)));
    }
    for text in ["loss = 0.5", "loss = { uniform = 0.5 }"] {
        assert_eq!(network(text).loss, LossConfig::Uniform(0.5));
    }
    assert_eq!(
        network("latency = \"uniform\"").latency,
        network("latency = { uniform = {} }").latency
    );
    assert_eq!(network("loss = 0").loss, LossConfig::Uniform(0.0));
    let bursty = network("loss = { bursty = { loss_bad = 0.9 } }").loss;
    assert_eq!(bursty, LossConfig::Bursty(BurstyConfig { loss_bad: 0.9, ..Default::default() }));
    assert_eq!(network("links = \"datagram\"").links, Some(LinksConfig::Datagram));
}

#[test]
fn each_workload_has_its_own_settings() {
    let scenario = parse(
        "drain = \"1 s\"\n[[workload]]\nkind = \"publish\"\npublishers = \"all\"\nrate = 2\n\
         size = { uniform = { from = \"1 KiB\", to = 2048 } }\ntopics = 3\nafter = \"5 s\"\nfor = \"10 s\"\n\
         [[workload]]\nkind = \"once\"\nat = \"2 s\"\nnode = 7\nmessages = 4\napart = \"100 ms\"\n\
         [[workload]]\nkind = \"books\"\n[[workload]]\nkind = \"publish\"\npublishers = 5\n",
    );
    let [publish, once, books, some] = &scenario.workloads[..] else { panic!("four") };
    let Workload::Publish(publish) = publish else { panic!("publish") };
    assert_eq!((publish.publishers, publish.rate), (Publishers::All, 2.0));
    assert_eq!(publish.size, SizeConfig::Uniform(SizesConfig { from: 1024, to: 2048 }));
    let Workload::Once(one) = once else { panic!("once") };
    assert_eq!((one.node, once.end()), (Sender::Number(7), Duration::from_millis(2300)));
    assert_eq!(books.end(), seconds(60));
    assert!(matches!(some, Workload::Publish(some) if some.publishers == Publishers::Some(5)));
    assert_eq!(scenario.end(), seconds(61));
}

#[test]
fn faults_are_named_by_a_key_of_their_own() {
    let faults = [
        "crash = {}",
        "crash = [1, 2]",
        "crash = { nodes = [1, 2] }",
        "crash = { share = 0.2 }",
        "restart = {}",
        "restart = { random = 2, state = \"lost\" }",
        "churn = { rate = 60, down = \"10 s\" }",
        "for = \"5 s\"\npartition = { groups = 3 }",
        "for = \"5 s\"\npartition = { nodes = [1] }",
        "heal = {}",
        "heal = \"partition\"",
        "for = \"5 s\"\none-way = { from = [1], to = { random = 3 } }",
        "slow = { random = 3, by = \"50 ms\" }",
        "skew = { nodes = [3], drift = -0.01, jump = \"1 s\" }",
        "censor = { share = 0.2 }",
        "spam = { random = 1, rate = 10, size = \"1 KiB\" }",
        "liar = { nodes = [4], kind = \"forged\" }",
        "sybil = { nodes = 50, links = 8 }",
        "restart = [2]",
        "twins = [1, 2]",
        "twins = { random = 1, state = \"lost\", apart = true }",
        "equivocate = { share = 0.1, stories = 3 }",
        "silence = [4]",
        "silence = { share = 0.2, to = [1], kinds = [\"rumor\", \"delta\"] }",
        "amnesia = { random = 1 }",
        "amnesia = { nodes = [1], forgets = 5, down = \"3 s\" }",
    ];
    let text: Vec<String> =
        faults.iter().map(|fault| format!("[[fault]]\nat = \"1 s\"\n{fault}\n")).collect();
    insta::assert_debug_snapshot!(parse(&text.join("")).faults);
}

#[test]
fn what_is_left_open_follows_from_the_node() {
    let sync = parse("node.state = { registers = { sync_interval = \"2 s\" } }");
    assert_eq!(sync.drain, seconds(6));
    assert_eq!(parse("drain = \"1 s\"").drain, seconds(1));
    assert_eq!(parse("node.state = \"none\"").drain, seconds(15));
    let off = parse("node.state = { registers = { sync_interval = \"off\" } }");
    assert_eq!(off.drain, seconds(15));
}

#[test]
fn a_node_takes_the_same_file() {
    for key in crate::scenario::sheet::SheetConfig::KEYS {
        let text = format!("{} = 1", key.name);
        assert!(rumormill_config::Layers::default().file("s.toml", &text).is_ok(), "{text}");
    }
}

#[test]
fn flags_go_over_the_file_and_nodes_can_be_exchanged() {
    use rumormill_config::{Flag, Layers};
    let files = |_: &str| Err(std::io::Error::other("none"));
    let flags = [
        Flag::new("--seed", "seed", "9"),
        Flag::new("--nodes", "network.nodes", "40"),
        Flag::new("--ttl", "node.broadcast.*.ttl", "3"),
    ];
    let text = "seed = 1\n[network]\nnodes = 10";
    let source = Source { name: "s.toml", text, flags: &flags, files: &files };
    let scenario = Scenario::read(&source).unwrap();
    assert_eq!((scenario.seed, scenario.network.nodes), (9, 40));
    let ttl = |scenario: &Scenario| {
        let BroadcastConfig::Flood(flood) = &scenario.node.broadcast;
        flood.ttl
    };
    assert_eq!(ttl(&scenario), 3);
    let other =
        |layers: Layers| layers.file("b.toml", "[node]\nbroadcast = { flood = { ttl = 5 } }");
    assert_eq!(ttl(&scenario.with_node(other).unwrap()), 5);
    let wrong = [Flag::new("--nodes", "network.nodes", "0")];
    let error = Scenario::read(&Source { flags: &wrong, ..source }).unwrap_err();
    assert!(error.is_of_flags());
    assert_eq!(error.to_string(), "--nodes: network.nodes is 0, but must be from 1 to 4000000");
}

#[test]
fn named_files_are_read() {
    let files = |name: &str| match name {
        "edges.txt" => Ok("0 1\n1 2\n".to_string()),
        "trace.csv" => Ok("2000,2,10,1\n1000,0,20\n".to_string()),
        _ => Err(std::io::Error::other("nowhere")),
    };
    let text = "[network]\nnodes = 3\ntopology = { edges = { file = \"edges.txt\" } }\n\
                [[workload]]\nkind = \"trace\"\nfile = \"trace.csv\"";
    let scenario =
        Scenario::read(&Source { name: "s.toml", text, flags: &[], files: &files }).unwrap();
    assert!(matches!(&scenario.topology, Topology::Edges(edges) if edges.text.starts_with("0 1")));
    let Workload::Trace(trace) = &scenario.workloads[0] else { panic!("a trace") };
    let order: Vec<usize> = trace.lines.iter().map(|line| line.node).collect();
    assert_eq!((order, scenario.published_until()), (vec![0, 2], seconds(2)));
}
