//! One document of several outcomes: the contenders of a comparison.
//!
//! The broadcasts stand in it in their order. Of the rest:
//!
//! - `events` and `wall_seconds` are of all together, `simulated_seconds` of the longest run;
//! - `hash` folds all hashes in their order; of one contender it is its own;
//! - of each checker, the worst that it came to;
//! - faults, violations and missing deliveries are those of the first contender, then of the second
//!   and so on; their `detail` begins with the contender's label and a colon.

use rumormill_core::Fingerprint;
use rumormill_sim::outcome::{Missing, Outcome};

/// The outcomes as one. There must be one at least.
pub fn merged(mut outcomes: Vec<Outcome>) -> Outcome {
    if outcomes.len() > 1 {
        let hash = folded(&outcomes);
        outcomes.iter_mut().for_each(sign);
        outcomes[0].hash = hash;
    }
    outcomes.into_iter().reduce(joined).expect("a comparison has a contender")
}

/// One hash of all.
fn folded(outcomes: &[Outcome]) -> String {
    let mut print = Fingerprint::new();
    outcomes.iter().for_each(|outcome| _ = print.bytes(outcome.hash.as_bytes()));
    let [high, low] = print.finish();
    format!("{high:016x}{low:016x}")
}

/// Says whose each detail is.
fn sign(outcome: &mut Outcome) {
    let labels = outcome.broadcasts.iter().map(|broadcast| broadcast.label.clone());
    let label = labels.collect::<Vec<_>>().join(", ");
    let faults = outcome.faults.iter_mut().map(|fault| &mut fault.detail);
    let violations = outcome.violations.iter_mut().map(|violation| &mut violation.detail);
    let missing = outcome.missing.examples.iter_mut().map(|example| &mut example.detail);
    for detail in faults.chain(violations).chain(missing) {
        *detail = format!("{label}: {detail}");
    }
}

fn joined(mut all: Outcome, one: Outcome) -> Outcome {
    all.events += one.events;
    all.wall_seconds += one.wall_seconds;
    all.simulated_seconds = all.simulated_seconds.max(one.simulated_seconds);
    all.broadcasts.extend(one.broadcasts);
    all.faults.extend(one.faults);
    for (name, checked) in one.checks {
        let of_all = all.checks.entry(name).or_insert(checked);
        *of_all = checked.max(*of_all);
    }
    all.violations.extend(one.violations);
    add(&mut all.missing, one.missing);
    all
}

fn add(all: &mut Missing, one: Missing) {
    all.total += one.total;
    for (reason, times) in one.by_reason {
        *all.by_reason.entry(reason).or_default() += times;
    }
    all.examples.extend(one.examples);
}

#[cfg(test)]
mod tests {
    use super::*;
    use rumormill_sim::run::{Options, run};
    use rumormill_sim::scenario::Scenario;

    fn outcome(label: &str) -> Outcome {
        let text = "node.discovery = \"roster\"\nnetwork.nodes = 5\nworkload = [{ kind = \"once\" }]\n\
                    fault = [{ at = \"1 ms\", crash = [4] }]\ncheck.agree = false";
        let scenario = Scenario::parse("a.toml", text).unwrap();
        run(&scenario, Options { label: label.into(), ..Options::default() }).unwrap()
    }

    #[test]
    fn one_stays_as_it_is() {
        assert_eq!(merged(vec![outcome("a")]), outcome("a"));
    }

    #[test]
    fn several_are_told_apart() {
        let (a, b) = (outcome("a"), outcome("b"));
        let both = merged(vec![a.clone(), b.clone()]);
        let labels: Vec<&str> = both.broadcasts.iter().map(|it| it.label.as_str()).collect();
        assert_eq!((labels, both.events), (vec!["a", "b"], a.events + b.events));
        assert_eq!(both.faults.len(), 2);
        assert!(both.faults[0].detail.starts_with("a: "));
        assert!(both.faults[1].detail.starts_with("b: "));
        assert!(both.hash.len() == 32 && both.hash != a.hash);
        assert_eq!(both.hash, merged(vec![a, b]).hash);
    }
}
