//! Columns that stand in line.

use super::prose::{fitted, plain, width};

/// Rows of cells, the first of them the heads.
pub struct Grid {
    /// How many of the first columns are words, and stand at the left.
    words: usize,
    rows: Vec<Vec<String>>,
}

impl Grid {
    /// With these heads; numbers stand at the right, in all columns but the first `words`.
    pub fn new(words: usize, heads: &[&str]) -> Grid {
        Grid { words, rows: vec![heads.iter().map(|head| head.to_string()).collect()] }
    }

    /// Adds a row of as many cells as there are heads.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        debug_assert_eq!(N, self.rows[0].len());
        let cut = |(column, cell): (usize, String)| {
            if column < self.words { fitted(&plain(&cell), 28) } else { cell }
        };
        self.rows.push(cells.into_iter().enumerate().map(cut).collect());
    }

    /// The rows as lines under a title; nothing if there are only heads.
    pub fn titled(&self, title: &str) -> String {
        if self.rows.len() == 1 { String::new() } else { format!("{title}\n{}", self.lines()) }
    }

    /// The rows as lines.
    pub fn lines(&self) -> String {
        let widths = self.widths();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, widest))| {
                let gap = " ".repeat(widest - width(cell));
                if column < self.words { format!("{cell}{gap}") } else { format!("{gap}{cell}") }
            });
            let cells: Vec<String> = cells.collect();
            format!("  {}\n", cells.join("  ").trim_end())
        };
        self.rows.iter().map(line).collect()
    }

    fn widths(&self) -> Vec<usize> {
        let widest = |column: usize| self.rows.iter().map(|row| width(&row[column])).max();
        (0..self.rows[0].len()).map(|column| widest(column).unwrap_or_default()).collect()
    }
}
