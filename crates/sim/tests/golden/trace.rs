//! A log, drawn for people.

use rumormill_sim::log::{Line, Reader, What};
use std::fmt::Write;

/// The lines that matter, from the first publication or fault on.
pub fn traced(log: &str) -> String {
    let mut reader = Reader::new(log.as_bytes()).unwrap();
    let (mut names, mut trace, mut has_begun) = (Names::default(), String::new(), false);
    while let Some(entry) = reader.next().unwrap() {
        let line = &entry.line;
        has_begun |= line.what == What::Fault || line.all_ids().next().is_some();
        if let Some(said) = said(line, &mut names).filter(|_| has_begun) {
            let (ms, micros) = (line.t / 1_000_000, line.t / 1_000 % 1_000);
            writeln!(trace, "{ms:>5}.{micros:03} ms  {said}").unwrap();
        }
    }
    trace
}

/// What messages are called.
#[derive(Default)]
struct Names(Vec<String>);

impl Names {
    fn of(&mut self, id: &str) -> char {
        let known = self.0.iter().position(|other| other == id);
        let place = known.unwrap_or_else(|| {
            self.0.push(id.into());
            self.0.len() - 1
        });
        char::from(b'A' + u8::try_from(place).unwrap())
    }

    /// All that a line is about; nothing, if that is no message.
    fn all(&mut self, line: &Line<'_>) -> Option<String> {
        let names: Vec<String> = line.all_ids().map(|id| self.of(id).into()).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }
}

fn said(line: &Line<'_>, names: &mut Names) -> Option<String> {
    match line.what {
        What::Input => None,
        What::Fault => Some(fault(line)),
        What::Event => event(line, names),
        What::Sent => Some(format!("{}  {}", way(line, line.node), message(line, names)?)),
        What::Lost => {
            let (way, why) = (way(line, line.from), line.why.as_deref()?);
            Some(format!("x {way}  {} is lost: {why}", message(line, names)?))
        }
        What::Dropped => {
            let (node, why) = (line.node?, line.why.as_deref()?);
            Some(format!("x node {node} can't send {}: {why}", message(line, names)?))
        }
    }
}

fn fault(line: &Line<'_>) -> String {
    let node = line.node.map(|node| format!(" of node {node}")).unwrap_or_default();
    format!("! {}{node}", line.kind)
}

fn way(line: &Line<'_>, from: Option<usize>) -> String {
    let number = |node: Option<usize>| node.map_or("?".into(), |node| node.to_string());
    format!("{} → {}", number(from), number(line.to))
}

/// The messages in it, if there are any; not of what kind it is, if that is the usual one.
fn message(line: &Line<'_>, names: &mut Names) -> Option<String> {
    let all = names.all(line)?;
    Some(match line.ttl {
        Some(ttl) => format!("{all} ({ttl})"),
        None => format!("{all}, by {}", line.kind),
    })
}

fn event(line: &Line<'_>, names: &mut Names) -> Option<String> {
    let node = line.node?;
    if matches!(line.kind.as_ref(), "up" | "down") {
        let why = line.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        return Some(format!("node {node} says that one is {}{why}", line.kind));
    }
    let from = line.from.map(|from| format!(" from node {from}")).unwrap_or_default();
    let (verb, again) = match line.kind.as_ref() {
        "published" => ("published", ""),
        "learned" if line.from.is_none() => ("published", ""),
        "arrived" if line.topic.is_some() => ("hears", ""),
        "learned" => ("hears", ""),
        "duplicate" => ("hears", " again"),
        "stale" => ("knows something newer than", ""),
        _ => return None,
    };
    Some(format!("node {node} {verb} {}{again}{from}", names.all(line)?))
}
