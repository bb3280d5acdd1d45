//! Which lines are shown.

use clap::Args;
use rumormill_protocols::parts::settings::parse_span;
use rumormill_sim::log::{Line, What};
use std::time::Duration;

/// What a line must be to be shown. What isn't said doesn't matter.
#[derive(Args, Clone, Debug, Default)]
pub struct Filter {
    /// Only what happens at that node. Repeatable
    #[arg(long, value_name = "N")]
    node: Vec<usize>,
    /// Only what is of that kind, such as rumor, timer, learned, sent or lost. Repeatable
    #[arg(long, value_name = "K")]
    kind: Vec<String>,
    /// Only what happens then or later, such as 20s
    #[arg(long, value_name = "T", value_parser = span)]
    from: Option<Duration>,
    /// Only what happens then or earlier
    #[arg(long, value_name = "T", value_parser = span)]
    to: Option<Duration>,
}

fn span(text: &str) -> Result<Duration, String> {
    parse_span(text).or_else(|| fraction(text)).ok_or_else(|| "write it like 1.5s or 2m".into())
}

/// As times are shown.
fn fraction(text: &str) -> Option<Duration> {
    let seconds = text.trim().strip_suffix('s')?.trim_end().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

impl Filter {
    /// Whether the line is shown.
    pub fn takes(&self, line: &Line<'_>) -> bool {
        let t = Duration::from_nanos(line.t);
        let is_in_time = self.from.is_none_or(|from| t >= from) && self.to.is_none_or(|to| t <= to);
        is_in_time && self.is_of_nodes(line) && self.is_of_kinds(line)
    }

    /// A loss is of both ends, wherever it was noticed.
    fn is_of_nodes(&self, line: &Line<'_>) -> bool {
        let is_end = |node| line.what == What::Lost && (line.from == node || line.to == node);
        let is_of = |node: &usize| line.node == Some(*node) || is_end(Some(*node));
        self.node.is_empty() || self.node.iter().any(is_of)
    }

    fn is_of_kinds(&self, line: &Line<'_>) -> bool {
        let is_of = |kind: &String| line.kind == *kind || line.what.word() == kind;
        self.kind.is_empty() || self.kind.iter().any(is_of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rumormill_core::Time;

    #[test]
    fn a_time_is_written_as_it_is_shown() {
        let micros = |text| span(text).map(|span| span.as_micros());
        assert_eq!(
            ["20s", "20.000417 s", "0s", "1min"].map(micros),
            [Ok(20_000_000), Ok(20_000_417), Ok(0), Ok(60_000_000)]
        );
        assert!(["20", "-1s", "NaNs", "infs", ""].iter().all(|wrong| span(wrong).is_err()));
    }

    #[test]
    fn a_line_must_be_all_that_is_said() {
        let seconds = |seconds| Time::ZERO + Duration::from_secs(seconds);
        let line = Line { node: Some(3), ..Line::new(seconds(20), What::Input, "rumor") };
        let lost = Line { from: Some(4), to: Some(5), what: What::Lost, ..line.clone() };
        let nodes = |node: &[usize]| Filter { node: node.into(), ..Filter::default() };
        let kinds = |kind: &str| Filter { kind: vec![kind.into()], ..Filter::default() };
        let from = |from| Filter { from: Some(Duration::from_secs(from)), ..Filter::default() };
        let to = |to| Filter { to: Some(Duration::from_secs(to)), ..Filter::default() };
        assert!(Filter::default().takes(&line));
        assert!(nodes(&[1, 3]).takes(&line) && !nodes(&[1, 4]).takes(&line));
        assert!([3, 4, 5].iter().all(|node| nodes(&[*node]).takes(&lost)));
        assert!(kinds("rumor").takes(&line) && kinds("input").takes(&line));
        assert!(!kinds("timer").takes(&line));
        assert!(from(20).takes(&line) && to(20).takes(&line));
        assert!(!from(21).takes(&line) && !to(19).takes(&line));
    }
}
