//! A line of a log, for people.

use crate::printed::plain;
use rumormill_sim::log::Line;
use std::fmt::{Display, Write};

/// The time, the node, what it is of, its kind, and the rest as words and values.
pub fn line(line: &Line<'_>) -> String {
    let at = format!("{}.{:06}", line.t / 1_000_000_000, line.t / 1000 % 1_000_000);
    let node = line.node.map_or("all".into(), |node| format!("node {node}"));
    let mut shown = format!("{at:>14} s  {node:<10}  {:<7}  {:<11}", line.what.word(), line.kind);
    rest(&mut shown, line);
    plain(shown.trim_end())
}

fn rest(shown: &mut String, line: &Line<'_>) {
    value(shown, "of", line.plane.as_ref());
    value(shown, "from", line.from);
    value(shown, "to", line.to);
    value(shown, "id", line.id.as_ref());
    for id in &line.ids {
        value(shown, "id", Some(id));
    }
    value(shown, "origin", line.origin);
    value(shown, "version", line.version);
    value(shown, "register", line.register.as_ref());
    value(shown, "topic", line.topic.as_ref());
    value(shown, "ttl", line.ttl);
    value(shown, "bytes", line.bytes);
    value(shown, "count", line.count);
    value(shown, "why", line.why.as_ref());
}

fn value(shown: &mut String, name: &str, value: Option<impl Display>) {
    if let Some(value) = value {
        _ = write!(shown, "  {name} {value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rumormill_core::{Duration, Time};
    use rumormill_sim::log::What;

    #[test]
    fn a_line_says_all_that_is_in_it() {
        let at = Time::ZERO + Duration::from_micros(20_000_417);
        let start = Line { node: Some(3), ..Line::new(at, What::Input, "start") };
        assert_eq!(line(&start), "     20.000417 s  node 3      input    start");
        let rumor = Line {
            node: Some(3),
            from: Some(12),
            id: Some("a-b\u{1b}".into()),
            origin: Some(7012),
            ttl: Some(7),
            ..Line::new(at, What::Input, "rumor")
        };
        assert_eq!(
            line(&rumor),
            "     20.000417 s  node 3      input    rumor        from 12  id a-b\\u{1b}  \
             origin 7012  ttl 7"
        );
        assert!(line(&Line::new(at, What::Fault, "heal")).ends_with("all         fault    heal"));
    }
}
