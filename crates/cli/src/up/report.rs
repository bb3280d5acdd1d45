//! Whether a network has come to agree, and what it cost.

use super::look::{About, NodeView};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::time::Duration;
use tokio::time::Instant;

/// Who has known whose book.
pub struct Progress {
    since: Instant,
    known: BTreeSet<(u16, u16)>,
    /// The version of each origin that has to be known; where there is none, any will do.
    wanted: BTreeMap<u16, u64>,
    is_agreed: bool,
    /// How long it took until every live node had known some book of every other.
    pub converged: Option<Duration>,
}

impl Progress {
    /// From the moment the last node listens.
    pub fn new(since: Instant) -> Progress {
        let (known, wanted) = (BTreeSet::new(), BTreeMap::new());
        Progress { since, known, wanted, is_agreed: false, converged: None }
    }

    /// Whether all that was asked for has come true.
    pub fn is_agreed(&self) -> bool {
        self.is_agreed
    }

    /// Asks for agreement once more, now that nodes were killed: what the live ones knew before
    /// doesn't count, and what they like now, or something newer, has to be known.
    pub fn start_over<'a>(&mut self, views: impl Iterator<Item = &'a NodeView>) {
        self.known.clear();
        self.wanted = views.filter_map(|view| Some((view.port, view.own()?.version))).collect();
        self.is_agreed = false;
    }

    /// Takes in what a node said.
    pub fn learn(&mut self, view: &NodeView) {
        if self.is_agreed {
            return;
        }
        let wanted = |origin: &u16| self.wanted.get(origin).copied().unwrap_or_default();
        let is_known =
            |origin: &u16, about: &About| about.book.is_some() && about.version >= wanted(origin);
        let known = view.state.iter().flatten().filter(|(origin, about)| is_known(origin, about));
        self.known.extend(known.map(|(origin, _)| (view.port, *origin)));
    }

    /// Whether the live nodes have just come to agree.
    pub fn judge(&mut self, live: &[u16], now: Instant) -> bool {
        if self.is_agreed {
            return false;
        }
        self.is_agreed = self.all_known(live);
        if self.is_agreed {
            self.converged.get_or_insert(now.saturating_duration_since(self.since));
        }
        self.is_agreed
    }

    fn all_known(&self, live: &[u16]) -> bool {
        let knows_all = |knower: &u16| {
            live.iter().all(|other| other == knower || self.known.contains(&(*knower, *other)))
        };
        !live.is_empty() && live.iter().all(knows_all)
    }
}

/// The final report.
#[derive(Debug, Serialize)]
pub struct Report {
    /// How many nodes there were to be, if not all were started.
    #[serde(skip)]
    asked_for: usize,
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
    /// What the last look saw of a network that so many nodes were asked for.
    pub fn of(views: &[NodeView], progress: &Progress, asked_for: u16) -> Report {
        let received: u64 = views.iter().map(|view| view.node.received).sum();
        let delivered: u64 = views.iter().map(|view| view.node.delivered).sum();
        Report {
            asked_for: asked_for.into(),
            nodes: views.iter().map(NodeReport::of).collect(),
            converged: progress.is_agreed,
            time_to_converge_ms: progress.converged.map(|took| took.as_millis() as u64),
            messages: views.iter().map(|view| view.node.sent).sum(),
            copies_per_delivery: (delivered > 0).then(|| received as f64 / delivered as f64),
        }
    }

