//! What came of one run, in a few numbers.

use crate::outcome::rounding::{ratio, rounded};
use crate::outcome::{BroadcastOutcome, Outcome, Quantiles, Violation, fixed};
use serde::{Deserialize, Serialize};

/// The figures of a run, with the digits that its document has. What could not be measured is nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Messages published.
    pub messages: u64,
    /// Pairs of a message and a node that should have it at the end.
    pub due: u64,
    /// Those of them that came true.
    pub delivered: u64,
    /// `delivered` ÷ `due`.
    pub delivery_ratio: Option<f64>,
    /// Half of the deliveries took at most so long, in milliseconds.
    pub p50_ms: Option<f64>,
    /// Nine in ten did.
    pub p90_ms: Option<f64>,
    /// 99 in a hundred did.
    pub p99_ms: Option<f64>,
    /// All did.
    pub max_ms: Option<f64>,
    /// Hops of the median delivery.
    pub hops_p50: Option<u32>,
    /// Hops of the longest way.
    pub hops_max: Option<u32>,
    /// Receipts of payloads ÷ deliveries.
    pub copies_per_delivery: Option<f64>,
    /// Bytes of all kinds ÷ deliveries.
    pub bytes_per_delivery: Option<f64>,
    /// Inputs handled.
    pub events: u64,
    /// How many promises were broken.
    pub violations: u64,
    /// The run's hash; empty if it could not be done.
    pub hash: String,
    /// What was broken, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
    /// Why it could not be done, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Figures {
    /// Of a run of one broadcast.
    pub fn of(outcome: &Outcome) -> Figures {
        let of_run = Figures {
            events: outcome.events,
            violations: outcome.violations.len() as u64,
            hash: outcome.hash.clone(),
            broken: outcome.violations.first().map(broken),
            ..Figures::default()
        };
        outcome.broadcasts.first().map_or(of_run.clone(), |of| of_run.with(of))
    }

    /// Of a run that could not be done.
    pub fn failed(why: impl Into<String>) -> Figures {
        Figures { error: Some(why.into()), ..Figures::default() }
    }

    fn with(self, of: &BroadcastOutcome) -> Figures {
        let quantile = |which: fn(&Quantiles) -> f64| {
            of.latency_ms.as_ref().map(|latency| rounded(which(latency), 1e3))
        };
        Figures {
            messages: of.messages,
            due: of.due,
            delivered: of.delivered,
            delivery_ratio: of.delivery_ratio.map(ratio),
            p50_ms: quantile(|latency| latency.p50),
            p90_ms: quantile(|latency| latency.p90),
            p99_ms: quantile(|latency| latency.p99),
            max_ms: quantile(|latency| latency.max),
            hops_p50: of.hops.map(|hops| hops.p50),
            hops_max: of.hops.map(|hops| hops.max),
            copies_per_delivery: of.copies_per_delivery.map(ratio),
            bytes_per_delivery: of.bytes_per_delivery.map(|bytes| rounded(bytes, 1e2)),
            ..self
        }
    }

    /// Of several runs, the median of each; of an even number the lower of the two in the middle. Deliveries
    /// have the least ratio: what is missing must show. Broken promises are added up.
    pub fn medians(runs: &[&Figures]) -> Figures {
        if let [one] = runs {
            return (*one).clone();
        }
        let of =
            |which: fn(&Figures) -> Option<f64>| middle(runs.iter().filter_map(|run| which(run)));
        let count =
            |which: fn(&Figures) -> u64| middle(runs.iter().map(|run| which(run))).unwrap_or(0);
        let hops =
            |which: fn(&Figures) -> Option<u32>| middle(runs.iter().filter_map(|run| which(run)));
        Figures {
            messages: count(|run| run.messages),
            due: count(|run| run.due),
            delivered: count(|run| run.delivered),
            delivery_ratio: runs.iter().filter_map(|run| run.delivery_ratio).reduce(f64::min),
            p50_ms: of(|run| run.p50_ms),
            p90_ms: of(|run| run.p90_ms),
            p99_ms: of(|run| run.p99_ms),
            max_ms: of(|run| run.max_ms),
            hops_p50: hops(|run| run.hops_p50),
            hops_max: hops(|run| run.hops_max),
            copies_per_delivery: of(|run| run.copies_per_delivery),
            bytes_per_delivery: of(|run| run.bytes_per_delivery),
            events: count(|run| run.events),
            violations: runs.iter().map(|run| run.violations).sum(),
            hash: String::new(),
            broken: runs.iter().find_map(|run| run.broken.clone()),
            error: runs.iter().find_map(|run| run.error.clone()),
        }
    }
}

/// The lower of those in the middle.
fn middle<T: PartialOrd>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut values: Vec<T> = values.collect();
    // No figure is not a number.
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    let at = values.len().checked_sub(1)? / 2;
    values.into_iter().nth(at)
}

fn broken(of: &Violation) -> String {
    let node = of.node.map(|node| format!(", node {node}")).unwrap_or_default();
    format!("{} at {} s{node}: {}", of.checker, fixed(of.at_ns as f64 / 1e9, 6), of.detail)
}
