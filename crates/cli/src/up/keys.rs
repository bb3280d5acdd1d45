//! What keys mean, and the thread that waits for them.

use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::time::Duration;
use tokio::sync::mpsc;

/// How soon the thread notices that nobody wants keys any more.
const PATIENCE: Duration = Duration::from_millis(100);

/// How many keys may wait for their turn; a terminal holds the others.
const WAITING_MAX: usize = 64;

/// What somebody at the keyboard wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Select the row so many further down, or up.
    Move(isize),
    /// Kill the selected node.
    Kill,
    /// Start the selected node again.
    Restart,
    /// Let the selected node stand still, or go on.
    Pause,
    /// Add a node.
    Add,
    /// Let the selected node like another book.
    LikeAnother,
    /// Show or hide the help.
    Help,
    /// Close the help, or else leave.
    Escape,
    /// Stop all and leave.
    Quit,
    /// Draw anew.
    Redraw,
    /// Panic: for tests of what then becomes of the terminal.
    #[cfg(debug_assertions)]
    Panic,
}

/// Reads keys from now on, until the receiver is dropped.
pub fn read() -> mpsc::Receiver<Action> {
    let (to, actions) = mpsc::channel(WAITING_MAX);
    // Waiting for the terminal blocks. Where it fails, as when the terminal is gone, signals still
    // tell us to stop.
    std::thread::spawn(move || {
        while !to.is_closed() {
            let event = match event::poll(PATIENCE) {
                Ok(true) => event::read(),
                Ok(false) => continue,
                Err(_) => return,
            };
            let Ok(event) = event else { return };
            if let Some(action) = action_of_event(&event)
                && to.blocking_send(action).is_err()
            {
                return;
            }
        }
    });
    actions
}

fn action_of_event(event: &Event) -> Option<Action> {
    match event {
        Event::Key(key) => action(key),
        Event::Resize(_, _) => Some(Action::Redraw),
        _ => None,
    }
}

fn action(key: &KeyEvent) -> Option<Action> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return match key.code {
            KeyCode::Char('c') => Some(Action::Quit),
            KeyCode::Char('l') => Some(Action::Redraw),
            _ => None,
        };
    }
    match key.code {
        KeyCode::Up | KeyCode::Char('k') => Some(Action::Move(-1)),
        KeyCode::Down | KeyCode::Char('j') => Some(Action::Move(1)),
        KeyCode::PageUp => Some(Action::Move(-10)),
        KeyCode::PageDown => Some(Action::Move(10)),
        KeyCode::Home => Some(Action::Move(isize::MIN)),
        KeyCode::End => Some(Action::Move(isize::MAX)),
        KeyCode::Esc => Some(Action::Escape),
        KeyCode::Char(letter) => action_of_letter(letter),
        _ => None,
    }
}

fn action_of_letter(letter: char) -> Option<Action> {
    match letter {
        'x' => Some(Action::Kill),
        'r' => Some(Action::Restart),
        'p' => Some(Action::Pause),
        'a' => Some(Action::Add),
        'b' => Some(Action::LikeAnother),
        'q' => Some(Action::Quit),
        '?' => Some(Action::Help),
        #[cfg(debug_assertions)]
        '!' if std::env::var_os("RUMORMILL_TEST_PANIC").is_some() => Some(Action::Panic),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(code: KeyCode, modifiers: KeyModifiers) -> Option<Action> {
        action_of_event(&Event::Key(KeyEvent::new(code, modifiers)))
    }

    #[test]
    fn keys_mean_what_the_help_says() {
        let letter = |letter| typed(KeyCode::Char(letter), KeyModifiers::NONE);
        let meant = ['j', 'k', 'x', 'r', 'p', 'a', 'b', 'q', '?'].map(letter).map(Option::unwrap);
        let expected = [
            Action::Move(1),
            Action::Move(-1),
            Action::Kill,
            Action::Restart,
            Action::Pause,
            Action::Add,
            Action::LikeAnother,
            Action::Quit,
            Action::Help,
        ];
        assert_eq!(meant, expected);
        assert_eq!(typed(KeyCode::Down, KeyModifiers::NONE), Some(Action::Move(1)));
        assert_eq!(typed(KeyCode::Esc, KeyModifiers::NONE), Some(Action::Escape));
        assert_eq!(letter('!'), None);
    }

    #[test]
    fn ctrl_c_leaves_and_other_combinations_do_nothing() {
        assert_eq!(typed(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Action::Quit));
        assert_eq!(typed(KeyCode::Char('x'), KeyModifiers::CONTROL), None);
        assert_eq!(typed(KeyCode::Char('x'), KeyModifiers::NONE), Some(Action::Kill));
    }

    #[test]
    fn a_key_let_go_does_nothing() {
        let mut key = KeyEvent::new(KeyCode::Char('x'), KeyModifiers::NONE);
        key.kind = KeyEventKind::Release;
        assert_eq!(action(&key), None);
        assert_eq!(action_of_event(&Event::Resize(80, 24)), Some(Action::Redraw));
    }
}
