//! What was seen last of each node, and what to make of it.

use super::fleet::Standing;
use super::look::{About, Look, NodeView};
use super::verdict::{Fact, Health};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use tokio::time::Instant;

/// A node that was not heard for so long is silent: it had time for an answer, and some more.
const SILENT_AFTER: Duration = Duration::from_secs(3);

/// Until then others need not have heard of a new version: time for a flood, and for two syncs of
/// the default interval to mend what the flood missed.
const GRACE: Duration = Duration::from_secs(10);

/// All nodes.
#[derive(Default)]
pub struct Board {
    rows: BTreeMap<u16, Row>,
}

/// One node.
pub struct Row {
    /// What it said when it last answered.
    pub view: NodeView,
    /// How its process is.
    pub standing: Standing,
    /// When it last answered or changed its standing.
    heard_at: Instant,
    /// Whether it answered since it last changed its standing.
    has_answered: bool,
    /// The versions of its own book that it showed, and when first; of those that [`GRACE`] has
    /// passed for, only the newest.
    shown: VecDeque<(u64, Instant)>,
}

impl Board {
    /// Takes in how processes are. Nodes that aren't among them are gone for good.
    pub fn stand(&mut self, nodes: impl Iterator<Item = (u16, Standing)>, now: Instant) {
        let nodes: BTreeMap<u16, Standing> = nodes.collect();
        self.rows.retain(|port, _| nodes.contains_key(port));
        for (port, standing) in nodes {
            let row = self.rows.entry(port).or_insert_with(|| Row::new(port, now));
            row.stand(standing, now);
        }
    }

    /// Takes in what came of a look.
    pub fn heard(&mut self, look: Look, now: Instant) {
        let Some(row) = self.rows.get_mut(&look.port) else { return };
        // It may have been asked in an earlier life, or before it was told to stand still.
        let (Some((state, node)), Standing::Up) = (look.said, row.standing) else { return };
        row.view.state = Some(state);
        row.view.node = node;
        (row.heard_at, row.has_answered) = (now, true);
        row.show(now);
    }

    /// The nodes in order of their ports.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values()
    }

    /// The node of a port.
    pub fn row(&self, port: u16) -> Option<&Row> {
        self.rows.get(&port)
    }

    /// What was seen of each: of one that does not answer, only whether it runs.
    pub fn views(&self, now: Instant) -> Vec<NodeView> {
        let seen = |row: &Row| match row.health(now) {
            Health::Answers => row.view.clone(),
            _ => NodeView { port: row.view.port, alive: row.view.alive, ..NodeView::default() },
        };
        self.rows.values().map(seen).collect()
    }

    /// What a verdict goes by.
    pub fn facts(&self, now: Instant) -> Vec<Fact> {
        let settled: Vec<(u16, u64)> =
            self.answering(now).filter_map(|row| row.settled(now)).collect();
        self.rows.values().map(|row| row.fact(&settled, now)).collect()
    }

    /// How long ago a node learned of that other node that answers of which it learned longest ago.
    pub fn oldest(&self, row: &Row, now: Instant) -> Option<Duration> {
        let state = row.view.state.as_ref()?;
        let others = self.answering(now).filter(|other| other.view.port != row.view.port);
        let ages = others.filter_map(|other| Some(state.get(&other.view.port)?.age_ms));
        let since = now.saturating_duration_since(row.heard_at);
        ages.max().map(|age_ms| Duration::from_millis(age_ms).saturating_add(since))
    }

    fn answering(&self, now: Instant) -> impl Iterator<Item = &Row> {
        self.rows.values().filter(move |row| row.health(now) == Health::Answers)
    }
}

impl Row {
    fn new(port: u16, now: Instant) -> Row {
        Row {
            view: NodeView { port, ..NodeView::default() },
            standing: Standing::Down,
            heard_at: now,
            has_answered: false,
            shown: VecDeque::new(),
        }
    }

    /// How it does.
    pub fn health(&self, now: Instant) -> Health {
        let silent = now.saturating_duration_since(self.heard_at);
        match self.standing {
            Standing::Down => Health::Down,
            Standing::Paused => Health::Paused,
            Standing::Up if silent >= SILENT_AFTER => Health::Silent(silent),
            Standing::Up if self.has_answered => Health::Answers,
            Standing::Up | Standing::Starting => Health::Starting,
        }
    }

    fn stand(&mut self, standing: Standing, now: Instant) {
        if self.standing != standing {
            (self.heard_at, self.has_answered) = (now, false);
        }
        if standing == Standing::Starting {
            self.shown.clear();
        }
        self.standing = standing;
        self.view.alive = standing != Standing::Down;
    }

    fn show(&mut self, now: Instant) {
        let version = self.view.own().filter(|own| own.book.is_some()).map(|own| own.version);
        let last = self.shown.back().map(|(version, _)| *version);
        if let Some(version) = version.filter(|version| last != Some(*version)) {
            self.shown.push_back((version, now));
        }
        while self.shown.get(1).is_some_and(|(_, at)| now.saturating_duration_since(*at) >= GRACE) {
            self.shown.pop_front();
        }
    }

