//! What to make of the table, in one sentence.

use super::table::{Place, Row};
use serde_json::Value;

/// How many nodes are named before the rest is only counted.
const NAMED_MAX: usize = 3;

/// How the network is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// As it should be.
    Good,
    /// Something is amiss that may mend itself.
    Warn,
    /// Somebody should look.
    Bad,
}

impl Level {
    pub fn label(self) -> &'static str {
        match self {
            Level::Good => "good",
            Level::Warn => "warn",
            Level::Bad => "bad",
        }
    }
}

/// The verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub level: Level,
    pub text: String,
}

/// Judges the rows, among which the node itself must be. So many more were left out, who are the least
/// known.
pub(super) fn of(rows: &[Row], omitted: usize) -> Verdict {
    let silent: Vec<&Row> = rows.iter().filter(|row| row.alive == Some(false)).collect();
    let live: Vec<&Row> = rows.iter().filter(|row| row.alive == Some(true)).collect();
    let is_heard_of = |row: &&Row| row.standing == Place::Unknown;
    let (heard_of, unasked): (Vec<&Row>, Vec<&Row>) =
        rows.iter().filter(|row| row.alive.is_none()).partition(is_heard_of);
    let (level, mut text) = match (live.len(), silent.len()) {
        (0 | 1, 0) => (Level::Warn, "alone: no other node was reached yet".to_owned()),
        (0 | 1, 1) => (Level::Bad, "cut off: the only other node does not answer".to_owned()),
        (0 | 1, others) => (Level::Bad, format!("cut off: none of the {others} others answers")),
        _ => judge(&live, &silent),
    };
    let rest = [(heard_of.len() + omitted, "only heard of"), (unasked.len(), "not asked yet")];
    for (rest, how) in rest {
        match rest {
            0 => {}
            1 => text.push_str(&format!("; 1 more is {how}")),
            more => text.push_str(&format!("; {more} more are {how}")),
        }
    }
    Verdict { level, text }
}

/// Several answer.
fn judge(live: &[&Row], silent: &[&Row]) -> (Level, String) {
    let lagging = lagging(live);
    let level = match () {
        () if silent.len() >= live.len() => Level::Bad,
        () if silent.is_empty() && lagging.is_empty() => Level::Good,
        () => Level::Warn,
    };
    let (count, all) = (live.len(), live.len() + silent.len());
    let known = match lagging.len() {
        0 if silent.is_empty() => format!("all {count} agree"),
        0 => format!("the other {count} agree"),
        lag => {
            format!("{lag} of {count} {} not know every book yet: {}", does(lag), names(&lagging))
        }
    };
    match silent.len() {
        0 => (level, known),
        gone => {
            let does = does(gone);
            (level, format!("{gone} of {all} {does} not answer: {}; {known}", names(silent)))
        }
    }
}

fn does(count: usize) -> &'static str {
    if count == 1 { "does" } else { "do" }
}

/// Those that know fewer books than somebody else. Each knows its own, if it has one.
fn lagging<'a>(live: &[&'a Row]) -> Vec<&'a Row> {
    let known = |row: &Row| Some(row.report.knows? + u64::from(row.book.is_some()));
    let most = live.iter().filter_map(|row| known(row)).max();
    live.iter().filter(|row| known(row).is_some() && known(row) < most).copied().collect()
}

