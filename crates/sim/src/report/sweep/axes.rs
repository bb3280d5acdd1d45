//! The grid that a sweep goes over.

use serde::{Deserialize, Serialize};

/// A setting, and the values that it has in turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Axis {
    /// The path to it.
    pub path: String,
    /// Its values, as they are written in a file, or as texts.
    pub values: Vec<String>,
}

/// All axes. Their product is the grid; the last is the fastest.
///
/// ```
/// use rumormill_sim::report::sweep::{Axes, Axis};
/// let axis = |path: &str, values: &[&str]| Axis {
///     path: path.into(),
///     values: values.iter().map(|value| value.to_string()).collect(),
/// };
/// let axes = Axes(vec![axis("network.nodes", &["10", "20"]), axis("seed", &["1", "2", "3"])]);
/// assert_eq!(axes.count(), Some(6));
/// assert_eq!(axes.values(4), ["20", "2"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Axes(pub Vec<Axis>);

impl Axes {
    /// How many points the grid has; nothing if they can't be counted.
    pub fn count(&self) -> Option<usize> {
        self.0.iter().try_fold(1usize, |count, axis| count.checked_mul(axis.values.len()))
    }

    /// Which value each axis has at a point, by its number.
    pub fn places(&self, point: usize) -> Vec<usize> {
        let mut rest = point;
        let mut places: Vec<usize> = (self.0.iter().rev())
            .map(|axis| {
                let place = rest % axis.values.len();
                rest /= axis.values.len();
                place
            })
            .collect();
        places.reverse();
        places
    }

    /// The value of each axis at a point.
    pub fn values(&self, point: usize) -> Vec<&str> {
        let places = self.places(point);
        self.0.iter().zip(places).map(|(axis, place)| axis.values[place].as_str()).collect()
    }

    /// Those with more than one value, by their numbers.
    pub fn varied(&self) -> Vec<usize> {
        (0..self.0.len()).filter(|axis| self.0[*axis].values.len() > 1).collect()
    }
}
