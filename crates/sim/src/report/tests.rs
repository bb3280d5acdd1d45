use super::*;
use crate::outcome::sample::{comparison, sample, silent, violated};

const PLOTS: [&str; 9] =
    ["latency", "spread", "copies", "hops", "kinds", "load", "missing", "dropped", "faults"];

fn has_plot(page: &str, id: &str) -> bool {
    page.contains(&format!("aria-labelledby=\"{id}-t {id}-d\""))
}

#[test]
fn a_page_has_all_plots_and_says_what_it_is_of() {
    let page = html(&sample());
    assert!(PLOTS.iter().all(|id| has_plot(&page, id)));
    for text in [&sample().hash, &sample().version, "seed 7", "fanout = 4, ttl = 8"] {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn every_plot_has_marks_a_title_a_description_and_a_table() {
    let page = html(&comparison());
    for figure in page.split("<figure").skip(1) {
        for part in ["class=\"mark ", "<title", "<desc", "<figcaption>", "<details>"] {
            assert!(figure.contains(part), "{part} in {figure}");
        }
    }
}

#[test]
fn the_same_outcome_gives_the_same_page() {
    assert_eq!(html(&comparison()), html(&comparison()));
}

#[test]
fn nothing_is_fetched_and_nothing_runs() {
    for outcome in [sample(), comparison(), violated(), silent()] {
        let page = html(&outcome);
        for word in ["<script", "<img", "http://", "https://", "@import", "onload", "src="] {
            assert!(!page.contains(word), "{word}");
        }
        assert_eq!(page.matches("url(").count(), page.matches("url(#").count());
    }
}

#[test]
fn what_is_foreign_stays_text() {
    let page = html(&violated());
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(page.contains("&lt;b&gt;not bold&lt;/b&gt; &amp; so on"));
    assert_eq!(page.matches("</title><").count(), page.matches("<desc").count());
}

#[test]
fn a_violation_is_said_first_with_its_command() {
    let page = html(&violated());
    let (verdict, headline) = (page.find("Violated").unwrap(), page.find("Headline").unwrap());
    assert!(verdict < headline && page.contains(&violated().violations[0].replay));
}

#[test]
fn of_silence_there_is_no_plot() {
    let page = html(&silent());
    assert!(!PLOTS.iter().any(|id| has_plot(&page, id)));
    assert!(page.contains("Nothing was due"));
}

#[test]
fn numbers_that_are_none_do_not_reach_the_page() {
    let mut outcome = comparison();
    outcome.broadcasts[0].curves.latency_cdf =
        vec![(f64::NAN, 0.0), (0.0, f64::INFINITY), (0.0, 1.0)];
    outcome.broadcasts[1].curves.load = vec![(0.0, 0), (1.0, u64::MAX)];
    let page = html(&outcome);
    assert!(!page.contains("NaN") && !page.contains("inf\""));
}

#[test]
fn lines_of_many_contenders_can_be_told_apart() {
    let mut outcome = comparison();
    let first = outcome.broadcasts[0].clone();
    outcome.broadcasts = (0..12)
        .map(|n| crate::outcome::BroadcastOutcome { label: format!("b{n}"), ..first.clone() })
        .collect();
    let page = html(&outcome);
    let lines: std::collections::BTreeSet<&str> = page
        .split("class=\"mark line ")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(lines.len(), 12);
}
