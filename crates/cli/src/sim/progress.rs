//! How far runs are, on a terminal.

use crate::printed::{is_dumb, span};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use rumormill_sim::run::Progress;
use std::io::{IsTerminal, stderr};
use std::time::Duration;

/// The bars of runs beside each other; none where nobody could see them.
pub struct Bars(Option<MultiProgress>);

impl Bars {
    /// On stderr.
    pub fn new() -> Bars {
        let is_seen = stderr().is_terminal() && !is_dumb();
        Bars(is_seen.then(MultiProgress::new))
    }

    /// One more, for a run that is called so.
    pub fn add(&self, label: &str) -> Option<ProgressBar> {
        let bar = self.0.as_ref()?.add(ProgressBar::new(1));
        let style = ProgressStyle::with_template("{prefix}[{bar:30}] {msg}");
        bar.set_style(style.expect("the template is sound").progress_chars("=> "));
        bar.set_prefix(if label.is_empty() { String::new() } else { format!("{label:<16.16} ") });
        Some(bar)
    }
}

/// One bar over many runs.
pub struct Whole(Option<ProgressBar>);

impl Whole {
    /// Over so many, which are this; none where nobody could see it.
    pub fn new(runs: usize, what: &'static str) -> Whole {
        let bars = Bars::new();
        let bar = bars.0.as_ref().map(|bars| bars.add(ProgressBar::new(runs as u64)));
        if let Some(bar) = &bar {
            let style = ProgressStyle::with_template("{prefix} [{bar:30}] {pos} of {len}, {msg}");
            bar.set_style(style.expect("the template is sound").progress_chars("=> "));
            bar.set_prefix(what);
            bar.set_message("…");
            bar.enable_steady_tick(Duration::from_secs(1));
        }
        Whole(bar)
    }

    /// One more is done.
    pub fn advance(&self) {
        let Some(bar) = &self.0 else { return };
        bar.inc(1);
        let (done, all) = (bar.position(), bar.length().unwrap_or_default());
        let left = bar.elapsed().mul_f64(all.saturating_sub(done) as f64 / done.max(1) as f64);
        bar.set_message(format!("{} left", span(left)));
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        self.0.iter().for_each(ProgressBar::finish_and_clear);
    }
}

/// What tells a bar.
pub fn telling(bar: &ProgressBar) -> impl FnMut(Progress) {
    let bar = bar.clone();
    move |progress| {
        let millis = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        bar.set_length(millis(progress.end));
        bar.set_message(sentence(&progress, bar.elapsed().as_secs_f64()));
        bar.set_position(millis(progress.simulated));
    }
}

/// If the rest is like what was so far.
fn sentence(progress: &Progress, took: f64) -> String {
    let (simulated, end) = (progress.simulated.as_secs_f64(), progress.end.as_secs_f64());
    let rate = if took > 0.0 { progress.events as f64 / took } else { 0.0 };
    let left = if simulated > 0.0 { took * (end - simulated) / simulated } else { 0.0 };
    format!("{simulated:.1} of {end:.1} s, {rate:.0} events/s, {left:.0} s left")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_says_how_far_it_is() {
        let (simulated, end) = (Duration::from_millis(12_340), Duration::from_secs(75));
        let progress = Progress { simulated, end, events: 3_000_000 };
        let said = sentence(&progress, 1.5);
        assert_eq!(said, "12.3 of 75.0 s, 2000000 events/s, 8 s left");
        let start = Progress { simulated: Duration::ZERO, ..progress };
        assert_eq!(sentence(&start, 0.0), "0.0 of 75.0 s, 0 events/s, 0 s left");
    }

    #[test]
    fn a_bar_takes_what_it_is_told() {
        let bars =
            Bars(Some(MultiProgress::with_draw_target(indicatif::ProgressDrawTarget::hidden())));
        let bar = bars.add("flood").unwrap();
        let end = Duration::from_secs(2);
        telling(&bar)(Progress { simulated: end / 2, end, events: 5 });
        assert_eq!((bar.position(), bar.length()), (1000, Some(2000)));
    }
}
