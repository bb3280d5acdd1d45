//! The live table on a screen of any size.
//!
//! ```text
//! http://127.0.0.1:7000/  42 s  converged after 1.3 s       the header
//! all 8 agree                                               the verdict
//!   node  alive    book                     version knows … the titles
//! > 7000  yes      Lucky Jim by Kingsley…         5     7 … a row a node
//!   7001  paused   Emma by Jane Austen            3     7 …
//! 7001 is paused                                            what was done last
//! ? help  q quit  ↑↓ select  x kill  …                      the keys
//! ```

use super::cells::Cells;
use super::columns::{Column, GAP, fit};
use super::help;
use super::theme::Theme;
use super::verdict::{Health, Verdict};
use crate::printed::span;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Cell, Row, Table};
use std::collections::BTreeSet;
use std::time::Duration;

/// All that is shown.
pub struct Picture<'a> {
    /// Where the first node is reached.
    pub address: &'a str,
    /// For how long it has been running.
    pub elapsed: Duration,
    /// How long it took to converge, if it did.
    pub converged: Option<Duration>,
    /// How the network does.
    pub verdict: &'a Verdict,
    /// A row a node.
    pub rows: &'a [Cells],
    /// The cells that have just changed.
    pub lit: &'a BTreeSet<(u16, Column)>,
    /// Which row is selected.
    pub selected: usize,
    /// What was done or happened last.
    pub notice: &'a str,
    /// Whether the help lies over it.
    pub is_help_shown: bool,
}

/// Draws it. `first` is the first row on the screen; it is moved so that the selected one is there.
pub fn draw(frame: &mut Frame<'_>, picture: &Picture<'_>, theme: Theme, first: &mut usize) {
    let rooms = Rooms::of(frame.area());
    let rows = usize::from(rooms.table.height).saturating_sub(rooms.titles);
    *first = scrolled(*first, picture.selected, rows, picture.rows.len());
    let last = picture.rows.len().min(*first + rows);
    frame.render_widget(header(picture, theme, *first..last), rooms.header);
    let verdict = Line::styled(&picture.verdict.text, theme.tone(picture.verdict.tone));
    frame.render_widget(verdict, rooms.verdict);
    frame.render_widget(table(picture, theme, &rooms, *first..last), rooms.table);
    frame.render_widget(Line::raw(picture.notice), rooms.notice);
    frame.render_widget(Line::styled(help::KEYS, theme.aside()), rooms.keys);
    if picture.is_help_shown {
        help::draw(frame);
    }
}

/// What has how much room. As lines get fewer, the header goes first, the verdict last.
struct Rooms {
    header: Rect,
    verdict: Rect,
    table: Rect,
    /// How many lines of the table are its titles.
    titles: usize,
    notice: Rect,
    keys: Rect,
}

impl Rooms {
    fn of(area: Rect) -> Rooms {
        let line_if = |height| Constraint::Length(u16::from(area.height >= height));
        let lines = [line_if(5), line_if(1), Constraint::Fill(1), line_if(6), line_if(4)];
        let [header, verdict, table, notice, keys] = Layout::vertical(lines).areas(area);
        Rooms { header, verdict, table, titles: usize::from(area.height >= 3), notice, keys }
    }
}

/// The first row to show, so that the selected one is among them and none could be shown besides.
fn scrolled(first: usize, selected: usize, room: usize, rows: usize) -> usize {
    let latest = selected.min(rows.saturating_sub(room));
    let earliest = (selected + 1).saturating_sub(room).min(latest);
    first.clamp(earliest, latest)
}

fn header<'a>(picture: &Picture<'a>, theme: Theme, shown: std::ops::Range<usize>) -> Line<'a> {
    let converged = match picture.converged {
        Some(took) => format!("converged after {:.1} s", took.as_secs_f64()),
        None => "not converged yet".into(),
    };
    let mut spans = vec![
        Span::styled(picture.address, theme.address()),
        Span::raw(format!("  {}  {converged}", span(picture.elapsed))),
    ];
    if shown.len() < picture.rows.len() {
        let (from, to, all) = (shown.start + 1, shown.end, picture.rows.len());
        spans.push(Span::raw(format!("  rows {from} to {to} of {all}")));
    }
    Line::from(spans)
}

fn table<'a>(
    picture: &Picture<'a>,
    theme: Theme,
    rooms: &Rooms,
    shown: std::ops::Range<usize>,
) -> Table<'a> {
    let columns = fit(rooms.table.width);
    let selected = picture.selected;
    let row = |at: usize| row(&picture.rows[at], at == selected, picture.lit, theme, &columns);
    let rows: Vec<Row<'_>> = shown.map(row).collect();
    let widths = columns.iter().map(|(_, width)| Constraint::Length(*width));
    let table = Table::new(rows, widths).column_spacing(GAP);
    if rooms.titles == 0 {
        return table;
    }
    let titles = columns.iter().map(|(column, _)| aligned(*column, column.title().into()));
    table.header(Row::new(titles).style(theme.titles()))
}

fn row(
    cells: &Cells,
    is_selected: bool,
    lit: &BTreeSet<(u16, Column)>,
    theme: Theme,
    columns: &[(Column, u16)],
) -> Row<'static> {
    let cell = |(column, width): &(Column, u16)| {
        let text = match column {
            Column::Node if is_selected => format!("> {}", cells.port),
            Column::Node => format!("  {}", cells.port),
            column => cells.text(*column).to_owned(),
        };
        let style = match lit.contains(&(cells.port, *column)) {
            true => theme.flash(),
            false => style(cells, *column, theme),
        };
        aligned(*column, cut(text, usize::from(*width))).style(style)
    };
    let row = Row::new(columns.iter().map(cell));
    if is_selected { row.style(theme.selected()) } else { row }
}

fn style(cells: &Cells, column: Column, theme: Theme) -> Style {
    let is_there = matches!(cells.health, Health::Answers | Health::Silent(_));
    match column {
        Column::Node => Style::new(),
        Column::Alive => theme.health(cells.health),
        // What it said before it went.
        _ if !is_there => theme.aside(),
        Column::Book | Column::Version | Column::Oldest => theme.freshness(cells.freshness),
        _ => Style::new(),
    }
}

fn aligned(column: Column, text: String) -> Cell<'static> {
    let line = Line::raw(text);
    Cell::from(if column.is_right_aligned() { line.right_aligned() } else { line })
}

/// At most so wide; what is missing shows as a dot at the end.
fn cut(text: String, width: usize) -> String {
    if Span::raw(text.as_str()).width() <= width {
        return text;
    }
    let mut cut = String::new();
    for next in text.chars() {
        cut.push(next);
        if Span::raw(cut.as_str()).width() + 1 > width {
            cut.pop();
            break;
        }
    }
    cut.push('…');
    cut
}

#[cfg(test)]
#[path = "screen_tests.rs"]
mod tests;
