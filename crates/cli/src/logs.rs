//! What is written on stderr.

use crate::args::LogFormat;
use crate::printed::{is_dumb, may_be_coloured};
use crate::rate_limit::RateLimit;
use anyhow::Context;
use serde_json::json;
use std::io::{IsTerminal, Write};
use tracing::Metadata;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

/// What is logged at each verbosity.
const LEVELS: [&str; 4] = ["warn", "info,rumormill_net=warn", "debug,hyper_util=info", "trace"];

/// Starts logging. `RUST_LOG` overrides the verbosity; colour only on a terminal, and not if
/// `NO_COLOR` is set. What comes too often is held back; who ends tells of it by
/// [`finish`](RateLimit::finish).
pub fn start(verbosity: u8, format: LogFormat) -> anyhow::Result<RateLimit> {
    let filter = filter(verbosity)?;
    let limit = RateLimit::new(move |metadata, count| {
        let _ = writeln!(std::io::stderr(), "{}", held_back(metadata, count, format));
    });
    let layer = fmt::layer().with_writer(std::io::stderr);
    let layer = match format {
        LogFormat::Json => layer.json().with_filter(limit.clone()).boxed(),
        LogFormat::Text => {
            layer.with_ansi(is_coloured()).with_target(false).with_filter(limit.clone()).boxed()
        }
    };
    tracing_subscriber::registry().with(layer).with(filter).init();
    Ok(limit)
}

/// What is logged. An empty `RUST_LOG` is none.
fn filter(verbosity: u8) -> anyhow::Result<EnvFilter> {
    match std::env::var("RUST_LOG") {
        Ok(chosen) if !chosen.is_empty() => EnvFilter::try_new(&chosen).with_context(|| {
            format!("RUST_LOG is {chosen:?}, but must be such as debug or rumormill_net=trace")
        }),
        _ => Ok(EnvFilter::new(LEVELS[usize::from(verbosity).min(LEVELS.len() - 1)])),
    }
}

fn is_coloured() -> bool {
    std::io::stderr().is_terminal() && may_be_coloured() && !is_dumb()
}

/// How it is told that so many were held back.
fn held_back(metadata: &Metadata<'_>, count: u64, format: LogFormat) -> String {
    let mut time = String::new();
    // Without a clock there is no time to tell.
    let _ = SystemTime.format_time(&mut Writer::new(&mut time));
    let said = format!("… {count} more of this kind");
    let place = metadata.file().zip(metadata.line());
    match format {
        LogFormat::Text => {
            let at =
                place.map_or(metadata.target().into(), |(file, line)| format!("{file}:{line}"));
            format!("{time} {:>5} {said} ({at})", metadata.level())
        }
        LogFormat::Json => json!({
            "timestamp": time,
            "level": metadata.level().as_str(),
            "fields": { "message": said, "held_back": count, "line": metadata.line() },
            "target": metadata.target(),
        })
        .to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::callsite::Callsite;

    #[test]
    fn what_was_held_back_is_one_line_in_either_format() {
        let place =
            tracing::callsite!(name: "x", kind: tracing::metadata::Kind::EVENT, fields: message);
        let text = held_back(place.metadata(), 7, LogFormat::Text);
        assert!(
            text.contains("TRACE … 7 more of this kind (") && text.contains("logs.rs:"),
            "{text}"
        );
        let json = held_back(place.metadata(), 7, LogFormat::Json);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!((&json["fields"]["held_back"], &json["level"]), (&7.into(), &"TRACE".into()));
    }
}
