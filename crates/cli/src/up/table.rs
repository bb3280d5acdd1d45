//! The table of who likes which book.

use super::look::NodeView;
use super::report::Progress;
use comfy_table::{CellAlignment, Table, presets};

const HEADER: [&str; 9] =
    ["node", "alive", "book", "version", "knows", "peers", "sent", "received", "duplicates"];

/// The longest title shown, in characters.
const BOOK_WIDTH: usize = 48;

/// One row a node, and a line of how far they are.
pub fn render(views: &[NodeView], progress: &Progress) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(HEADER);
    for view in views {
        table.add_row(row(view));
    }
    for (at, column) in table.column_iter_mut().enumerate() {
        if at > 2 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{table}\n{}", status(views, progress))
}

fn row(view: &NodeView) -> [String; 9] {
    let own = view.own();
    let alive = match (view.alive, &view.state) {
        (false, _) => "no",
        (true, None) => "silent",
        (true, Some(_)) => "yes",
    };
    let book = own.and_then(|own| own.book.as_deref()).unwrap_or("-");
    [
        view.port.to_string(),
        alive.into(),
        shortened(book),
        own.map_or("-".into(), |own| own.version.to_string()),
        view.knows().to_string(),
        view.node.peers.neighbours.to_string(),
        view.node.sent.to_string(),
        view.node.received.to_string(),
        view.node.duplicates.to_string(),
    ]
}

fn shortened(book: &str) -> String {
    if book.chars().count() <= BOOK_WIDTH {
        return book.into();
    }
    book.chars().take(BOOK_WIDTH - 1).chain(['…']).collect()
}

fn status(views: &[NodeView], progress: &Progress) -> String {
    let alive = views.iter().filter(|view| view.alive).count();
    let elapsed = progress.elapsed().as_secs();
    let agreed = match progress.converged {
        Some(took) => format!("converged after {took:.1?}"),
        None => "not converged yet".into(),
    };
    format!("{alive} of {} alive, {elapsed} s, {agreed}\n", views.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::Instant;

    #[test]
    fn a_dead_node_is_shown_as_such() {
        let dead = NodeView { port: 7001, ..NodeView::default() };
        let shown = render(&[dead], &Progress::new(Instant::now()));
        let row = shown.lines().find(|line| line.contains("7001")).unwrap();
        assert!(row.split_whitespace().nth(1) == Some("no"), "{shown}");
        assert!(shown.contains("0 of 1 alive"), "{shown}");
    }

    #[test]
    fn a_long_title_is_cut_between_characters() {
        assert_eq!(shortened(&"é".repeat(60)).chars().count(), BOOK_WIDTH);
    }
}
