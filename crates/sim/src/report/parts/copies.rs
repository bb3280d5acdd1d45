//! How often and how far messages were carried.

use super::heads;
use crate::outcome::{Outcome, count, fixed};
use crate::report::figure::Figure;
use crate::report::grid::Grid;
use crate::report::plot::{About, Bars};

/// Categories that a plot has room for, if each has one bar or two.
const MOST: usize = 24;

/// Numbers from `first` on that are one category, and its name.
struct Bin {
    first: usize,
    last: usize,
    name: String,
}

/// Nodes by the copies of a message that they received.
pub fn copies(outcome: &Outcome) -> Option<Figure> {
    let counts: Vec<&[u64]> = outcome.broadcasts.iter().map(|of| &of.curves.copies[..]).collect();
    let said = super::each(outcome, |of| {
        Some(format!("{} copies per delivery", fixed(of.copies_per_delivery?, 2)))
    });
    let text = "Each node and message, by the number of copies that came. One is the floor, none is a \
                node without the message, more are redundant.";
    let caption = format!("{text}{said}");
    let about = About { id: "copies", title: "Copies of a message", text: &caption };
    let names = ("copies received", "of nodes and messages, %");
    figure(outcome, about, &counts, capped(&counts), names)
}

/// Deliveries by hops.
pub fn hops(outcome: &Outcome) -> Option<Figure> {
    let counts: Vec<&[u64]> = outcome.broadcasts.iter().map(|of| &of.curves.hops[..]).collect();
    let said = super::each(outcome, |of| {
        let hops = of.hops?;
        Some(format!("median {}, most {}", hops.p50, hops.max))
    });
    let floors = outcome.broadcasts.iter().filter_map(|of| of.floors.eccentricity_hops);
    let floor = floors.min().map(|hops| format!(" The farthest node is {hops} hops away."));
    let text = "Deliveries by the number of nodes that handed them on.";
    let caption = format!("{text}{said}{}", floor.unwrap_or_default());
    let about = About { id: "hops", title: "Hops of deliveries", text: &caption };
    figure(outcome, about, &counts, binned(&counts), ("hops", "of deliveries, %"))
}

fn figure(
    outcome: &Outcome,
    about: About,
    counts: &[&[u64]],
    bins: Vec<Bin>,
    names: (&str, &str),
) -> Option<Figure> {
    if counts.iter().all(|counts| counts.iter().all(|count| *count == 0)) {
        return None;
    }
    let series = outcome.broadcasts.iter().zip(counts);
    let series = series.map(|(of, counts)| (of.label.clone(), shares(counts, &bins)));
    let categories = bins.iter().map(|bin| bin.name.clone()).collect();
    let (title, caption) = (about.title, about.text.to_string());
    let bars = Bars { about, names, categories, series: series.collect() };
    Some(Figure { title, caption, svg: bars.svg(), table: table(outcome, names.0, counts, &bins) })
}

fn table(outcome: &Outcome, what: &str, counts: &[&[u64]], bins: &[Bin]) -> Grid {
    let mut grid = Grid::new(heads(outcome, what));
    for bin in bins {
        let cells = counts.iter().map(|counts| count(sum(counts, bin)));
        grid.row(std::iter::once(bin.name.clone()).chain(cells));
    }
    grid
}

/// Of each category, the share in percent.
fn shares(counts: &[u64], bins: &[Bin]) -> Vec<f64> {
    let all: u64 = counts.iter().sum();
    bins.iter().map(|bin| sum(counts, bin) as f64 * 100.0 / all.max(1) as f64).collect()
}

fn sum(counts: &[u64], bin: &Bin) -> u64 {
    counts.iter().skip(bin.first).take(bin.last - bin.first + 1).sum()
}

fn longest(counts: &[&[u64]]) -> usize {
    let used =
        |counts: &&[u64]| counts.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
    counts.iter().map(used).max().unwrap_or_default()
}

fn most(counts: &[&[u64]]) -> usize {
    MOST / (1 + counts.len() / 3)
}

/// One category for each number; the last for all above.
fn capped(counts: &[&[u64]]) -> Vec<Bin> {
    let (len, most) = (longest(counts), most(counts));
    let bin = |first: usize| match first + 1 == most && len > most {
        true => Bin { first, last: len, name: format!("≥ {first}") },
        false => Bin { first, last: first, name: first.to_string() },
    };
    (0..len.min(most)).map(bin).collect()
}

/// As many categories as there is room for, all of equal width, from the first that isn't empty.
fn binned(counts: &[&[u64]]) -> Vec<Bin> {
    let len = longest(counts);
    let first = counts.iter().filter_map(|counts| counts.iter().position(|count| *count > 0)).min();
    let from = first.unwrap_or_default().min(1);
    let width = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000, 100_000];
    let width = width.into_iter().find(|width| len.div_ceil(*width) <= most(counts)).unwrap_or(len);
    let bin = |first: usize| match width {
        1 => Bin { first, last: first, name: first.to_string() },
        _ => {
            Bin { first, last: first + width - 1, name: format!("{first}–{}", first + width - 1) }
        }
    };
    (from..len).step_by(width).map(bin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_count_is_lost_in_a_category(counts in prop::collection::vec(0..1_000u64, 0..700)) {
            let all: u64 = counts.iter().sum();
            for bins in [capped(&[&counts]), binned(&[&counts])] {
                prop_assert!(bins.len() <= MOST + 1);
                prop_assert_eq!(bins.iter().map(|bin| sum(&counts, bin)).sum::<u64>(), all);
            }
        }
    }
}
