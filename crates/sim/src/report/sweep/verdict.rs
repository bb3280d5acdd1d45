//! What a sweep came to, in a sentence.

use super::{Figures, Sweep, Trouble};
use crate::outcome::count;
use crate::report::escape::escape;

/// Broken promises, else runs that could not be done, else whether everything was delivered.
pub fn verdict(sweep: &Sweep) -> String {
    let (class, word, text) = judge(sweep);
    format!("<p class=\"verdict {class}\"><b>{word}</b> <span>{}</span></p>\n", escape(&text))
}

fn judge(sweep: &Sweep) -> (&'static str, &'static str, String) {
    let all = count(sweep.runs.len() as u64);
    let that = |is: fn(&&Figures) -> bool| sweep.runs.iter().filter(is).count() as u64;
    let (broken, failed) = (that(|run| run.violations > 0), that(|run| run.error.is_some()));
    let missing = that(|run| run.delivered < run.due);
    let some = |some: u64, what: &str| format!("{} of {all} runs {what}.", count(some));
    match (broken, failed, missing) {
        (0, 0, 0) => ("good", "All delivered", format!("In all {all} runs all that was due came.")),
        (0, 0, missing) => ("warn", "Missing", some(missing, "missed deliveries")),
        (0, failed, _) => ("bad", "Failed", some(failed, "could not be done")),
        (broken, 0, _) => ("bad", "Violated", some(broken, "broke a promise")),
        (broken, failed, _) => {
            let broken = some(broken, "broke a promise");
            ("bad", "Violated", format!("{broken} {}", some(failed, "could not be done")))
        }
    }
}

/// Each with the command that shows it again; nothing if there is none.
pub fn troubles(sweep: &Sweep) -> String {
    if sweep.troubles.is_empty() {
        return String::new();
    }
    let all = sweep.runs.iter().filter(|run| run.violations > 0 || run.error.is_some()).count();
    let title = match all > sweep.troubles.len() {
        true => format!("The first {} of {}", sweep.troubles.len(), count(all as u64)),
        false => "What went wrong".into(),
    };
    let said: String = sweep.troubles.iter().map(|trouble| said(sweep, trouble)).collect();
    format!("<section class=\"sheet\">\n<h2>{title}</h2>\n{said}</section>\n")
}

fn said(sweep: &Sweep, trouble: &Trouble) -> String {
    let values = sweep.axes.0.iter().zip(sweep.axes.values(trouble.run));
    let values: Vec<String> =
        values.map(|(axis, value)| format!("{} = {value}", axis.path)).collect();
    let (values, what) = (escape(&values.join(", ")), escape(&trouble.what));
    let (run, command) = (trouble.run, escape(&trouble.command));
    format!(
        "<p><b>Run {run}</b>, {values}: {what}. This shows it again:</p>\n\
         <pre><code>{command}</code></pre>\n"
    )
}
