use super::*;
use crate::engine::{At, Observer};
use rumormill_core::{Bytes, Gone, Name, Peer, Tally};
use rumormill_node::{AnyBroadcastMessage, AnyStateMessage, Plane};
use rumormill_protocols::broadcast::flood::FloodMessage;
use rumormill_protocols::planes::{BroadcastEvent, DiscoveryEvent, StateEvent};
use rumormill_protocols::state::registers::{Delta, RegistersMessage};
use rumormill_protocols::{Life, Rumor, RumorId, Subject};
use std::sync::Arc;

fn rumor(id: u128, subject: Subject) -> Arc<Rumor> {
    Arc::new(Rumor {
        id: RumorId::from_u128(id),
        origin: Name::Number(7000),
        version: 5,
        subject,
        payload: Bytes::from_static(b"{}"),
        life: Life::Lasting,
    })
}

fn flood(rumor: &Arc<Rumor>, ttl: u8) -> NodeMessage {
    Plane::Broadcast(AnyBroadcastMessage::Flood(FloodMessage { rumor: rumor.clone(), ttl }))
}

fn delta(rumors: &[&Arc<Rumor>]) -> NodeMessage {
    let news = rumors.iter().map(|rumor| Arc::clone(rumor).into()).collect();
    let delta = RegistersMessage::Delta(Box::new(Delta { news, ..Delta::default() }));
    Plane::State(AnyStateMessage::Registers(delta))
}

fn at(millis: u64, node: usize, source: usize) -> At {
    At { time: Time::from_nanos(millis * 1_000_000), node, source }
}

fn header() -> Header {
    Header {
        format: FORMAT,
        version: "0.1.0".into(),
        name: "a \"small\" one".into(),
        seed: 7,
        nodes: 5,
        base: 7000,
        command: "rumormill sim run small.toml --seed 7 --log run.ndjson".into(),
    }
}

/// Node 0 publishes to 1 and 2, and 1 tells 3; a copy comes to 2, one to 4 is lost, one to 3 dropped;
/// repair brings it to 4.
fn small() -> String {
    let mut bytes = Vec::new();
    let mut log = Log::new(&mut bytes, &header());
    let (news, other) =
        (rumor(0xabc << 100, Subject::topic("t")), rumor(1, Subject::register("b")));
    let here = Peer::STRANGER;
    let arrived = || Plane::Broadcast(BroadcastEvent::Arrived(news.clone(), here));
    let published = BroadcastEvent::Published { ticket: 0, id: news.id, tally: Tally::default() };
    log.input(&at(0, 0, 0), &Input::Start);
    log.event(&at(1000, 0, At::OUTSIDE), &Plane::Broadcast(published));
    log.sent(&at(1000, 0, At::OUTSIDE), 1, &flood(&news, 7));
    log.dropped(&at(1000, 0, At::OUTSIDE), &flood(&news, 7), Why::Full);
    for (node, millis) in [(1, 1020), (2, 1021)] {
        log.input(&at(millis, node, 0), &Input::Message(here, flood(&news, 7)));
        log.event(&at(millis, node, 0), &arrived());
    }
    log.lost(&at(1022, 2, 2), (2, 4), &flood(&news, 6), Lost::Loss);
    let copy = Plane::Broadcast(BroadcastEvent::Duplicate(news.id, here));
    log.event(&at(1041, 2, 1), &copy);
    log.event(&at(1041, 3, 1), &arrived());
    log.fault(Time::from_nanos(1_500_000_000), Some(4), "crash");
    log.input(&at(2000, 4, 3), &Input::Message(here, delta(&[&news, &other])));
    log.event(&at(2000, 4, 3), &Plane::State(StateEvent::Learned(news.clone(), here)));
    log.event(&at(2000, 4, 3), &Plane::State(StateEvent::Synced(here, Err(Why::TimedOut))));
    log.event(&at(2001, 4, 3), &Plane::Discovery(DiscoveryEvent::Down(here, Gone::Left)));
    log.finish().unwrap();
    String::from_utf8(bytes).unwrap()
}

fn read(text: &str) -> Result<Vec<String>, LogError> {
    let mut reader = Reader::new(text.as_bytes())?;
    let mut lines = Vec::new();
    while let Some(entry) = reader.next()? {
        assert_eq!(serde_json::to_string(&entry.line).unwrap(), entry.text);
        lines.push(entry.text.to_owned());
    }
    Ok(lines)
}

fn journey(id: &str, text: &str) -> Journey {
    let (mut journey, mut reader) = (Journey::new(id), Reader::new(text.as_bytes()).unwrap());
    while let Some(entry) = reader.next().unwrap() {
        journey.add(&entry.line);
    }
    journey
}

fn find(typed: &str, text: &str) -> Result<String, NotFound> {
    let (mut find, mut reader) = (Find::new(typed), Reader::new(text.as_bytes()).unwrap());
    while let Some(entry) = reader.next().unwrap() {
        find.look(&entry.line);
    }
    find.id()
}

const ID: &str = "0000abc0-0000-0000-0000-000000000000";

#[test]
fn a_log_is_as_it_always_was() {
    insta::assert_snapshot!(small());
}

#[test]
fn what_is_written_is_read_back() {
    let text = small();
    let lines = read(&text).unwrap();
    assert_eq!(lines.len() + 1, text.lines().count());
    assert_eq!(Reader::new(text.as_bytes()).unwrap().header(), &header());
}

