//! `rumormill up`: a network of real processes on this machine, and a table of who likes what.
//!
//! ```text
//!  keys ──▶ live ─┐                    ┌─▶ fleet ──▶ process … one a node
//!                 ├─▶ session ─────────┼─▶ look ───▶ GET /state, GET /api/v1/node
//!          lines ─┘   (what goes on)   └─▶ publish ▶ PUT /api/v1/state/book
//!                         │
//!        screen ◀── cells ◀── board ──▶ verdict
//! ```
//!
//! The *fleet* has the processes, the *board* what was seen of them last. A *session* drives both
//! and tells of changes, to the *live* table if there is a terminal, or else as *lines*. Nothing
//! waits for a node but the tasks that ask it, so a silent one holds up neither the others nor the
//! drawing.

mod board;
mod cells;
mod columns;
mod flashes;
mod fleet;
mod freshness;
mod help;
mod http;
mod keys;
mod lines;
mod live;
mod look;
mod process;
mod publish;
mod report;
mod screen;
mod session;
mod table;
mod terminal;
mod theme;
mod verdict;

use crate::args::{UpArgs, Usage};
use crate::signals::asked_to_stop;
use session::Session;
use std::process::ExitCode;
use terminal::Screen;

/// Starts the nodes, watches them, and stops them all before it returns.
pub async fn run(args: UpArgs) -> anyhow::Result<ExitCode> {
    check(&args)?;
    let stop = asked_to_stop();
    let mut session = Session::start(&args)?;
    let watched = watch(&mut session, &args, stop).await;
    session.fleet.stop().await;
    watched
}

async fn watch(
    session: &mut Session<'_>,
    args: &UpArgs,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<ExitCode> {
    if args.json || !Screen::is_possible() {
        return lines::run(session, args.json, stop).await;
    }
    match Screen::enter() {
        Ok(screen) => live::run(session, screen, stop).await,
        Err(why) => {
            tracing::warn!("{why:#}: lines instead of a table");
            lines::run(session, args.json, stop).await
        }
    }
}

fn check(args: &UpArgs) -> Result<(), Usage> {
    let room = u32::from(u16::MAX) - u32::from(args.base_port) + 1;
    if u32::from(args.nodes) > room {
        let fault = format!("from port {} on there is room for {room} nodes", args.base_port);
        return Err(Usage(fault));
    }
    match args.kill {
        Some(killed) if killed >= args.nodes => Err(Usage(format!(
            "--kill {killed} leaves nobody of {} nodes: kill fewer, or start more with -n",
            args.nodes
        ))),
        _ => Ok(()),
    }
}
