use super::*;
use crate::up::freshness::Freshness;
use crate::up::verdict::{Fact, verdict};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

/// Three nodes: one well, one paused with old news, one dead.
fn rows() -> Vec<Cells> {
    let mut rows = vec![
        Cells::said(
            7000,
            Health::Answers,
            [
                "7000",
                "yes",
                "Emma by Jane Austen",
                "5",
                "2",
                "9 s ",
                "2",
                "40",
                "38",
                "12",
                "1.2M/980k",
            ],
        ),
        Cells::said(
            7001,
            Health::Paused,
            [
                "7001",
                "paused",
                "Lucky Jim by Kingsley Amis",
                "4",
                "2",
                "-",
                "2",
                "30",
                "31",
                "9",
                "-",
            ],
        ),
        Cells::said(
            7002,
            Health::Answers,
            ["7002", "yes", "書剣恩仇録", "14", "1", "45 s!", "1", "2", "3", "0", "-/-"],
        ),
    ];
    rows[2].freshness = Some(Freshness::Stale);
    rows
}

fn verdict_of_three() -> Verdict {
    let fact = |port, health, known| Fact { port, health, known, outdated: 0, others: 1 };
    verdict(&[
        fact(7000, Health::Answers, 1),
        fact(7001, Health::Paused, 0),
        fact(7002, Health::Answers, 0),
    ])
}

/// What is on a screen of that size.
fn drawn(size: (u16, u16), theme: Theme, change: impl Fn(&mut Picture<'_>)) -> Buffer {
    let (rows, verdict) = (rows(), verdict_of_three());
    let lit = BTreeSet::from([(7000, Column::Book)]);
    let mut picture = Picture {
        address: "http://127.0.0.1:7000/",
        elapsed: Duration::from_secs(42),
        converged: Some(Duration::from_millis(1340)),
        verdict: &verdict,
        rows: &rows,
        lit: &lit,
        selected: 1,
        notice: "7001 is paused",
        is_help_shown: false,
    };
    change(&mut picture);
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    let mut first = 0;
    terminal.draw(|frame| draw(frame, &picture, theme, &mut first)).unwrap();
    terminal.backend().buffer().clone()
}

fn lines(buffer: &Buffer) -> Vec<String> {
    let line = |y| {
        let cells = (0..buffer.area.width).map(|x| buffer[(x, y)].symbol());
        cells.collect::<String>().trim_end().to_owned()
    };
    (0..buffer.area.height).map(line).collect()
}

#[test]
fn a_table_of_100_by_9() {
    let shown = lines(&drawn((100, 9), Theme::new(true), |_| {}));
    // A wide character takes two places, the second of which is a blank here.
    let expected = "\
http://127.0.0.1:7000/  42 s  converged after 1.3 s
7001 is paused; 7002 is behind: knows 0 of 1
  node  alive    book                       version knows  oldest peers  msgs in msgs out duplicates
  7000  yes      Emma by Jane Austen              5     2    9 s      2       40       38         12
> 7001  paused   Lucky Jim by Kingsley Amis       4     2       -     2       30       31          9
  7002  yes      書 剣 恩 仇 録                       14     1   45 s!     1        2        3          0

7001 is paused
? help  q quit  ↑↓ select  x kill  r restart  p pause  a add  b another book";
    assert_eq!(shown.join("\n"), expected);
}

#[test]
fn no_size_is_too_small_or_too_large() {
    for (width, height) in (1..=40).flat_map(|width| (1..=12).map(move |height| (width, height))) {
        drawn((width, height), Theme::new(true), |_| {});
        drawn((width, height), Theme::new(false), |picture| picture.is_help_shown = true);
        drawn((width, height), Theme::new(true), |picture| picture.rows = &[]);
    }
    for size in [(1, 100), (300, 1), (80, 24), (132, 43), (300, 100)] {
        drawn(size, Theme::new(true), |_| {});
        drawn(size, Theme::new(true), |picture| picture.is_help_shown = true);
    }
}

#[test]
fn the_selected_row_stays_on_the_screen() {
    for height in 2..9 {
        for selected in 0..3 {
            let shown = lines(&drawn((40, height), Theme::new(true), |picture| {
                picture.selected = selected;
            }));
            let row = format!("> {}", 7000 + selected);
            assert!(shown.iter().any(|line| line.starts_with(&row)), "{height}: {shown:#?}");
        }
    }
}

#[test]
fn rows_scroll_no_further_than_they_must() {
    assert_eq!(scrolled(0, 5, 10, 100), 0);
    assert_eq!(scrolled(0, 10, 10, 100), 1);
    assert_eq!(scrolled(50, 40, 10, 100), 40);
    assert_eq!(scrolled(50, 55, 10, 100), 50);
    assert_eq!(scrolled(95, 99, 10, 100), 90, "no room is left empty");
    assert_eq!(scrolled(5, 2, 10, 3), 0);
    assert_eq!(scrolled(5, 0, 0, 0), 0);
    assert_eq!(scrolled(0, 7, 0, 9), 7);
}

#[test]
fn without_colours_there_are_none_and_nothing_is_lost() {
    let shown = drawn((120, 9), Theme::new(false), |_| {});
    assert!(shown.content().iter().all(|cell| (cell.fg, cell.bg) == (Color::Reset, Color::Reset)));
    let flashing = &shown[(17, 3)];
    assert_eq!(flashing.symbol(), "E");
    assert!(flashing.modifier.contains(Modifier::REVERSED), "{flashing:?}");
    assert_eq!(lines(&shown), lines(&drawn((120, 9), Theme::new(true), |_| {})));
}

#[test]
fn colours_go_by_freshness_and_a_change_flashes() {
    let shown = drawn((120, 9), Theme::new(true), |_| {});
    assert_eq!((shown[(17, 3)].fg, shown[(17, 3)].bg), (Color::Black, Color::Yellow), "a flash");
    assert_eq!(shown[(17, 5)].fg, Color::Red, "stale");
    assert_eq!(shown[(8, 3)].fg, Color::Green, "alive");
}

#[test]
fn a_title_is_cut_by_its_width() {
    assert_eq!(cut("Emma".into(), 4), "Emma");
    assert_eq!(cut("Emma".into(), 3), "Em…");
    assert_eq!(cut("書剣恩仇録".into(), 10), "書剣恩仇録");
    assert_eq!(cut("書剣恩仇録".into(), 6), "書剣…");
    assert_eq!(cut("Emma".into(), 0), "…");
}

#[test]
fn the_help_lies_over_the_table() {
    let shown = lines(&drawn((100, 30), Theme::new(true), |picture| picture.is_help_shown = true));
    let text = shown.join("\n");
    for said in ["SIGKILL", "oldest", "q, Esc, Ctrl-C"] {
        assert!(text.contains(said), "{text}");
    }
}
