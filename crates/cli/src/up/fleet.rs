//! The processes of a network.
//!
//! No child outlives us, however we end: each holds the other end of a pipe as its stdin, which the
//! system closes when we are gone, and ends when it does.

use crate::args::{Behaviour, Usage};
use anyhow::{Context, bail};
use std::collections::VecDeque;
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How long a node may take to listen.
const START_TIMEOUT: Duration = Duration::from_secs(20);

/// How long nodes may take to end in good order, all together.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// How many of a node's last words are kept.
const WORDS_MAX: usize = 20;

/// All nodes of a network.
pub struct Fleet {
    program: PathBuf,
    behaviour: Behaviour,
    data: TempDir,
    nodes: Vec<NodeProcess>,
}

/// One node.
pub struct NodeProcess {
    /// Its port.
    pub port: u16,
    process: Child,
    stdin: Option<ChildStdin>,
    words: LastWords,
    /// Ends when all it said has been heard.
    listening: JoinHandle<()>,
}

/// What a node said on stderr last.
type LastWords = Arc<Mutex<VecDeque<String>>>;

impl NodeProcess {
    /// Whether the process runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }
}

impl Fleet {
    /// None yet.
    pub fn new(behaviour: &Behaviour) -> anyhow::Result<Fleet> {
        // A node costs us some four file descriptors; the usual soft limit is far below the hard one.
        // If it can't be raised, the node that finds none left says so.
        let _ = rlimit::increase_nofile_limit(u64::MAX);
        Ok(Fleet {
            program: std::env::current_exe().context("cannot tell which program this is")?,
            behaviour: behaviour.clone(),
            data: tempfile::Builder::new()
                .prefix("rumormill-up-")
                .tempdir()
                .context("cannot make a temporary directory")?,
            nodes: Vec::new(),
        })
    }

    /// The nodes in order of their start.
    pub fn nodes(&mut self) -> &mut [NodeProcess] {
        &mut self.nodes
    }

    /// Starts one more node, bootstrapped from the one before, and waits until it listens.
    pub async fn start(&mut self, port: u16) -> anyhow::Result<()> {
        let mut process = self.command(port).spawn().context("cannot start a process")?;
        let words = LastWords::default();
        let stderr = process.stderr.take();
        let listening = tokio::spawn(listen_to(stderr, port, words.clone()));
        let stdout = process.stdout.take();
        let stdin = process.stdin.take();
        self.nodes.push(NodeProcess { port, process, stdin, words, listening });
        match timeout(START_TIMEOUT, first_line(stdout)).await {
            Ok(true) => Ok(()),
            Ok(false) => self.explain(port).await,
            Err(_) => bail!("the node on port {port} does not listen after {START_TIMEOUT:?}"),
        }
    }

    fn command(&self, port: u16) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["-q", "node", "--end-with-stdin", "--remove-data"]);
        command.args(["-p", &port.to_string()]);
        if let Some(before) = self.nodes.last() {
            command.args(["-b", &before.port.to_string()]);
        }
        command.arg("--data-dir").arg(self.data.path().join(port.to_string()));
        command.args(self.behaviour.to_args());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.kill_on_drop(true);
        // Ctrl-C on the terminal is ours to hear; nodes are told by their stdin.
        #[cfg(unix)]
        command.process_group(0);
        command
    }

    /// Why a node ended instead of listening, in its own words.
    async fn explain(&mut self, port: u16) -> anyhow::Result<()> {
        let Some(node) = self.nodes.last_mut() else { return Ok(()) };
        let ended = timeout(STOP_TIMEOUT, node.process.wait()).await;
        // Its last words arrive with the end of its stderr, which its end closes.
        let _ = timeout(STOP_TIMEOUT, &mut node.listening).await;
        let words = node.words.lock().unwrap_or_else(PoisonError::into_inner);
        let last = words.back().map_or("it said nothing", |line| line.as_str());
        let last = last.trim_start_matches("error: ");
        let fault = format!("the node on port {port} did not start: {last}");
        // What it finds wrong with its arguments is wrong with ours.
        match ended {
            Ok(Ok(status)) if status.code() == Some(2) => Err(Usage(fault).into()),
            _ => bail!(fault),
        }
    }

    /// Ends all nodes: in good order, or else at once.
    pub async fn stop(&mut self) {
        self.nodes.iter_mut().for_each(|node| drop(node.stdin.take()));
        let _ = timeout(STOP_TIMEOUT, async {
            for node in &mut self.nodes {
                let _ = node.process.wait().await;
            }
        })
        .await;
        for node in &mut self.nodes {
            let _ = node.process.kill().await;
        }
    }
}

/// Whether a node says anything before it ends: it says where it listens.
async fn first_line(stdout: Option<ChildStdout>) -> bool {
    let Some(stdout) = stdout else { return false };
    let mut line = String::new();
    matches!(BufReader::new(stdout).read_line(&mut line).await, Ok(1..))
}

/// Passes on what a node says on stderr.
async fn listen_to(stderr: Option<ChildStderr>, port: u16, words: LastWords) {
    let Some(stderr) = stderr else { return };
    let mut lines: Lines<BufReader<ChildStderr>> = BufReader::new(stderr).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if !line.starts_with("error: ") {
            let _ = writeln!(std::io::stderr(), "{port}: {line}");
        }
        let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
        if words.len() == WORDS_MAX {
            words.pop_front();
        }
        words.push_back(line);
    }
}
