//! `rumormill state watch`: changes as they happen.

use super::show::said;
use crate::api::{Api, ApiArgs};
use crate::printed::plain;
use crate::signals::asked_to_stop;
use anyhow::bail;
use clap::Args;
use serde_json::{Value, json};
use std::io::{BufRead, ErrorKind, Read, Write};
use std::process::ExitCode;
use tokio::sync::oneshot;

/// The longest line that is read, in bytes: a message, in JSON of its own.
const LINE_MAX: u64 = 16 << 20;

/// Arguments of `state watch`.
#[derive(Args, Debug)]
pub struct WatchArgs {
    /// Only changes of registers of this key
    #[arg(long)]
    key: Option<String>,
    #[command(flatten)]
    api: ApiArgs,
}

/// Prints until it is asked to stop; that the node ends is a failure.
pub fn run(args: &WatchArgs) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let stop = asked_to_stop();
        let api = Api::new(&args.api);
        let (key, json) = (args.key.clone(), args.api.json);
        let (done, ended) = oneshot::channel();
        // A thread of its own: it waits for the node, and is left behind at Ctrl-C.
        std::thread::spawn(move || drop(done.send(watch(&api, key.as_deref(), json))));
        tokio::select! {
            () = stop => Ok(ExitCode::SUCCESS),
            ended = ended => ended?.map(|()| ExitCode::SUCCESS),
        }
    })
}

/// Returns once nobody reads what is printed.
fn watch(api: &Api, key: Option<&str>, json: bool) -> anyhow::Result<()> {
    let mut lines = api.stream("/api/v1/events?only=state")?;
    let mut kind = String::new();
    loop {
        let mut line = Vec::new();
        let read = lines.by_ref().take(LINE_MAX).read_until(b'\n', &mut line);
        if !matches!(read, Ok(1..)) {
            bail!("the node at {} has ended, or cut us off", api.address());
        }
        let line = String::from_utf8_lossy(&line);
        if let Some(named) = line.strip_prefix("event: ") {
            kind = named.trim_end().to_owned();
        } else if let Some(data) = line.strip_prefix("data: ")
            && let Ok(data) = serde_json::from_str(data)
            && let Some(text) = describe(&kind, &data, key, json)
            && !printed(&text)?
        {
            return Ok(());
        }
    }
}

fn describe(kind: &str, data: &Value, key: Option<&str>, json: bool) -> Option<String> {
    let is_wanted = key.is_none_or(|key| data["key"] == key);
    match (kind, json) {
        ("state", true) if is_wanted => Some(data.to_string()),
        ("state", false) if is_wanted => {
            let key = plain(data["key"].as_str().unwrap_or_default());
            let value = match data["removed"] == true {
                true => "(removed)".into(),
                false => said(&data["value"]),
            };
            Some(format!("{} {key} {} {value}", data["origin"], data["version"]))
        }
        ("gap", true) => Some(json!({ "missed": data["missed"] }).to_string()),
        ("gap", false) => Some(format!("({} changes were missed)", data["missed"])),
        _ => None,
    }
}

/// Whether somebody still reads.
fn printed(text: &str) -> std::io::Result<bool> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_lines() {
        let data = json!({"origin": 7001, "key": "book", "value": "Emma", "version": 6});
        let line = |key, json| describe("state", &data, key, json);
        assert_eq!(line(None, false).unwrap(), "7001 book 6 Emma");
        assert_eq!(line(Some("mood"), false), None);
        assert_eq!(line(Some("book"), true).unwrap(), data.to_string());
        let gone =
            json!({"origin": 7001, "key": "book", "value": null, "removed": true, "version": 7});
        assert_eq!(describe("state", &gone, None, false).unwrap(), "7001 book 7 (removed)");
        let gap = describe("gap", &json!({"missed": 3}), Some("book"), false);
        assert_eq!(gap.unwrap(), "(3 changes were missed)");
    }
}
