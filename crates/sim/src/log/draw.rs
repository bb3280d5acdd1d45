//! A journey as a tree, for people.

use super::journey::{Journey, Stop, Waste};
use std::collections::BTreeMap;
use std::fmt::Write;

/// How many levels are drawn as such. Deeper ones are told by their hop alone: a line of nodes would
/// else take more space than time.
const DEPTH_MAX: usize = 32;

/// Something to be drawn.
enum Branch<'a> {
    Stop(&'a Stop),
    Waste(&'a Waste),
}

/// What hangs below a node.
#[derive(Default)]
struct Below<'a> {
    told: Vec<&'a Stop>,
    wasted: Vec<&'a Waste>,
}

impl Journey {
    /// Who told whom, and when, hop by hop: a line a node and a line for each copy that was lost.
    pub fn tree(&self) -> String {
        let mut tree = Tree { text: self.title(), journey: self, below: self.below() };
        for stop in &self.heard {
            if stop.from.is_none_or(|from| self.place(from).is_none()) {
                tree.draw(stop);
            }
        }
        tree.leftovers();
        tree.text
    }

    fn title(&self) -> String {
        let mut text = format!("message {}", self.id);
        let named = [("topic", &self.topic), ("register", &self.register)];
        for (what, name) in named.iter().filter_map(|(what, name)| Some((what, name.as_ref()?))) {
            _ = write!(text, ", {what} {name:?}");
        }
        let numbers = [("of", self.origin), ("version", self.version)];
        for (what, number) in numbers.iter().filter_map(|(what, it)| Some((what, (*it)?))) {
            _ = write!(text, ", {what} {number}");
        }
        let count = |what: &str| self.wasted.iter().filter(|waste| waste.what == what).count();
        let heard = counted(self.heard.len() as u64, "node", "nodes");
        let copies = counted(self.copies, "copy", "copies");
        let (lost, dropped) = (count("lost"), count("dropped"));
        text + &format!("\nheard by {heard}; {copies} more; {lost} lost, {dropped} dropped\n")
    }

    fn below(&self) -> BTreeMap<usize, Below<'_>> {
        let mut below: BTreeMap<usize, Below<'_>> = BTreeMap::new();
        for stop in &self.heard {
            if let Some(from) = stop.from.filter(|from| self.place(*from).is_some()) {
                below.entry(from).or_default().told.push(stop);
            }
        }
        for waste in &self.wasted {
            below.entry(waste.from).or_default().wasted.push(waste);
        }
        below
    }
}

struct Tree<'a> {
    text: String,
    journey: &'a Journey,
    below: BTreeMap<usize, Below<'a>>,
}

impl<'a> Tree<'a> {
    /// A node and all that hangs below it. Each is taken out as it is drawn, so nothing comes twice,
    /// whatever a log says.
    fn draw(&mut self, root: &'a Stop) {
        let origin = self.origin_of(root);
        self.text.push_str(&origin);
        let mut stack = Vec::new();
        self.push_below(root.node, &mut Vec::new(), &mut stack);
        while let Some((branch, bars)) = stack.pop() {
            self.text.push_str(&prefix(&bars));
            match branch {
                Branch::Waste(waste) => self.waste(waste),
                Branch::Stop(stop) => {
                    self.stop(stop, root.t);
                    self.push_below(stop.node, &mut bars.clone(), &mut stack);
                }
            }
        }
    }

    /// What hangs below a node, the first on top. Each knows for each level whether more follows there.
    fn push_below(
        &mut self,
        node: usize,
        bars: &mut Vec<bool>,
        stack: &mut Vec<(Branch<'a>, Vec<bool>)>,
    ) {
        let Some(below) = self.below.remove(&node) else { return };
        let told = below.told.into_iter().map(Branch::Stop);
        let all: Vec<Branch<'a>> =
            told.chain(below.wasted.into_iter().map(Branch::Waste)).collect();
        for (after, branch) in all.into_iter().rev().enumerate() {
            bars.push(after > 0);
            let deep = bars.len().saturating_sub(DEPTH_MAX + 1);
            stack.push((branch, bars[deep..].to_vec()));
            bars.pop();
        }
    }

    fn origin_of(&self, root: &Stop) -> String {
        let (node, at) = (root.node, seconds(root.t));
        let more = more(root);
        match root.from {
            None => format!("node {node}  published at {at}{more}\n"),
            Some(from) => format!(
                "node {node}  heard it at {at} from node {from}, which never did itself{more}\n"
            ),
        }
    }

    fn stop(&mut self, stop: &Stop, since: u64) {
        let after = stop.t.saturating_sub(since) as f64 / 1e6;
        let by = stop.by.as_deref().filter(|by| *by != "rumor");
        let by = by.map(|by| format!(", by {by}")).unwrap_or_default();
        let (node, hop, more) = (stop.node, stop.hop, more(stop));
        _ = writeln!(self.text, "node {node}  +{after:.3} ms, hop {hop}{by}{more}");
    }

    fn waste(&mut self, waste: &Waste) {
        let Waste { what, why, t, .. } = waste;
        let to = waste.to.map_or("a copy".into(), |to| format!("node {to}"));
        _ = writeln!(self.text, "x {to}  {what} ({why}) at {}", seconds(*t));
    }

    /// What is below nobody: a log can begin in the middle, or be made up.
    fn leftovers(&mut self) {
        let left: Vec<usize> = self.below.keys().copied().collect();
        for node in left {
            let Some(below) = self.below.remove(&node) else { continue };
            let told = below.told.iter().filter(|stop| self.journey.place(stop.node).is_some());
            let told = told.map(|stop| format!("node {}", stop.node)).collect::<Vec<_>>();
            if !told.is_empty() {
                _ = writeln!(self.text, "node {node} told {} in a circle", told.join(", "));
            }
            for waste in below.wasted {
                _ = write!(self.text, "node {node}, which never heard it: ");
                self.waste(waste);
            }
        }
    }
}

fn more(stop: &Stop) -> String {
    let copies = match stop.copies {
        0 => String::new(),
        copies => format!(", {} more", counted(copies, "copy", "copies")),
    };
    match stop.again {
        0 => copies,
        again => format!("{copies}, heard {} again", counted(again, "time", "times")),
    }
}

fn prefix(bars: &[bool]) -> String {
    let Some((last, above)) = bars.split_last() else { return String::new() };
    let above = above.iter().map(|bar| if *bar { "│  " } else { "   " });
    above.chain([if *last { "├─ " } else { "└─ " }]).collect()
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn seconds(nanos: u64) -> String {
    format!("{}.{:06} s", nanos / 1_000_000_000, nanos / 1000 % 1_000_000)
}
