//! `up` where there is no terminal: lines, and nodes that are killed on the way.

use crate::harness::{Network, Process, SOON};
use serde_json::Value;

/// Runs `up` to its end, which must be a good one.
fn ended_well(network: &Network, options: &str) -> Process {
    let port = network.port(0);
    let mut up = network.run(&format!("up --base-port {port} {options}"));
    let code = up.exit_code(2 * SOON);
    assert_eq!(code, Some(0), "{}{}", up.stdout(), up.stderr());
    up
}

#[test]
fn what_happens_is_a_line_and_the_table_comes_twice() {
    let network = Network::new();
    let stdout = ended_well(&network, "-n 3 --for 4s --interval 300ms").stdout();
    assert!(!stdout.contains('\x1b'), "{stdout}");
    let count = |text: &str| stdout.lines().filter(|line| line.contains(text)).count();
    let address = format!("3 nodes listen; the first is http://127.0.0.1:{}/", network.port(0));
    assert_eq!((count(&address), count("converged: ")), (1, 1), "{stdout}");
    assert_eq!(count("duplicates"), 2, "the table's titles: {stdout}");
    let last = stdout.lines().last().unwrap_or_default();
    assert!(last.starts_with("3 of 3 nodes alive; converged in "), "{stdout}");
}

#[test]
fn some_are_killed_half_way_and_the_others_still_agree() {
    let network = Network::new();
    let up = ended_well(&network, "-n 6 --kill 2 --for 10s --interval 500ms --sync 500ms --json");
    let report: Value = serde_json::from_str(&up.stdout()).expect("the report is JSON");
    let nodes = report["nodes"].as_array().expect("nodes");
    let dead = nodes.iter().filter(|node| node["alive"] == false);
    let dead: Vec<String> = dead.map(|node| node["port"].to_string()).collect();
    assert_eq!((nodes.len(), dead.len()), (6, 2), "{report}");
    assert_eq!(report["converged"], true, "{report}");
    let stderr = up.stderr();
    assert!(stderr.contains(&format!("killed {}\n", dead.join(", "))), "{stderr}");
    assert!(stderr.contains("converged again: "), "{stderr}");
}

#[test]
fn what_can_not_be_killed_is_refused() {
    let network = Network::new();
    for (options, why) in [
        ("-n 3 --kill 1", "--for"),
        ("-n 3 --kill 3 --for 5s", "leaves nobody of 3 nodes"),
        ("-n 3 --kill 0 --for 5s", "--kill"),
    ] {
        let mut up = network.run(&format!("up --base-port {} {options}", network.port(0)));
        assert_eq!(up.exit_code(SOON), Some(2), "{options}: {}", up.stderr());
        assert!(up.stderr().contains(why), "{options}: {}", up.stderr());
    }
}
