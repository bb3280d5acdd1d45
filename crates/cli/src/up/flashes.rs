//! What changed a moment ago.

use super::columns::Column;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// How long a change is shown.
const LASTS: Duration = Duration::from_secs(1);

/// What each cell showed last, and when that changed.
#[derive(Default)]
pub struct Flashes {
    cells: BTreeMap<(u16, Column), Cell>,
}

struct Cell {
    text: String,
    changed_at: Option<Instant>,
}

impl Flashes {
    /// Takes in what a cell shows; says whether it flashes. What is seen for the first time does
    /// not.
    pub fn note(&mut self, port: u16, column: Column, text: &str, now: Instant) -> bool {
        let new = || Cell { text: text.into(), changed_at: None };
        let cell = self.cells.entry((port, column)).or_insert_with(new);
        if cell.text != text {
            *cell = Cell { text: text.into(), changed_at: Some(now) };
        }
        cell.changed_at.is_some_and(|at| now.saturating_duration_since(at) < LASTS)
    }

    /// Forgets nodes that are gone for good.
    pub fn keep(&mut self, is_there: impl Fn(u16) -> bool) {
        self.cells.retain(|(port, _), _| is_there(*port));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_flashes_for_a_second() {
        let (mut flashes, start) = (Flashes::default(), Instant::now());
        let mut note =
            |text, ms| flashes.note(7000, Column::Book, text, start + Duration::from_millis(ms));
        assert!(!note("Emma", 0), "the first is no change");
        assert!(!note("Emma", 100));
        assert!(note("Lucky Jim", 200));
        assert!(note("Lucky Jim", 1199));
        assert!(!note("Lucky Jim", 1200));
        assert!(note("Emma", 1300) && note("Lucky Jim", 2200), "each change anew");
        assert!(note("Lucky Jim", 3100));
    }

    #[test]
    fn cells_flash_by_themselves_and_are_forgotten() {
        let (mut flashes, now) = (Flashes::default(), Instant::now());
        for port in [7000, 7001] {
            flashes.note(port, Column::Version, "1", now);
        }
        assert!(flashes.note(7000, Column::Version, "2", now));
        assert!(!flashes.note(7001, Column::Version, "1", now));
        flashes.keep(|port| port == 7001);
        assert!(!flashes.note(7000, Column::Version, "3", now), "it is new again");
    }
}
