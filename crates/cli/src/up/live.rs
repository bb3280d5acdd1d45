//! A network on a terminal: the live table, and keys to interfere.

use super::cells::Cells;
use super::columns::Column;
use super::flashes::Flashes;
use super::keys::{self, Action};
use super::screen::{self, Picture};
use super::session::{Change, Session};
use super::terminal::Screen;
use super::theme::Theme;
use super::verdict::{Verdict, verdict};
use crate::printed::plain;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// How often is drawn while nobody types: smooth enough for ages in seconds and flashes of one.
const FRAME_EVERY: Duration = Duration::from_millis(200);

/// How much less often for each node, so that judging a thousand is not all that is done.
const FRAME_LATER: Duration = Duration::from_millis(1);

/// How long a notice is shown.
const NOTICE_LASTS: Duration = Duration::from_secs(10);

/// Shows it until somebody leaves, it is asked to stop, or the time is up; then reports on the
/// screen that was there before.
pub async fn run(
    session: &mut Session<'_>,
    screen: Screen,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<ExitCode> {
    let shown = show(session, screen, stop).await;
    // From here on the terminal is as it was.
    shown?;
    let report = session.report();
    let _ = writeln!(io::stdout(), "{}", report.summary());
    Ok(report.exit_code())
}

async fn show(
    session: &mut Session<'_>,
    mut screen: Screen,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    tokio::pin!(stop);
    let nodes = u32::from(session.nodes_asked_for());
    let mut keys = keys::read();
    let mut frames = interval(FRAME_EVERY + FRAME_LATER * nodes);
    frames.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut live = Live::new();
    loop {
        tokio::select! {
            biased;
            () = &mut stop => return Ok(()),
            Some(action) = keys.recv() => {
                if live.act(session, &mut screen, action)? {
                    return Ok(());
                }
                live.draw(session, &mut screen)?;
            }
            _ = frames.tick() => {
                live.refresh(session);
                live.draw(session, &mut screen)?;
            }
            change = session.next() => {
                if live.heed(change?) {
                    return Ok(());
                }
            }
        }
    }
}

/// What the screen remembers from frame to frame.
struct Live {
    theme: Theme,
    /// How everything was at the last look.
    rows: Vec<Cells>,
    verdict: Verdict,
    flashes: Flashes,
    lit: BTreeSet<(u16, Column)>,
    selected: usize,
    /// The first row on the screen.
    first: usize,
    is_help_shown: bool,
    has_agreed: bool,
    notice: String,
    noticed_at: Instant,
}

impl Live {
    fn new() -> Live {
        Live {
            theme: Theme::from_environment(),
            rows: Vec::new(),
            verdict: verdict(&[]),
            flashes: Flashes::default(),
            lit: BTreeSet::new(),
            selected: 0,
            first: 0,
            is_help_shown: false,
            has_agreed: false,
            notice: String::new(),
            noticed_at: Instant::now(),
        }
    }

    fn notice(&mut self, notice: &str) {
        self.notice = plain(notice);
        self.noticed_at = Instant::now();
    }

    /// Takes in a change; says whether it is over.
    fn heed(&mut self, change: Change) -> bool {
        match change {
            Change::Over => return true,
            Change::AllListen => self.notice("all nodes listen"),
            Change::Agreed if self.has_agreed => {
                self.notice("converged again: the live nodes know a book of each other");
            }
            Change::Agreed => {
                self.has_agreed = true;
                self.notice("converged: everybody knows a book of everybody");
            }
            Change::Killed(ports) => {
                let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
                self.notice(&format!("killed {}", ports.join(", ")));
            }
            Change::Notice(notice) => self.notice(&notice),
            Change::Said(port, line) => self.notice(&format!("{port}: {line}")),
            Change::Seen => {}
        }
        false
    }

    /// Does what a key asks for; says whether to leave.
    fn act(
        &mut self,
        session: &mut Session<'_>,
        screen: &mut Screen,
        action: Action,
    ) -> anyhow::Result<bool> {
        match action {
            Action::Quit => return Ok(true),
            Action::Escape if !self.is_help_shown => return Ok(true),
            Action::Escape => self.is_help_shown = false,
            Action::Help => self.is_help_shown = !self.is_help_shown,
            Action::Redraw => screen.clear()?,
            Action::Move(by) => self.select(by),
            Action::Add => self.told(session.add_node()),
            #[cfg(debug_assertions)]
            Action::Panic => panic!("asked to panic"),
            action => {
                // As it was drawn: that is what somebody looks at.
                if let Some(port) = self.rows.get(self.selected).map(|row| row.port) {
                    let told = on_node(session, port, action);
                    session.note_standings();
                    self.told(told);
                }
            }
        }
        Ok(false)
    }

    fn told(&mut self, told: Result<String, String>) {
        match told {
            Ok(done) => self.notice(&done),
            Err(why_not) => self.notice(&why_not),
        }
    }

    fn select(&mut self, by: isize) {
        let last = self.rows.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }

    /// Sees how everything is now.
    fn refresh(&mut self, session: &Session<'_>) {
        let now = Instant::now();
        self.rows = session.rows();
        self.verdict = session.verdict();
        self.selected = self.selected.min(self.rows.len().saturating_sub(1));
        if now.saturating_duration_since(self.noticed_at) >= NOTICE_LASTS {
            self.notice.clear();
        }
        self.lit = lit(&mut self.flashes, &self.rows, now);
    }

    fn draw(&mut self, session: &Session<'_>, screen: &mut Screen) -> anyhow::Result<()> {
        let picture = Picture {
            address: &session.address(),
            elapsed: session.elapsed(),
            converged: session.converged(),
            verdict: &self.verdict,
            rows: &self.rows,
            lit: &self.lit,
            selected: self.selected,
            notice: &self.notice,
            is_help_shown: self.is_help_shown,
        };
        let (theme, first) = (self.theme, &mut self.first);
        screen.draw(|frame| screen::draw(frame, &picture, theme, first))
    }
}

/// The cells that have just changed.
fn lit(flashes: &mut Flashes, rows: &[Cells], now: Instant) -> BTreeSet<(u16, Column)> {
    let mut lit = BTreeSet::new();
    for row in rows {
        for column in Column::ALL.into_iter().filter(|column| column.flashes()) {
            if flashes.note(row.port, column, row.text(column), now) {
                lit.insert((row.port, column));
            }
        }
    }
    let ports: BTreeSet<u16> = rows.iter().map(|row| row.port).collect();
    flashes.keep(|port| ports.contains(&port));
    lit
}

/// Does something to a node; says what was done, or why not. Whatever takes time goes on by itself.
fn on_node(session: &mut Session<'_>, port: u16, action: Action) -> Result<String, String> {
    match action {
        Action::Kill => session.fleet.kill(port).map(|()| format!("{port} is killed")),
        Action::Restart => session.fleet.restart(port).map(|()| format!("{port} is restarted")),
        Action::Pause => session.fleet.pause(port).map(|is_paused| match is_paused {
            true => format!("{port} is paused"),
            false => format!("{port} goes on"),
        }),
        Action::LikeAnother => session.like_another(port),
        _ => Ok(String::new()),
    }
}
