//! The page around the parts.

use super::escape::escape;
use super::parts;
use crate::outcome::{Outcome, bytes, count, fixed, seconds};

const STYLE: &str = include_str!("style.css");

const MARK: &str = concat!(
    "<svg class=\"logo\" viewBox=\"0 0 32 32\" aria-hidden=\"true\"><path d=\"M16 9 8.5 21.5M16 9l7.5 ",
    "12.5M8.5 21.5h15\"/><circle cx=\"16\" cy=\"9\" r=\"4\"/><circle cx=\"8.5\" cy=\"21.5\" r=\"4\"/>",
    "<circle cx=\"23.5\" cy=\"21.5\" r=\"4\"/></svg>"
);

/// Nothing is fetched and nothing runs, even if something foreign came to stand in it. The icon is
/// empty, so that no browser asks for one.
const HEAD: &str = concat!(
    "<meta charset=\"utf-8\">\n",
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
    "<meta name=\"color-scheme\" content=\"light dark\">\n",
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
     'unsafe-inline'; img-src data:\">\n",
    "<link rel=\"icon\" href=\"data:,\">\n"
);

/// The whole document.
pub fn page(outcome: &Outcome) -> String {
    let main =
        [parts::verdict(outcome), parts::violations(outcome), beside(outcome), figures(outcome)];
    document(&outcome.name, &about(outcome), &main.concat(), &footer(outcome))
}

/// A page of that title, with a line on what it is of, and a footer's paragraphs.
pub fn document(title: &str, about: &str, main: &str, footer: &str) -> String {
    let (title, about) = (escape(title), escape(about));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n{HEAD}<title>{title} – Rumormill</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>{MARK}<div><h1>{title}</h1><p>{about}</p></div></header>\n\
         <main>\n{main}</main>\n<footer>{footer}</footer>\n</body>\n</html>\n"
    )
}

fn about(outcome: &Outcome) -> String {
    let links = outcome.links.name();
    let (nodes, seed) = (count(outcome.nodes as u64), outcome.seed);
    let simulated = seconds(outcome.simulated_seconds);
    format!("{nodes} nodes · seed {seed} · {links} links · {simulated} simulated")
}

/// The headline, and what was asked for; one under the other where the table is wide.
fn beside(outcome: &Outcome) -> String {
    let class = if outcome.broadcasts.len() > 4 { "top narrow" } else { "top" };
    format!("<div class=\"{class}\">\n{}{}</div>\n", headline(outcome), scenario(outcome))
}

fn headline(outcome: &Outcome) -> String {
    let (table, note) = (parts::headline(outcome), escape(&parts::note(outcome)));
    format!(
        "<section class=\"sheet\">\n<h2>Headline</h2>\n{table}<p class=\"note\">{note}</p></section>\n"
    )
}

fn figures(outcome: &Outcome) -> String {
    format!("<div class=\"figures\">\n{}</div>\n", parts::figures(outcome))
}

fn scenario(outcome: &Outcome) -> String {
    scenario_text(&outcome.scenario)
}

/// The text of a scenario.
pub fn scenario_text(text: &str) -> String {
    let text = escape(text.trim_end());
    format!(
        "<section class=\"sheet\">\n<h2>Scenario</h2>\n<pre tabindex=\"0\"><code>{text}\n</code></pre>\
         </section>\n"
    )
}

fn footer(outcome: &Outcome) -> String {
    let (version, hash) = (escape(&outcome.version), escape(&outcome.hash));
    let rate = outcome.events_per_second().map(|rate| format!(", {} a second", fixed(rate, 0)));
    let (events, rate) = (count(outcome.events), rate.unwrap_or_default());
    let peak = outcome.peak_rss_bytes.map(|peak| format!(" · {} of memory", bytes(peak as f64)));
    let (wall, peak) = (seconds(outcome.wall_seconds), peak.unwrap_or_default());
    format!(
        "<p>rumormill {version} · {events} events in {wall}{rate}{peak}</p>\n\
         <p>hash <code>{hash}</code>: the same scenario and seed give it again</p>"
    )
}
