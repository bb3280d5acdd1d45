//! `rumormill state`: the shared state, as a running node knows it.

mod show;
mod value;
mod watch;

use crate::api::{Api, ApiArgs, escaped};
use crate::args::{Usage, values};
use crate::printed::{plain, print};
use clap::{Args, Subcommand};
use rumormill_net::control::KEY_MAX;
use rumormill_protocols::Life;
use serde_json::{Value, json};
use std::process::ExitCode;
use std::time::Duration;

/// Arguments of `state`.
#[derive(Args, Debug)]
pub struct StateArgs {
    #[command(subcommand)]
    command: StateCommand,
}

#[derive(Subcommand, Debug)]
enum StateCommand {
    /// Print what is known
    #[command(
        after_help = "Examples:\n  rumormill state get\n  rumormill state get 7001\n  rumormill state get 7001 book"
    )]
    Get(GetArgs),
    /// Set a register of the node's own
    #[command(after_help = "Examples:\n  rumormill state set book \"Emma by Jane Austen\"\n  \
                      rumormill state set load '{\"cpu\": 0.7}' --for 60s")]
    Set(SetArgs),
    /// Remove a register of the node's own, everywhere
    #[command(after_help = "Examples:\n  rumormill state remove load")]
    Remove {
        /// Its key
        #[arg(value_parser = key)]
        key: String,
        #[command(flatten)]
        api: ApiArgs,
    },
    /// Print changes as they happen, until Ctrl-C
    #[command(
        after_help = "Examples:\n  rumormill state watch --key book\n  rumormill state watch --json --api 7003"
    )]
    Watch(watch::WatchArgs),
}

#[derive(Args, Debug)]
struct GetArgs {
    /// Whose: a node's port; everybody's without it
    #[arg(value_name = "ORIGIN")]
    origin: Option<String>,
    /// Which register; with an origin, its value alone is printed
    key: Option<String>,
    #[command(flatten)]
    api: ApiArgs,
}

#[derive(Args, Debug)]
struct SetArgs {
    /// Its key: 1 to 256 bytes
    #[arg(value_parser = key)]
    key: String,
    /// What it is to say: JSON such as 7, true, null or '{"a": 1}', and all else is a text; - reads it
    /// from stdin
    #[arg(allow_hyphen_values = true)]
    value: String,
    /// Everybody forgets it after so long, unless it is set again
    #[arg(long = "for", value_name = "DURATION",
        value_parser = |text: &str| values::span(text, Life::MAX))]
    lasts: Option<Duration>,
    /// The value is a text, also if it reads like JSON
    #[arg(long)]
    text: bool,
    #[command(flatten)]
    api: ApiArgs,
}

fn key(text: &str) -> Result<String, String> {
    match text.len() {
        1..=KEY_MAX => Ok(text.into()),
        _ => Err(format!("a key has 1 to {KEY_MAX} bytes")),
    }
}

/// Does what is asked, on the current thread.
pub fn run(args: StateArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        StateCommand::Get(args) => get(&args)?,
        StateCommand::Set(args) => set(&args)?,
        StateCommand::Remove { key, api } => {
            let path = format!("/api/v1/state/{}", escaped(&key));
            let done = Api::new(&api).send("DELETE", &path, None)?;
            report(&api, &done, "removed")?;
        }
        StateCommand::Watch(args) => return watch::run(&args),
    }
    Ok(ExitCode::SUCCESS)
}

fn get(args: &GetArgs) -> anyhow::Result<()> {
    // One word that is no port can only be a key.
    let (origin, key) = match (&args.origin, &args.key) {
        (Some(word), None) if word.parse::<u64>().is_err() => (None, Some(word)),
        (origin, key) => (origin.as_ref(), key.as_ref()),
    };
    let is_port = |origin: &&String| origin.parse::<u64>().is_ok();
    if let Some(word) = origin.filter(|origin| !is_port(origin)) {
        return Err(Usage(format!("`{word}` is no origin: it must be a node's port")).into());
    }
    let api = Api::new(&args.api);
    let found = api.get(&query(origin, key))?;
    match (origin, key) {
        (Some(origin), Some(key)) => match found["registers"].get(0) {
            Some(register) => show::one(register, args.api.json)?,
            None => {
                let at = api.address();
                anyhow::bail!("the node at {at} knows no register `{key}` of {origin}");
            }
        },
        _ => show::all(&found, args.api.json)?,
    }
    Ok(())
}

fn query(origin: Option<&String>, key: Option<&String>) -> String {
    let named = |name: &str, value: Option<&String>| {
        value.map(|value| format!("{name}={}", escaped(value)))
    };
    let given: Vec<String> =
        [named("origin", origin), named("key", key)].into_iter().flatten().collect();
    match given.len() {
        0 => "/api/v1/state".into(),
        _ => format!("/api/v1/state?{}", given.join("&")),
    }
}

fn set(args: &SetArgs) -> anyhow::Result<()> {
    let value = value::of(&args.value, args.text)?;
    let lasts_ms = args.lasts.map(|span| u64::try_from(span.as_millis()).unwrap_or(u64::MAX));
    let body = json!({"value": value, "lasts_ms": lasts_ms});
    let path = format!("/api/v1/state/{}", escaped(&args.key));
    let done = Api::new(&args.api).send("PUT", &path, Some(&body));
    let done = done.map_err(|error| match error.to_string().ends_with("must be a text") {
        true => anyhow::anyhow!("{error}; --text sends it as one"),
        false => error,
    })?;
    report(&args.api, &done, "set")
}

/// Says what was done.
fn report(args: &ApiArgs, done: &Value, what: &str) -> anyhow::Result<()> {
    let line = match args.json {
        true => done.to_string(),
        false => {
            let key = plain(done["key"].as_str().unwrap_or_default());
            format!("{what} {key} of {}, version {}", done["origin"], done["version"])
        }
    };
    Ok(print(&format!("{line}\n"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stands_in_the_query() {
        let (origin, key) = ("7001".to_owned(), "a b".to_owned());
        assert_eq!(query(None, None), "/api/v1/state");
        assert_eq!(query(Some(&origin), Some(&key)), "/api/v1/state?origin=7001&key=a%20b");
    }
}