#[test]
fn a_log_that_was_cut_off_is_read_as_far_as_it_goes() {
    let text = small();
    let first = text.find('\n').unwrap() + 1;
    for end in first..text.len() {
        let mut reader = Reader::new(&text.as_bytes()[..end]).unwrap();
        let mut lines = 1;
        while reader.next().unwrap().is_some() {
            lines += 1;
        }
        assert_eq!(lines, text[..end].matches('\n').count());
        let is_whole = text[..end].ends_with('\n');
        assert_eq!(reader.cut_off(), (!is_whole).then_some(lines + 1), "{end}");
    }
}

#[test]
fn what_is_no_log_is_told() {
    let text = small();
    let said = |text: &str| read(text).unwrap_err().to_string();
    for none in ["", "\n", "name = \"a\"\n", "{\"t\":1}\n", "\u{0}\u{1}"] {
        assert!(said(none).starts_with("is no log of a run"), "{none:?}");
    }
    let other = text.replacen("_log\":1", "_log\":2", 1);
    assert!(said(&other).starts_with("is a log of format 2, written by rumormill 0.1.0"));
    let damaged = text.replacen("\"what\":\"event\"", "\"what\":\"evil\"", 1);
    assert!(said(&damaged).starts_with("line 3 is none of a log: unknown variant `evil`"));
}

#[test]
fn a_journey_is_a_tree() {
    insta::assert_snapshot!(journey(ID, &small()).tree());
}

#[test]
fn a_journey_without_a_beginning_or_in_a_circle_is_drawn_too() {
    let line = |node: usize, from: usize| {
        format!(
            "{{\"t\":{node}000000,\"node\":{node},\"what\":\"event\",\"kind\":\"arrived\",\"from\":{from},\"id\":\"a\"}}\n"
        )
    };
    let first = small().lines().next().unwrap().to_owned() + "\n";
    let text = [first, line(1, 9), line(2, 1), line(3, 4), line(4, 3), line(4, 3)].concat();
    let tree = journey("a", &text).tree();
    let drawn: Vec<&str> = tree.lines().skip(2).collect();
    assert_eq!(
        drawn,
        [
            "node 1  heard it at 0.001000 s from node 9, which never did itself",
            "└─ node 2  +1.000 ms, hop 2",
            "node 3 told node 4 in a circle",
            "node 4 told node 3 in a circle",
        ]
    );
}

#[test]
fn a_long_way_is_drawn_in_little_space() {
    let mut journey = Journey::new("a");
    for node in 0..20_000_usize {
        let kind = if node == 0 { "published" } else { "arrived" };
        let line = Line::new(Time::from_nanos(node as u64), What::Event, kind);
        let from = node.checked_sub(1);
        journey.add(&Line { node: Some(node), from, id: Some("a".into()), ..line });
    }
    let tree = journey.tree();
    assert!(tree.lines().count() == 20_002 && tree.len() < 4_000_000, "{}", tree.len());
    assert!(tree.ends_with("└─ node 19999  +0.020 ms, hop 19999\n"));
}

#[test]
fn a_message_is_found_by_what_somebody_types() {
    let text = small();
    let id = || Ok(ID.to_owned());
    for typed in ["first", "LAST", "0000abc0", "0000ABC", ID] {
        assert_eq!(find(typed, &text), id(), "{typed}");
    }
    let several = find("0000", &text).unwrap_err().to_string();
    assert!(several.starts_with("`0000` begins 2 messages, such as 0000"), "{several}");
    assert_eq!(find("ffff", &text), Err(NotFound::Nobody("ffff".into())));
    let first = text.lines().next().unwrap().to_owned() + "\n";
    assert_eq!(find("first", &first), Err(NotFound::Silence));
}

#[test]
fn an_error_of_writing_ends_the_run_and_is_told() {
    struct Full(usize);
    impl io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            match self.0.checked_sub(bytes.len()) {
                Some(left) => self.0 = left,
                None => return Err(io::ErrorKind::StorageFull.into()),
            }
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut out = Full(200);
    let mut log = Log::new(&mut out, &header());
    assert!(!log.is_done());
    log.input(&at(0, 0, 0), &Input::Start);
    log.input(&at(0, 1, 1), &Input::Start);
    assert!(!log.is_done());
    log.shown_until(at(0, 1, 1).time);
    assert!(log.is_done());
    assert_eq!(log.finish().unwrap_err().kind(), io::ErrorKind::StorageFull);
}

#[test]
fn lines_come_in_order_of_time_whoever_is_shown_first() {
    let mut out = Vec::new();
    let mut log = Log::new(&mut out, &header());
    log.input(&at(5, 1, 1), &Input::Start);
    log.input(&at(7, 1, 1), &Input::Start);
    log.input(&at(6, 2, 2), &Input::Start);
    log.shown_until(at(7, 0, 0).time);
    log.input(&at(8, 0, 0), &Input::Start);
    log.finish().unwrap();
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<&str> = text.lines().skip(1).collect();
    let places = [(5, 1), (6, 2), (7, 1), (8, 0)];
    let place = |(millis, node)| format!("{{\"t\":{millis}000000,\"node\":{node},");
    assert!(lines.iter().zip(places).all(|(line, at)| line.starts_with(&place(at))), "{text}");
}
