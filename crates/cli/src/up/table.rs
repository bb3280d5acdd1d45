//! The table of who likes which book, as plain text.

use super::cells::Cells;
use super::columns::Column;
use comfy_table::{CellAlignment, Table, presets};

/// Those that fit where lines are kept, such as a log.
const COLUMNS: [Column; 9] = [
    Column::Node,
    Column::Alive,
    Column::Book,
    Column::Version,
    Column::Knows,
    Column::Peers,
    Column::In,
    Column::Out,
    Column::Duplicates,
];

/// The longest title shown, in characters.
const BOOK_WIDTH: usize = 48;

/// One row a node.
pub fn render(rows: &[Cells]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(COLUMNS.map(|column| column.title().trim()));
    for row in rows {
        table.add_row(COLUMNS.map(|column| shortened(row.text(column))));
    }
    for (column, cells) in COLUMNS.iter().zip(table.column_iter_mut()) {
        if column.is_right_aligned() {
            cells.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= BOOK_WIDTH {
        return text.into();
    }
    text.chars().take(BOOK_WIDTH - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::up::verdict::Health;

    #[test]
    fn a_dead_node_is_shown_as_such() {
        let texts = ["7001", "no", "-", "-", "-", "-", "-", "-", "-", "-", "-"];
        let shown = render(&[Cells::said(7001, Health::Down, texts)]);
        let row = shown.lines().find(|line| line.contains("7001")).unwrap();
        assert!(row.split_whitespace().nth(1) == Some("no"), "{shown}");
    }

    #[test]
    fn a_long_title_is_cut_between_characters() {
        assert_eq!(shortened(&"é".repeat(60)).chars().count(), BOOK_WIDTH);
    }
}
