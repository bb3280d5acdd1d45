//! What the cells of a row say.

use super::board::{Board, Row};
use super::columns::Column;
use super::freshness::Freshness;
use super::verdict::Health;
use crate::printed::{plain, span};
use std::time::Duration;
use tokio::time::Instant;

/// One row as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cells {
    /// The node's port.
    pub port: u16,
    /// How it does.
    pub health: Health,
    /// How new what it knows is; nothing if it knows nothing of others.
    pub freshness: Option<Freshness>,
    texts: [String; Column::ALL.len()],
}

impl Cells {
    /// Of a node as it was seen last.
    pub fn of(row: &Row, board: &Board, interval: Duration, now: Instant) -> Cells {
        let health = row.health(now);
        let oldest = match health {
            Health::Answers | Health::Silent(_) => board.oldest(row, now),
            _ => None,
        };
        let freshness = oldest.map(|age| Freshness::of(age, interval));
        let texts = Column::ALL.map(|column| match column {
            Column::Oldest => oldest.zip(freshness).map_or("-".into(), |(age, freshness)| {
                format!("{}{}", span(age), freshness.mark())
            }),
            column => text(row, health, column),
        });
        Cells { port: row.view.port, health, freshness, texts }
    }

    /// What the cell of a column says.
    pub fn text(&self, column: Column) -> &str {
        &self.texts[column as usize]
    }

    /// Row by row for tests of how they are shown.
    #[cfg(test)]
    pub fn said(port: u16, health: Health, texts: [&str; Column::ALL.len()]) -> Cells {
        Cells { port, health, freshness: Some(Freshness::Fresh), texts: texts.map(String::from) }
    }
}

fn text(row: &Row, health: Health, column: Column) -> String {
    let (view, node) = (&row.view, &row.view.node);
    if view.state.is_none() && !matches!(column, Column::Node | Column::Alive) {
        return "-".into();
    }
    match column {
        Column::Node => view.port.to_string(),
        Column::Alive => alive(health).into(),
        Column::Book => plain(view.own().and_then(|own| own.book.as_deref()).unwrap_or("-")),
        Column::Version => view.own().map_or("-".into(), |own| own.version.to_string()),
        Column::Knows => view.knows().to_string(),
        Column::Peers => node.peers.neighbours.to_string(),
        Column::In => count(node.received),
        Column::Out => count(node.sent),
        Column::Duplicates => count(node.duplicates),
        Column::Bytes => match (node.bytes_received, node.bytes_sent) {
            (None, None) => "-".into(),
            (received, sent) => format!("{}/{}", bytes(received), bytes(sent)),
        },
        Column::Oldest => String::new(),
    }
}

/// Whether it is there, in a word.
pub fn alive(health: Health) -> &'static str {
    match health {
        Health::Starting => "starting",
        Health::Answers => "yes",
        Health::Silent(_) => "silent",
        Health::Paused => "paused",
        Health::Down => "no",
    }
}

/// A number in at most eight characters.
fn count(number: u64) -> String {
    if number < 100_000_000 { number.to_string() } else { scaled(number) }
}

fn bytes(number: Option<u64>) -> String {
    number.map_or("-".into(), scaled)
}

/// A number in at most five characters, such as `12.3M`.
fn scaled(number: u64) -> String {
    let mut scaled = number as f64;
    for unit in ["", "k", "M", "G", "T", "P"] {
        // What would be rounded up to a thousand has the next unit.
        if scaled < 99.95 && !unit.is_empty() {
            return format!("{scaled:.1}{unit}");
        }
        if scaled < 999.5 {
            return format!("{scaled:.0}{unit}");
        }
        scaled /= 1000.0;
    }
    format!("{scaled:.0}E")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::up::fleet::Standing;
    use crate::up::look::{About, Look, NodeDocument};

    #[test]
    fn numbers_fit() {
        let shown = [0, 999, 1000, 12_345, 99_950, 999_499, 999_500, u64::MAX].map(scaled);
        assert_eq!(shown, ["0", "999", "1.0k", "12.3k", "100k", "999k", "1.0M", "18E"]);
        assert_eq!([99_999_999, 100_000_000].map(count), ["99999999", "100M"]);
    }

    #[test]
    fn a_row_says_what_was_seen_and_what_it_is_now() {
        let (mut board, now) = (Board::default(), Instant::now());
        board.stand([(1, Standing::Up), (2, Standing::Up)].into_iter(), now);
        for port in [1, 2] {
            let about = About { book: Some("Emma".into()), version: 7, age_ms: 17_900 };
            let state = [(1, about.clone()), (2, about)].into_iter().collect();
            let node = NodeDocument { bytes_sent: Some(1500), received: 12, ..Default::default() };
            board.heard(Look { port, said: Some((state, node)) }, now);
        }
        let cells = |board: &Board, port| {
            Cells::of(board.row(port).unwrap(), board, Duration::from_secs(10), now)
        };
        let shown = Column::ALL.map(|column| cells(&board, 1).text(column).to_owned());
        let expected = ["1", "yes", "Emma", "7", "1", "17 s~", "0", "12", "0", "0", "-/1.5k"];
        assert_eq!(shown, expected);
        board.stand([(1, Standing::Down), (2, Standing::Up)].into_iter(), now);
        assert_eq!(cells(&board, 1).text(Column::Alive), "no");
        assert_eq!(cells(&board, 1).text(Column::Book), "Emma", "what it liked last");
        assert_eq!(cells(&board, 2).text(Column::Oldest), "-", "nobody else answers");
    }
}
