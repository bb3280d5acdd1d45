//! The processes of a network.
//!
//! No child outlives us, however we end: each holds the other end of a pipe as its stdin, which the
//! system closes when we are gone, and ends when it does. One that stands still then is woken and
//! ended by the system itself, which hangs up on stopped process groups that nobody is left to
//! continue.

use super::process::{self, Ending, News, Order, START_TIMEOUT};
use crate::args::{Behaviour, Usage};
use anyhow::{Context, anyhow};
use std::collections::VecDeque;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// How long nodes may take to end in good order, all together.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// How many news may wait to be heeded; then the nodes that tell them wait.
const NEWS_MAX: usize = 256;

/// All nodes of a network.
pub struct Fleet {
    program: PathBuf,
    behaviour: Behaviour,
    data: TempDir,
    nodes: Vec<Node>,
    /// The ports of nodes to start, one after another.
    waiting: VecDeque<u16>,
    news: mpsc::Receiver<News>,
    /// What a new node's keeper tells by.
    teller: mpsc::Sender<News>,
}

/// One node.
pub struct Node {
    /// Its port.
    pub port: u16,
    /// How its process is.
    pub standing: Standing,
    orders: mpsc::Sender<Order>,
    /// It ended, or will, because we wanted it to.
    is_wanted_dead: bool,
    /// Once it has ended it is started again.
    is_wanted_again: bool,
    has_listened: bool,
}

/// How a node's process is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// It runs, and does not listen yet.
    Starting,
    /// It runs.
    Up,
    /// It stands still.
    Paused,
    /// There is none.
    #[default]
    Down,
}

/// What happened in the fleet.
#[derive(Debug)]
pub enum Event {
    /// A node listens.
    Listens(u16),
    /// A node could not be started, and why.
    Failed(anyhow::Error),
    /// A node is gone, as we wanted it.
    Ended,
    /// A node is gone by itself, and what it said last.
    Died(u16, Option<String>),
    /// A node said a line on stderr.
    Said(u16, String),
}

impl Fleet {
    /// None yet.
    pub fn new(behaviour: &Behaviour) -> anyhow::Result<Fleet> {
        // A node costs us some four file descriptors; the usual soft limit is far below the hard one.
        // If it can't be raised, the node that finds none left says so.
        let _ = rlimit::increase_nofile_limit(u64::MAX);
        let (teller, news) = mpsc::channel(NEWS_MAX);
        Ok(Fleet {
            program: std::env::current_exe().context("cannot tell which program this is")?,
            behaviour: behaviour.clone(),
            data: tempfile::Builder::new()
                .prefix("rumormill-up-")
                .tempdir()
                .context("cannot make a temporary directory")?,
            nodes: Vec::new(),
            waiting: VecDeque::new(),
            news,
            teller,
        })
    }

    /// The nodes in order of their start.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Whether some node is still to listen for the first time.
    pub fn is_starting(&self) -> bool {
        !self.waiting.is_empty() || self.nodes.iter().any(|node| !node.has_listened)
    }

    /// Where the node of a port keeps its data.
    pub fn data_dir(&self, port: u16) -> PathBuf {
        self.data.path().join(port.to_string())
    }

    /// Starts nodes, each once the one before listens.
    pub fn start(&mut self, ports: impl IntoIterator<Item = u16>) -> anyhow::Result<()> {
        self.waiting.extend(ports);
        self.start_next()
    }

    /// Kills a node as a crash would.
    pub fn kill(&mut self, port: u16) -> Result<(), String> {
        let node = self.running(port)?;
        node.is_wanted_dead = true;
        node.is_wanted_again = false;
        node.order(Order::Kill)
    }

    /// Kills a node if it runs, and starts it again with its port and its data.
    pub fn restart(&mut self, port: u16) -> Result<(), String> {
        match self.running(port) {
            Ok(node) => {
                (node.is_wanted_dead, node.is_wanted_again) = (true, true);
                node.order(Order::Kill)
            }
            Err(_) => self.spawn(port).map_err(|error| format!("{error:#}")),
        }
    }

    /// Lets a node stand still, or go on; says whether it now stands still.
    pub fn pause(&mut self, port: u16) -> Result<bool, String> {
        let node = self.running(port)?;
        let (order, standing) = match node.standing {
            Standing::Paused => (Order::Continue, Standing::Up),
            Standing::Up => (Order::Pause, Standing::Paused),
            _ => return Err(format!("{port} is starting: try again in a moment")),
        };
        node.order(order)?;
        node.standing = standing;
        Ok(standing == Standing::Paused)
    }

    /// What happens next. No event is lost if the future is dropped.
    pub async fn next(&mut self) -> Event {
        loop {
            // We hold a sender ourselves, so there is always news to come.
            let Some(news) = self.news.recv().await else { continue };
            if let Some(event) = self.heed(news) {
                return event;
            }
        }
    }

