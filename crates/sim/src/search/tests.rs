use super::*;

#[test]
fn every_case_can_be_run_and_is_the_same_again() {
    for seed in 0..200 {
        let case = Case::draw("", seed).unwrap();
        assert_eq!(case, Case::draw("", seed).unwrap());
        let scenario = case.scenario().unwrap();
        assert!((2..=10).contains(&scenario.network.nodes), "{}", case.text());
    }
}
