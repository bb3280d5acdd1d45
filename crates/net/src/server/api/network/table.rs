//! A row for every node: what is known here, and what it says of itself.

use super::ask::Heard;
use crate::control::Register;
use crate::driver::DriverView;
use crate::server::problem::Refusal;
use crate::server::{Server, views};
use crate::transport::http::{Endpoint, port_of};
use rumormill_core::{Address, Name};
use rumormill_node::AnyNode;
use rumormill_protocols::parts::acquaintance::{Acquaintance, Footing};
use rumormill_protocols::state::registers::Entry;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The most rows: strangers can invent origins, and pages show them all.
const ROWS_MAX: usize = 2048;

/// What a node says of itself; nothing where it doesn't say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Report {
    /// Of how many others it knows a book.
    pub knows: Option<u64>,
    pub peers: Option<u64>,
    pub received: Option<u64>,
    pub sent: Option<u64>,
    pub duplicates: Option<u64>,
    pub bytes_received: Option<u64>,
    pub bytes_sent: Option<u64>,
}

impl Report {
    /// From what `GET /api/v1/node` answers.
    pub fn of(about: &Map<String, Value>) -> Report {
        let number = |name: &str| about.get(name).and_then(Value::as_u64);
        Report {
            knows: number("knows"),
            peers: about.get("peers").and_then(|peers| peers.get("neighbours")?.as_u64()),
            received: number("received"),
            sent: number("sent"),
            duplicates: number("duplicates"),
            bytes_received: number("bytes_received"),
            bytes_sent: number("bytes_sent"),
        }
    }
}

/// Somebody to ask.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// What it must call itself.
    pub name: Value,
    pub address: Address,
}

/// One node.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// A port, or a text.
    pub name: Value,
    pub address: Option<Address>,
    pub standing: Place,
    /// Whether it answers; nothing if it was not asked.
    pub alive: Option<bool>,
    /// Since it last gave a sign of life that was seen here.
    pub silent_ms: Option<u64>,
    pub book: Option<String>,
    pub version: Option<u64>,
    pub age_ms: Option<u64>,
    pub report: Report,
    /// It answered as itself once, so it may be asked.
    pub is_verified: bool,
}

/// How it stands with a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Itself,
    Neighbour,
    Reserve,
    Down,
    /// Never reached: only heard of.
    #[default]
    Unknown,
}

impl Place {
    fn of(footing: Footing) -> Place {
        match footing {
            Footing::Neighbour => Place::Neighbour,
            Footing::Reserve => Place::Reserve,
            Footing::Down { .. } => Place::Down,
            Footing::Unverified | Footing::Dialing => Place::Unknown,
        }
    }

    fn label(self) -> &'static str {
        match self {
            Place::Itself => "self",
            Place::Neighbour => "neighbour",
            Place::Reserve => "reserve",
            Place::Down => "down",
            Place::Unknown => "unknown",
        }
    }
}

impl Row {
    /// As it stands in the document.
    pub fn document(&self) -> Value {
        let Report { knows, peers, received, sent, duplicates, bytes_received, bytes_sent } =
            self.report;
        json!({
            "name": self.name,
            "address": self.address.as_ref().map(Address::as_str),
            "standing": self.standing.label(),
            "alive": self.alive,
            "silent_ms": self.silent_ms,
            "book": self.book,
            "version": self.version,
            "age_ms": self.age_ms,
            "knows": knows,
            "peers": peers,
            "received": received,
            "sent": sent,
            "duplicates": duplicates,
            "bytes_received": bytes_received,
            "bytes_sent": bytes_sent,
        })
    }

    fn of_peer(known: Acquaintance) -> Option<(Name, Row)> {
        // One that was never reached is called by its port.
        let port = || port_of(known.address.as_ref()?).map(|port| Name::Number(port.into()));
        let name = known.name.or_else(port)?;
        let row = Row {
            name: views::called(&name),
            address: known.address,
            standing: Place::of(known.footing),
            is_verified: known.is_verified,
            ..Row::default()
        };
        Some((name, row))
    }

    /// Takes in what was said of its book.
    fn like(&mut self, entry: &Entry, age_ms: u64) {
        let Some(register) = Register::of(&entry.rumor) else { return };
        self.book = register.value.as_ref().and_then(Value::as_str).map(String::from);
        self.version = Some(register.version);
        self.age_ms = Some(age_ms);
    }

    fn hear(&mut self, heard: &Heard) {
        self.alive = heard.alive;
        self.report = heard.report.clone();
        let ago_ms = heard.ago.map(|ago| ago.as_millis() as u64);
        // News of it is a sign of life too.
        self.silent_ms = ago_ms.into_iter().chain(self.age_ms).min();
    }
}

/// All rows, by name.
pub(super) struct Table {
    pub rows: Vec<Row>,
    /// How many there were no room for.
    pub omitted: usize,
}

