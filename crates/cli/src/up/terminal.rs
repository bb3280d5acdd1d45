//! The terminal while it is ours, and back to what it was however that ends.

use crate::printed::is_dumb;
use anyhow::{Context, bail};
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::{Hide, Show};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::{Frame, Terminal};
use std::io::{self, IsTerminal, Stdout};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the terminal is ours. A panic hook has nothing else to go by.
static IS_OURS: AtomicBool = AtomicBool::new(false);

/// The terminal as a screen; dropped, it is as it was before.
pub struct Screen {
    terminal: Terminal<CrosstermBackend<Stdout>>,
}

impl Screen {
    /// Whether stdout is a terminal that can be drawn on.
    pub fn is_possible() -> bool {
        io::stdout().is_terminal() && !is_dumb()
    }

    /// Takes the terminal.
    pub fn enter() -> anyhow::Result<Screen> {
        restore_before_a_panic_speaks();
        let terminal = Terminal::new(CrosstermBackend::new(io::stdout()));
        let mut screen = Screen { terminal: terminal.context("cannot tell the terminal's size")? };
        IS_OURS.store(true, Ordering::SeqCst);
        // From here on its drop restores what was done so far.
        enable_raw_mode().context("cannot take the terminal")?;
        execute!(io::stdout(), EnterAlternateScreen, Hide).context("cannot take the terminal")?;
        screen.clear()?;
        Ok(screen)
    }

    /// Forgets what was drawn, so that all is drawn anew.
    pub fn clear(&mut self) -> anyhow::Result<()> {
        // Ratatui's own `clear` asks the terminal where its cursor is, and not every one answers.
        let size = self.terminal.size().context("cannot tell the terminal's size")?;
        self.terminal.resize(size.into()).context("cannot clear the terminal")
    }

    /// Draws a frame, as large as the terminal is now.
    pub fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> anyhow::Result<()> {
        if !IS_OURS.load(Ordering::SeqCst) {
            bail!("a panic gave the terminal back");
        }
        self.terminal.draw(render).context("cannot draw on the terminal")?;
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back, once. Where that fails there is nobody left to tell.
fn restore() {
    if IS_OURS.swap(false, Ordering::SeqCst) {
        let _ = execute!(io::stdout(), LeaveAlternateScreen, Show);
        let _ = disable_raw_mode();
    }
}

/// What a panic says would else be lost with the screen that it is said on.
fn restore_before_a_panic_speaks() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let speak = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            restore();
            speak(panic);
        }));
    });
}
