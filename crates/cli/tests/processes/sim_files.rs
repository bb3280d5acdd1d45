//! Scenarios that name other files.

use crate::sim::Desk;
use std::fs;

/// Four nodes in a line, who publish as another file says.
const FILES: &str = "node = { discovery = \"roster\", state = \"none\" }
network = { nodes = 4, topology = { edges = { file = \"line.txt\" } } }
[[workload]]
kind = \"trace\"
file = \"two.csv\"
";

const LINE: &str = "# who knows whom\n0 1\n1,2\n\n2 3\n";

const TWO: &str = "# time_ms,node,size,topic\n1500,3,100\n1000,0,64,2\n";

/// A desk where these files are.
fn with_files(line: &str, two: &str) -> Desk {
    let desk = Desk::new();
    let files = [("files.toml", FILES), ("line.txt", line), ("two.csv", two)];
    files.iter().for_each(|(name, text)| desk.put(name, text));
    desk
}

#[test]
fn a_scenario_names_an_edge_list_and_a_trace() {
    let desk = with_files(LINE, TWO);
    let document = desk.json("run files.toml --json");
    let of = &document["broadcasts"][0];
    let figures = [&of["messages"], &of["due"], &of["delivered"], &of["hops"]["max"]];
    assert_eq!(figures, [2, 6, 6, 3], "{of}");
    assert_eq!(of["floors"]["eccentricity_hops"], 3);
    assert_eq!(desk.json("run files.toml --json --encode")["hash"], document["hash"]);
}

#[test]
fn the_line_of_such_a_file_that_is_wrong_is_named() {
    let said = |line: &str, two: &str| with_files(line, two).refused("run files.toml", 2);
    for (wrong, why) in [
        ("1 4", "there is no node 4: the 4 nodes are counted from 0"),
        ("1 2 3", "an edge has two nodes, as `3 5` or `3,5`; here are 3"),
        ("one 2", "`one` is not the number of a node"),
        ("1 0", "nodes 0 and 1 are linked already"),
        ("2 2", "node 2 is linked to itself"),
    ] {
        let said = said(&format!("0 1\n{wrong}\n"), TWO);
        assert_eq!(said, format!("line.txt line 2: the line is wrong: {why}"));
    }
    for (wrong, why) in [
        ("20,4,64", "a message with its node from 0 to 3, not 4"),
        ("20,1,0", "a message with its size from 1 to 1048576, not 0"),
        ("90000000,1,1", "a message with its time from 0 to 86400000, not 90000000"),
        ("20,1", "`time_ms,node,size` or `time_ms,node,size,topic`, each a whole number"),
    ] {
        let said = said(LINE, &format!("10,0,64\n{wrong}\n"));
        assert_eq!(said, format!("two.csv line 2: the line is {wrong:?}, but must be {why}"));
    }
}

#[test]
fn such_a_file_that_is_not_there_is_named_with_who_names_it() {
    for (file, place) in [
        ("line.txt", "files.toml line 2: network.topology.edges.file"),
        ("two.csv", "files.toml line 5: workload[0].file"),
    ] {
        let desk = with_files(LINE, TWO);
        fs::remove_file(desk.path(file)).expect("it was there");
        let said = desk.refused("run files.toml", 2);
        assert!(
            said.starts_with(&format!("{place} is {file:?}, which cannot be read: ")),
            "{said}"
        );
    }
}
