//! Points as plots.

use super::{Axes, Axis, Figures, Point};
use crate::outcome::{bytes, count, millis};
use crate::report::figure::Figure;
use crate::report::grid::Grid;
use crate::report::plot::{About, Bars, Dot, Dots, Heat, Unit};

/// What is shown: the figure's title, what a value is, and how it is read and written.
struct Measure {
    title: &'static str,
    id: &'static str,
    said: &'static str,
    read: fn(&Figures) -> Option<f64>,
    write: fn(f64) -> String,
}

impl Measure {
    fn written(&self, value: Option<f64>) -> String {
        value.map_or("–".into(), self.write)
    }
}

const MEASURES: [Measure; 2] = [
    Measure {
        title: "p99 latency",
        id: "p99",
        said: "In how many milliseconds 99 % of all deliveries came",
        read: |of| of.p99_ms,
        write: millis,
    },
    Measure {
        title: "Bytes per delivery",
        id: "bytes",
        said: "Bytes of all that was sent, for each delivery",
        read: |of| of.bytes_per_delivery,
        write: bytes,
    },
];

/// So many values of an axis, at most, have cells of their own.
const CELLS: usize = 64;

/// So many points beside the front, at most, are drawn.
const DOTS: usize = 2_000;

/// So many values of an axis, at most, have bars.
const BARS: usize = 24;

/// p99 latency against bytes per delivery; nothing if nothing was delivered.
pub fn pareto(axes: &Axes, points: &[Point], front: &[usize]) -> Option<Figure> {
    let most =
        |of: fn((f64, f64)) -> f64| points.iter().filter_map(Point::costs).map(of).reduce(f64::max);
    let units = (Unit::of_bytes(most(|costs| costs.1)?), Unit::of_millis(most(|costs| costs.0)?));
    let title = "The front";
    let caption = format!(
        "{} of {} points are on it: no other has both fewer bytes per delivery and a lower p99 latency. \
         Whether a point delivers all stands in the list.",
        count(front.len() as u64),
        count(points.len() as u64)
    );
    let named = |what: &str, unit: Unit| format!("{what}, {}", unit.name);
    let dots = Dots {
        about: About { id: "front", title, text: &caption },
        names: (named("bytes per delivery", units.0), named("p99 latency", units.1)),
        kinds: ["on the front", "others"],
        dots: dots(axes, points, front, units),
    };
    Some(Figure { title, svg: dots.svg(), table: Grid::default(), caption })
}

fn dots(axes: &Axes, points: &[Point], front: &[usize], units: (Unit, Unit)) -> Vec<Dot> {
    let every = points.len().div_ceil(DOTS).max(1);
    let dot = |(at, point): (usize, &Point)| {
        let (p99, bytes) = point.costs()?;
        let best = front.contains(&at).then(|| name(axes, point));
        (best.is_some() || at.is_multiple_of(every)).then_some(())?;
        Some(Dot { at: (bytes / units.0.size, p99 / units.1.size), best })
    };
    points.iter().enumerate().filter_map(dot).collect()
}

/// What tells a point from the others.
fn name(axes: &Axes, point: &Point) -> String {
    let (varied, values) = (axes.varied(), point.values(axes));
    varied.iter().map(|axis| values[*axis]).collect::<Vec<_>>().join(", ")
}

/// Both measures: along the axis that was varied, or for each two of them.
pub fn measures(axes: &Axes, points: &[Point]) -> String {
    let varied = axes.varied();
    if let [axis] = varied[..] {
        let bars = MEASURES.iter().filter_map(|measure| bars(axes, points, axis, measure));
        return bars.map(|figure| figure.html()).collect();
    }
    let pairs = varied
        .iter()
        .enumerate()
        .flat_map(|(at, across)| varied[..at].iter().map(move |upwards| (*across, *upwards)));
    let heats = pairs.flat_map(|pair| MEASURES.iter().map(move |measure| (pair, measure)));
    let heats = heats.filter_map(|(pair, measure)| heat(axes, points, pair, measure));
    heats.map(|figure| figure.html()).collect()
}