fn names(rows: &[&Row]) -> String {
    let name = |row: &&Row| match (&row.name, row.standing) {
        (name, Place::Itself) => format!("{name} (this node)"),
        (Value::String(name), _) => name.clone(),
        (name, _) => name.to_string(),
    };
    let named: Vec<String> = rows.iter().take(NAMED_MAX).map(name).collect();
    match rows.len().saturating_sub(NAMED_MAX) {
        0 => named.join(", "),
        rest => format!("{} and {rest} more", named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::Report;
    use super::*;
    use serde_json::json;

    /// A node that answers and knows so many books of others.
    fn live(port: u16, knows: u64) -> Row {
        let report = Report { knows: Some(knows), ..Report::default() };
        let standing = if port == 7000 { Place::Itself } else { Place::Neighbour };
        let book = Some("Emma by Jane Austen".to_owned());
        Row { name: json!(port), standing, alive: Some(true), book, report, ..Row::default() }
    }

    fn silent(port: u16) -> Row {
        Row { name: json!(port), alive: Some(false), ..Row::default() }
    }

    fn heard_of(port: u16) -> Row {
        Row { name: json!(port), book: Some("Dune".into()), ..Row::default() }
    }

    fn judged(rows: &[Row], level: Level, text: &str) {
        assert_eq!(of(rows, 0), Verdict { level, text: text.into() });
    }

    #[test]
    fn all_that_know_as_much_agree() {
        let rows: Vec<Row> = (7000..7008).map(|port| live(port, 7)).collect();
        judged(&rows, Level::Good, "all 8 agree");
    }

    #[test]
    fn who_says_nothing_of_what_it_knows_is_not_blamed() {
        let quiet = Row { report: Report::default(), ..live(7002, 0) };
        judged(&[live(7000, 2), live(7001, 2), quiet], Level::Good, "all 3 agree");
    }

    #[test]
    fn who_lags_is_named() {
        let rows = [live(7000, 1), live(7001, 3), live(7002, 3), live(7003, 2)];
        let text = "2 of 4 do not know every book yet: 7000 (this node), 7003";
        judged(&rows, Level::Warn, text);
    }

    #[test]
    fn a_node_without_a_book_lags_only_behind_the_others_books() {
        let without = Row { book: None, ..live(7002, 2) };
        judged(&[live(7000, 1), live(7001, 1), without], Level::Good, "all 3 agree");
    }

    #[test]
    fn who_is_silent_is_named() {
        let rows = [live(7000, 2), live(7001, 2), silent(7002)];
        judged(&rows, Level::Warn, "1 of 3 does not answer: 7002; the other 2 agree");
        let mut rows: Vec<Row> = (7000..7006).map(|port| live(port, 5)).collect();
        rows.extend((7006..7011).map(silent));
        let text = "5 of 11 do not answer: 7006, 7007, 7008 and 2 more; the other 6 agree";
        judged(&rows, Level::Warn, text);
    }

    #[test]
    fn half_a_network_is_bad() {
        let rows = [live(7000, 3), live(7001, 3), silent(7002), silent(7003)];
        judged(&rows, Level::Bad, "2 of 4 do not answer: 7002, 7003; the other 2 agree");
    }

    #[test]
    fn to_be_alone_is_no_failure_but_to_be_cut_off_is() {
        let alone = "alone: no other node was reached yet";
        judged(&[live(7000, 0)], Level::Warn, alone);
        let heard = format!("{alone}; 1 more is only heard of");
        judged(&[live(7000, 1), heard_of(7999)], Level::Warn, &heard);
        let only = "cut off: the only other node does not answer";
        judged(&[live(7000, 1), silent(7001)], Level::Bad, only);
        let none = "cut off: none of the 2 others answers";
        judged(&[live(7000, 1), silent(7001), silent(7002)], Level::Bad, none);
    }

    #[test]
    fn who_was_only_heard_of_is_counted_apart() {
        let rows = [live(7000, 2), live(7001, 2), heard_of(7998), heard_of(7999)];
        judged(&rows, Level::Good, "all 2 agree; 2 more are only heard of");
        assert_eq!(of(&rows, 500).text, "all 2 agree; 502 more are only heard of");
        let unasked = Row { standing: Place::Reserve, ..heard_of(7002) };
        let text = "all 2 agree; 1 more is not asked yet";
        judged(&[live(7000, 2), live(7001, 2), unasked], Level::Good, text);
    }
}
