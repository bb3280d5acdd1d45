//! The Pareto front: who can't be beaten in both.

use super::Point;

/// The numbers of the points on the front, the fastest first. Of equal ones all are on it.
pub fn front(points: &[Point]) -> Vec<usize> {
    let mut costly: Vec<(usize, (f64, f64))> =
        points.iter().enumerate().filter_map(|(at, point)| Some((at, point.costs()?))).collect();
    costly.sort_by(|(_, a), (_, b)| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut front: Vec<(usize, (f64, f64))> = Vec::new();
    for (at, costs) in costly {
        let last = front.last().map(|(_, costs)| *costs);
        if last.is_none_or(|last| costs.1 < last.1 || costs == last) {
            front.push((at, costs));
        }
    }
    front.into_iter().map(|(at, _)| at).collect()
}
