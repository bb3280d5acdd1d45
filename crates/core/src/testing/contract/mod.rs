//! The contract tests: what every driver owes every machine, each shown by one tiny machine.
//!
//! A driver's tests implement [`World`] and list the tests with
//! [`contract_tests!`](crate::contract_tests), or call [`run_all`]. The expectations are the same for
//! virtual time and for tokio, so a machine that works in the one works in the other. What may differ
//! between the two (which write a crash keeps, how arrivals fall into batches) is left open by the
//! expectation. Steps lie tens of milliseconds apart, so that a real clock can keep to them.

mod common;
mod dial;
mod durable;
mod late_handle;
mod links;
mod outbox;
mod request;
mod script;
mod settle;
mod timer;
mod two_of_one;
mod unlinked;
mod verdict;

pub use dial::a_dial_is_matched_or_fails_under_its_token;
pub use durable::{a_crash_leaves_the_old_bytes_or_the_new, writes_are_acknowledged_in_order};
pub use late_handle::a_late_handle_never_hits_the_newer_peer;
pub use links::{
    a_closed_link_sends_nothing_more, a_peer_stays_until_its_last_link_goes,
    a_send_goes_over_a_link_that_may_send,
};
pub use outbox::{
    a_full_outbox_keeps_shares, a_newer_digest_replaces_the_queued_one,
    a_peer_too_slow_for_control_is_closed, own_publishes_that_die_queued_are_lost,
    what_can_never_fit_is_too_large,
};
pub use request::a_request_is_answered_once_or_says_why_not;
pub use script::{Entry, Links, Log, Net, Script, Step, World, address, name};
pub use settle::every_input_is_settled;
pub use timer::{a_crash_forgets_timers, a_timer_never_overtakes_an_arrival};
pub use two_of_one::two_of_one_protocol_keep_apart;
pub use unlinked::nothing_is_sent_to_who_is_not_linked;
pub use verdict::{a_late_verdict_still_comes, signatures_are_judged_rightly};

/// Runs them all, one after the other.
pub fn run_all<W: World>(world: &W) {
    crate::contract_tests!(@list calls (world));
}

/// Makes one `#[test]` of each contract test, over the world that the expression gives.
///
/// ```ignore
/// rumormill_core::contract_tests!(SimWorld::default());
/// ```
#[macro_export]
macro_rules! contract_tests {
    (@list $how:ident ($($world:tt)*)) => {
        $crate::contract_tests! {
            @$how ($($world)*)
            a_dial_is_matched_or_fails_under_its_token
            a_peer_stays_until_its_last_link_goes
            a_closed_link_sends_nothing_more
            a_send_goes_over_a_link_that_may_send
            a_late_handle_never_hits_the_newer_peer
            nothing_is_sent_to_who_is_not_linked
            a_request_is_answered_once_or_says_why_not
            signatures_are_judged_rightly
            a_late_verdict_still_comes
            two_of_one_protocol_keep_apart
            a_full_outbox_keeps_shares
            what_can_never_fit_is_too_large
            a_newer_digest_replaces_the_queued_one
            a_peer_too_slow_for_control_is_closed
            own_publishes_that_die_queued_are_lost
            writes_are_acknowledged_in_order
            a_crash_leaves_the_old_bytes_or_the_new
            a_timer_never_overtakes_an_arrival
            a_crash_forgets_timers
            every_input_is_settled
        }
    };
    (@calls ($world:expr) $($test:ident)*) => {
        $($crate::testing::contract::$test($world);)*
    };
    (@tests ($world:expr) $($test:ident)*) => {
        $(#[test] fn $test() { $crate::testing::contract::$test(&$world); })*
    };
    ($($world:tt)*) => {
        $crate::contract_tests!(@list tests ($($world)*));
    };
}
