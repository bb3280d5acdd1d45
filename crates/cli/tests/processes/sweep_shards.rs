//! Shards of a sweep, joined.

use crate::sim::Desk;

const GRID: &str = "--vary node.broadcast.flood.fanout=2..4 --vary network.loss=0,0.1 --seeds 2";

/// A desk where each of three shards was run.
fn sharded() -> Desk {
    let desk = Desk::new();
    for shard in 1..=3 {
        let args =
            format!("sweep small.toml {GRID} --shard {shard}/3 --out part-{shard} --jobs {shard}");
        let said = desk.printed(&args);
        assert!(
            said.starts_with(&format!("shard {shard}/3: all its 4 runs are done, 0 of")),
            "{said}"
        );
        assert!(!desk.path(&format!("part-{shard}/results.csv")).exists());
    }
    desk
}

#[test]
fn shards_joined_are_the_sweep_byte_for_byte() {
    let desk = sharded();
    desk.printed(&format!("sweep small.toml {GRID} --out whole"));
    desk.printed("merge part-3 part-1 part-2 --out joined");
    for name in ["results.csv", "report.html", "sweep.json"] {
        assert_eq!(
            desk.read(&format!("joined/{name}")),
            desk.read(&format!("whole/{name}")),
            "{name}"
        );
    }
    let runs = |dir: &str| {
        let text = desk.read(&format!("{dir}/runs.ndjson"));
        let mut lines: Vec<String> = text.lines().map(String::from).collect();
        lines.sort();
        lines
    };
    assert_eq!(runs("joined"), runs("whole"));
    // What was joined is a sweep like any other, and may be joined again.
    let said = desk.printed(&format!("sweep small.toml {GRID} --out joined"));
    assert!(said.starts_with("12 runs, 0 of them now"), "{said}");
    desk.printed("merge part-1 part-2 part-3 --out joined");
    let document = desk.json("merge part-1 part-2 part-3 --out other --json");
    assert_eq!((&document["runs"], &document["points"]), (&12.into(), &6.into()));
}

#[test]
fn what_does_not_fit_is_refused_before_anything_is_written() {
    let desk = sharded();
    desk.printed(&format!("sweep small.toml {GRID} --encode --shard 2/3 --out encoded"));
    desk.printed(&format!("sweep small.toml {GRID} --shard 2/2 --out half"));
    desk.printed(&format!("sweep small.toml {GRID} --out whole"));
    std::fs::create_dir(desk.path("empty")).expect("it can be made");
    let refused = |dirs: &str, why: &str| {
        let said = desk.refused(&format!("merge {dirs} --out joined"), 2);
        assert!(said.starts_with(why), "{dirs}: {said}");
    };
    refused("part-1 part-2", "shard 3/3 is missing: 2 of 3 are here");
    refused("part-1 part-2 part-2 part-3", "part-2 and part-2 overlap: both are shard 2/3");
    refused(
        "part-1 encoded part-3",
        "encoded is of another sweep than part-1: its flags are --encode",
    );
    refused("part-1 half part-3", "half is shard 2/2, but part-1 is shard 1/3");
    refused("part-1 part-2 part-3 whole", "whole is shard 1/1, but part-1 is shard 1/3");
    let runs = desk.read("part-2/runs.ndjson");
    desk.put("part-2/runs.ndjson", &runs[..runs.len() - 5]);
    refused("part-1 part-2 part-3", "part-2 has 3 of the 4 runs of shard 2/3: run it again");
    desk.put("part-2/runs.ndjson", &runs);
    let said = desk.refused("merge part-1 part-2 part-3 --out part-1", 2);
    assert!(
        said.starts_with("part-1 has another sweep: it has shard 1/3, not all of it"),
        "{said}"
    );
    let said = desk.refused("merge part-1 empty --out joined", 1);
    assert!(said.starts_with("empty is no directory of a sweep"), "{said}");
    let manifest = desk.read("part-1/sweep.json");
    let ours = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let older = manifest.replace(&ours, "\"version\": \"0.0.1\"");
    desk.put("part-1/sweep.json", &older);
    refused("part-1 part-2 part-3", "the runs in part-1 are of version 0.0.1, and this is ");
    assert!(!desk.path("joined").exists(), "nothing was written");
}
