//! `GET /metrics`, in OpenMetrics text.

use super::api::network::Sums;
use super::problem::Refusal;
use super::views::standing;
use super::{Server, Shared};
use crate::driver::{Counters, DriverView};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, text::encode};
use prometheus_client::metrics::TypedMetric;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;
use rumormill_node::{AnyBroadcast, AnyNode, AnyState};
use rumormill_protocols::broadcast::flood::FloodCounts;
use rumormill_protocols::state::registers::RegistersCounts;
use std::fmt;
use std::sync::atomic::Ordering;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(super) async fn metrics(server: Shared) -> Result<Response, Refusal> {
    let mut snapshot = server.look(Snapshot::of).await?;
    snapshot.http = server.http();
    snapshot.uptime_s = server.started.elapsed().as_secs_f64();
    snapshot.view = server.network.sums();
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Process { resident: resident_memory() }));
    registry.sub_registry_with_prefix("rumormill").register_collector(Box::new(snapshot));
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|_| Refusal::busy())?;
    Ok(([(CONTENT_TYPE, OPEN_METRICS)], text).into_response())
}

impl Server {
    fn http(&self) -> [u64; 4] {
        let counts = &self.counts;
        [&counts.requests, &counts.refused, &counts.connections, &counts.turned_away]
            .map(|counter| counter.load(Ordering::Relaxed))
    }
}

/// Everything at one instant. No label names a peer: a large network must not make large metrics.
#[derive(Debug)]
struct Snapshot {
    driver: Counters,
    flood: FloodCounts,
    seen: usize,
    registers: Option<(RegistersCounts, usize)>,
    peers: [usize; 3],
    http: [u64; 4],
    view: Sums,
    uptime_s: f64,
}

impl Snapshot {
    fn of(node: &AnyNode, driver: &DriverView<'_, AnyNode>) -> Snapshot {
        let AnyBroadcast::Flood(flood) = node.broadcast();
        let registers = match node.state() {
            AnyState::Registers(registers) => Some((registers.counts(), registers.table().len())),
            AnyState::NoState(_) => None,
        };
        Snapshot {
            driver: driver.counters().clone(),
            flood: flood.counts(),
            seen: flood.seen_len(),
            registers,
            peers: standing(node),
            http: [0; 4],
            view: Sums::default(),
            uptime_s: 0.0,
        }
    }
}

type Labels<'a> = [(&'a str, &'a str)];

/// Writes families of one name, one row for each set of labels.
struct Writer<'a>(DescriptorEncoder<'a>);

impl Writer<'_> {
    fn family<'r, M: EncodeMetric + TypedMetric>(
        &mut self,
        name: &str,
        help: &str,
        rows: impl IntoIterator<Item = (Vec<(&'r str, &'r str)>, M)>,
    ) -> fmt::Result {
        let mut family = self.0.encode_descriptor(name, help, None, M::TYPE)?;
        for (labels, metric) in rows {
            let labels: &Labels<'_> = &labels;
            metric.encode(family.encode_family(&labels)?)?;
        }
        Ok(())
    }

    fn single<M: EncodeMetric + TypedMetric>(
        &mut self,
        name: &str,
        help: &str,
        value: M,
    ) -> fmt::Result {
        value.encode(self.0.encode_descriptor(name, help, None, M::TYPE)?)
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        self.single(name, help, ConstCounter::new(value))
    }

    fn gauge(&mut self, name: &str, help: &str, value: f64) -> fmt::Result {
        self.single(name, help, ConstGauge::new(value))
    }
}

impl Collector for Snapshot {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut writer = Writer(encoder);
        writer.gauge("uptime_seconds", "Since the node started", self.uptime_s)?;
        self.encode_peers(&mut writer)?;
        self.encode_traffic(&mut writer)?;
        self.encode_flood(&mut writer)?;
        self.encode_registers(&mut writer)?;
        self.encode_view(&mut writer)?;
        self.encode_http(&mut writer)
    }
}

/// What every program tells of itself, by the names that all use.
#[derive(Debug)]
struct Process {
    /// Nothing where the system doesn't tell.
    resident: Option<u64>,
}

impl Collector for Process {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Some(resident) = self.resident else { return Ok(()) };
        let help = "Memory of this process that is in RAM";
        Writer(encoder).gauge("process_resident_memory_bytes", help, resident as f64)
    }
}

/// In bytes. Unlike `statm`, `status` counts in KiB, however large a page is.
fn resident_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib << 10)
}

impl Snapshot {
    fn encode_peers(&self, writer: &mut Writer<'_>) -> fmt::Result {
        let standings = ["neighbour", "reserve", "down"].into_iter().zip(self.peers);
        let row = |(standing, count): (&'static str, usize)| {
            (vec![("standing", standing)], ConstGauge::new(count as i64))
        };
        writer.family("peers", "Peers reached at least once", standings.map(row))
    }

