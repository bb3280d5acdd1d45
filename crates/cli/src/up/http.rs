//! Talking to nodes, as any operator could.

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::time::Duration;
use tokio::time::timeout;

/// How long a node may take to answer before it counts as silent.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// The most that is read of an answer.
const ANSWER_BYTES_MAX: usize = 16 << 20;

/// A client of nodes of this machine. Clones share its connections.
#[derive(Clone)]
pub struct Http(Client<HttpConnector, Full<Bytes>>);

/// What is wrong, as a problem document says it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Problem {
    title: Option<String>,
    detail: Option<String>,
}

impl Http {
    /// With a pool of connections of its own.
    pub fn new() -> Http {
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(Duration::from_secs(20))
            .pool_max_idle_per_host(1)
            .pool_timer(TokioTimer::new())
            .build_http();
        Http(client)
    }

    /// The JSON at a path; nothing if the node can't say.
    pub async fn get<T: DeserializeOwned>(&self, port: u16, path: &str) -> Option<T> {
        let request = Request::get(uri(port, path)).body(Full::default()).ok()?;
        let (_, body) = self.exchange(request).await?;
        serde_json::from_slice(&body).ok()
    }

    /// Puts JSON to a path, with a token; says what is wrong if the node doesn't take it.
    pub async fn put(
        &self,
        port: u16,
        path: &str,
        body: String,
        token: &str,
    ) -> Result<(), String> {
        let request = Request::put(uri(port, path))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::from(body))
            .map_err(|error| error.to_string())?;
        match self.exchange(request).await {
            None => Err("it does not answer".into()),
            Some((status, _)) if status.is_success() => Ok(()),
            Some((status, body)) => Err(refusal(status, &body)),
        }
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Option<(StatusCode, Bytes)> {
        let answer = async {
            let response: Response<_> = self.0.request(request).await.ok()?;
            let status = response.status();
            let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await.ok()?;
            Some((status, body.to_bytes()))
        };
        timeout(ANSWER_TIMEOUT, answer).await.ok()?
    }
}

fn uri(port: u16, path: &str) -> String {
    format!("http://127.0.0.1:{port}{path}")
}

fn refusal(status: StatusCode, body: &[u8]) -> String {
    let problem: Problem = serde_json::from_slice(body).unwrap_or_default();
    match problem.detail.or(problem.title) {
        Some(why) => format!("{why} ({})", status.as_u16()),
        None => format!("it answers {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_in_the_nodes_words() {
        let problem = br#"{"type":"about:blank","title":"Bad Request","detail":"no such key"}"#;
        assert_eq!(refusal(StatusCode::BAD_REQUEST, problem), "no such key (400)");
        assert_eq!(refusal(StatusCode::NOT_FOUND, b"<html>"), "it answers 404 Not Found");
    }
}
