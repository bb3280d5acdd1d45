//! What one broadcast protocol made of a workload.

use super::rounding::{centi, curve, load, maybe_centi, maybe_milli, maybe_ratio, milli};
use crate::model::theory;
use serde::Serialize;
use std::collections::BTreeMap;

/// What one contender did with the workload, and the floors beside it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BroadcastOutcome {
    /// Its name in a config: `flood`.
    pub protocol: String,
    /// What tells it from the other contenders: its name, or the file that its settings are from.
    pub label: String,
    /// Messages published.
    pub messages: u64,
    /// Pairs of a message and a node that should have it at the end.
    pub due: u64,
    /// Those of them that came true.
    pub delivered: u64,
    /// `delivered` ÷ `due`; nothing if nothing was due.
    #[serde(serialize_with = "maybe_ratio")]
    pub delivery_ratio: Option<f64>,
    /// From publication to delivery, in milliseconds; nothing if nothing was delivered.
    pub latency_ms: Option<Quantiles>,
    /// How many nodes handed a delivery on, its publisher included.
    pub hops: Option<Hops>,
    /// Receipts of payloads ÷ deliveries.
    #[serde(serialize_with = "maybe_ratio")]
    pub copies_per_delivery: Option<f64>,
    /// Bytes of all kinds ÷ deliveries.
    #[serde(serialize_with = "maybe_centi")]
    pub bytes_per_delivery: Option<f64>,
    /// What was sent, by kind of message.
    pub bytes_by_kind: BTreeMap<String, Traffic>,
    /// The node with the most bytes, sent and received.
    pub busiest_node: Option<Busiest>,
    /// From the last publication until all that is due was delivered; nothing if it never was.
    #[serde(serialize_with = "maybe_milli")]
    pub time_to_converge_ms: Option<f64>,
    /// What was dropped, by reason.
    pub dropped: BTreeMap<String, u64>,
    /// What no protocol can go below here.
    pub floors: Floors,
    /// What the plots show.
    pub curves: Curves,
}

/// Of a distribution, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Quantiles {
    /// Half are at most this.
    #[serde(serialize_with = "milli")]
    pub p50: f64,
    /// Nine in ten are at most this.
    #[serde(serialize_with = "milli")]
    pub p90: f64,
    /// 99 in a hundred are at most this.
    #[serde(serialize_with = "milli")]
    pub p99: f64,
    /// All are at most this.
    #[serde(serialize_with = "milli")]
    pub max: f64,
}

/// How far deliveries travelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Hops {
    /// Of the median delivery.
    pub p50: u32,
    /// Of the longest way.
    pub max: u32,
}

/// How much was sent of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Traffic {
    /// How many messages.
    pub messages: u64,
    /// How many bytes, without the transport's framing.
    pub bytes: u64,
}

/// The node that carried most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Busiest {
    /// Its index.
    pub node: usize,
    /// Messages that it received.
    pub received: u64,
    /// Their bytes.
    pub bytes_received: u64,
    /// Messages that it sent.
    pub sent: u64,
    /// Their bytes.
    pub bytes_sent: u64,
}

/// What no protocol can go below on this network.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Floors {
    /// One copy a delivery.
    #[serde(serialize_with = "milli")]
    pub copies_per_delivery: f64,
    /// Payloads that a message needs: one for each node but its publisher.
    pub payloads: u64,
    /// Rounds that pure push takes: see [`push_rounds`].
    #[serde(serialize_with = "centi")]
    pub push_rounds: f64,
    /// The most hops that some publisher needs to reach its farthest node, if the graph is known.
    pub eccentricity_hops: Option<u32>,
    /// The same, if each hop took the least latency that there is, in milliseconds: the last delivery
    /// can't have come sooner.
    #[serde(serialize_with = "maybe_milli")]
    pub latency_ms: Option<f64>,
}

impl Default for Floors {
    fn default() -> Floors {
        Floors {
            copies_per_delivery: 1.0,
            payloads: 0,
            push_rounds: 0.0,
            eccentricity_hops: None,
            latency_ms: None,
        }
    }
}

impl Floors {
    /// Those that follow from the number of nodes alone.
    pub fn of(nodes: usize) -> Floors {
        let payloads = nodes.saturating_sub(1) as u64;
        Floors { payloads, push_rounds: push_rounds(nodes), ..Floors::default() }
    }
}

/// How many rounds push takes to reach all of `nodes`, when who knows tells one at random each round:
/// log₂ n + ln n + 1.1. The two logarithms are of Pittel, *On spreading a rumor* (1987); the constant
/// is measured.
///
/// ```
/// assert_eq!(format!("{:.1}", rumormill_sim::outcome::push_rounds(1_000)), "18.0");
/// ```
pub fn push_rounds(nodes: usize) -> f64 {
    theory::push_rounds(u32::try_from(nodes).unwrap_or(u32::MAX))
}

/// What the plots show. Each curve has a few hundred points at most.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Curves {
    /// Milliseconds from publication, and the share of deliveries that took at most so long. Rising.
    #[serde(serialize_with = "curve")]
    pub latency_cdf: Vec<(f64, f64)>,
    /// Milliseconds from publication, and the share of due nodes that a message has reached by then,
    /// on average. Rising.
    #[serde(serialize_with = "curve")]
    pub propagation: Vec<(f64, f64)>,
    /// Deliveries by the number of hops, from 0.
    pub hops: Vec<u64>,
    /// Pairs of a message and a node by the number of copies that it received, from 0.
    pub copies: Vec<u64>,
    /// A share of the nodes, and the bytes, sent and received, that none of them is above. Rising.
    #[serde(serialize_with = "load")]
    pub load: Vec<(f64, u64)>,
}
