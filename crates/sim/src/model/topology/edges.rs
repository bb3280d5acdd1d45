//! A topology from the text of a file.

use super::Pair;
use crate::model::Graph;
use crate::model::graph::EdgeFault;
use std::fmt;

/// A line that is no edge. Nothing was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub fault: LineFault,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineFault {
    /// A line has the numbers of two nodes. This has another number of words.
    NotTwo {
        /// How many words it has.
        words: usize,
    },
    /// A word is no number of a node.
    NoNumber {
        /// The word.
        word: String,
    },
    /// It is no edge of a simple graph.
    Edge(EdgeFault),
}

impl fmt::Display for LineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LineFault::NotTwo { words } => {
                write!(f, "an edge has two nodes, as `3 5` or `3,5`; here are {words}")
            }
            LineFault::NoNumber { word } => write!(f, "`{word}` is not the number of a node"),
            LineFault::Edge(fault) => fault.fmt(f),
        }
    }
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.fault)
    }
}

impl std::error::Error for LineFault {}
impl std::error::Error for BadLine {}

/// A graph of nodes `0..nodes` from an edge list: a line an edge, as `a b` or `a,b`. What follows a `#`
/// is a comment, and empty lines count for nothing. Each edge stands there once, in either direction.
///
/// The graph is as the file says: it need not be connected.
///
/// ```
/// use rumormill_sim::model::topology;
/// let graph = topology::edges("# a triangle\n0 1\n1,2\n2 0\n", 3)?;
/// assert_eq!(graph.edge_count(), 3);
/// let bad = topology::edges("0 1\n1 7\n", 3).unwrap_err();
/// assert_eq!(bad.to_string(), "line 2: there is no node 7: the 3 nodes are counted from 0");
/// # Ok::<(), topology::BadLine>(())
/// ```
pub fn edges(text: &str, nodes: u32) -> Result<Graph, BadLine> {
    let (mut lines, mut edges) = (Vec::new(), Vec::new());
    for (line, text) in (1..).zip(text.lines()) {
        if let Some(edge) = edge(text).map_err(|fault| BadLine { line, fault })? {
            lines.push(line);
            edges.push(edge);
        }
    }
    Graph::from_edges(nodes, &edges)
        .map_err(|bad| BadLine { line: lines[bad.index], fault: LineFault::Edge(bad.fault) })
}

/// The edge of a line, if there is one.
fn edge(line: &str) -> Result<Option<Pair>, LineFault> {
    let text = line.split('#').next().unwrap_or_default();
    let words: Vec<&str> =
        text.split([',', ' ', '\t', '\r']).filter(|word| !word.is_empty()).collect();
    match words[..] {
        [] => Ok(None),
        [a, b] => Ok(Some((node(a)?, node(b)?))),
        _ => Err(LineFault::NotTwo { words: words.len() }),
    }
}

fn node(word: &str) -> Result<u32, LineFault> {
    word.parse().map_err(|_| LineFault::NoNumber { word: word.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(text: &str) -> String {
        edges(text, 4).unwrap_err().to_string()
    }

    #[test]
    fn spaces_commas_comments_and_empty_lines_are_read() {
        let graph = edges("\u{23} header\r\n\r\n 0 ,1 # first\n1\t2\n\n3,2\n", 4).unwrap();
        assert!(graph.edges().eq([(0, 1), (1, 2), (2, 3)]));
        assert_eq!(edges("", 2).unwrap().edge_count(), 0);
    }

    #[test]
    fn bad_lines_are_named() {
        assert_eq!(said("0 1\nx 2"), "line 2: `x` is not the number of a node");
        assert_eq!(said("-1 2"), "line 1: `-1` is not the number of a node");
        assert_eq!(
            said("#\n1 2 3"),
            "line 2: an edge has two nodes, as `3 5` or `3,5`; here are 3"
        );
        assert_eq!(said("0 1\n\n2 2\n"), "line 3: node 2 is linked to itself");
        assert_eq!(said("0 1\n# again\n1 0\n"), "line 3: nodes 0 and 1 are linked already");
        assert_eq!(said("0 4"), "line 1: there is no node 4: the 4 nodes are counted from 0");
    }

    proptest! {
        #[test]
        fn no_text_is_a_panic(text in "[0-9 ,#x\n-]{0,60}", nodes in 0u32..12) {
            if let Err(bad) = edges(&text, nodes) {
                prop_assert!((1..=text.lines().count()).contains(&bad.line));
            }
        }
    }
}