    /// 0 if they converged.
    pub fn exit_code(&self) -> ExitCode {
        if self.converged { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// The same in a line.
    pub fn summary(&self) -> String {
        let alive = self.nodes.iter().filter(|node| node.alive).count();
        let agreed = match self.time_to_converge_ms {
            Some(took) => format!("converged in {:.1} s", took as f64 / 1000.0),
            None => "did not converge".into(),
        };
        let copies =
            self.copies_per_delivery.map(|copies| format!(", {copies:.2} copies per delivery"));
        let (nodes, messages) = (self.nodes.len().max(self.asked_for), self.messages);
        format!(
            "{alive} of {nodes} nodes alive; {agreed}; {messages} message{}{}",
            if messages == 1 { "" } else { "s" },
            copies.unwrap_or_default()
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

    fn view_at(port: u16, knows: &[(u16, u64)]) -> NodeView {
        let about = |(port, version): &(u16, u64)| {
            (*port, About { book: Some("a book".into()), version: *version, age_ms: 0 })
        };
        let state = Some(knows.iter().map(about).collect());
        NodeView { port, alive: true, state, ..NodeView::default() }
    }

    fn view(port: u16, knows: &[u16]) -> NodeView {
        let knows: Vec<(u16, u64)> = knows.iter().map(|port| (*port, 1)).collect();
        view_at(port, &knows)
    }

    #[test]
    fn converged_once_every_live_node_has_known_every_other() {
        let start = Instant::now();
        let mut progress = Progress::new(start);
        let later = start + Duration::from_secs(1);
        progress.learn(&view(1, &[1, 2]));
        progress.learn(&view(2, &[2]));
        assert!(!progress.judge(&[1, 2], later));
        // Known once is known: the first may have forgotten meanwhile.
        progress.learn(&view(1, &[1]));
        progress.learn(&view(2, &[1, 2]));
        assert!(progress.judge(&[1, 2], later));
        assert_eq!(progress.converged, Some(Duration::from_secs(1)));
        assert!(!progress.judge(&[1, 2], later), "told once");
    }

    #[test]
    fn the_dead_need_not_agree_and_nobody_alive_is_no_agreement() {
        let mut progress = Progress::new(Instant::now());
        progress.learn(&view(1, &[1, 2]));
        progress.learn(&view(2, &[1, 2]));
        assert!(!progress.judge(&[1, 2, 3], Instant::now()));
        assert!(!progress.judge(&[], Instant::now()));
        assert!(progress.judge(&[1, 2], Instant::now()));
    }

    #[test]
    fn survivors_have_to_agree_anew() {
        let start = Instant::now();
        let mut progress = Progress::new(start);
        let learn = |progress: &mut Progress, views: &[NodeView]| {
            views.iter().for_each(|view| progress.learn(view));
        };
        learn(&mut progress, &[view(1, &[1, 2]), view(2, &[1, 2])]);
        assert!(progress.judge(&[1, 2], start));
        // When the others were killed the second liked its fifth book.
        let killed = [view_at(1, &[(1, 1), (2, 1)]), view_at(2, &[(1, 1), (2, 5)])];
        progress.start_over(killed.iter());
        assert!(!progress.judge(&[1, 2], start), "what they knew before doesn't count");
        learn(&mut progress, &killed);
        assert!(!progress.judge(&[1, 2], start), "the first knows an old one");
        assert!(!Report::of(&killed, &progress, 2).converged);
        progress.learn(&view_at(1, &[(1, 1), (2, 6)]));
        assert!(progress.judge(&[1, 2], start + Duration::from_secs(9)));
        assert_eq!(progress.converged, Some(Duration::ZERO), "the first time stands");
    }

    #[test]
    fn a_report_counts_copies_over_all_nodes() {
        let mut one = view(1, &[1, 2]);
        one.node.received = 6;
        one.node.delivered = 2;
        let report = Report::of(&[one, view(2, &[1, 2])], &Progress::new(Instant::now()), 2);
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["copies_per_delivery"], 3.0);
        assert_eq!(json["nodes"][0]["knows"], 1);
        assert_eq!(json["time_to_converge_ms"], serde_json::Value::Null);
        assert_eq!(json.as_object().map(|members| members.len()), Some(5));
    }

    #[test]
    fn a_summary_says_what_there_is_to_say() {
        let progress = Progress::new(Instant::now());
        let summary = Report::of(&[view(1, &[1])], &progress, 8).summary();
        assert_eq!(summary, "1 of 8 nodes alive; did not converge; 0 messages");
        let mut one = view(1, &[1, 2]);
        (one.node.sent, one.node.received, one.node.delivered) = (1, 6, 2);
        let summary = Report::of(&[one], &progress, 1).summary();
        assert!(summary.ends_with("; 1 message, 3.00 copies per delivery"), "{summary}");
    }
}
