use super::*;
use crate::outcome::sample::{sample, silent, violated};
use proptest::prelude::*;

fn axis(path: &str, values: &[&str]) -> Axis {
    Axis { path: path.into(), values: values.iter().map(|value| value.to_string()).collect() }
}

fn run(p99_ms: f64, bytes: f64) -> Figures {
    let (p99_ms, bytes_per_delivery) = (Some(p99_ms), Some(bytes));
    Figures { p99_ms, bytes_per_delivery, ..Figures::of(&sample()) }
}

/// The more fanout, the faster and the dearer; loss makes it slow.
fn sweep(axes: Vec<Axis>) -> Sweep {
    let axes = Axes(axes);
    let of = |at: usize| {
        let places = axes.places(at);
        let (first, rest) = (places[0] as f64, places[1..].iter().sum::<usize>() as f64);
        run(100.0 - 10.0 * first + rest, 500.0 + 100.0 * first)
    };
    Sweep {
        name: "a <sweep>".into(),
        version: "0.1.0".into(),
        scenario: "seed = 1 # <b>".into(),
        runs: (0..axes.count().unwrap()).map(of).collect(),
        axes,
        troubles: Vec::new(),
    }
}

fn two() -> Sweep {
    sweep(vec![axis("fanout", &["2", "3", "4"]), axis("loss", &["0", "0.1"])])
}

#[test]
fn figures_have_the_digits_of_the_document() {
    let outcome = sample();
    let document: serde_json::Value = serde_json::from_str(&outcome.json()).unwrap();
    let of = &document["broadcasts"][0];
    let figures: serde_json::Value = serde_json::to_value(Figures::of(&outcome)).unwrap();
    for (ours, theirs) in [
        ("delivery_ratio", &of["delivery_ratio"]),
        ("p50_ms", &of["latency_ms"]["p50"]),
        ("p99_ms", &of["latency_ms"]["p99"]),
        ("max_ms", &of["latency_ms"]["max"]),
        ("hops_max", &of["hops"]["max"]),
        ("copies_per_delivery", &of["copies_per_delivery"]),
        ("bytes_per_delivery", &of["bytes_per_delivery"]),
        ("events", &document["events"]),
        ("hash", &document["hash"]),
    ] {
        assert_eq!(&figures[ours], theirs, "{ours}");
    }
    let broken = Figures::of(&violated());
    assert_eq!(broken.violations, 1);
    assert!(broken.broken.unwrap().starts_with("versions-never-go-back at 20.125000 s, node 17: "));
    assert_eq!(Figures::of(&silent()).p99_ms, None);
}

#[test]
fn what_is_written_is_read_back() {
    for figures in
        [Figures::of(&sample()), Figures::of(&violated()), Figures::failed("no \"room\"")]
    {
        let line = serde_json::to_string(&figures).unwrap();
        assert_eq!(serde_json::from_str::<Figures>(&line).unwrap(), figures);
    }
}

#[test]
fn a_row_a_run() {
    let mut sweep = two();
    sweep.axes.0[1].values[1] = "{ a = \"x\", b = 1 }".into();
    sweep.runs[5] = Figures::failed("no, \"never\"");
    let csv = csv(&sweep);
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 7);
    assert!(
        lines[0].starts_with("index,fanout,loss,messages,due,delivered,delivery_ratio,p50_ms,")
    );
    assert!(lines[1].starts_with("0,2,0,"), "{}", lines[1]);
    assert!(lines[2].starts_with("1,2,\"{ a = \"\"x\"\", b = 1 }\","), "{}", lines[2]);
    assert!(lines[6].ends_with(",0,0,0,,,,,,,,,,0,0,,,\"no, \"\"never\"\"\""), "{}", lines[6]);
}

#[test]
fn seeds_are_repetitions() {
    let seeds = sweep(vec![axis("fanout", &["2", "3"]), axis("seed", &["1", "2", "3", "4"])]);
    let (axes, all) = points(&seeds);
    assert_eq!((axes.0.len(), all.len(), all[0].runs), (1, 2, 4));
    assert_eq!((all[0].figures.p99_ms, all[1].figures.p99_ms), (Some(101.0), Some(91.0)));
    assert!(html(&seeds).contains("medians over the seeds"));
    // Wherever the axis stands.
    let first = sweep(vec![axis("seed", &["1", "2"]), axis("fanout", &["2", "3", "4"])]);
    assert_eq!(points(&first).1.len(), 3);
    let alone = sweep(vec![axis("seed", &["1", "2"])]);
    assert_eq!(points(&alone).1.len(), 2);
    assert!(!html(&alone).contains("medians"));
}