    /// The version of its own that others should know by now; 0 if any will do.
    fn settled(&self, now: Instant) -> Option<(u16, u64)> {
        self.shown.back()?;
        let old = |shown: &&(u64, Instant)| now.saturating_duration_since(shown.1) >= GRACE;
        let version = self.shown.iter().rev().find(old).map_or(0, |(version, _)| *version);
        Some((self.view.port, version))
    }

    fn fact(&self, settled: &[(u16, u64)], now: Instant) -> Fact {
        let port = self.view.port;
        let about = |origin: u16| -> Option<&About> {
            self.view.state.as_ref()?.get(&origin).filter(|about| about.book.is_some())
        };
        let mut fact = Fact { port, health: self.health(now), known: 0, outdated: 0, others: 0 };
        for (origin, version) in settled.iter().filter(|(origin, _)| *origin != port) {
            fact.others += 1;
            if let Some(about) = about(*origin) {
                fact.known += 1;
                fact.outdated += usize::from(about.version < *version);
            }
        }
        fact
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::up::look::NodeDocument;

    fn up(board: &mut Board, ports: &[u16], now: Instant) {
        board.stand(ports.iter().map(|port| (*port, Standing::Up)), now);
    }

    /// The node at `port` says which versions it knows, learned so many milliseconds ago.
    fn said(board: &mut Board, port: u16, knows: &[(u16, u64, u64)], now: Instant) {
        let about = |(port, version, age_ms): &(u16, u64, u64)| {
            (*port, About { book: Some("a book".into()), version: *version, age_ms: *age_ms })
        };
        let state = knows.iter().map(about).collect();
        board.heard(Look { port, said: Some((state, NodeDocument::default())) }, now);
    }

    fn fact(board: &Board, port: u16, now: Instant) -> Fact {
        board.facts(now).into_iter().find(|fact| fact.port == port).unwrap()
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn who_does_not_answer_is_silent_after_a_while() {
        let (mut board, start) = (Board::default(), Instant::now());
        up(&mut board, &[1], start);
        assert_eq!(fact(&board, 1, start).health, Health::Starting);
        said(&mut board, 1, &[(1, 1, 0)], start);
        assert_eq!(fact(&board, 1, start + SECOND).health, Health::Answers);
        board.heard(Look { port: 1, said: None }, start + SECOND);
        let later = start + 12 * SECOND;
        assert_eq!(fact(&board, 1, later).health, Health::Silent(12 * SECOND));
        assert!(board.views(later)[0].alive && board.views(later)[0].state.is_none());
    }

    #[test]
    fn an_answer_from_before_a_pause_does_not_count() {
        let (mut board, start) = (Board::default(), Instant::now());
        board.stand([(1, Standing::Paused)].into_iter(), start);
        said(&mut board, 1, &[(1, 1, 0)], start);
        assert!(board.row(1).unwrap().view.state.is_none());
    }

    #[test]
    fn a_version_that_others_had_time_to_hear_of_is_missed() {
        let (mut board, start) = (Board::default(), Instant::now());
        up(&mut board, &[1, 2], start);
        said(&mut board, 1, &[(1, 1, 0)], start);
        said(&mut board, 2, &[(1, 1, 0), (2, 1, 0)], start);
        assert_eq!((fact(&board, 1, start).known, fact(&board, 1, start).others), (0, 1));
        let changed = start + SECOND;
        said(&mut board, 1, &[(1, 2, 0), (2, 1, 0)], changed);
        assert_eq!(fact(&board, 2, changed).outdated, 0, "it had no time");
        let later = changed + GRACE;
        said(&mut board, 1, &[(1, 3, 0), (2, 1, 0)], later);
        said(&mut board, 2, &[(1, 1, 0), (2, 1, 0)], later);
        assert_eq!(fact(&board, 2, later).outdated, 1, "version 2 was missed");
        said(&mut board, 2, &[(1, 2, 0), (2, 1, 0)], later);
        assert_eq!(fact(&board, 2, later).outdated, 0, "version 3 is new");
    }

    #[test]
    fn the_oldest_is_that_of_nodes_that_answer() {
        let (mut board, start) = (Board::default(), Instant::now());
        up(&mut board, &[1, 2, 3], start);
        for port in 1..=3 {
            said(&mut board, port, &[(1, 1, 9000), (2, 1, 5000), (3, 1, 7000)], start);
        }
        let oldest = |board: &Board, port| board.oldest(board.row(port).unwrap(), start + SECOND);
        assert_eq!(oldest(&board, 1), Some(8 * SECOND), "its own doesn't count");
        let standings = [(1, Standing::Up), (2, Standing::Up), (3, Standing::Down)];
        board.stand(standings.into_iter(), start);
        assert_eq!(oldest(&board, 1), Some(6 * SECOND), "nor does that of the dead");
        assert_eq!(oldest(&board, 2), Some(10 * SECOND));
    }

    #[test]
    fn a_node_that_is_gone_for_good_has_no_row() {
        let (mut board, start) = (Board::default(), Instant::now());
        up(&mut board, &[1, 2], start);
        up(&mut board, &[1], start);
        assert_eq!(board.rows().count(), 1);
    }
}
