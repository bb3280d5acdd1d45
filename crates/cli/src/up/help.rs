//! The keys, and what the columns mean.

use ratatui::Frame;
use ratatui::layout::{Constraint, Flex, Layout, Rect};
use ratatui::text::{Line, Text};
use ratatui::widgets::{Block, Clear, Paragraph};

/// The keys in a line, those that one needs to get on first.
pub const KEYS: &str =
    "? help  q quit  ↑↓ select  x kill  r restart  p pause  a add  b another book";

const HELP: [&str; 22] = [
    "up, down, j, k   select a node",
    "x                kill it, as a crash would (SIGKILL)",
    "r                restart it: same port, same data",
    "p                pause it or let it go on (SIGSTOP, SIGCONT)",
    "b                let it like another book now",
    "a                add a node",
    "q, Esc, Ctrl-C   stop all nodes and leave",
    "?                open or close this help",
    "",
    "alive       yes, starting, silent (no answer for 3 s), paused, no",
    "version     how many books it has liked; jumps after a restart",
    "knows       of how many others it knows a book",
    "oldest      of the other nodes that answer, take the one whose",
    "            book it learned longest ago: that is how long ago.",
    "            ~ above 1.5 intervals: something may be missing",
    "            ! above 3 intervals: something is missing",
    "peers       neighbours that it sends to",
    "msgs in     messages received, copies counted",
    "msgs out    messages sent, copies counted",
    "duplicates  copies of what it knew already",
    "bytes       received/sent",
    "What has just changed is marked for a second.",
];

/// Lays the help over what was drawn.
pub fn draw(frame: &mut Frame<'_>) {
    let width = HELP.iter().map(|line| line.len()).max().unwrap_or_default() as u16;
    let area = centred(frame.area(), width + 4, HELP.len() as u16 + 2);
    let text = Text::from_iter(HELP.iter().map(|line| Line::raw(format!(" {line}"))));
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(text).block(Block::bordered().title(" help ")), area);
}

fn centred(area: Rect, width: u16, height: u16) -> Rect {
    let [area] = Layout::horizontal([Constraint::Max(width)]).flex(Flex::Center).areas(area);
    let [area] = Layout::vertical([Constraint::Max(height)]).flex(Flex::Center).areas(area);
    area
}
