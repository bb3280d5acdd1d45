//! `rumormill publish`: a message for whoever listens to a topic.

use crate::api::{Api, ApiArgs, input};
use crate::printed::print;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use rumormill_net::control::DATA_MAX;
use serde_json::{Value, json};
use std::process::ExitCode;

/// Arguments of `publish`.
#[derive(Args, Debug)]
pub struct PublishArgs {
    /// The topic
    topic: String,
    /// What to publish; - or nothing reads it from stdin, as bytes
    #[arg(allow_hyphen_values = true)]
    text: Option<String>,
    #[command(flatten)]
    api: ApiArgs,
}

/// Publishes, and prints the receipt.
pub fn run(args: &PublishArgs) -> anyhow::Result<ExitCode> {
    let data = match args.text.as_deref() {
        None | Some("-") => input(DATA_MAX)?,
        Some(text) => text.as_bytes().to_vec(),
    };
    let body = json!({"topic": args.topic, "data": STANDARD.encode(data)});
    let receipt = Api::new(&args.api).send("POST", "/api/v1/publish", Some(&body))?;
    let line = if args.api.json { receipt.to_string() } else { sentence(&receipt) };
    print(&format!("{line}\n"))?;
    Ok(ExitCode::SUCCESS)
}

fn sentence(receipt: &Value) -> String {
    let id = receipt["id"].as_str().unwrap_or_default();
    let queued = match receipt["queued"].as_u64() {
        Some(0) => "queued to nobody: no neighbour is up, so nobody will hear it".to_owned(),
        Some(1) => "queued to 1 neighbour".to_owned(),
        _ => format!("queued to {} neighbours", receipt["queued"]),
    };
    let dropped = receipt["dropped"].as_array().into_iter().flatten();
    let reasons: Vec<&str> = dropped.filter_map(|dropped| dropped["reason"].as_str()).collect();
    match reasons.len() {
        0 => format!("{id} {queued}"),
        count => format!("{id} {queued}, not to {count} more: {}", reasons.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_is_a_sentence() {
        let receipt = json!({"id": "a-b", "queued": 3, "dropped": [{"reason": "full"}]});
        assert_eq!(sentence(&receipt), "a-b queued to 3 neighbours, not to 1 more: full");
        let alone = json!({"id": "a-b", "queued": 0, "dropped": []});
        assert!(sentence(&alone).starts_with("a-b queued to nobody"));
    }
}
