//! One node's process, and the task that keeps it.
//!
//! The keeper alone holds the process, so a signal can't reach another that was given its number
//! meanwhile. It obeys orders and tells news; the news of a life ends with [`News::Ended`].

use std::io;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How long a node may take to listen.
pub const START_TIMEOUT: Duration = Duration::from_secs(20);

/// How long the last words of a node that has ended may be on their way.
const WORDS_TIMEOUT: Duration = Duration::from_secs(5);

/// How many orders may wait: a person gives them.
const ORDERS_MAX: usize = 16;

/// What a process is to do.
#[derive(Clone, Copy, Debug)]
pub enum Order {
    /// Stand still.
    Pause,
    /// Go on.
    Continue,
    /// End as in a crash.
    Kill,
    /// End in good order.
    End,
}

/// What happened to the node of a port.
#[derive(Debug)]
pub enum News {
    /// It listens.
    Listens(u16),
    /// It does not listen after [`START_TIMEOUT`].
    Late(u16),
    /// It said a line.
    Said(u16, String),
    /// Its process has ended, and all that it said has been told.
    Ended(u16, Ending),
}

/// How a process ended.
#[derive(Debug, Default)]
pub struct Ending {
    /// Its exit code; nothing if a signal ended it.
    pub code: Option<i32>,
    /// The last line that it said.
    pub last_words: Option<String>,
}

/// Starts a process and the task that keeps it; gives where to send orders. When nobody can send
/// any more, the process is killed.
pub fn start(
    mut command: Command,
    port: u16,
    news: mpsc::Sender<News>,
) -> io::Result<mpsc::Sender<Order>> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.kill_on_drop(true);
    // Ctrl-C on the terminal is ours to hear; nodes are told by their stdin.
    #[cfg(unix)]
    command.process_group(0);
    let mut process = command.spawn()?;
    let (orders, ordered) = mpsc::channel(ORDERS_MAX);
    let stdout = process.stdout.take();
    let words = tokio::spawn(listen_to(process.stderr.take(), port, news.clone()));
    let stdin = process.stdin.take();
    let keeper = Keeper { port, process, stdin, words, orders: ordered, news };
    tokio::spawn(keeper.run(stdout));
    Ok(orders)
}

struct Keeper {
    port: u16,
    process: Child,
    /// Its end is the node's: `--end-with-stdin`.
    stdin: Option<ChildStdin>,
    /// Ends when all it said has been heard; gives the last line.
    words: JoinHandle<Option<String>>,
    orders: mpsc::Receiver<Order>,
    news: mpsc::Sender<News>,
}

impl Keeper {
    async fn run(mut self, stdout: Option<ChildStdout>) {
        let code = self.until_it_ends(stdout).await;
        let last_words = timeout(WORDS_TIMEOUT, &mut self.words).await;
        let last_words = last_words.ok().and_then(Result::ok).flatten();
        let _ = self.news.send(News::Ended(self.port, Ending { code, last_words })).await;
    }

    async fn until_it_ends(&mut self, stdout: Option<ChildStdout>) -> Option<i32> {
        let first = timeout(START_TIMEOUT, first_line(stdout));
        tokio::pin!(first);
        let (mut is_heard, mut is_ordered) = (false, true);
        loop {
            tokio::select! {
                biased;
                said = &mut first, if !is_heard => {
                    is_heard = true;
                    match said {
                        Ok(true) => drop(self.news.send(News::Listens(self.port)).await),
                        Ok(false) => {}
                        Err(_) => drop(self.news.send(News::Late(self.port)).await),
                    }
                }
                order = self.orders.recv(), if is_ordered => {
                    is_ordered = order.is_some();
                    self.obey(order.unwrap_or(Order::Kill));
                }
                status = self.process.wait() => return status.ok()?.code(),
            }
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Pause => self.signal(Stopping::Stop),
            Order::Continue => self.signal(Stopping::Continue),
            Order::Kill => drop(self.process.start_kill()),
            Order::End => drop(self.stdin.take()),
        }
    }

    #[cfg(unix)]
    fn signal(&self, stopping: Stopping) {
        use rustix::process::{Pid, Signal, kill_process};
        // None once it has ended and was waited for.
        let id = self.process.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
        let signal = match stopping {
            Stopping::Stop => Signal::STOP,
            Stopping::Continue => Signal::CONT,
        };
        let _ = id.map(|id| kill_process(id, signal));
    }

    /// Other systems have no such signals.
    #[cfg(not(unix))]
    fn signal(&self, _stopping: Stopping) {}
}

#[derive(Clone, Copy)]
enum Stopping {
    Stop,
    Continue,
}

/// Whether a node says anything before it ends: it says where it listens.
async fn first_line(stdout: Option<ChildStdout>) -> bool {
    let Some(stdout) = stdout else { return false };
    let mut line = String::new();
    matches!(BufReader::new(stdout).read_line(&mut line).await, Ok(1..))
}

/// Passes on what a node says on stderr. An error is told with the node's end.
async fn listen_to(
    stderr: Option<ChildStderr>,
    port: u16,
    news: mpsc::Sender<News>,
) -> Option<String> {
    let mut lines: Lines<BufReader<ChildStderr>> = BufReader::new(stderr?).lines();
    let mut last = None;
    while let Ok(Some(line)) = lines.next_line().await {
        if !line.starts_with("error: ") {
            let _ = news.send(News::Said(port, line.clone())).await;
        }
        last = Some(line);
    }
    last
}
