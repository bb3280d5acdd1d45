//! A plot with its caption and its table.

use super::escape::escape;
use super::grid::Grid;

/// What the page shows of one question.
pub struct Figure {
    /// The question's subject.
    pub title: &'static str,
    /// What one sees.
    pub caption: String,
    /// The plot; empty where there is nothing to draw.
    pub svg: String,
    /// The same in figures.
    pub table: Grid,
}

impl Figure {
    /// As an element.
    pub fn html(&self) -> String {
        let Figure { title, svg, .. } = self;
        let caption = escape(&self.caption);
        let details = self.details();
        format!(
            "<figure class=\"sheet\">\n<h2>{title}</h2>\n{svg}<figcaption>{caption}</figcaption>\n{details}\
             </figure>\n"
        )
    }

    fn details(&self) -> String {
        if self.table.is_empty() {
            return String::new();
        }
        format!("<details><summary>In figures</summary>\n{}</details>\n", self.table.html())
    }
}
