//! Whether a network has come to agree, and what it cost.

use super::look::NodeView;
use serde::Serialize;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;

/// Who has known whose book.
pub struct Progress {
    since: Instant,
    known: BTreeSet<(u16, u16)>,
    /// How long it took until every live node had known some book of every other.
    pub converged: Option<Duration>,
}

impl Progress {
    /// From the moment the last node listens.
    pub fn new(since: Instant) -> Progress {
        Progress { since, known: BTreeSet::new(), converged: None }
    }

    /// Takes in a look; says how long it took if the network has just converged.
    pub fn note(&mut self, views: &[NodeView], now: Instant) -> Option<Duration> {
        for view in views {
            let state = view.state.iter().flatten().filter(|(_, about)| about.book.is_some());
            self.known.extend(state.map(|(origin, _)| (view.port, *origin)));
        }
        if self.converged.is_some() || !self.all_known(views) {
            return None;
        }
        self.converged = Some(now - self.since);
        self.converged
    }

    /// How long it has been watched.
    pub fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }

    fn all_known(&self, views: &[NodeView]) -> bool {
        let live: Vec<u16> = views.iter().filter(|view| view.alive).map(|view| view.port).collect();
        let knows_all = |knower: &u16| {
            live.iter().all(|other| other == knower || self.known.contains(&(*knower, *other)))
        };
        !live.is_empty() && live.iter().all(knows_all)
    }
}

/// The final report.
#[derive(Debug, Serialize)]
pub struct Report {
    nodes: Vec<NodeReport>,
    /// Whether every live node has known some book of every other.
    pub converged: bool,
    time_to_converge_ms: Option<u64>,
    messages: u64,
    copies_per_delivery: Option<f64>,
}

#[derive(Debug, Serialize)]
struct NodeReport {
    port: u16,
    alive: bool,
    book: Option<String>,
    version: Option<u64>,
    knows: usize,
    sent: u64,
    received: u64,
    duplicates: u64,
}

impl Report {
    /// What the last look saw.
    pub fn of(views: &[NodeView], progress: &Progress) -> Report {
        let received: u64 = views.iter().map(|view| view.node.received).sum();
        let delivered: u64 = views.iter().map(|view| view.node.delivered).sum();
        Report {
            nodes: views.iter().map(NodeReport::of).collect(),
            converged: progress.converged.is_some(),
            time_to_converge_ms: progress.converged.map(|took| took.as_millis() as u64),
            messages: views.iter().map(|view| view.node.sent).sum(),
            copies_per_delivery: (delivered > 0).then(|| received as f64 / delivered as f64),
        }
    }

    /// The same in a line.
    pub fn summary(&self) -> String {
        let alive = self.nodes.iter().filter(|node| node.alive).count();
        let agreed = match self.time_to_converge_ms {
            Some(took) => format!("converged in {:.1} s", took as f64 / 1000.0),
            None => "did not converge".into(),
        };
        let copies = self.copies_per_delivery.unwrap_or_default();
        let (nodes, messages) = (self.nodes.len(), self.messages);
        format!(
            "{alive} of {nodes} nodes alive; {agreed}; {messages} messages, {copies:.2} copies per delivery"
        )
    }
}

impl NodeReport {
    fn of(view: &NodeView) -> NodeReport {
        NodeReport {
            port: view.port,
            alive: view.alive,
            book: view.own().and_then(|own| own.book.clone()),
            version: view.own().map(|own| own.version),
            knows: view.knows(),
            sent: view.node.sent,
            received: view.node.received,
            duplicates: view.node.duplicates,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::up::look::About;

    fn view(port: u16, knows: &[u16]) -> NodeView {
        let about = |port: &u16| (*port, About { book: Some("a book".into()), version: 1 });
        let state = Some(knows.iter().map(about).collect());
        NodeView { port, alive: true, state, ..NodeView::default() }
    }

    #[test]
    fn converged_once_every_live_node_has_known_every_other() {
        let start = Instant::now();
        let mut progress = Progress::new(start);
        let later = start + Duration::from_secs(1);
        assert_eq!(progress.note(&[view(1, &[1, 2]), view(2, &[2])], later), None);
        // Known once is known: the first may have forgotten meanwhile.
        let took = progress.note(&[view(1, &[1]), view(2, &[1, 2])], later);
        assert_eq!(took, Some(Duration::from_secs(1)));
        assert_eq!(progress.note(&[view(1, &[1]), view(2, &[1])], later), None, "told once");
    }

    #[test]
    fn the_dead_need_not_agree() {
        let mut progress = Progress::new(Instant::now());
        let dead = NodeView { port: 3, ..NodeView::default() };
        let views = [view(1, &[1, 2]), view(2, &[1, 2]), dead];
        assert!(progress.note(&views, Instant::now()).is_some());
    }

    #[test]
    fn nobody_alive_is_no_agreement() {
        let mut progress = Progress::new(Instant::now());
        assert_eq!(progress.note(&[NodeView::default()], Instant::now()), None);
    }

    #[test]
    fn a_report_counts_copies_over_all_nodes() {
        let mut one = view(1, &[1, 2]);
        one.node.received = 6;
        one.node.delivered = 2;
        let report = Report::of(&[one, view(2, &[1, 2])], &Progress::new(Instant::now()));
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["copies_per_delivery"], 3.0);
        assert_eq!(json["nodes"][0]["knows"], 1);
        assert_eq!(json["time_to_converge_ms"], serde_json::Value::Null);
    }
}
