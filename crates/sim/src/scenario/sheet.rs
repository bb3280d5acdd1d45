//! A scenario's file without its `[node]`.

use super::DAY;
use super::checks::ChecksConfig;
use super::fault::Fault;
use super::network::NetworkConfig;
use super::workload::Workload;
use rumormill_core::Duration;
use rumormill_protocols::parts::settings::{Count, Kind, Maybe, Span, Table, Tables, Text};

rumormill_protocols::settings! {
    /// What stands beside `[node]`.
    #[derive(Clone, Debug)]
    pub struct SheetConfig {
        /// What the scenario is called.
        name: String as Text = String::new(), being is_short => "a text of at most 200 letters";
        /// What all randomness grows from.
        seed: u64 as Count = 0, from 0, to (1 << 53) - 1;
        /// How long nothing is published before the end, so that all that is under way arrives. Without,
        /// three times the sync interval of the state plane.
        drain: Option<Duration> as Maybe<Span> = None, from Duration::ZERO, to DAY;
        /// The network.
        network: NetworkConfig as Table = NetworkConfig::default();
        /// What is published. None: readers of books.
        workload: Vec<Workload> as Tables<Kind> = Vec::new();
        /// What goes wrong.
        fault: Vec<Fault> as Tables<Table> = Vec::new();
        /// What is checked.
        check: ChecksConfig as Table = ChecksConfig::default();
    }
}

#[allow(clippy::ptr_arg, reason = "a rule is given the field as it is")]
fn is_short(name: &String) -> bool {
    name.chars().count() <= 200
}
