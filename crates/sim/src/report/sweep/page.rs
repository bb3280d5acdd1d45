//! The page of a sweep.

use super::tables::{MEANING, ROWS, front_table, table};
use super::{Axes, Point, SEED, Sweep, front, plots, points, verdict};
use crate::outcome::count;
use crate::report::escape::escape;
use crate::report::grid::Grid;
use crate::report::page::{document, scenario_text};

/// So many values of an axis, at most, are listed.
const VALUES: usize = 12;

/// The report as an HTML document, which needs nothing else.
pub fn html(sweep: &Sweep) -> String {
    let (axes, points) = points(sweep);
    let front = front(&points);
    let pareto = plots::pareto(&axes, &points, &front);
    let pareto = pareto.iter().map(crate::report::figure::Figure::html).collect::<String>();
    let plots = plots::measures(&axes, &points);
    let main = [
        verdict::verdict(sweep),
        verdict::troubles(sweep),
        top(&axes, &varied(sweep), &best(&axes, &points, &front)),
        format!("<div class=\"figures\">\n{pareto}{plots}</div>\n"),
        all(&axes, &points),
        scenario_text(&sweep.scenario),
    ];
    document(&sweep.name, &about(sweep, &points), &main.concat(), &footer(sweep))
}

/// Beside each other, where both have room.
fn top(axes: &Axes, varied: &str, best: &str) -> String {
    let class = if axes.0.len() > 1 { "top narrow" } else { "top" };
    format!("<div class=\"{class}\">\n{varied}{best}</div>\n")
}

fn about(sweep: &Sweep, points: &[Point]) -> String {
    let (runs, points) = (sweep.runs.len() as u64, points.len() as u64);
    let axes = sweep.axes.0.len();
    format!("a sweep · {} runs · {} points · axes: {axes}", count(runs), count(points))
}

fn varied(sweep: &Sweep) -> String {
    let mut grid = Grid::new(["setting", "values", "each"]).words(2);
    for axis in &sweep.axes.0 {
        let mut shown: Vec<&str> = axis.values.iter().take(VALUES).map(String::as_str).collect();
        if axis.values.len() > VALUES {
            shown.extend(["…", &axis.values[axis.values.len() - 1]]);
        }
        grid.row([axis.path.clone(), count(axis.values.len() as u64), shown.join("  ")]);
    }
    let note = match is_of_seeds(sweep) {
        true => " Figures are medians over the seeds, but deliveries: they have the least ratio.",
        false => "",
    };
    let note = format!("A run for each combination.{note}");
    let table = grid.html();
    format!(
        "<section class=\"sheet\">\n<h2>Varied</h2>\n{table}<p class=\"note\">{note}</p></section>\n"
    )
}

/// Whether points are of several seeds.
fn is_of_seeds(sweep: &Sweep) -> bool {
    let seeds = |axis: &&super::Axis| axis.path == SEED;
    sweep.axes.0.len() > 1 && sweep.axes.0.iter().find(seeds).is_some_and(|of| of.values.len() > 1)
}

fn best(axes: &Axes, points: &[Point], front: &[usize]) -> String {
    if front.is_empty() {
        return String::new();
    }
    let table = front_table(axes, points, front.iter().take(ROWS)).html();
    let note = "No other point has both a lower p99 latency and fewer bytes per delivery. What each delivers \
                stands at the end: all that is due, the most of all points, or less, which may be why it is \
                cheap.";
    format!(
        "<section class=\"sheet\">\n<h2>The best</h2>\n{table}<p class=\"note\">{note}</p></section>\n"
    )
}

fn all(axes: &Axes, points: &[Point]) -> String {
    let table = table(axes, points.iter().take(ROWS)).html();
    let note = match points.len() > ROWS {
        true => format!(
            "The first {ROWS} of {} points: all runs are in results.csv. ",
            count(points.len() as u64)
        ),
        false => String::new(),
    };
    let note = escape(&(note + MEANING));
    format!(
        "<section class=\"sheet\">\n<h2>Points</h2>\n{table}<p class=\"note\">{note}</p></section>\n"
    )
}

fn footer(sweep: &Sweep) -> String {
    let events = count(sweep.runs.iter().map(|run| run.events).sum());
    let version = escape(&sweep.version);
    format!(
        "<p>rumormill {version} · {events} events in {} runs</p>",
        count(sweep.runs.len() as u64)
    )
}
