//! The contract tests, under virtual time.

mod world;

use rumormill_core::testing::contract;
use world::SimWorld;

rumormill_core::contract_tests!(SimWorld::default());

/// Which writes a crash keeps is drawn: each draw must do.
#[test]
fn a_crash_may_keep_any_of_the_writes_under_way() {
    (0..100).for_each(|seed| contract::a_crash_leaves_the_old_bytes_or_the_new(&SimWorld { seed }));
}
