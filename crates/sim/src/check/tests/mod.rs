//! Each checker is shown to find what it looks for, and to find nothing in runs that go wrong in every
//! way that is allowed.

mod by_hand;
mod networks;

use super::{Checks, Settings};
use crate::scenario::ChecksConfig;
use rumormill_core::{Duration, Time};

const SECOND: Duration = Duration::from_secs(1);

fn checks(which: ChecksConfig, nodes: usize) -> Checks {
    let seen_age = 600 * SECOND;
    Checks::new(&Settings { which, nodes, base: 7000, seed: 0, seen_age })
}

/// All of them, over nodes called 7000 and up.
fn all_checks(nodes: usize) -> Checks {
    checks(ChecksConfig::default(), nodes)
}

/// One alone.
fn only(wanted: &str, nodes: usize) -> Checks {
    let is = |name| name == wanted;
    let [published, once, versions] = [is("published"), is("once"), is("versions")];
    let which =
        ChecksConfig { published, once, versions, bounds: is("bounds"), agree: is("agree") };
    let checks = checks(which, nodes);
    assert_eq!(names(&checks), [wanted]);
    checks
}

fn names(checks: &Checks) -> Vec<&'static str> {
    checks.excused().map(|(name, _)| name).collect()
}

/// Who found something, and what of it is said first.
fn found(checks: &Checks) -> Vec<(&'static str, &str)> {
    checks.violations().iter().map(|found| (found.checker, found.detail.as_str())).collect()
}

fn at(secs: u64) -> Time {
    Time::ZERO + u32::try_from(secs).unwrap() * SECOND
}

#[test]
fn what_is_switched_off_is_not_looked_for() {
    let off = ChecksConfig { once: false, agree: false, ..ChecksConfig::default() };
    assert_eq!(names(&checks(off, 3)), ["published", "versions", "bounds"]);
}
