//! The columns of the live table, and which of them there is room for.

/// One column, in the order in which they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// Its port.
    Node,
    /// Whether it runs and answers.
    Alive,
    /// Its favourite book.
    Book,
    /// Its version.
    Version,
    /// Of how many others it knows a book.
    Knows,
    /// How long ago it learned what it learned longest ago.
    Oldest,
    /// How many neighbours it has.
    Peers,
    /// Messages received.
    In,
    /// Messages sent.
    Out,
    /// Copies that it knew already.
    Duplicates,
    /// Bytes received and sent.
    Bytes,
}

/// Between two columns.
pub const GAP: u16 = 1;

/// A wider book column would part what belongs together.
const BOOK_MAX: u16 = 60;

impl Column {
    /// All, as they stand.
    pub const ALL: [Column; 11] = [
        Column::Node,
        Column::Alive,
        Column::Book,
        Column::Version,
        Column::Knows,
        Column::Oldest,
        Column::Peers,
        Column::In,
        Column::Out,
        Column::Duplicates,
        Column::Bytes,
    ];

    /// All, the most important first.
    const BY_WEIGHT: [Column; 11] = [
        Column::Node,
        Column::Alive,
        Column::Book,
        Column::Knows,
        Column::Oldest,
        Column::Version,
        Column::Peers,
        Column::In,
        Column::Out,
        Column::Duplicates,
        Column::Bytes,
    ];

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Column::Node => "  node",
            Column::Alive => "alive",
            Column::Book => "book",
            Column::Version => "version",
            Column::Knows => "knows",
            Column::Oldest => "oldest",
            Column::Peers => "peers",
            Column::In => "msgs in",
            Column::Out => "msgs out",
            Column::Duplicates => "duplicates",
            Column::Bytes => "bytes in/out",
        }
    }

    /// Whether it holds numbers, which stand under each other.
    pub fn is_right_aligned(self) -> bool {
        !matches!(self, Column::Node | Column::Alive | Column::Book)
    }

    /// Whether a change is worth a flash. Counters change all the time.
    pub fn flashes(self) -> bool {
        matches!(
            self,
            Column::Alive | Column::Book | Column::Version | Column::Knows | Column::Peers
        )
    }

    /// The least that it is useful with, in characters.
    fn width(self) -> u16 {
        match self {
            Column::Node => 7,
            Column::Book => 16,
            Column::Version | Column::Oldest => 7,
            Column::Knows | Column::Peers => 5,
            Column::Alive | Column::In | Column::Out => 8,
            Column::Duplicates => 10,
            Column::Bytes => 13,
        }
    }
}

/// The columns that there is room for in so many characters, as they stand, each with its width. The
/// least important go first; the book takes what is left.
pub fn fit(width: u16) -> Vec<(Column, u16)> {
    let mut taken = 0;
    let mut chosen = Vec::new();
    for column in Column::BY_WEIGHT {
        let gap = if chosen.is_empty() { 0 } else { GAP };
        if taken + gap + column.width() > width {
            break;
        }
        taken += gap + column.width();
        chosen.push(column);
    }
    chosen.sort();
    let left = width.saturating_sub(taken);
    let widened = |column| match column {
        Column::Book => (column, (column.width() + left).min(BOOK_MAX)),
        _ => (column, column.width()),
    };
    chosen.into_iter().map(widened).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(width: u16) -> Vec<Column> {
        fit(width).into_iter().map(|(column, _)| column).collect()
    }

    #[test]
    fn the_least_important_are_dropped_first() {
        assert_eq!(columns(6), []);
        assert_eq!(columns(7), [Column::Node]);
        assert_eq!(columns(20), [Column::Node, Column::Alive]);
        let four = [Column::Node, Column::Alive, Column::Book, Column::Knows];
        assert_eq!(columns(40), four);
        assert_eq!(columns(120), Column::ALL);
        assert!(columns(80).ends_with(&[Column::In, Column::Out]), "{:?}", columns(80));
    }

    #[test]
    fn a_wider_screen_never_has_fewer_columns_and_none_sticks_out() {
        let mut before = 0;
        for width in 0..400 {
            let fitted = fit(width);
            let gaps = GAP * (fitted.len() as u16).saturating_sub(1);
            let taken: u16 = fitted.iter().map(|(_, width)| width).sum::<u16>() + gaps;
            assert!(taken <= width && fitted.len() >= before, "{width}: {fitted:?}");
            before = fitted.len();
        }
    }

    #[test]
    fn titles_fit() {
        for (column, width) in fit(400) {
            assert!(column.title().len() <= usize::from(width), "{column:?}");
        }
    }
}
