//! What is written on stderr.

use tracing_subscriber::EnvFilter;

/// Starts logging. `RUST_LOG` overrides the verbosity; colour only on a terminal, and not if
/// `NO_COLOR` is set.
pub fn start(verbosity: u8) {
    let level = ["warn", "info,rumormill_net=warn", "debug,hyper_util=info", "trace"];
    let level = level[usize::from(verbosity).min(level.len() - 1)];
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let colour = std::io::IsTerminal::is_terminal(&std::io::stderr())
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colour)
        .with_target(false)
        .init();
}
