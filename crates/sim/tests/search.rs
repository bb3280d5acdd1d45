//! On the code as it is, nothing is found.

use rumormill_sim::search::Case;

#[test]
fn nothing_is_found() {
    for seed in 1_000..1_150 {
        let case = Case::draw("", seed).unwrap();
        assert_eq!(case.fails(), None, "{}", case.text());
    }
}

#[test]
fn what_the_base_says_stays() {
    let base = "drain = \"90 s\"\nnode.broadcast = { flood = { ttl = 5 } }\nnetwork.nodes = 4";
    for seed in 0..20 {
        let case = Case::draw(base, seed).unwrap();
        let scenario = case.scenario().unwrap();
        assert_eq!((scenario.network.nodes, scenario.drain.as_secs()), (4, 90));
        assert!(case.text().contains("ttl = 5"), "{}", case.text());
    }
    let said = Case::draw("network.nods = 4", 0).unwrap_err().to_string();
    assert!(said.contains("network.nods"), "{said}");
}