    fn encode_traffic(&self, writer: &mut Writer<'_>) -> fmt::Result {
        let ways = [("sent", &self.driver.sent), ("received", &self.driver.received)];
        let rows: Vec<_> = ways
            .iter()
            .flat_map(|(way, traffic)| traffic.iter().map(|(kind, sum)| (*way, *kind, *sum)))
            .collect();
        let labels = |way, kind| vec![("direction", way), ("kind", kind)];
        let messages = rows
            .iter()
            .map(|(way, kind, sum)| (labels(*way, *kind), ConstCounter::new(sum.messages)));
        writer.family("messages", "Messages by kind", messages)?;
        let bytes =
            rows.iter().map(|(way, kind, sum)| (labels(*way, *kind), ConstCounter::new(sum.bytes)));
        writer.family("message_bytes", "Bytes of messages, without HTTP's own", bytes)?;
        let dropped = self.driver.dropped.iter().map(|((what, why), count)| {
            (vec![("what", what.label()), ("reason", why.label())], ConstCounter::new(*count))
        });
        writer.family("dropped", "What came to nothing, and why", dropped)?;
        let evicted = self.driver.evicted;
        writer.counter("evicted", "Queued messages that gave way to newer ones", evicted)?;
        writer.counter("inputs", "Inputs that the node handled", self.driver.inputs)
    }

    fn encode_flood(&self, writer: &mut Writer<'_>) -> fmt::Result {
        writer.counter("rumors_arrived", "Rumors heard for the first time", self.flood.arrived)?;
        writer.counter("rumors_duplicate", "Copies of known rumors", self.flood.duplicates)?;
        writer.gauge("seen_entries", "Ids in the seen cache", self.seen as f64)
    }

    fn encode_registers(&self, writer: &mut Writer<'_>) -> fmt::Result {
        let Some((counts, entries)) = self.registers else { return Ok(()) };
        writer.gauge("registers_entries", "Registers of others", entries as f64)?;
        writer.counter("registers_stale", "Updates not above what is known", counts.stale)?;
        writer.counter("registers_refused", "Claims that can't be true", counts.refused)?;
        writer.counter("registers_repaired", "Updates that a sync brought", counts.repaired)?;
        writer.counter(
            "registers_too_large",
            "Updates too large to be told on",
            counts.too_large,
        )?;
        writer.counter("registers_expired", "Registers whose time was over", counts.expired)?;
        let unreadable = counts.unreadable;
        writer.counter("registers_unreadable", "Own cells that can't be read back", unreadable)?;
        writer.counter("syncs", "Syncs that were answered", counts.synced)?;
        writer.counter("syncs_same", "Of them, those that found nothing to tell", counts.same)?;
        writer.counter(
            "syncs_unproved",
            "Claims to know more that nothing came of",
            counts.unproved,
        )?;
        writer.counter("sync_failures", "Syncs that failed", counts.sync_failures)
    }

    /// Of the nodes that were asked how they are, for those who look at the network.
    fn encode_view(&self, writer: &mut Writer<'_>) -> fmt::Result {
        let Sums { rounds, answered, late, silent, skipped } = self.view;
        writer.counter("network_view_rounds", "Rounds of asking others how they are", rounds)?;
        let ends =
            [("answered", answered), ("late", late), ("silent", silent), ("skipped", skipped)];
        let row = |(end, count)| (vec![("outcome", end)], ConstCounter::new(count));
        writer.family("network_view_nodes", "Nodes that were to be asked", ends.map(row))
    }

    fn encode_http(&self, writer: &mut Writer<'_>) -> fmt::Result {
        let [requests, refused, connections, turned_away] = self.http;
        writer.counter("http_requests", "Requests", requests)?;
        writer.counter("http_refused", "Requests refused for what they said", refused)?;
        writer.counter("http_connections", "Connections accepted", connections)?;
        writer.counter("http_turned_away", "Connections too many", turned_away)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_some_memory_in_ram() {
        let resident = resident_memory().unwrap();
        assert!((1 << 20..1 << 40).contains(&resident), "{resident}");
    }

    #[test]
    fn where_the_system_tells_nothing_there_is_no_metric() {
        let told = |resident| {
            let mut registry = Registry::default();
            registry.register_collector(Box::new(Process { resident }));
            let mut text = String::new();
            encode(&mut text, &registry).unwrap();
            text
        };
        assert!(told(Some(4096)).contains("\nprocess_resident_memory_bytes 4096"));
        assert_eq!(told(None), "# EOF\n");
    }
}
