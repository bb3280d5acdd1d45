//! Tables.

use super::escape::escape;

/// Heads and rows of text. What stands in the first column names its row; the others are numbers,
/// unless they are told to be words.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
    words: Vec<usize>,
}

impl Grid {
    /// A table with these heads and no rows.
    pub fn new(heads: impl IntoIterator<Item = impl Into<String>>) -> Grid {
        Grid { heads: heads.into_iter().map(Into::into).collect(), ..Grid::default() }
    }

    /// Has a column of words.
    pub fn words(mut self, column: usize) -> Grid {
        self.words.push(column);
        self
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// As an element that scrolls by itself where it is too wide.
    pub fn html(&self) -> String {
        let heads: String =
            self.heads.iter().enumerate().map(|(at, head)| self.head(at, head)).collect();
        let rows: String = self.rows.iter().map(|row| self.line(row)).collect();
        format!(
            "<div class=\"scroll\"><table><thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\
             </table></div>\n"
        )
    }

    fn head(&self, column: usize, text: &str) -> String {
        format!("<th scope=\"col\"{}>{}</th>", self.class(column), escape(text))
    }

    fn line(&self, row: &[String]) -> String {
        let cell = |(column, text): (usize, &String)| match column {
            0 => format!("<th scope=\"row\">{}</th>", escape(text)),
            _ => format!("<td{}>{}</td>", self.class(column), escape(text)),
        };
        let cells: String = row.iter().enumerate().map(cell).collect();
        format!("<tr>{cells}</tr>\n")
    }

    fn class(&self, column: usize) -> &'static str {
        if column == 0 || self.words.contains(&column) { "" } else { " class=\"n\"" }
    }
}