    /// Ends all nodes: in good order, or else at once.
    pub async fn stop(&mut self) {
        self.waiting.clear();
        for node in &mut self.nodes {
            (node.is_wanted_dead, node.is_wanted_again) = (true, false);
            // One that stands still could not end.
            let _ = node.order(Order::Continue);
            let _ = node.order(Order::End);
        }
        let _ = timeout(STOP_TIMEOUT, self.all_ended()).await;
        self.nodes.iter().for_each(|node| drop(node.order(Order::Kill)));
        let _ = timeout(STOP_TIMEOUT, self.all_ended()).await;
    }

    async fn all_ended(&mut self) {
        while self.nodes.iter().any(|node| node.standing != Standing::Down) {
            if let Event::Said(port, line) = self.next().await {
                pass_on(port, &line);
            }
        }
    }

    fn heed(&mut self, news: News) -> Option<Event> {
        match news {
            News::Said(port, line) => Some(Event::Said(port, line)),
            News::Listens(port) => {
                let node = self.node(port)?;
                (node.standing, node.has_listened) = (Standing::Up, true);
                Some(self.followed_by_the_next(Event::Listens(port)))
            }
            News::Late(port) => {
                let node = self.node(port)?;
                let _ = node.order(Order::Kill);
                None
            }
            News::Ended(port, ending) => self.on_ended(port, ending),
        }
    }

    fn on_ended(&mut self, port: u16, ending: Ending) -> Option<Event> {
        let node = self.node(port)?;
        let was = std::mem::take(&mut node.standing);
        if node.is_wanted_again {
            return self.spawn(port).err().map(Event::Failed);
        }
        let is_wanted = node.is_wanted_dead;
        if !node.has_listened {
            self.nodes.retain(|node| node.port != port);
        }
        let event = match (is_wanted, was) {
            (true, _) => Event::Ended,
            (false, Standing::Starting) => Event::Failed(explained(port, &ending)),
            (false, _) => Event::Died(port, ending.last_words),
        };
        Some(self.followed_by_the_next(event))
    }

    fn followed_by_the_next(&mut self, event: Event) -> Event {
        self.start_next().err().map_or(event, Event::Failed)
    }

    fn start_next(&mut self) -> anyhow::Result<()> {
        if self.nodes.iter().any(|node| !node.has_listened) {
            return Ok(());
        }
        self.waiting.pop_front().map_or(Ok(()), |port| self.spawn(port))
    }

    /// Starts the process of a node, an old one or a new one.
    fn spawn(&mut self, port: u16) -> anyhow::Result<()> {
        let orders = process::start(self.command(port), port, self.teller.clone())
            .with_context(|| format!("cannot start a process for port {port}"))?;
        let has_listened = self.node(port).is_some_and(|node| node.has_listened);
        let standing = Standing::Starting;
        let (is_wanted_dead, is_wanted_again) = (false, false);
        let node = Node { port, standing, orders, is_wanted_dead, is_wanted_again, has_listened };
        match self.node(port) {
            Some(old) => *old = node,
            None => self.nodes.push(node),
        }
        Ok(())
    }

    fn command(&self, port: u16) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["-q", "node", "--end-with-stdin", "--remove-data"]);
        command.args(["-p", &port.to_string()]);
        if let Some(from) = self.bootstrap_of(port) {
            command.args(["-b", &from.to_string()]);
        }
        command.arg("--data-dir").arg(self.data_dir(port));
        command.args(self.behaviour.to_args());
        command
    }

    /// The node before, or the nearest before that, or after, that runs.
    fn bootstrap_of(&self, port: u16) -> Option<u16> {
        let runs = |node: &&Node| node.standing == Standing::Up && node.port != port;
        let before = self.nodes.iter().rev().skip_while(|node| node.port > port).find(runs);
        before.or_else(|| self.nodes.iter().find(runs)).map(|node| node.port)
    }

    fn node(&mut self, port: u16) -> Option<&mut Node> {
        self.nodes.iter_mut().find(|node| node.port == port)
    }

    fn running(&mut self, port: u16) -> Result<&mut Node, String> {
        let node = self.node(port).filter(|node| node.standing != Standing::Down);
        node.ok_or_else(|| format!("{port} is down: `r` starts it again"))
    }
}

impl Node {
    fn order(&self, order: Order) -> Result<(), String> {
        self.orders.try_send(order).map_err(|_| format!("{} does not obey just now", self.port))
    }
}

/// Why a node ended instead of listening, in its own words.
fn explained(port: u16, ending: &Ending) -> anyhow::Error {
    let last = match (&ending.last_words, ending.code) {
        (Some(words), _) => words.trim_start_matches("error: ").to_owned(),
        // We killed it.
        (None, None) => format!("it does not listen after {START_TIMEOUT:?}"),
        (None, Some(_)) => "it said nothing".into(),
    };
    let fault = format!("the node on port {port} did not start: {last}");
    // What it finds wrong with its arguments is wrong with ours.
    match ending.code {
        Some(2) => Usage(fault).into(),
        _ => anyhow!(fault),
    }
}

/// Passes on what a node said.
pub fn pass_on(port: u16, line: &str) {
    let _ = writeln!(io::stderr(), "{port}: {line}");
}