fn bars(axes: &Axes, points: &[Point], axis: usize, measure: &Measure) -> Option<Figure> {
    let Axis { path, values: names } = &axes.0[axis];
    let groups = grouped(points, (1, names.len()), |point| Some((0, point.places[axis])), measure);
    let values = &groups[0];
    if names.len() > BARS || values.iter().all(Option::is_none) {
        return None;
    }
    let mut table = Grid::new([path.as_str(), measure.title]);
    for (name, value) in names.iter().zip(values) {
        table.row([name.clone(), measure.written(*value)]);
    }
    let caption = format!("{}, by {path}.", measure.said);
    let bars = Bars {
        about: About { id: measure.id, title: measure.title, text: &caption },
        names: (path, measure.title),
        categories: names.clone(),
        series: vec![(String::new(), values.iter().map(|value| value.unwrap_or(0.0)).collect())],
    };
    Some(Figure { title: measure.title, svg: bars.svg(), table, caption })
}

/// An axis of a map, with those of its values that there is room for.
struct Side<'a> {
    axis: usize,
    path: &'a str,
    names: Vec<String>,
    every: usize,
}

impl Side<'_> {
    fn new(axes: &Axes, axis: usize) -> Side<'_> {
        let Axis { path, values } = &axes.0[axis];
        let every = values.len().div_ceil(CELLS).max(1);
        Side { axis, path, names: values.iter().step_by(every).cloned().collect(), every }
    }

    /// Where a point is along it.
    fn place(&self, point: &Point) -> Option<usize> {
        let place = point.places[self.axis];
        place.is_multiple_of(self.every).then_some(place / self.every)
    }
}

/// Two axes; where there are more, the middle over the others.
fn heat(
    axes: &Axes,
    points: &[Point],
    (across, upwards): (usize, usize),
    measure: &Measure,
) -> Option<Figure> {
    let (x, y) = (Side::new(axes, across), Side::new(axes, upwards));
    let place = |point: &Point| Some((y.place(point)?, x.place(point)?));
    let cells = grouped(points, (y.names.len(), x.names.len()), place, measure);
    cells.iter().flatten().flatten().next()?;
    let caption = caption(axes, &x, &y, measure);
    let id = format!("{}-{across}-{upwards}", measure.id);
    let table = heat_table(&x, &y, &cells, measure);
    let heat = Heat {
        about: About { id: &id, title: measure.title, text: &caption },
        names: (x.path, y.path),
        columns: x.names,
        rows: y.names,
        cells,
        write: measure.write,
    };
    Some(Figure { title: measure.title, svg: heat.svg(), table, caption })
}

fn caption(axes: &Axes, x: &Side<'_>, y: &Side<'_>, measure: &Measure) -> String {
    let others = match axes.varied().len() > 2 {
        true => " In each cell stands the median over all other axes.",
        false => "",
    };
    let thinned = if x.every.max(y.every) > 1 { " Not every value has room." } else { "" };
    format!(
        "{}, by {} and {}: the stronger the shade, the more.{others}{thinned}",
        measure.said, y.path, x.path
    )
}

fn heat_table(x: &Side<'_>, y: &Side<'_>, cells: &[Vec<Option<f64>>], measure: &Measure) -> Grid {
    let corner = format!("{} \\ {}", y.path, x.path);
    let mut grid = Grid::new([corner].iter().chain(&x.names));
    for (name, cells) in y.names.iter().zip(cells) {
        let cells = cells.iter().map(|value| measure.written(*value));
        grid.row([name.clone()].into_iter().chain(cells));
    }
    grid
}

/// Row by row, the median of the points that belong in each cell.
fn grouped(
    points: &[Point],
    (rows, columns): (usize, usize),
    place: impl Fn(&Point) -> Option<(usize, usize)>,
    measure: &Measure,
) -> Vec<Vec<Option<f64>>> {
    let mut groups: Vec<Vec<Vec<&Figures>>> = vec![vec![Vec::new(); columns]; rows];
    for point in points {
        if let Some((row, column)) = place(point) {
            groups[row][column].push(&point.figures);
        }
    }
    let cell = |group: &Vec<&Figures>| (measure.read)(&Figures::medians(group));
    groups.iter().map(|row| row.iter().map(cell).collect()).collect()
}