/// What is looked at between two inputs.
struct Seen {
    peers: Vec<(Name, Row)>,
    books: Vec<(Entry, u64)>,
    about: Map<String, Value>,
}

impl Table {
    /// What is known here, with nobody asked.
    pub async fn of(server: &Server) -> Result<Table, Refusal> {
        let own = server.own_name();
        let name = own.clone();
        let seen = server.look(move |node, driver| see(node, driver, &name)).await?;
        let mut rows: BTreeMap<Name, Row> = BTreeMap::new();
        for (name, row) in seen.peers {
            // Two ways to one name: the one that is known better.
            let better = rows.get(&name).is_none_or(|other| row.standing < other.standing);
            if better {
                rows.insert(name, row);
            }
        }
        rows.insert(own.clone(), own_row(server, &own, &seen.about));
        for (entry, age_ms) in &seen.books {
            let name = &entry.rumor.origin;
            let unheard = || Row { name: views::called(name), ..Row::default() };
            rows.entry(name.clone()).or_insert_with(unheard).like(entry, *age_ms);
        }
        Ok(Table::bounded(rows))
    }

    fn bounded(rows: BTreeMap<Name, Row>) -> Table {
        let omitted = rows.len().saturating_sub(ROWS_MAX);
        let mut rows: Vec<(Name, Row)> = rows.into_iter().collect();
        if omitted > 0 {
            rows.sort_by_key(|(_, row)| row.standing);
            rows.truncate(ROWS_MAX);
            rows.sort_by(|a, b| a.0.cmp(&b.0));
        }
        Table { rows: rows.into_iter().map(|(_, row)| row).collect(), omitted }
    }

    /// Whom to ask.
    pub fn targets(&self) -> Vec<Target> {
        let others = self.rows.iter().filter(|row| row.standing != Place::Itself);
        let target = |row: &Row| {
            let address = row.address.clone().filter(|_| row.is_verified)?;
            Endpoint::parse(address.as_str())?;
            Some(Target { name: row.name.clone(), address })
        };
        others.filter_map(target).collect()
    }

    /// Takes in what they said.
    pub fn fill_in(&mut self, answers: &BTreeMap<Address, Heard>) {
        for row in self.rows.iter_mut().filter(|row| row.standing != Place::Itself) {
            if let Some(heard) = row.address.as_ref().and_then(|address| answers.get(address)) {
                row.hear(heard);
            }
        }
    }
}

fn see(node: &AnyNode, driver: &DriverView<'_, AnyNode>, own: &Name) -> Seen {
    let known = node.discovery().acquaintances();
    Seen {
        peers: known.into_iter().filter_map(Row::of_peer).collect(),
        books: views::books(node, driver.now()),
        about: views::about(node, driver, own),
    }
}

fn own_row(server: &Server, own: &Name, about: &Map<String, Value>) -> Row {
    Row {
        name: views::called(own),
        address: Some(server.node.own.clone()),
        standing: Place::Itself,
        alive: Some(true),
        silent_ms: Some(0),
        report: Report::of(about),
        ..Row::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(port: u16, standing: Place) -> (Name, Row) {
        let name = Name::Number(port.into());
        (name.clone(), Row { name: views::called(&name), standing, ..Row::default() })
    }

    #[test]
    fn what_a_node_says_is_taken_as_far_as_it_makes_sense() {
        let about = json!({"knows": 7, "peers": {"neighbours": 3}, "sent": "many", "received": -1});
        let report = Report::of(about.as_object().unwrap());
        let wanted = Report { knows: Some(7), peers: Some(3), ..Report::default() };
        assert_eq!(report, wanted);
        let odd = json!({"peers": [], "knows": {}});
        assert_eq!(Report::of(odd.as_object().unwrap()), Report::default());
    }

    #[test]
    fn invented_origins_give_way_to_those_that_were_reached() {
        let invented = (1..=3000).map(|port| row(port, Place::Unknown));
        let mut rows: BTreeMap<Name, Row> = invented.collect();
        rows.extend([row(7000, Place::Itself), row(7001, Place::Down)]);
        let table = Table::bounded(rows);
        assert_eq!((table.rows.len(), table.omitted), (ROWS_MAX, 3002 - ROWS_MAX));
        let last: Vec<&Value> = table.rows.iter().rev().take(2).map(|row| &row.name).collect();
        assert_eq!(last, [&json!(7001), &json!(7000)]);
    }

    #[test]
    fn only_who_was_reached_is_asked() {
        let at = |(name, row): (Name, Row), is_verified| {
            let address = Some(Address::new(&format!("127.0.0.1:{name}")));
            Row { address, is_verified, ..row }
        };
        let rows = vec![
            at(row(7000, Place::Itself), true),
            at(row(7001, Place::Down), true),
            at(row(7002, Place::Unknown), false),
        ];
        let table = Table { rows, omitted: 0 };
        let asked: Vec<Value> = table.targets().into_iter().map(|target| target.name).collect();
        assert_eq!(asked, [json!(7001)]);
    }
}
