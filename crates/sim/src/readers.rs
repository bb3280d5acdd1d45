//! Who sits before the nodes of a books network.
//!
//! The workload stands above the nodes as the daemon does: it draws books and sets registers. What is
//! drawn when is decided by the seed alone, whatever becomes of the network.

use crate::engine;
use rumormill_core::{Duration, Rng, Time};
use rumormill_node::NodeCommand;
use rumormill_node::books::{BOOK, Books, next_draw};
use rumormill_protocols::Life;
use rumormill_wire::json::register_payload;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The readers of a network, one a node.
#[derive(Debug)]
pub(crate) struct Readers {
    seed: u64,
    interval: Duration,
    books: Books,
    key: Arc<str>,
    readers: Vec<Reader>,
    /// Who draws next, and when.
    due: BTreeSet<(Time, usize)>,
}

#[derive(Clone, Debug, Default)]
struct Reader {
    /// How many books it has drawn: each draw has a stream of its own.
    drawn: u64,
    last: Option<String>,
    next: Option<Time>,
}

impl Readers {
    /// Nobody yet; about how often each will like another book.
    pub fn new(seed: u64, interval: Duration) -> Readers {
        let (books, key) = (Books::embedded(), Arc::from(BOOK));
        Readers { seed, interval, books, key, readers: Vec::new(), due: BTreeSet::new() }
    }

    /// A node starts: its reader draws at once, and then every so often.
    pub fn sit_down(&mut self, node: usize, at: Time) {
        if node >= self.readers.len() {
            self.readers.resize(node + 1, Reader::default());
        }
        if let Some(before) = self.readers[node].next.take() {
            self.due.remove(&(before, node));
        }
        self.wait(node, at);
    }

    fn wait(&mut self, node: usize, until: Time) {
        self.readers[node].next = Some(until);
        self.due.insert((until, node));
    }

    /// When somebody draws next.
    pub fn next(&self) -> Option<Time> {
        self.due.first().map(|(time, _)| *time)
    }

    /// Whose turn it is draws a book, if its node is up: the node, and what it is told. A dead node's
    /// reader waits for its return.
    pub fn draw_due(&mut self, is_up: impl FnOnce(usize) -> bool) -> Option<(usize, NodeCommand)> {
        let (time, node) = self.due.pop_first()?;
        self.readers[node].next = None;
        if !is_up(node) {
            return None;
        }
        let mut rng = self.rng(node);
        let command = self.draw_with(node, &mut rng);
        self.wait(node, time + next_draw(self.interval, &mut rng));
        Some((node, command))
    }

    /// A node likes another book now: what it is told.
    pub fn draw(&mut self, node: usize) -> NodeCommand {
        let mut rng = self.rng(node);
        self.draw_with(node, &mut rng)
    }

    /// The book that a node likes, as far as its reader is concerned.
    pub fn last(&self, node: usize) -> &str {
        self.readers[node].last.as_deref().unwrap_or_default()
    }

    fn draw_with(&mut self, node: usize, rng: &mut Rng) -> NodeCommand {
        let reader = &mut self.readers[node];
        let book = self.books.draw(reader.last.as_deref(), rng).to_owned();
        let payload = register_payload(BOOK, &book.as_str().into());
        reader.drawn += 1;
        reader.last = Some(book);
        NodeCommand::Set { ticket: 0, key: self.key.clone(), payload, life: Life::Lasting }
    }

    fn rng(&self, node: usize) -> Rng {
        let key = engine::key(self.seed, node as u32, 0, *b"book");
        Rng::new(key, self.readers[node].drawn)
    }
}
