use super::sample::{comparison, sample, silent, violated};
use super::*;
use serde_json::Value;

fn document(outcome: &Outcome) -> Value {
    serde_json::from_str(&outcome.json()).expect("it is JSON")
}

#[test]
fn the_document_is_one_line_with_the_promised_names() {
    let json = sample().json();
    assert!(!json.contains('\n'));
    let document = document(&sample());
    for name in ["name", "seed", "nodes", "events", "wall_seconds", "peak_rss_bytes", "hash"] {
        assert!(!document[name].is_null(), "{name}");
    }
    let broadcast = &document["broadcasts"][0];
    for path in [
        "/protocol",
        "/messages",
        "/delivery_ratio",
        "/latency_ms/p50",
        "/latency_ms/p90",
        "/latency_ms/p99",
        "/latency_ms/max",
        "/hops/p50",
        "/hops/max",
        "/copies_per_delivery",
        "/bytes_per_delivery",
        "/dropped/full",
    ] {
        assert!(broadcast.pointer(path).is_some_and(|value| !value.is_null()), "{path}");
    }
    assert_eq!(document["violations"], Value::Array(Vec::new()));
    assert!(document.get("scenario").is_none(), "the scenario is for the report");
}

#[test]
fn the_document_can_be_read() {
    insta::assert_snapshot!(serde_json::to_string_pretty(&without_curves(sample())).unwrap());
}

fn without_curves(mut outcome: Outcome) -> Outcome {
    for broadcast in &mut outcome.broadcasts {
        broadcast.curves = Curves {
            latency_cdf: vec![(20.000_46, 0.123_456), (391.5, 1.0)],
            load: vec![(0.5, 1_204)],
            ..Curves::default()
        };
    }
    outcome
}

#[test]
fn ratios_are_null_if_nothing_is_due() {
    let broadcast = &document(&silent())["broadcasts"][0];
    let names =
        ["delivery_ratio", "latency_ms", "hops", "copies_per_delivery", "bytes_per_delivery"];
    assert!(names.iter().all(|name| broadcast[name].is_null()), "{broadcast}");
}

#[test]
fn a_single_missing_delivery_shows_in_the_ratio() {
    let mut outcome = sample();
    outcome.broadcasts[0].delivery_ratio = Some(999_999.0 / 1_000_000.0);
    assert_eq!(document(&outcome)["broadcasts"][0]["delivery_ratio"], 0.9999);
    assert!(table(&[outcome]).contains("99.99 %"));
}

#[test]
fn the_floor_of_push_is_that_of_the_theory() {
    let rounds = [1_000, 10_000, 100_000, 1_000_000].map(push_rounds);
    assert_eq!(rounds.map(|rounds| format!("{rounds:.1}")), ["18.0", "23.6", "29.2", "34.8"]);
    assert_eq!([push_rounds(0), push_rounds(1)], [0.0; 2]);
}

#[test]
fn the_table_of_a_run() {
    insta::assert_snapshot!(table(&[sample()]));
}

#[test]
fn the_table_of_a_comparison() {
    insta::assert_snapshot!(table(&[comparison()]));
}

#[test]
fn the_table_of_a_violation_has_its_command() {
    let table = table(&[violated()]);
    assert!(table.contains(&violated().violations[0].replay), "{table}");
    assert!(!table.contains('\u{1b}'), "a name moves no cursor");
}

#[test]
fn the_table_of_silence() {
    insta::assert_snapshot!(table(&[silent()]));
}

#[test]
fn no_line_is_wider_than_a_hundred_columns() {
    let mut wide = comparison();
    wide.broadcasts[1].label = "a-contender-with-a-name-that-nobody-would-give.toml".into();
    wide.broadcasts[1].messages = 10_000_000;
    for outcome in [sample(), wide, violated(), silent()] {
        let table = table(&[outcome]);
        assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");
    }
}
