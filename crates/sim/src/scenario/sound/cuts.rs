//! Whether what is cut is healed: who never hears of each other again can't agree.

use super::{Sound, unsound};
use crate::scenario::{Fault, Healed, Scenario, What};
use rumormill_protocols::parts::settings::span_text;

pub(super) fn check(scenario: &Scenario) -> Sound {
    if !scenario.checks.agree {
        return Ok(());
    }
    for (index, fault) in scenario.faults.iter().enumerate() {
        let Some((name, healed_by)) = cut(fault) else { continue };
        if !is_healed(scenario, fault, healed_by) {
            let why = format!(
                "is not healed before the run ends at {}, and then nodes can't agree: give it a \
                 `for`, add a later `heal`, or set `agree = false` in [check]",
                span_text(scenario.end())
            );
            return unsound(format!("fault[{index}].what.{name}"), why);
        }
    }
    Ok(())
}

/// What it is called, and by what it is healed.
fn cut(fault: &Fault) -> Option<(&'static str, Healed)> {
    match fault.what {
        What::Partition(_) => Some(("partition", Healed::Partition)),
        What::OneWay(_) => Some(("one-way", Healed::OneWay)),
        _ => None,
    }
}

fn is_healed(scenario: &Scenario, cut: &Fault, healed_by: Healed) -> bool {
    let end = scenario.end();
    let is_heal = |what: &What| match what {
        What::Heal(healed) => *healed == Healed::All || *healed == healed_by,
        _ => false,
    };
    let by_itself = cut.lasts.is_some_and(|lasts| cut.at + lasts < end);
    by_itself || scenario.faults.iter().any(|later| is_heal(&later.what) && later.at > cut.at)
}
