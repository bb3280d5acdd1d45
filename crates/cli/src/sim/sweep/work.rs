//! The runs themselves.

use super::folder::Folder;
use super::plan::Plan;
use crate::signals::asked_to_stop;
use crate::sim::cores::Turns;
use crate::sim::progress::Whole;
use anyhow::anyhow;
use rumormill_sim::report::sweep::Figures;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// How often is looked whether we shall stop.
const LOOK: Duration = Duration::from_millis(100);

/// How it came to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All is done.
    Done,
    /// We were asked to stop. What was going on is left behind.
    Interrupted,
}

type Done = Receiver<(usize, Figures)>;

/// Does what is not done yet, so many runs at a time, and keeps what is done.
pub fn work(plan: &Arc<Plan>, folder: &mut Folder, jobs: usize) -> anyhow::Result<Ended> {
    let stop = stop_when_asked()?;
    let todo = folder.todo();
    let bar = Whole::new(todo.len(), "running");
    let done = start(plan, todo, jobs);
    loop {
        match done.recv_timeout(LOOK) {
            Ok((run, figures)) => {
                keep(folder, run, figures, &done)?;
                bar.advance();
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if stop.load(Ordering::Relaxed) {
            drop(bar);
            drain(folder, &done)?;
            folder.sync()?;
            return Ok(Ended::Interrupted);
        }
    }
    folder.sync()?;
    match folder.todo().len() {
        0 => Ok(Ended::Done),
        left => Err(anyhow!("{left} runs ended in a panic, which is a bug; {}", folder.kept())),
    }
}

/// The threads are left behind if we end before them.
fn start(plan: &Arc<Plan>, todo: Vec<usize>, jobs: usize) -> Done {
    let (tell, done) = channel();
    let (turns, todo) = (Arc::new(Turns::new(todo.len())), Arc::new(todo));
    for _ in 0..jobs.min(todo.len()) {
        let (plan, turns, todo, tell) = (plan.clone(), turns.clone(), todo.clone(), tell.clone());
        thread::spawn(move || {
            while let Some(turn) = turns.take() {
                let run = todo[turn];
                if tell.send((run, plan.run(run))).is_err() {
                    return;
                }
            }
        });
    }
    done
}

/// Without room for it the reserve gives way, for it and for all others that are done by now; then it is
/// over.
fn keep(folder: &mut Folder, run: usize, figures: Figures, done: &Done) -> anyhow::Result<()> {
    let Err(error) = folder.keep(run, figures.clone()) else { return Ok(()) };
    if folder.make_room() && folder.keep(run, figures).is_ok() {
        drain(folder, done)?;
    }
    // Said anew: more is kept now.
    let cause = error.root_cause().to_string();
    Err(anyhow!(cause).context(folder.no_room()))
}

/// Keeps all others that are done.
fn drain(folder: &mut Folder, done: &Done) -> anyhow::Result<()> {
    done.try_iter().try_for_each(|(run, figures)| folder.keep(run, figures))
}

/// Set as soon as we shall stop.
fn stop_when_asked() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let asked = {
        let _inside = runtime.enter();
        asked_to_stop()
    };
    let heard = stop.clone();
    thread::spawn(move || {
        runtime.block_on(asked);
        heard.store(true, Ordering::Relaxed);
    });
    Ok(stop)
}
