//! Why a node could not be asked, in one sentence.

use crate::printed::plain;
use anyhow::anyhow;
use serde_json::Value;
use std::io::{ErrorKind, Read};
use ureq::Body;
use ureq::http::{Response, StatusCode};

/// The most of a refusal that is read, in bytes.
const PROBLEM_MAX: u64 = 64 << 10;

/// The node answered, but not with what was asked for.
pub fn refused(address: &str, answer: Response<Body>) -> anyhow::Error {
    let status = answer.status();
    let mut body = Vec::new();
    let _ = answer.into_body().into_reader().take(PROBLEM_MAX).read_to_end(&mut body);
    let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(detail) = problem["detail"].as_str().map(plain) else {
        return anyhow!("what answers at {address} is no node: it said {status}");
    };
    if status == StatusCode::UNAUTHORIZED {
        return anyhow!(
            "the node at {address} does not take this token: give the file with its own by \
             --token-file ({detail})"
        );
    }
    anyhow!("the node at {address} says: {detail}")
}

/// There was no answer.
pub fn unreached(address: &str, error: ureq::Error) -> anyhow::Error {
    match error {
        ureq::Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => anyhow!(
            "nobody listens at {address}: start a node there, or name another with --api HOST:PORT"
        ),
        ureq::Error::HostNotFound => anyhow!("no host is called as in {address}"),
        ureq::Error::Timeout(_) => anyhow!("{address} does not answer in time"),
        ureq::Error::Io(error) => anyhow!("no answer from {address}: {error}"),
        error => anyhow!("what answers at {address} is no node: {error}"),
    }
}