#[test]
fn of_seeds_the_least_delivered_and_all_that_is_broken_shows() {
    let mut runs = [run(3.0, 1.0), run(1.0, 2.0), run(2.0, 3.0)];
    runs[1].delivery_ratio = Some(0.5);
    runs[2].violations = 1;
    let of = Figures::medians(&[&runs[0], &runs[1], &runs[2]]);
    assert_eq!((of.p99_ms, of.bytes_per_delivery), (Some(2.0), Some(2.0)));
    assert_eq!((of.delivery_ratio, of.violations), (Some(0.5), 1));
}

#[test]
fn a_page_has_a_front_and_a_map_for_each_two_axes() {
    let page = html(&two());
    for id in ["front", "p99-1-0", "bytes-1-0"] {
        assert!(page.contains(&format!("aria-labelledby=\"{id}-t {id}-d\"")), "{id}");
    }
    let three = axis("ttl", &["4", "8"]);
    let page = html(&sweep([two().axes.0, vec![three]].concat()));
    for id in ["p99-1-0", "p99-2-0", "p99-2-1"] {
        assert!(page.contains(&format!("aria-labelledby=\"{id}-t {id}-d\"")), "{id}");
    }
    let one = html(&sweep(vec![axis("fanout", &["2", "3"]), axis("loss", &["0"])]));
    assert!(one.contains("\"p99-t p99-d\"") && !one.contains("class=\"mark heat"));
}

#[test]
fn nothing_is_fetched_and_what_is_foreign_stays_text() {
    let mut sweep = two();
    sweep.axes.0[0].path = "</svg><script>".into();
    let page = html(&sweep);
    for word in ["<script", "<img", "http://", "https://", "@import", "onload", "src=", "<b>\n"] {
        assert!(!page.contains(word), "{word}");
    }
    assert_eq!(page, html(&sweep), "the same sweep gives the same page");
}

#[test]
fn troubles_stand_first_with_their_commands() {
    let mut sweep = two();
    sweep.runs[1].violations = 1;
    let (what, command) = ("once at 1 s".into(), "rumormill sim run".into());
    sweep.troubles = vec![Trouble { run: 1, what, command }];
    let page = html(&sweep);
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}"));
    assert!(place("1 of 6 runs broke a promise") < place("<b>Run 1</b>, fanout = 2, loss = 0.1"));
    assert!(place("once at 1 s") < place(">Varied<"));
}

#[test]
fn a_sweep_of_silence_has_a_page() {
    let mut sweep = two();
    sweep.runs.iter_mut().for_each(|run| *run = Figures::of(&silent()));
    assert!(!html(&sweep).contains("<svg viewBox"));
}

#[test]
fn many_points_are_cut_with_a_note() {
    let values: Vec<String> = (0..150).map(|value| value.to_string()).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let page = html(&sweep(vec![axis("a", &values), axis("b", &["1", "2"])]));
    assert!(
        page.contains("The first 200 of 300 points") && page.contains("Not every value has room")
    );
}

proptest! {
    #[test]
    fn nobody_beats_the_front_and_all_others_are_beaten(
        costs in prop::collection::vec((0..20u8, 0..20u8), 1..60),
    ) {
        let point = |(p99, bytes): &(u8, u8)| Point {
            places: Vec::new(),
            figures: run(f64::from(*p99), f64::from(*bytes)),
            runs: 1,
        };
        let points: Vec<Point> = costs.iter().map(point).collect();
        let front = front(&points);
        for (at, one) in costs.iter().enumerate() {
            let beats = |other: &(u8, u8)| other.0 <= one.0 && other.1 <= one.1 && other != one;
            prop_assert_eq!(front.contains(&at), !costs.iter().any(beats));
        }
    }

    #[test]
    fn every_point_of_a_grid_is_there_once(lens in prop::collection::vec(1..5usize, 1..5)) {
        let axes = lens.iter().map(|len| Axis {
            path: "x".into(),
            values: (0..*len).map(|value| value.to_string()).collect(),
        });
        let axes = Axes(axes.collect());
        let all: Vec<Vec<usize>> = (0..axes.count().unwrap()).map(|at| axes.places(at)).collect();
        prop_assert!(all.is_sorted() && all.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
