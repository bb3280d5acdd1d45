//! A workload from a file: a line a message, `time_ms,node,size` or `time_ms,node,size,topic`.

use rumormill_core::Duration;

/// The latest that a line can say: a day, in milliseconds.
const TIME_MS_MAX: u64 = 86_400_000;

/// One message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceLine {
    /// When it is published, since the start.
    pub at: Duration,
    /// By whom.
    pub node: usize,
    /// How many bytes it has.
    pub size: usize,
    /// Its topic, from 0.
    pub topic: u32,
}

/// A line that says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadTraceLine {
    /// Which, from 1.
    pub line: usize,
    /// What it should be.
    pub must: String,
}

/// Reads a file for so many nodes. What follows a `#` is a comment, and empty lines count for nothing.
/// The messages come back in the order of time; of the same time, in that of the file.
///
/// ```
/// use rumormill_sim::scenario::parse_trace;
/// let lines = parse_trace("# time_ms,node,size\n20,1,100\n10,0,64,3\n", 2).unwrap();
/// assert_eq!((lines[0].topic, lines[1].node), (3, 1));
/// assert_eq!(parse_trace("10,2,64", 2).unwrap_err().line, 1);
/// ```
pub fn parse_trace(text: &str, nodes: usize) -> Result<Vec<TraceLine>, BadTraceLine> {
    let mut lines = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.split('#').next().unwrap_or_default().trim();
        if !text.is_empty() {
            lines.push(message(text, nodes).map_err(|must| BadTraceLine { line, must })?);
        }
    }
    lines.sort_by_key(|message| message.at);
    Ok(lines)
}

fn message(text: &str, nodes: usize) -> Result<TraceLine, String> {
    let form =
        || "`time_ms,node,size` or `time_ms,node,size,topic`, each a whole number".to_string();
    let numbers: Result<Vec<u64>, _> = text.split(',').map(|word| word.trim().parse()).collect();
    let numbers = numbers.map_err(|_| form())?;
    let (time, node, size, topic) = match numbers[..] {
        [time, node, size] => (time, node, size, 0),
        [time, node, size, topic] => (time, node, size, topic),
        _ => return Err(form()),
    };
    Ok(TraceLine {
        at: Duration::from_millis(within("time", time, 0, TIME_MS_MAX)?),
        node: within("node", node, 0, nodes.saturating_sub(1) as u64)? as usize,
        size: within("size", size, 1, 1 << 20)? as usize,
        topic: within("topic", topic, 0, 99_999)? as u32,
    })
}

fn within(what: &str, number: u64, least: u64, most: u64) -> Result<u64, String> {
    match (least..=most).contains(&number) {
        true => Ok(number),
        false => Err(format!("a message with its {what} from {least} to {most}, not {number}")),
    }
}
