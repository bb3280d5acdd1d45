//! Whatever the figures are, what is drawn of them lies within the picture.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;

const ABOUT: About = About { id: "test", title: "a title", text: "a text" };

/// Of everything that is placed: the name of the attribute, and its value.
fn places(svg: &str) -> Vec<(char, f64)> {
    let of = |tag: &str, axis: char, name: &str| -> Vec<(char, f64)> {
        let values = tag.split(name).skip(1).filter_map(|rest| rest.split('"').next());
        values.map(|value| (axis, value.parse().expect("a number"))).collect()
    };
    let names = [" x=\"", " x1=\"", " x2=\"", " cx=\""].map(|name| ('x', name));
    let names =
        names.into_iter().chain([" y=\"", " y1=\"", " y2=\"", " cy=\""].map(|name| ('y', name)));
    let mut found: Vec<_> = names.flat_map(|(axis, name)| of(svg, axis, name)).collect();
    for path in svg.split("\" d=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        for point in path.split(['M', 'L']).skip(1) {
            let (x, y) = point.split_once(' ').expect("two numbers");
            found.push(('x', x.parse().expect("a number")));
            found.push(('y', y.parse().expect("a number")));
        }
    }
    found
}

fn height(svg: &str) -> f64 {
    let view = svg.split("viewBox=\"").nth(1).and_then(|rest| rest.split('"').next());
    view.and_then(|view| view.split(' ').next_back())
        .and_then(|height| height.parse().ok())
        .unwrap()
}

fn outside(svg: &str) -> Vec<(char, f64)> {
    let height = height(svg);
    let is_outside = |(axis, at): &(char, f64)| match axis {
        'x' => !(0.0..=WIDTH).contains(at),
        _ => !(0.0..=height).contains(at),
    };
    places(svg).into_iter().filter(is_outside).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn lines_stay_inside(
        lines in vec(vec((0.0..1e7f64, 0.0..1e12f64), 0..40), 1..8),
        may_be_logarithmic: bool,
        reference in prop::option::of(0.0..1e7f64),
    ) {
        let line = |mut points: Vec<(f64, f64)>| {
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            Line { name: "a line".into(), points }
        };
        let lines = Lines {
            about: ABOUT,
            names: ("across".into(), "upwards"),
            lines: lines.into_iter().map(line).collect(),
            reference: reference.map(|x| Reference { x, name: "floor".into() }),
            top: None,
            may_be_logarithmic,
        };
        prop_assert_eq!(outside(&lines.svg()), []);
    }

    #[test]
    fn bars_stay_inside(values in vec(vec(0.0..1e9f64, 12..=12), 1..12)) {
        let categories = (0..12).map(|n| n.to_string()).collect();
        let series = values.into_iter().map(|values| ("a name".into(), values)).collect();
        let bars = Bars { about: ABOUT, names: ("across", "upwards"), categories, series };
        prop_assert_eq!(outside(&bars.svg()), []);
    }

    #[test]
    fn rows_stay_inside(groups in vec(vec((".{0,40}", 0.0..1e15f64), 0..8), 1..5)) {
        let row = |(name, value): (String, f64)| Row { name, value, text: "12.3 MB (4.5 %)".into() };
        let group = |rows: Vec<_>| ("a name".into(), rows.into_iter().map(row).collect());
        let rows = Rows { about: ABOUT, groups: groups.into_iter().map(group).collect() };
        prop_assert_eq!(outside(&rows.svg()), []);
    }

    #[test]
    fn cells_stay_inside(
        cells in (1..70usize, 1..70usize).prop_flat_map(|(rows, columns)| {
            vec(vec(prop::option::of(0.0..1e12f64), columns..=columns), rows..=rows)
        }),
        name in ".{0,40}",
    ) {
        let heat = Heat {
            about: ABOUT,
            names: (&name, &name),
            columns: vec![name.clone(); cells[0].len()],
            rows: vec![name.clone(); cells.len()],
            cells,
            write: crate::outcome::bytes,
        };
        prop_assert_eq!(outside(&heat.svg()), []);
    }

    #[test]
    fn dots_stay_inside(
        dots in vec(((0.0..1e12f64, 0.0..1e7f64), prop::option::of(".{0,40}")), 1..60),
    ) {
        let dot = |(at, best)| Dot { at, best };
        let dots = Dots {
            about: ABOUT,
            names: ("across".into(), "upwards".into()),
            kinds: ["the best", "others"],
            dots: dots.into_iter().map(dot).collect(),
        };
        prop_assert_eq!(outside(&dots.svg()), []);
    }

    #[test]
    fn moments_stay_inside(moments in vec((0.0..1e6f64, any::<bool>()), 0..30), seconds in 0.0..1e5f64) {
        let lane = Lane { name: "a name".into(), moments, text: "3×".into(), is_bad: false };
        let lanes = Lanes { about: ABOUT, seconds, lanes: vec![lane] };
        prop_assert_eq!(outside(&lanes.svg()), []);
    }
}

#[test]
fn names_that_are_alike_are_told_apart() {
    assert_eq!(fitted("a-long-name-0.toml", 77.0), "a-lon…toml");
    assert_eq!(fitted("short", 77.0), "short");
    assert_eq!(fitted("any", 0.0), "…");
}
